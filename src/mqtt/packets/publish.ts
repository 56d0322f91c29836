import { invariant } from "../../base/invariant.ts";
import type { ByteSink } from "../byte_sink.ts";
import { PacketType, type ProtocolVersion, type QoS } from "../packet.ts";
import type { PacketReader } from "../packet_reader.ts";
import { stringSize, writeBytes, writePacketId, writeString } from "../packet_writer.ts";
import { NO_PROPERTIES, type PublishProperties } from "../properties.ts";
import { decodeProperties, encodeProperties, propertiesSize } from "../property_codec.ts";
import { malformed, protocolError } from "../reason_code.ts";
import { hasWildcards } from "../wildcards.ts";

export interface Publish {
  readonly type: typeof PacketType.PUBLISH;
  readonly dup: boolean;
  readonly qos: QoS;
  readonly retain: boolean;
  /** Empty only together with a topic alias. */
  readonly topic: string;
  /** 1 … 65,535; 0 stands for none (QoS 0). */
  readonly packetId: number;
  /**
   * From the decoder: a view into the chunk that was pushed, valid until the decoder's owner
   * releases that chunk. Copy it to keep it.
   */
  readonly payload: Uint8Array;
  readonly properties: Readonly<PublishProperties>;
}

/** Bits of the fixed header (section 3.3.1). */
const DUP = 0x08;
const QOS_SHIFT = 1;
const QOS_MASK = 0x03;
const RETAIN = 0x01;

/** @throws PacketError for flags that no PUBLISH has, whatever follows them. */
export function checkPublishFlags(flags: number): void {
  const qos = (flags >> QOS_SHIFT) & QOS_MASK;
  if (qos === 3) throw malformed("[MQTT-3.3.1-4] a QoS of 3");
  if (qos === 0 && (flags & DUP) !== 0) throw malformed("[MQTT-3.3.1-2] DUP with QoS 0");
}

/** The flags have been checked. */
export function decodePublish(
  reader: PacketReader,
  flags: number,
  version: ProtocolVersion,
): Publish {
  const qos = ((flags >> QOS_SHIFT) & QOS_MASK) as QoS;
  const topic = reader.readTopicName();
  const packetId = qos === 0 ? 0 : reader.readPacketId();
  const properties: Readonly<PublishProperties> = version === 5
    ? decodeProperties<PublishProperties>(reader, PacketType.PUBLISH)
    : NO_PROPERTIES;
  if (topic.length === 0 && properties.topicAlias === undefined) {
    throw protocolError("[MQTT-4.7.3-1] neither Topic Name nor Topic Alias");
  }
  return {
    type: PacketType.PUBLISH,
    dup: (flags & DUP) !== 0,
    qos,
    retain: (flags & RETAIN) !== 0,
    topic,
    packetId,
    payload: reader.readRest(),
    properties,
  };
}

export function publishFlags(packet: Publish): number {
  return (packet.dup ? DUP : 0) | packet.qos << QOS_SHIFT | (packet.retain ? RETAIN : 0);
}

/** Remaining Length. */
export function publishSize(packet: Publish, version: ProtocolVersion): number {
  let size = topicNameSize(packet.topic) + packet.payload.length;
  if (packet.qos !== 0) size += 2;
  if (version === 5) size += propertiesSize(packet.properties, PacketType.PUBLISH);
  return size;
}

/** The Topic Name that was checked last: most packets repeat it, a fan-out many times. */
let latestTopic = "";
let latestTopicSize = stringSize("");

function topicNameSize(topic: string): number {
  if (topic !== latestTopic) {
    invariant(!hasWildcards(topic), "a Topic Name has no wildcard characters");
    latestTopicSize = stringSize(topic);
    latestTopic = topic;
  }
  return latestTopicSize;
}

export function encodePublish(sink: ByteSink, packet: Publish, version: ProtocolVersion): void {
  const { qos, dup, topic, packetId, payload, properties } = packet;
  invariant(
    topic.length > 0 || version === 5 && properties.topicAlias !== undefined,
    "PUBLISH has a Topic Name or a Topic Alias",
  );
  writeString(sink, topic);
  if (qos !== 0) writePacketId(sink, packetId);
  else invariant(packetId === 0 && !dup, "QoS 0 has neither Packet Identifier nor DUP");
  if (version === 5) encodeProperties(sink, properties, PacketType.PUBLISH);
  writeBytes(sink, payload);
}
