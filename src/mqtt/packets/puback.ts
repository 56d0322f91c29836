import { PacketType, type ProtocolVersion } from "../packet.ts";
import type { PacketReader } from "../packet_reader.ts";
import type { AckProperties } from "../properties.ts";
import type { ReasonCode } from "../reason_code.ts";
import { decodePublishAck } from "./publish_ack.ts";

export { encodePublishAck as encodePuback, publishAckSize as pubackSize } from "./publish_ack.ts";

export interface Puback {
  readonly type: typeof PacketType.PUBACK;
  readonly packetId: number;
  readonly reasonCode: ReasonCode;
  readonly properties: Readonly<AckProperties>;
}

export function decodePuback(reader: PacketReader, version: ProtocolVersion): Puback {
  return decodePublishAck(PacketType.PUBACK, reader, version);
}
