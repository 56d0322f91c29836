import { invariant } from "../../base/invariant.ts";
import type { ByteSink } from "../byte_sink.ts";
import { PacketType, type ProtocolVersion } from "../packet.ts";
import type { PacketReader } from "../packet_reader.ts";
import { writeByte } from "../packet_writer.ts";
import { type ConnackProperties, NO_PROPERTIES } from "../properties.ts";
import { decodeProperties, encodeProperties, propertiesSize } from "../property_codec.ts";
import { malformed, protocolError, ReasonCode } from "../reason_code.ts";
import { requireReasonCode, sendersOf } from "../reason_code_table.ts";
import { fromReturnCode, toReturnCode } from "./connack_return_code.ts";

export interface Connack {
  readonly type: typeof PacketType.CONNACK;
  readonly sessionPresent: boolean;
  /** 3.x: encoded as the return code that comes closest. */
  readonly reasonCode: ReasonCode;
  readonly properties: Readonly<ConnackProperties>;
}

const SESSION_PRESENT = 0x01;

export function decodeConnack(reader: PacketReader, version: ProtocolVersion): Connack {
  const flags = reader.readByte();
  // 3.1 has no such flags; what it has in their place is not used.
  if (version !== 3 && flags > SESSION_PRESENT) {
    throw malformed("[MQTT-3.2.2-1] reserved bits in the Connect Acknowledge Flags");
  }
  const sessionPresent = version !== 3 && flags === SESSION_PRESENT;
  const code = reader.readByte();
  const reasonCode = version === 5
    ? requireReasonCode(PacketType.CONNACK, code, reader.sender)
    : fromReturnCode(code);
  if (sessionPresent && reasonCode !== ReasonCode.Success) {
    throw protocolError("[MQTT-3.2.2-6] Session Present on a refused connection");
  }
  const properties = version === 5
    ? decodeProperties<ConnackProperties>(reader, PacketType.CONNACK)
    : NO_PROPERTIES;
  return { type: PacketType.CONNACK, sessionPresent, reasonCode, properties };
}

/** Remaining Length. */
export function connackSize(packet: Connack, version: ProtocolVersion): number {
  return version === 5 ? 2 + propertiesSize(packet.properties, PacketType.CONNACK) : 2;
}

export function encodeConnack(sink: ByteSink, packet: Connack, version: ProtocolVersion): void {
  const { sessionPresent, reasonCode, properties } = packet;
  invariant(
    sendersOf(PacketType.CONNACK, reasonCode) !== 0,
    "CONNACK cannot carry this reason code",
  );
  invariant(
    !sessionPresent || reasonCode === ReasonCode.Success,
    "a refused connection has no session present",
  );
  writeByte(sink, sessionPresent && version !== 3 ? SESSION_PRESENT : 0);
  writeByte(sink, version === 5 ? reasonCode : toReturnCode(reasonCode));
  if (version === 5) encodeProperties(sink, properties, PacketType.CONNACK);
}
