import { PacketType, type ProtocolVersion } from "../packet.ts";
import type { PacketReader } from "../packet_reader.ts";
import type { AckProperties } from "../properties.ts";
import type { ReasonCode } from "../reason_code.ts";
import { decodePublishAck } from "./publish_ack.ts";

export { encodePublishAck as encodePubrec, publishAckSize as pubrecSize } from "./publish_ack.ts";

export interface Pubrec {
  readonly type: typeof PacketType.PUBREC;
  readonly packetId: number;
  readonly reasonCode: ReasonCode;
  readonly properties: Readonly<AckProperties>;
}

export function decodePubrec(reader: PacketReader, version: ProtocolVersion): Pubrec {
  return decodePublishAck(PacketType.PUBREC, reader, version);
}
