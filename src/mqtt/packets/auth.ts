import { invariant } from "../../base/invariant.ts";
import type { ByteSink } from "../byte_sink.ts";
import { PacketType } from "../packet.ts";
import type { PacketReader } from "../packet_reader.ts";
import { writeByte } from "../packet_writer.ts";
import { type AuthProperties, NO_PROPERTIES } from "../properties.ts";
import { decodeProperties, encodeProperties, propertiesSize } from "../property_codec.ts";
import { protocolError, ReasonCode } from "../reason_code.ts";
import { requireReasonCode, sendersOf } from "../reason_code_table.ts";

/** Exists in 5.0 only. */
export interface Auth {
  readonly type: typeof PacketType.AUTH;
  readonly reasonCode: ReasonCode;
  readonly properties: Readonly<AuthProperties>;
}

/**
 * Section 3.15.2.2.2 makes leaving out the Authentication Method a Protocol Error, section 3.15.2.1
 * lets the short form for Success leave out everything: both are taken at their word.
 */
export function decodeAuth(reader: PacketReader): Auth {
  if (reader.remaining === 0) {
    const reasonCode = requireReasonCode(PacketType.AUTH, ReasonCode.Success, reader.sender);
    return { type: PacketType.AUTH, reasonCode, properties: NO_PROPERTIES };
  }
  const reasonCode = requireReasonCode(PacketType.AUTH, reader.readByte(), reader.sender);
  const properties = decodeProperties<AuthProperties>(reader, PacketType.AUTH);
  if (properties.authenticationMethod === undefined) {
    throw protocolError("AUTH without Authentication Method");
  }
  return { type: PacketType.AUTH, reasonCode, properties };
}

/** Remaining Length. */
export function authSize(packet: Auth): number {
  if (isShort(packet)) return 0;
  return 1 + propertiesSize(packet.properties, PacketType.AUTH);
}

export function encodeAuth(sink: ByteSink, packet: Auth): void {
  if (isShort(packet)) return;
  const { reasonCode, properties } = packet;
  invariant(sendersOf(PacketType.AUTH, reasonCode) !== 0, "AUTH cannot carry this reason code");
  invariant(properties.authenticationMethod !== undefined, "AUTH has an Authentication Method");
  writeByte(sink, reasonCode);
  encodeProperties(sink, properties, PacketType.AUTH);
}

function isShort(packet: Auth): boolean {
  return packet.reasonCode === ReasonCode.Success &&
    propertiesSize(packet.properties, PacketType.AUTH) === 1;
}
