import type { ByteSink } from "../byte_sink.ts";
import { PacketType, type ProtocolVersion } from "../packet.ts";
import type { PacketReader } from "../packet_reader.ts";
import { writeByte, writePacketId } from "../packet_writer.ts";
import { type AckProperties, NO_PROPERTIES } from "../properties.ts";
import { decodeProperties, encodeProperties, propertiesSize } from "../property_codec.ts";
import type { ReasonCode } from "../reason_code.ts";
import { decodeReasonCodes, requireReasonCodes } from "./subscribe_ack.ts";

export interface Unsuback {
  readonly type: typeof PacketType.UNSUBACK;
  readonly packetId: number;
  /**
   * One for each topic filter of the request, in its order. 3.x has none: empty when decoded, not
   * encoded.
   */
  readonly reasonCodes: readonly ReasonCode[];
  readonly properties: Readonly<AckProperties>;
}

export function decodeUnsuback(reader: PacketReader, version: ProtocolVersion): Unsuback {
  const packetId = reader.readPacketId();
  let properties: Readonly<AckProperties> = NO_PROPERTIES;
  let reasonCodes: readonly ReasonCode[] = [];
  if (version === 5) {
    properties = decodeProperties<AckProperties>(reader, PacketType.UNSUBACK);
    reasonCodes = decodeReasonCodes(reader, PacketType.UNSUBACK);
  }
  return { type: PacketType.UNSUBACK, packetId, reasonCodes, properties };
}

/** Remaining Length. */
export function unsubackSize(packet: Unsuback, version: ProtocolVersion): number {
  if (version !== 5) return 2;
  return 2 + propertiesSize(packet.properties, PacketType.UNSUBACK) + packet.reasonCodes.length;
}

export function encodeUnsuback(sink: ByteSink, packet: Unsuback, version: ProtocolVersion): void {
  writePacketId(sink, packet.packetId);
  if (version !== 5) return;
  requireReasonCodes(PacketType.UNSUBACK, packet.reasonCodes);
  encodeProperties(sink, packet.properties, PacketType.UNSUBACK);
  for (const reasonCode of packet.reasonCodes) writeByte(sink, reasonCode);
}
