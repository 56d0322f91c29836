import { invariant } from "../../base/invariant.ts";
import type { ByteSink } from "../byte_sink.ts";
import { PacketType, type ProtocolVersion, type QoS } from "../packet.ts";
import type { PacketReader } from "../packet_reader.ts";
import {
  binarySize,
  stringSize,
  writeBinary,
  writeByte,
  writeString,
  writeUint16,
} from "../packet_writer.ts";
import { type ConnectProperties, NO_PROPERTIES, type WillProperties } from "../properties.ts";
import { decodeProperties, encodeProperties, propertiesSize } from "../property_codec.ts";
import { WILL } from "../property_table.ts";
import { malformed, PacketError, protocolError, ReasonCode } from "../reason_code.ts";
import { hasWildcards } from "../wildcards.ts";

export interface Connect {
  readonly type: typeof PacketType.CONNECT;
  readonly protocolVersion: ProtocolVersion;
  /**
   * The bridge bit (0x80 of the protocol level) that mosquitto bridges set in 3.1 and 3.1.1: the
   * peer is another broker. Always false in 5.0.
   */
  readonly bridge: boolean;
  /** Empty when the client asks the server to assign one. */
  readonly clientId: string;
  /** Clean Start of 5.0; Clean Session of 3.x. */
  readonly cleanStart: boolean;
  /** Seconds; 0 turns keep-alive off. */
  readonly keepAlive: number;
  readonly will: Will | undefined;
  readonly username: string | undefined;
  readonly password: Uint8Array | undefined;
  readonly properties: Readonly<ConnectProperties>;
}

export interface Will {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly properties: Readonly<WillProperties>;
}

/** What a CONNECT starts with: who it is for. */
export interface Protocol {
  readonly version: ProtocolVersion;
  readonly bridge: boolean;
}

const BRIDGE = 0x80;

/** Bits of the Connect Flags (section 3.1.2.3). */
const RESERVED = 0x01;
const CLEAN_START = 0x02;
const WILL_FLAG = 0x04;
const WILL_QOS_SHIFT = 3;
const WILL_RETAIN = 0x20;
const PASSWORD_FLAG = 0x40;
const USERNAME_FLAG = 0x80;

/**
 * Reads Protocol Name and Protocol Version, the part that every version agrees on.
 *
 * @throws PacketError 0x84 for all but the three versions [MQTT-3.1.2-1] [MQTT-3.1.2-2].
 */
export function decodeProtocol(reader: PacketReader): Protocol {
  const name = reader.readString();
  const level = reader.readByte();
  const version = level === 5 ? 5 : level & ~BRIDGE;
  const known = version === 3
    ? name === "MQIsdp"
    : name === "MQTT" && (level === 5 || version === 4);
  if (!known) {
    throw new PacketError(
      ReasonCode.UnsupportedProtocolVersion,
      "[MQTT-3.1.2-1] [MQTT-3.1.2-2] a protocol that is not MQTT 3.1, 3.1.1 or 5.0",
    );
  }
  return { version: version as ProtocolVersion, bridge: level !== version };
}

/** Reads what follows the protocol. */
export function decodeConnect(reader: PacketReader, protocol: Protocol): Connect {
  const { version, bridge } = protocol;
  const flags = checkFlags(reader.readByte(), version);
  const keepAlive = reader.readUint16();
  const properties = version === 5
    ? decodeProperties<ConnectProperties>(reader, PacketType.CONNECT)
    : NO_PROPERTIES;
  const clientId = reader.readString();
  const will = (flags & WILL_FLAG) !== 0 ? decodeWill(reader, flags, version) : undefined;
  const username = hasField(reader, flags & USERNAME_FLAG, version)
    ? reader.readString()
    : undefined;
  const password = hasField(reader, flags & PASSWORD_FLAG, version)
    ? reader.readBinary()
    : undefined;
  return {
    type: PacketType.CONNECT,
    protocolVersion: version,
    bridge,
    clientId,
    cleanStart: (flags & CLEAN_START) !== 0,
    keepAlive,
    will,
    username,
    password,
    properties,
  };
}

/** Flags that contradict each other are no more parseable than reserved ones: malformed. */
function checkFlags(flags: number, version: ProtocolVersion): number {
  const will = (flags & WILL_FLAG) !== 0;
  const willQoS = (flags >> WILL_QOS_SHIFT) & 0x03;
  if (will && willQoS === 3) throw malformed("[MQTT-3.1.2-12] a Will QoS of 3");
  if (version !== 5 && (flags & (USERNAME_FLAG | PASSWORD_FLAG)) === PASSWORD_FLAG) {
    throw malformed("a Password without a User Name, which only 5.0 allows");
  }
  if (version === 3) return flags; // 3.1 says to disregard the rest
  if ((flags & RESERVED) !== 0) throw malformed("[MQTT-3.1.2-3] the reserved Connect Flag is set");
  if (!will && willQoS !== 0) throw malformed("[MQTT-3.1.2-11] a Will QoS without a will");
  if (!will && (flags & WILL_RETAIN) !== 0) {
    throw malformed("[MQTT-3.1.2-13] Will Retain without a will");
  }
  return flags;
}

/**
 * 3.1 lets User Name and Password be missing although their flags are set: there the end of the
 * packet takes precedence over the flags.
 */
function hasField(reader: PacketReader, flag: number, version: ProtocolVersion): boolean {
  return flag !== 0 && (version !== 3 || reader.remaining > 0);
}

function decodeWill(reader: PacketReader, flags: number, version: ProtocolVersion): Will {
  const properties = version === 5 ? decodeProperties<WillProperties>(reader, WILL) : NO_PROPERTIES;
  const topic = reader.readString();
  if (topic.length === 0) throw protocolError("[MQTT-4.7.3-1] an empty Will Topic");
  if (hasWildcards(topic)) {
    throw new PacketError(
      ReasonCode.TopicNameInvalid,
      "[MQTT-4.7.0-1] a Will Topic with wildcard characters",
    );
  }
  return {
    topic,
    payload: reader.readBinary(),
    qos: ((flags >> WILL_QOS_SHIFT) & 0x03) as QoS,
    retain: (flags & WILL_RETAIN) !== 0,
    properties,
  };
}

/** Remaining Length. */
export function connectSize(packet: Connect): number {
  const { protocolVersion: version, will, username, password } = packet;
  let size = stringSize(protocolName(version)) + 1 + 1 + 2;
  if (version === 5) size += propertiesSize(packet.properties, PacketType.CONNECT);
  size += stringSize(packet.clientId);
  if (will !== undefined) {
    if (version === 5) size += propertiesSize(will.properties, WILL);
    size += stringSize(will.topic) + binarySize(will.payload);
  }
  if (username !== undefined) size += stringSize(username);
  if (password !== undefined) size += binarySize(password);
  return size;
}

export function encodeConnect(sink: ByteSink, packet: Connect): void {
  const { protocolVersion: version, bridge, keepAlive, will, username, password } = packet;
  invariant(!bridge || version !== 5, "5.0 has no bridge bit");
  invariant(
    version === 5 || password === undefined || username !== undefined,
    "3.x has no password without a user name",
  );
  invariant(keepAlive >= 0 && keepAlive <= 0xffff, "Keep Alive is out of range");
  writeString(sink, protocolName(version));
  writeByte(sink, bridge ? version | BRIDGE : version);
  writeByte(sink, connectFlags(packet));
  writeUint16(sink, keepAlive);
  if (version === 5) encodeProperties(sink, packet.properties, PacketType.CONNECT);
  writeString(sink, packet.clientId);
  if (will !== undefined) encodeWill(sink, will, version);
  if (username !== undefined) writeString(sink, username);
  if (password !== undefined) writeBinary(sink, password);
}

function encodeWill(sink: ByteSink, will: Will, version: ProtocolVersion): void {
  const { topic, payload, properties } = will;
  invariant(topic.length > 0 && !hasWildcards(topic), "the Will Topic is no Topic Name");
  if (version === 5) encodeProperties(sink, properties, WILL);
  writeString(sink, topic);
  writeBinary(sink, payload);
}

function protocolName(version: ProtocolVersion): string {
  return version === 3 ? "MQIsdp" : "MQTT";
}

function connectFlags(packet: Connect): number {
  const { cleanStart, will, username, password } = packet;
  let flags = cleanStart ? CLEAN_START : 0;
  if (will !== undefined) {
    flags |= WILL_FLAG | will.qos << WILL_QOS_SHIFT | (will.retain ? WILL_RETAIN : 0);
  }
  if (password !== undefined) flags |= PASSWORD_FLAG;
  if (username !== undefined) flags |= USERNAME_FLAG;
  return flags;
}
