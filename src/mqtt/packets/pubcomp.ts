import { PacketType, type ProtocolVersion } from "../packet.ts";
import type { PacketReader } from "../packet_reader.ts";
import type { AckProperties } from "../properties.ts";
import type { ReasonCode } from "../reason_code.ts";
import { decodePublishAck } from "./publish_ack.ts";

export { encodePublishAck as encodePubcomp, publishAckSize as pubcompSize } from "./publish_ack.ts";

export interface Pubcomp {
  readonly type: typeof PacketType.PUBCOMP;
  readonly packetId: number;
  readonly reasonCode: ReasonCode;
  readonly properties: Readonly<AckProperties>;
}

export function decodePubcomp(reader: PacketReader, version: ProtocolVersion): Pubcomp {
  return decodePublishAck(PacketType.PUBCOMP, reader, version);
}
