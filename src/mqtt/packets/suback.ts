import type { ByteSink } from "../byte_sink.ts";
import { PacketType, type ProtocolVersion } from "../packet.ts";
import type { PacketReader } from "../packet_reader.ts";
import { writeByte, writePacketId } from "../packet_writer.ts";
import { type AckProperties, NO_PROPERTIES } from "../properties.ts";
import { decodeProperties, encodeProperties, propertiesSize } from "../property_codec.ts";
import { isError, protocolError, ReasonCode } from "../reason_code.ts";
import { decodeReasonCodes, requireReasonCodes } from "./subscribe_ack.ts";

export interface Suback {
  readonly type: typeof PacketType.SUBACK;
  readonly packetId: number;
  /** One for each topic filter of the request, in its order. */
  readonly reasonCodes: readonly ReasonCode[];
  readonly properties: Readonly<AckProperties>;
}

export function decodeSuback(reader: PacketReader, version: ProtocolVersion): Suback {
  const packetId = reader.readPacketId();
  const properties = version === 5
    ? decodeProperties<AckProperties>(reader, PacketType.SUBACK)
    : NO_PROPERTIES;
  const reasonCodes = decodeReasonCodes(reader, PacketType.SUBACK);
  if (version !== 5 && !reasonCodes.every(isReturnCode)) {
    throw protocolError("a return code that 3.1.1 reserves");
  }
  return { type: PacketType.SUBACK, packetId, reasonCodes, properties };
}

/** Remaining Length. */
export function subackSize(packet: Suback, version: ProtocolVersion): number {
  const properties = version === 5 ? propertiesSize(packet.properties, PacketType.SUBACK) : 0;
  return 2 + properties + packet.reasonCodes.length;
}

export function encodeSuback(sink: ByteSink, packet: Suback, version: ProtocolVersion): void {
  const { packetId, reasonCodes, properties } = packet;
  requireReasonCodes(PacketType.SUBACK, reasonCodes);
  writePacketId(sink, packetId);
  if (version === 5) encodeProperties(sink, properties, PacketType.SUBACK);
  for (const reasonCode of reasonCodes) {
    writeByte(sink, version === 5 ? reasonCode : toReturnCode(reasonCode));
  }
}

/**
 * 3.1.1 has one code for every failure. 3.1 has none: there a server could only grant. A client of
 * 3.1 gets the code of 3.1.1 all the same, because a QoS that was not granted would be a lie.
 */
function toReturnCode(reasonCode: ReasonCode): ReasonCode {
  return isError(reasonCode) ? ReasonCode.UnspecifiedError : reasonCode;
}

function isReturnCode(reasonCode: ReasonCode): boolean {
  return toReturnCode(reasonCode) === reasonCode;
}
