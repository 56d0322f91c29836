import { invariant } from "../../base/invariant.ts";
import type { ByteSink } from "../byte_sink.ts";
import { PacketType, type ProtocolVersion } from "../packet.ts";
import type { PacketReader } from "../packet_reader.ts";
import { stringSize, writePacketId, writeString } from "../packet_writer.ts";
import { NO_PROPERTIES, type UnsubscribeProperties } from "../properties.ts";
import { decodeProperties, encodeProperties, propertiesSize } from "../property_codec.ts";
import { protocolError } from "../reason_code.ts";

export interface Unsubscribe {
  readonly type: typeof PacketType.UNSUBSCRIBE;
  readonly packetId: number;
  /** At least one; well-formed UTF-8 but not checked as topic filters. */
  readonly topicFilters: readonly string[];
  readonly properties: Readonly<UnsubscribeProperties>;
}

export function decodeUnsubscribe(reader: PacketReader, version: ProtocolVersion): Unsubscribe {
  const packetId = reader.readPacketId();
  const properties = version === 5
    ? decodeProperties<UnsubscribeProperties>(reader, PacketType.UNSUBSCRIBE)
    : NO_PROPERTIES;
  if (reader.remaining === 0) throw protocolError("[MQTT-3.10.3-2] no topic filter");
  const topicFilters: string[] = [];
  while (reader.remaining > 0) topicFilters.push(reader.readString());
  return { type: PacketType.UNSUBSCRIBE, packetId, topicFilters, properties };
}

/** Remaining Length. */
export function unsubscribeSize(packet: Unsubscribe, version: ProtocolVersion): number {
  let size = 2;
  if (version === 5) size += propertiesSize(packet.properties, PacketType.UNSUBSCRIBE);
  for (const topicFilter of packet.topicFilters) size += stringSize(topicFilter);
  return size;
}

export function encodeUnsubscribe(
  sink: ByteSink,
  packet: Unsubscribe,
  version: ProtocolVersion,
): void {
  invariant(packet.topicFilters.length > 0, "UNSUBSCRIBE has at least one topic filter");
  writePacketId(sink, packet.packetId);
  if (version === 5) encodeProperties(sink, packet.properties, PacketType.UNSUBSCRIBE);
  for (const topicFilter of packet.topicFilters) writeString(sink, topicFilter);
}
