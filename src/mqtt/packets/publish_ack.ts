import { invariant } from "../../base/invariant.ts";
import type { ByteSink } from "../byte_sink.ts";
import type { PacketType, ProtocolVersion } from "../packet.ts";
import type { PacketReader } from "../packet_reader.ts";
import { variableByteIntegerSize, writeByte, writePacketId } from "../packet_writer.ts";
import { type AckProperties, NO_PROPERTIES } from "../properties.ts";
import { decodeProperties, encodeProperties, propertyLength } from "../property_codec.ts";
import { ReasonCode } from "../reason_code.ts";
import { requireReasonCode, sendersOf } from "../reason_code_table.ts";

/** What PUBACK, PUBREC, PUBREL and PUBCOMP have in common (sections 3.4 to 3.7). */
export interface PublishAck<T extends PacketType> {
  readonly type: T;
  readonly packetId: number;
  readonly reasonCode: ReasonCode;
  readonly properties: Readonly<AckProperties>;
}

/** In 5.0 what follows the Packet Identifier may be left out from the end; 3.x has nothing else. */
export function decodePublishAck<T extends PacketType>(
  type: T,
  reader: PacketReader,
  version: ProtocolVersion,
): PublishAck<T> {
  const packetId = reader.readPacketId();
  let reasonCode: ReasonCode = ReasonCode.Success;
  let properties: Readonly<AckProperties> = NO_PROPERTIES;
  if (version === 5 && reader.remaining > 0) {
    reasonCode = requireReasonCode(type, reader.readByte(), reader.sender);
    if (reader.remaining > 0) properties = decodeProperties<AckProperties>(reader, type);
  }
  return { type, packetId, reasonCode, properties };
}

/** Remaining Length. */
export function publishAckSize(packet: PublishAck<PacketType>, version: ProtocolVersion): number {
  if (version !== 5) return 2;
  const length = propertyLength(packet.properties, packet.type);
  if (length > 0) return 3 + variableByteIntegerSize(length) + length;
  return packet.reasonCode === ReasonCode.Success ? 2 : 3;
}

export function encodePublishAck(
  sink: ByteSink,
  packet: PublishAck<PacketType>,
  version: ProtocolVersion,
): void {
  writePacketId(sink, packet.packetId);
  if (version !== 5) return;
  const { type, reasonCode, properties } = packet;
  invariant(sendersOf(type, reasonCode) !== 0, "the packet cannot carry this reason code");
  const length = propertyLength(properties, type);
  if (length === 0 && reasonCode === ReasonCode.Success) return;
  writeByte(sink, reasonCode);
  if (length > 0) encodeProperties(sink, properties, type);
}
