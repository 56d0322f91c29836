import { invariant } from "../../base/invariant.ts";
import type { ByteSink } from "../byte_sink.ts";
import { PacketType, type ProtocolVersion } from "../packet.ts";
import type { PacketReader } from "../packet_reader.ts";
import { variableByteIntegerSize, writeByte } from "../packet_writer.ts";
import { type DisconnectProperties, NO_PROPERTIES } from "../properties.ts";
import { decodeProperties, encodeProperties, propertyLength } from "../property_codec.ts";
import { ReasonCode } from "../reason_code.ts";
import { requireReasonCode, sendersOf } from "../reason_code_table.ts";

export interface Disconnect {
  readonly type: typeof PacketType.DISCONNECT;
  readonly reasonCode: ReasonCode;
  readonly properties: Readonly<DisconnectProperties>;
}

/** In 5.0 both fields may be left out from the end; 3.x has neither. */
export function decodeDisconnect(reader: PacketReader, version: ProtocolVersion): Disconnect {
  let reasonCode: ReasonCode = ReasonCode.Success;
  let properties: Readonly<DisconnectProperties> = NO_PROPERTIES;
  if (version === 5 && reader.remaining > 0) {
    reasonCode = requireReasonCode(PacketType.DISCONNECT, reader.readByte(), reader.sender);
    if (reader.remaining > 0) {
      properties = decodeProperties<DisconnectProperties>(reader, PacketType.DISCONNECT);
    }
  }
  return { type: PacketType.DISCONNECT, reasonCode, properties };
}

/** Remaining Length. */
export function disconnectSize(packet: Disconnect, version: ProtocolVersion): number {
  if (version !== 5) return 0;
  const length = propertyLength(packet.properties, PacketType.DISCONNECT);
  if (length > 0) return 1 + variableByteIntegerSize(length) + length;
  return packet.reasonCode === ReasonCode.Success ? 0 : 1;
}

export function encodeDisconnect(
  sink: ByteSink,
  packet: Disconnect,
  version: ProtocolVersion,
): void {
  if (version !== 5) return;
  const { reasonCode, properties } = packet;
  invariant(
    sendersOf(PacketType.DISCONNECT, reasonCode) !== 0,
    "DISCONNECT cannot carry this reason code",
  );
  const length = propertyLength(properties, PacketType.DISCONNECT);
  if (length === 0 && reasonCode === ReasonCode.Success) return;
  writeByte(sink, reasonCode);
  if (length > 0) encodeProperties(sink, properties, PacketType.DISCONNECT);
}
