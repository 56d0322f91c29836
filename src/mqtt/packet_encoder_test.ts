import assert from "#assert";
import { InvariantError } from "../base/invariant.ts";
import type { ByteSink } from "./byte_sink.ts";
import { type Packet, PacketType, type ProtocolVersion } from "./packet.ts";
import { encodePacket, packetSize, toBytes } from "./packet_encoder.ts";
import { EVERY_VERSION, wire } from "./packet_fixture.ts";
import type { Auth } from "./packets/auth.ts";
import type { Connack } from "./packets/connack.ts";
import type { Connect } from "./packets/connect.ts";
import type { Publish } from "./packets/publish.ts";
import type { Subscribe } from "./packets/subscribe.ts";
import { NO_PROPERTIES } from "./properties.ts";
import { ReasonCode } from "./reason_code.ts";

const PUBLISH: Publish = {
  type: PacketType.PUBLISH,
  dup: false,
  qos: 0,
  retain: false,
  topic: "a",
  packetId: 0,
  payload: wire("'x'"),
  properties: NO_PROPERTIES,
};
const CONNECT: Connect = {
  type: PacketType.CONNECT,
  protocolVersion: 5,
  bridge: false,
  clientId: "abc",
  cleanStart: true,
  keepAlive: 60,
  will: undefined,
  username: undefined,
  password: undefined,
  properties: NO_PROPERTIES,
};
const CONNACK: Connack = {
  type: PacketType.CONNACK,
  sessionPresent: false,
  reasonCode: ReasonCode.Success,
  properties: NO_PROPERTIES,
};
const SUBSCRIBE: Subscribe = {
  type: PacketType.SUBSCRIBE,
  packetId: 1,
  subscriptions: [],
  properties: NO_PROPERTIES,
};
const AUTH: Auth = {
  type: PacketType.AUTH,
  reasonCode: ReasonCode.ContinueAuthentication,
  properties: { authenticationMethod: "m" },
};
const SUBSCRIBE_ACK = {
  packetId: 1,
  reasonCodes: [ReasonCode.Success],
  properties: NO_PROPERTIES,
} as const;

/** Packets that the types allow and the specification does not; for 5.0 unless it says so. */
const ILLEGAL: readonly (readonly [string, Packet, ProtocolVersion?])[] = [
  ["QoS 0 with a packet id", { ...PUBLISH, packetId: 1 }],
  ["QoS 0 repeated", { ...PUBLISH, dup: true }],
  ["QoS 1 without packet id", { ...PUBLISH, qos: 1 }],
  ["a packet id that is too large", { ...PUBLISH, qos: 1, packetId: 65_536 }],
  ["a topic with wildcards", { ...PUBLISH, topic: "a/#" }],
  ["a topic with U+0000", { ...PUBLISH, topic: "a\0" }],
  ["a topic with half a surrogate pair", { ...PUBLISH, topic: "\ud83d" }],
  ["a topic that is too long", { ...PUBLISH, topic: "x".repeat(65_536) }],
  ["no topic and no alias", { ...PUBLISH, topic: "" }],
  ["an alias instead of a topic in 3.1.1", {
    ...PUBLISH,
    topic: "",
    properties: { topicAlias: 1 },
  }, 4],
  ["a keep alive that is too large", { ...CONNECT, keepAlive: 65_536 }],
  ["a bridge bit in 5.0", { ...CONNECT, bridge: true }],
  ["a CONNECT for another version", { ...CONNECT, protocolVersion: 4 }],
  [
    "a password without a user name in 3.1.1",
    { ...CONNECT, protocolVersion: 4, password: wire("") },
    4,
  ],
  ["an empty will topic", {
    ...CONNECT,
    will: { topic: "", payload: wire(""), qos: 0, retain: false, properties: NO_PROPERTIES },
  }],
  ["a will topic with wildcards", {
    ...CONNECT,
    will: { topic: "+", payload: wire(""), qos: 0, retain: false, properties: NO_PROPERTIES },
  }],
  ["a session on a refused connection", {
    ...CONNACK,
    sessionPresent: true,
    reasonCode: ReasonCode.NotAuthorized,
  }],
  ["a CONNACK code", { ...CONNACK, reasonCode: ReasonCode.SessionTakenOver }],
  ["a PUBREL code", {
    type: PacketType.PUBREL,
    packetId: 1,
    reasonCode: ReasonCode.UnspecifiedError,
    properties: NO_PROPERTIES,
  }],
  ["a SUBSCRIBE without filters", SUBSCRIBE],
  ["an UNSUBSCRIBE without filters", {
    type: PacketType.UNSUBSCRIBE,
    packetId: 1,
    topicFilters: [],
    properties: NO_PROPERTIES,
  }],
  ["a SUBACK without codes", { ...SUBSCRIBE_ACK, type: PacketType.SUBACK, reasonCodes: [] }],
  ["a SUBACK code", {
    ...SUBSCRIBE_ACK,
    type: PacketType.SUBACK,
    reasonCodes: [ReasonCode.NoSubscriptionExisted],
  }],
  ["an UNSUBACK without codes", { ...SUBSCRIBE_ACK, type: PacketType.UNSUBACK, reasonCodes: [] }],
  ["an UNSUBACK code", {
    ...SUBSCRIBE_ACK,
    type: PacketType.UNSUBACK,
    reasonCodes: [ReasonCode.GrantedQoS1],
  }],
  ["a DISCONNECT code", {
    type: PacketType.DISCONNECT,
    reasonCode: ReasonCode.GrantedQoS1,
    properties: NO_PROPERTIES,
  }],
  ["an AUTH code", { ...AUTH, reasonCode: ReasonCode.NotAuthorized }],
  ["an AUTH without method", { ...AUTH, properties: NO_PROPERTIES }],
  ["an AUTH of 3.1.1", AUTH, 4],
  ["a packet id of 0", { ...SUBSCRIBE_ACK, type: PacketType.UNSUBACK, packetId: 0 }],
  ["a packet id below 0", {
    type: PacketType.PUBACK,
    packetId: -1,
    reasonCode: ReasonCode.Success,
    properties: NO_PROPERTIES,
  }],
];

/** A sink that is as small as it is allowed to be. */
class TightSink implements ByteSink {
  bytes = new Uint8Array(0);
  position = 0;

  reserve(size: number): void {
    const grown = new Uint8Array(this.position + size);
    grown.set(this.bytes.subarray(0, this.position));
    this.bytes = grown;
  }
}

Deno.test("encodePacket: reserves exactly what it writes, one packet behind the other", () => {
  const sink = new TightSink();
  encodePacket(sink, PUBLISH, 4);
  encodePacket(sink, { type: PacketType.PINGREQ }, 4);
  encodePacket(sink, PUBLISH, 5);
  assert.equal(sink.position, sink.bytes.length);
  assert.deepEqual(sink.bytes, wire(`30 ( "a" 'x' ) c0 00 30 ( "a" () 'x' )`));
});

Deno.test("[MQTT-1.5.5-1] packetSize: counts the bytes of the Remaining Length", () => {
  const sizes: [payload: number, size: number][] = [
    [124, 129],
    [125, 131],
    [16_380, 16_386],
    [16_381, 16_388],
    [2_097_148, 2_097_155],
    [2_097_149, 2_097_157],
  ];
  for (const [payload, size] of sizes) {
    const packet = { ...PUBLISH, payload: new Uint8Array(payload) };
    assert.equal(packetSize(packet, 4), size);
    assert.equal(toBytes(packet, 4).length, size);
  }
});

Deno.test("encodePacket: 3.x drops properties and what else it does not have", () => {
  const packets: [Packet, string][] = [
    [{ ...PUBLISH, properties: { contentType: "text" } }, `30 ( "a" 'x' )`],
    [{ ...CONNACK, properties: { reasonString: "hi" } }, `20 ( 00 00 )`],
    [
      {
        type: PacketType.PUBREC,
        packetId: 1,
        reasonCode: ReasonCode.QuotaExceeded,
        properties: { reasonString: "full" },
      },
      `50 ( 0001 )`,
    ],
    [
      {
        ...SUBSCRIBE,
        subscriptions: [{
          topicFilter: "a",
          qos: 1,
          noLocal: true,
          retainAsPublished: true,
          retainHandling: 2,
        }],
        properties: { subscriptionIdentifier: 1 },
      },
      `82 ( 0001 "a" 01 )`,
    ],
    [
      {
        type: PacketType.UNSUBSCRIBE,
        packetId: 1,
        topicFilters: ["a"],
        properties: { userProperties: [["k", "v"]] },
      },
      `a2 ( 0001 "a" )`,
    ],
    [
      {
        type: PacketType.DISCONNECT,
        reasonCode: ReasonCode.ServerShuttingDown,
        properties: { reasonString: "bye" },
      },
      `e0 ()`,
    ],
  ];
  for (const version of [3, 4] as const) {
    for (const [packet, notation] of packets) {
      assert.deepEqual(toBytes(packet, version), wire(notation));
      assert.equal(packetSize(packet, version), wire(notation).length);
    }
  }
});

Deno.test("encodePacket: what would be an illegal packet is our own mistake", () => {
  for (const [name, packet, version] of ILLEGAL) {
    assert.throws(() => toBytes(packet, version ?? 5), InvariantError, name);
  }
});

Deno.test("encodePacket: a packet that cannot be encoded leaves the sink where it was", () => {
  const sink = new TightSink();
  encodePacket(sink, PUBLISH, 5);
  const before = sink.position;
  assert.throws(() => encodePacket(sink, { ...PUBLISH, packetId: 7 }, 5), InvariantError);
  assert.equal(sink.position, before);
  encodePacket(sink, PUBLISH, 5);
  assert.deepEqual(
    sink.bytes.subarray(0, sink.position),
    wire(`30 ( "a" () 'x' ) 30 ( "a" () 'x' )`),
  );
});

Deno.test("encodePacket: a packet that changes while it is encoded leaves the sink where it was", () => {
  let reads = 0;
  const properties = {
    get contentType() {
      return "x".repeat(++reads);
    },
  };
  const sink: ByteSink = { bytes: new Uint8Array(100), position: 7, reserve() {} };
  assert.throws(() => encodePacket(sink, { ...PUBLISH, properties }, 5), InvariantError);
  assert.equal(sink.position, 7);
});

Deno.test("encodePublish: topics that take turns are each written as they are", () => {
  const topics = ["a", "ä", "a/b", "€/\u{1f60a}", "a", "ä"];
  for (const topic of topics) {
    for (const version of EVERY_VERSION) {
      const properties = version === 5 ? "()" : "";
      assert.deepEqual(
        toBytes({ ...PUBLISH, topic }, version),
        wire(`30 ( "${topic}" ${properties} 'x' )`),
      );
    }
  }
});
