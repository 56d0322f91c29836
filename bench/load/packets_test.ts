import assert from "#assert";
import { type Packet, PacketType } from "../../src/mqtt/packet.ts";
import { PacketDecoder } from "../../src/mqtt/packet_decoder.ts";
import {
  acknowledgement,
  connectPacket,
  PacketHeader,
  publishTemplate,
  subscribePacket,
} from "./packets.ts";

/** What a broker reads, which is of that type; the generator does not share its codec. */
function decoded<T extends PacketType>(bytes: Uint8Array, type: T): Extract<Packet, { type: T }> {
  const decoder = new PacketDecoder({ role: "server", maximumPacketSize: 1 << 20, version: 4 });
  decoder.push(bytes);
  const packet = decoder.next();
  assert.equal(packet?.type, type);
  assert.equal(decoder.next(), undefined);
  return packet as Extract<Packet, { type: T }>;
}

Deno.test("connectPacket() is a CONNECT with or without a clean session", () => {
  for (const clean of [true, false]) {
    const packet = decoded(connectPacket("load-1-p0", clean, 300), PacketType.CONNECT);
    assert.equal(packet.protocolVersion, 4);
    assert.equal(packet.clientId, "load-1-p0");
    assert.equal(packet.cleanStart, clean);
    assert.equal(packet.keepAlive, 300);
    assert.equal(packet.will, undefined);
  }
});

Deno.test("connectPacket() has a will", () => {
  const will = { topic: "gone/1", payload: "farewell", qos: 1 } as const;
  const packet = decoded(connectPacket("load-1", true, 300, will), PacketType.CONNECT);
  assert.equal(packet.clientId, "load-1");
  assert.equal(packet.will?.topic, will.topic);
  assert.equal(new TextDecoder().decode(packet.will?.payload), will.payload);
  assert.equal(packet.will?.qos, will.qos);
  assert.equal(packet.will?.retain, false);
});

Deno.test("subscribePacket() has all filters", () => {
  const filters = Array.from({ length: 64 }, (_, i) => `load/${i}/+`);
  const packet = decoded(subscribePacket(258, filters, 1), PacketType.SUBSCRIBE);
  assert.equal(packet.packetId, 258);
  assert.deepEqual(packet.subscriptions.map(({ topicFilter }) => topicFilter), filters);
  assert.ok(packet.subscriptions.every(({ qos }) => qos === 1));
});

Deno.test("publishTemplate() says where the packet id and the payload stand", () => {
  for (const qos of [0, 1, 2] as const) {
    for (const size of [16, 64, 200, 16_384]) {
      const template = publishTemplate("load/17/v", { qos, retain: qos === 1, size });
      const { bytes, packetIdOffset, payloadOffset } = template;
      bytes[payloadOffset] = 1;
      if (packetIdOffset !== undefined) bytes.set([2, 3], packetIdOffset);
      assert.equal(packetIdOffset, qos === 0 ? undefined : payloadOffset - 2);
      const packet = decoded(bytes, PacketType.PUBLISH);
      assert.equal(packet.topic, "load/17/v");
      assert.equal(packet.qos, qos);
      assert.equal(packet.retain, qos === 1);
      assert.equal(packet.payload.length, size);
      assert.equal(packet.payload[0], 1);
      assert.equal(packet.packetId, qos === 0 ? 0 : 0x203);
    }
  }
});

Deno.test("acknowledgement() makes each of the four packets", () => {
  const types = [
    [PacketHeader.PUBACK, PacketType.PUBACK],
    [PacketHeader.PUBREC, PacketType.PUBREC],
    [PacketHeader.PUBREL, PacketType.PUBREL],
    [PacketHeader.PUBCOMP, PacketType.PUBCOMP],
  ] as const;
  for (const [header, type] of types) {
    assert.equal(decoded(acknowledgement(header, 40_000), type).packetId, 40_000);
  }
});
