import { invariant } from "../base/invariant.ts";
import type { ByteSink } from "./byte_sink.ts";
import { reservedFlags } from "./fixed_header.ts";
import { type Packet, PacketType, type ProtocolVersion } from "./packet.ts";
import { variableByteIntegerSize, writeByte, writeVariableByteInteger } from "./packet_writer.ts";
import { authSize, encodeAuth } from "./packets/auth.ts";
import { connackSize, encodeConnack } from "./packets/connack.ts";
import { connectSize, encodeConnect } from "./packets/connect.ts";
import { disconnectSize, encodeDisconnect } from "./packets/disconnect.ts";
import { encodePuback, pubackSize } from "./packets/puback.ts";
import { encodePubcomp, pubcompSize } from "./packets/pubcomp.ts";
import { encodePublish, publishFlags, publishSize } from "./packets/publish.ts";
import { encodePubrec, pubrecSize } from "./packets/pubrec.ts";
import { encodePubrel, pubrelSize } from "./packets/pubrel.ts";
import { encodeSuback, subackSize } from "./packets/suback.ts";
import { encodeSubscribe, subscribeSize } from "./packets/subscribe.ts";
import { encodeUnsuback, unsubackSize } from "./packets/unsuback.ts";
import { encodeUnsubscribe, unsubscribeSize } from "./packets/unsubscribe.ts";

/**
 * Bytes of the whole packet for a peer of this version. What the version does not have (properties
 * and most reason codes in 3.x) is not counted, and what 5.0 can leave out is left out.
 *
 * @throws InvariantError for what no packet can carry.
 */
export function packetSize(packet: Packet, version: ProtocolVersion): number {
  const length = remainingLength(packet, version);
  return 1 + variableByteIntegerSize(length) + length;
}

/**
 * Writes the packet: reserves its size in `sink`, fills it and moves `sink.position` behind it.
 *
 * @throws InvariantError for a packet that would be illegal; `sink.position` is then unchanged.
 */
export function encodePacket(sink: ByteSink, packet: Packet, version: ProtocolVersion): void {
  const length = remainingLength(packet, version);
  const size = 1 + variableByteIntegerSize(length) + length;
  sink.reserve(size);
  const start = sink.position;
  try {
    writeByte(sink, firstByte(packet));
    writeVariableByteInteger(sink, length);
    encodeBody(sink, packet, version);
    invariant(sink.position === start + size, "a packet has another size than announced");
  } catch (error) {
    sink.position = start;
    throw error;
  }
}

function firstByte(packet: Packet): number {
  const { type } = packet;
  return type << 4 | (type === PacketType.PUBLISH ? publishFlags(packet) : reservedFlags(type));
}

/** The packet in a buffer of its own. */
export function toBytes(packet: Packet, version: ProtocolVersion): Uint8Array {
  const sink: ByteSink = {
    bytes: new Uint8Array(packetSize(packet, version)),
    position: 0,
    reserve() {},
  };
  encodePacket(sink, packet, version);
  return sink.bytes;
}

function remainingLength(packet: Packet, version: ProtocolVersion): number {
  switch (packet.type) {
    case PacketType.PUBLISH:
      return publishSize(packet, version);
    case PacketType.CONNECT:
      invariant(packet.protocolVersion === version, "CONNECT is for another version");
      return connectSize(packet);
    case PacketType.CONNACK:
      return connackSize(packet, version);
    case PacketType.PUBACK:
      return pubackSize(packet, version);
    case PacketType.PUBREC:
      return pubrecSize(packet, version);
    case PacketType.PUBREL:
      return pubrelSize(packet, version);
    case PacketType.PUBCOMP:
      return pubcompSize(packet, version);
    case PacketType.SUBSCRIBE:
      return subscribeSize(packet, version);
    case PacketType.SUBACK:
      return subackSize(packet, version);
    case PacketType.UNSUBSCRIBE:
      return unsubscribeSize(packet, version);
    case PacketType.UNSUBACK:
      return unsubackSize(packet, version);
    case PacketType.PINGREQ:
    case PacketType.PINGRESP:
      return 0;
    case PacketType.DISCONNECT:
      return disconnectSize(packet, version);
    case PacketType.AUTH:
      invariant(version === 5, "AUTH exists in 5.0 only");
      return authSize(packet);
  }
}

function encodeBody(sink: ByteSink, packet: Packet, version: ProtocolVersion): void {
  switch (packet.type) {
    case PacketType.PUBLISH:
      return encodePublish(sink, packet, version);
    case PacketType.CONNECT:
      return encodeConnect(sink, packet);
    case PacketType.CONNACK:
      return encodeConnack(sink, packet, version);
    case PacketType.PUBACK:
      return encodePuback(sink, packet, version);
    case PacketType.PUBREC:
      return encodePubrec(sink, packet, version);
    case PacketType.PUBREL:
      return encodePubrel(sink, packet, version);
    case PacketType.PUBCOMP:
      return encodePubcomp(sink, packet, version);
    case PacketType.SUBSCRIBE:
      return encodeSubscribe(sink, packet, version);
    case PacketType.SUBACK:
      return encodeSuback(sink, packet, version);
    case PacketType.UNSUBSCRIBE:
      return encodeUnsubscribe(sink, packet, version);
    case PacketType.UNSUBACK:
      return encodeUnsuback(sink, packet, version);
    case PacketType.PINGREQ:
    case PacketType.PINGRESP:
      return;
    case PacketType.DISCONNECT:
      return encodeDisconnect(sink, packet, version);
    case PacketType.AUTH:
      return encodeAuth(sink, packet);
  }
}
