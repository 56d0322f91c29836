import { invariant } from "../../base/invariant.ts";
import type { ByteSink } from "../byte_sink.ts";
import { PacketType, type ProtocolVersion, type QoS } from "../packet.ts";
import type { PacketReader } from "../packet_reader.ts";
import { stringSize, writeByte, writePacketId, writeString } from "../packet_writer.ts";
import { NO_PROPERTIES, type SubscribeProperties } from "../properties.ts";
import { decodeProperties, encodeProperties, propertiesSize } from "../property_codec.ts";
import { malformed, protocolError } from "../reason_code.ts";
import type { RetainHandling, SubscriptionOptions } from "../subscription.ts";

export interface Subscribe {
  readonly type: typeof PacketType.SUBSCRIBE;
  readonly packetId: number;
  /** At least one. The filters are well-formed UTF-8 but not checked as topic filters. */
  readonly subscriptions: readonly SubscribeRequest[];
  readonly properties: Readonly<SubscribeProperties>;
}

export interface SubscribeRequest extends SubscriptionOptions {
  readonly topicFilter: string;
}

/** Bits of the Subscription Options byte (section 3.8.3.1); 3.x has the QoS only. */
const QOS_MASK = 0x03;
const NO_LOCAL = 0x04;
const RETAIN_AS_PUBLISHED = 0x08;
const RETAIN_HANDLING_SHIFT = 4;
const RETAIN_HANDLING_MASK = 0x03;
const RESERVED_5 = 0xc0;
const RESERVED_3 = 0xfc;

export function decodeSubscribe(reader: PacketReader, version: ProtocolVersion): Subscribe {
  const packetId = reader.readPacketId();
  const properties = version === 5
    ? decodeProperties<SubscribeProperties>(reader, PacketType.SUBSCRIBE)
    : NO_PROPERTIES;
  if (reader.remaining === 0) throw protocolError("[MQTT-3.8.3-2] no topic filter");
  const subscriptions: SubscribeRequest[] = [];
  while (reader.remaining > 0) subscriptions.push(decodeRequest(reader, version));
  return { type: PacketType.SUBSCRIBE, packetId, subscriptions, properties };
}

function decodeRequest(reader: PacketReader, version: ProtocolVersion): SubscribeRequest {
  const topicFilter = reader.readString();
  const options = reader.readByte();
  if ((options & (version === 5 ? RESERVED_5 : RESERVED_3)) !== 0) {
    throw malformed("[MQTT-3.8.3-5] reserved bits in the Subscription Options");
  }
  const qos = options & QOS_MASK;
  if (qos === 3) throw protocolError("a Maximum QoS of 3 in the Subscription Options");
  const retainHandling = (options >> RETAIN_HANDLING_SHIFT) & RETAIN_HANDLING_MASK;
  if (retainHandling === 3) throw protocolError("a Retain Handling of 3");
  return {
    topicFilter,
    qos: qos as QoS,
    noLocal: (options & NO_LOCAL) !== 0,
    retainAsPublished: (options & RETAIN_AS_PUBLISHED) !== 0,
    retainHandling: retainHandling as RetainHandling,
  };
}

/** Remaining Length. */
export function subscribeSize(packet: Subscribe, version: ProtocolVersion): number {
  let size = 2;
  if (version === 5) size += propertiesSize(packet.properties, PacketType.SUBSCRIBE);
  for (const { topicFilter } of packet.subscriptions) size += stringSize(topicFilter) + 1;
  return size;
}

/** For 3.x every option but the QoS is dropped. */
export function encodeSubscribe(sink: ByteSink, packet: Subscribe, version: ProtocolVersion): void {
  invariant(packet.subscriptions.length > 0, "SUBSCRIBE has at least one topic filter");
  writePacketId(sink, packet.packetId);
  if (version === 5) encodeProperties(sink, packet.properties, PacketType.SUBSCRIBE);
  for (const request of packet.subscriptions) {
    writeString(sink, request.topicFilter);
    writeByte(sink, version === 5 ? optionsByte(request) : request.qos);
  }
}

function optionsByte(options: SubscriptionOptions): number {
  return options.qos |
    (options.noLocal ? NO_LOCAL : 0) |
    (options.retainAsPublished ? RETAIN_AS_PUBLISHED : 0) |
    options.retainHandling << RETAIN_HANDLING_SHIFT;
}
