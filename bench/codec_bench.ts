/**
 * Decoding and encoding, per packet. Run with `deno bench bench/codec_bench.ts`.
 *
 * A decode iteration takes BATCH packets out of one chunk, as a busy connection does, and an encode
 * iteration fills one output chunk, so divide the time shown by BATCH.
 */
import type { ByteSink } from "../src/mqtt/byte_sink.ts";
import { type Packet, PacketType, type ProtocolVersion } from "../src/mqtt/packet.ts";
import { PacketDecoder } from "../src/mqtt/packet_decoder.ts";
import { encodePacket, toBytes } from "../src/mqtt/packet_encoder.ts";
import type { Publish } from "../src/mqtt/packets/publish.ts";
import { NO_PROPERTIES, type PublishProperties } from "../src/mqtt/properties.ts";

const BATCH = 100;
const TOPICS = 10;

const PROPERTIES: PublishProperties = {
  payloadFormatIndicator: 1,
  messageExpiryInterval: 3600,
  contentType: "application/json",
  responseTopic: "replies/client-1",
  correlationData: new Uint8Array(8),
  userProperties: [["trace", "0af7651916cd43dd"], ["origin", "plant 7"]],
};

const CONNECT: Packet = {
  type: PacketType.CONNECT,
  protocolVersion: 5,
  bridge: false,
  clientId: "sensor-000017",
  cleanStart: false,
  keepAlive: 60,
  will: {
    topic: "sensors/0017/state",
    payload: new TextEncoder().encode("offline"),
    qos: 1,
    retain: true,
    properties: { willDelayInterval: 30 },
  },
  username: "sensor-000017",
  password: new TextEncoder().encode("correct horse"),
  properties: { sessionExpiryInterval: 3600, receiveMaximum: 20 },
};

const SUBSCRIBE: Packet = {
  type: PacketType.SUBSCRIBE,
  packetId: 17,
  subscriptions: [
    subscription("sensors/+/temperature"),
    subscription("sensors/+/humidity"),
    subscription("commands/0017/#"),
  ],
  properties: { subscriptionIdentifier: 3 },
};

measure("QoS 0, 64 B, one topic", 4, [publish(0, 64)]);
measure(
  `QoS 0, 64 B, ${TOPICS} topics`,
  4,
  Array.from({ length: TOPICS }, (_, i) => publish(0, 64, i)),
);
measure("QoS 0, 64 B, 100 topics", 4, Array.from({ length: BATCH }, (_, i) => publish(0, 64, i)));
measure("QoS 0, 64 B, 5.0", 5, [publish(0, 64)]);
measure("QoS 0, 64 B, 5.0, 7 properties", 5, [publish(0, 64, 0, PROPERTIES)]);
measure("QoS 1, 64 B", 4, [publish(1, 64)]);
measure("QoS 0, 1 KB", 4, [publish(0, 1024)]);
measure("PUBACK", 4, [{
  type: PacketType.PUBACK,
  packetId: 1000,
  reasonCode: 0,
  properties: NO_PROPERTIES,
}]);
measure("CONNECT", 5, [CONNECT]);
measure("SUBSCRIBE, 3 filters", 5, [SUBSCRIBE]);

function publish(
  qos: 0 | 1,
  size: number,
  topic = 0,
  properties: PublishProperties = NO_PROPERTIES,
): Publish {
  return {
    type: PacketType.PUBLISH,
    dup: false,
    qos,
    retain: false,
    topic: `sensors/${String(topic).padStart(4, "0")}/temp`,
    packetId: qos === 0 ? 0 : 4711,
    payload: new Uint8Array(size).fill(0x20),
    properties,
  };
}

function subscription(topicFilter: string) {
  return {
    topicFilter,
    qos: 1,
    noLocal: false,
    retainAsPublished: true,
    retainHandling: 0,
  } as const;
}

/** Registers a decode and an encode benchmark over BATCH packets, `packets` in turn. */
function measure(name: string, version: ProtocolVersion, packets: readonly Packet[]): void {
  const batch = Array.from({ length: BATCH }, (_, i) => packets[i % packets.length]!);
  const sink: ByteSink = {
    bytes: new Uint8Array(BATCH * (toBytes(packets[0]!, version).length + 16)),
    position: 0,
    reserve() {},
  };
  for (const packet of batch) encodePacket(sink, packet, version);
  const chunk = sink.bytes.slice(0, sink.position);
  const decoder = new PacketDecoder({ role: "server", maximumPacketSize: 1 << 20, version });

  Deno.bench({
    name: `decode ${BATCH} × ${name}`,
    group: name,
    fn() {
      decoder.push(chunk);
      while (decoder.next() !== undefined);
    },
  });
  Deno.bench({
    name: `encode ${BATCH} × ${name}`,
    group: name,
    fn() {
      sink.position = 0;
      for (const packet of batch) encodePacket(sink, packet, version);
    },
  });
}
