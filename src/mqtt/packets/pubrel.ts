import { PacketType, type ProtocolVersion } from "../packet.ts";
import type { PacketReader } from "../packet_reader.ts";
import type { AckProperties } from "../properties.ts";
import type { ReasonCode } from "../reason_code.ts";
import { decodePublishAck } from "./publish_ack.ts";

export { encodePublishAck as encodePubrel, publishAckSize as pubrelSize } from "./publish_ack.ts";

export interface Pubrel {
  readonly type: typeof PacketType.PUBREL;
  readonly packetId: number;
  readonly reasonCode: ReasonCode;
  readonly properties: Readonly<AckProperties>;
}

export function decodePubrel(reader: PacketReader, version: ProtocolVersion): Pubrel {
  return decodePublishAck(PacketType.PUBREL, reader, version);
}
