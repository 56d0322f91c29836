import { invariant } from "../../base/invariant.ts";
import type { ByteSink } from "../byte_sink.ts";
import { PacketType, type ProtocolVersion } from "../packet.ts";
import type { PacketReader } from "../packet_reader.ts";
import {
  variableByteIntegerSize,
  writeByte,
  writePacketId,
  writeUint16,
} from "../packet_writer.ts";
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

export type PublishAckType =
  | typeof PacketType.PUBACK
  | typeof PacketType.PUBREC
  | typeof PacketType.PUBREL
  | typeof PacketType.PUBCOMP;

/**
 * One with reason code Success takes as few bytes as possible, and most are like that: in 5.0 the
 * same as in 3.x (section 3.4.2.1 and its twins).
 */
export const SUCCESS_BYTES = 4;
const SUCCESS_REMAINING_LENGTH = 2;
const PUBREL_FLAGS = 0b0010; // [MQTT-3.6.1-1]

/**
 * What lies in `bytes` from `start` on, if it is the short form of a success: the type above the
 * lowest 16 bits, the Packet Identifier in them. 0: it is anything else, or not all of it is there.
 */
export function peekSuccess(bytes: Uint8Array, start: number): number {
  if (bytes.length - start < SUCCESS_BYTES) return 0;
  if (bytes[start + 1] !== SUCCESS_REMAINING_LENGTH) return 0;
  const type = bytes[start]! >> 4;
  if (type < PacketType.PUBACK || type > PacketType.PUBCOMP) return 0;
  if ((bytes[start]! & 0x0f) !== (type === PacketType.PUBREL ? PUBREL_FLAGS : 0)) return 0;
  const packetId = bytes[start + 2]! << 8 | bytes[start + 3]!;
  return packetId === 0 ? 0 : type << 16 | packetId;
}

/** Writes the short form of a success. */
export function writeSuccess(sink: ByteSink, type: PublishAckType, packetId: number): void {
  sink.reserve(SUCCESS_BYTES);
  writeByte(sink, type << 4 | (type === PacketType.PUBREL ? PUBREL_FLAGS : 0));
  writeByte(sink, SUCCESS_REMAINING_LENGTH);
  writeUint16(sink, packetId);
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
