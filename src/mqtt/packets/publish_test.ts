import assert from "#assert";
import { PacketType } from "../packet.ts";
import {
  EVERY_VERSION,
  newDecoder,
  testAccepted,
  testRefused,
  VERSIONS_3,
  wire,
} from "../packet_fixture.ts";
import { NO_PROPERTIES } from "../properties.ts";
import { ReasonCode } from "../reason_code.ts";
import type { Publish } from "./publish.ts";

const { MalformedPacket, ProtocolError, TopicAliasInvalid, TopicNameInvalid } = ReasonCode;

const HI: Publish = {
  type: PacketType.PUBLISH,
  dup: false,
  qos: 0,
  retain: false,
  topic: "a/b",
  packetId: 0,
  payload: wire("'hi'"),
  properties: NO_PROPERTIES,
};

testAccepted("decodePublish", [
  {
    shows: "[MQTT-3.3.2-1] [MQTT-2.2.1-2] QoS 0 has a topic, no packet id and a payload",
    versions: [5],
    bytes: `30 ( "a/b" () 'hi' )`,
    packet: HI,
  },
  {
    shows: "[MQTT-3.3.2-1] [MQTT-2.2.1-2] QoS 0 has a topic, no packet id and a payload",
    versions: VERSIONS_3,
    bytes: `30 ( "a/b" 'hi' )`,
    packet: HI,
  },
  {
    shows: "QoS 1 has a packet id",
    versions: VERSIONS_3,
    bytes: `32 ( "a/b" 000a 'hi' )`,
    packet: { ...HI, qos: 1, packetId: 10 },
  },
  {
    shows: "QoS 2 has a packet id",
    versions: [5],
    bytes: `34 ( "a/b" ffff () 'hi' )`,
    packet: { ...HI, qos: 2, packetId: 65_535 },
  },
  {
    shows: "a repeated packet says so",
    versions: [5],
    bytes: `3d ( "a/b" 000a () )`,
    packet: { ...HI, dup: true, qos: 2, retain: true, packetId: 10, payload: wire("") },
  },
  {
    shows: "a retained message may be empty",
    versions: EVERY_VERSION.slice(0, 2),
    bytes: `31 ( "a/b" )`,
    packet: { ...HI, retain: true, payload: wire("") },
  },
  {
    shows: "a payload is any bytes",
    versions: [5],
    bytes: `30 ( "a/b" () 00ff80c0 )`,
    packet: { ...HI, payload: wire("00ff80c0") },
  },
  {
    shows: "[MQTT-1.5.4-3] a byte order mark in a topic is a character",
    versions: EVERY_VERSION.slice(0, 2),
    bytes: `30 ( 0006 efbbbf 'a/b' )`,
    packet: { ...HI, topic: "\ufeffa/b", payload: wire("") },
  },
  {
    shows: "[MQTT-3.3.2-1] a topic is any text without wildcards",
    versions: [5],
    bytes: `30 ( "$raum/küche/温度/\u{1f321} x" () )`,
    packet: { ...HI, topic: "$raum/küche/温度/\u{1f321} x", payload: wire("") },
  },
  {
    shows: "an alias stands for the topic",
    versions: [5],
    bytes: `30 ( "" ( 23 0001 ) 'hi' )`,
    packet: { ...HI, topic: "", properties: { topicAlias: 1 } },
  },
  {
    shows: "[MQTT-3.3.2-13] [MQTT-3.3.2-19] every property that a client may send",
    versions: [5],
    bytes: `32 ( "a/b" 000a (
        01 00  02 ffffffff  03 "text/plain"  08 "re/ply"  09 0002 00ff  23 ffff
        26 "b" "1"  26 "a" "2"  26 "b" "1" ) 'hi' )`,
    packet: {
      ...HI,
      qos: 1,
      packetId: 10,
      properties: {
        payloadFormatIndicator: 0,
        messageExpiryInterval: 0xffff_ffff,
        contentType: "text/plain",
        responseTopic: "re/ply",
        correlationData: wire("00ff"),
        topicAlias: 65_535,
        userProperties: [["b", "1"], ["a", "2"], ["b", "1"]],
      },
    },
  },
  {
    shows: "a server sends several subscription identifiers",
    versions: [5],
    role: "client",
    bytes: `30 ( "a/b" ( 0b 02  0b ffffff7f  0b 01 ) 'hi' )`,
    packet: { ...HI, properties: { subscriptionIdentifiers: [2, 268_435_455, 1] } },
  },
  {
    shows: "properties in any order mean the same",
    versions: [5],
    bytes: `30 ( "a/b" ( 26 "k" "v"  03 "x"  01 01 ) 'hi' )`,
    packet: {
      ...HI,
      properties: { payloadFormatIndicator: 1, contentType: "x", userProperties: [["k", "v"]] },
    },
    encodedAs: `30 ( "a/b" ( 01 01  03 "x"  26 "k" "v" ) 'hi' )`,
  },
]);

testRefused("decodePublish", [
  {
    shows: "[MQTT-3.3.1-4] a QoS of 3",
    versions: EVERY_VERSION,
    bytes: `36 ( "a/b" 000a () 'hi' )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.3.1-2] QoS 0 as a repeated packet",
    versions: EVERY_VERSION,
    bytes: `38 ( "a/b" () 'hi' )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-2.2.1-3] a packet id of 0",
    versions: EVERY_VERSION,
    bytes: `32 ( "a/b" 0000 () 'hi' )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "a missing packet id",
    versions: EVERY_VERSION,
    bytes: `34 ( "a/b" 00 )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.3.2-1] a missing topic",
    versions: EVERY_VERSION,
    bytes: `30 ()`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "a topic that is longer than the packet",
    versions: EVERY_VERSION,
    bytes: `30 ( 0004 'a/b' )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.3.2-2] a topic with a multi-level wildcard",
    versions: EVERY_VERSION,
    bytes: `30 ( "a/#" () )`,
    reasonCode: TopicNameInvalid,
  },
  {
    shows: "[MQTT-3.3.2-2] a topic with a single-level wildcard inside a level",
    versions: EVERY_VERSION,
    bytes: `30 ( "a+b" () )`,
    reasonCode: TopicNameInvalid,
  },
  {
    shows: "[MQTT-4.7.3-1] neither topic nor alias",
    versions: EVERY_VERSION,
    bytes: `30 ( "" () 'hi' )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "[MQTT-1.5.4-1] [MQTT-3.3.2-1] half a surrogate pair in a topic",
    versions: EVERY_VERSION,
    bytes: `30 ( 0003 eda080 () )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-4.7.3-2] [MQTT-1.5.4-2] U+0000 in a topic",
    versions: EVERY_VERSION,
    bytes: `30 ( 0003 61 00 62 () )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.3.2-8] a topic alias of 0",
    versions: [5],
    bytes: `30 ( "a/b" ( 23 0000 ) )`,
    reasonCode: TopicAliasInvalid,
  },
  {
    shows: "[MQTT-3.3.4-6] a subscription identifier from a client",
    versions: [5],
    bytes: `30 ( "a/b" ( 0b 01 ) )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "a subscription identifier of 0",
    versions: [5],
    role: "client",
    bytes: `30 ( "a/b" ( 0b 00 ) )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "[MQTT-3.3.2-14] a response topic with wildcards",
    versions: [5],
    bytes: `30 ( "a/b" ( 08 "a/+" ) )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "[MQTT-4.7.3-1] an empty response topic",
    versions: [5],
    bytes: `30 ( "a/b" ( 08 "" ) )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "[MQTT-3.3.2-13] an ill-formed response topic",
    versions: [5],
    bytes: `30 ( "a/b" ( 08 0001 ff ) )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.3.2-19] an ill-formed content type",
    versions: [5],
    bytes: `30 ( "a/b" ( 03 0001 ff ) )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "a payload format indicator of 2",
    versions: [5],
    bytes: `30 ( "a/b" ( 01 02 ) )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "missing properties",
    versions: [5],
    bytes: `30 ( "a/b" )`,
    reasonCode: MalformedPacket,
  },
]);

Deno.test("decodePublish: a payload is a view of the chunk, correlation data is not", () => {
  const chunk = wire(`30 ( "a/b" ( 09 0002 0102 ) 0304 )`);
  const decoder = newDecoder(chunk);
  decoder.push(chunk);
  const packet = decoder.next() as Publish;
  chunk.fill(0xee);
  assert.deepEqual(packet.payload, wire("eeee"));
  assert.deepEqual(packet.properties.correlationData, wire("0102"));
});
