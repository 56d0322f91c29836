import { PacketType } from "../packet.ts";
import { EVERY_VERSION, testAccepted, testRefused, wire } from "../packet_fixture.ts";
import { NO_PROPERTIES } from "../properties.ts";
import { ReasonCode } from "../reason_code.ts";
import type { Connect, Will } from "./connect.ts";

const { MalformedPacket, ProtocolError, TopicNameInvalid, UnsupportedProtocolVersion } = ReasonCode;

/** A CONNECT of 5.0 that only names a client. */
const PLAIN: Connect = {
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
const PLAIN_3_1_1: Connect = { ...PLAIN, protocolVersion: 4 };
const PLAIN_3_1: Connect = { ...PLAIN, protocolVersion: 3 };

const WILL: Will = {
  topic: "w/t",
  payload: wire("'gone'"),
  qos: 0,
  retain: false,
  properties: NO_PROPERTIES,
};

testAccepted("decodeConnect", [
  {
    shows: "[MQTT-3.1.3-3] [MQTT-2.2.2-1] a client id is all that it takes",
    versions: [5],
    bytes: `10 ( "MQTT" 05 02 003c () "abc" )`,
    packet: PLAIN,
  },
  {
    shows: "[MQTT-3.1.3-3] a 3.1.1 client has no properties",
    versions: [4],
    bytes: `10 ( "MQTT" 04 02 003c "abc" )`,
    packet: PLAIN_3_1_1,
  },
  {
    shows: "a 3.1 client names the protocol MQIsdp",
    versions: [3],
    bytes: `10 ( "MQIsdp" 03 02 003c "abc" )`,
    packet: PLAIN_3_1,
  },
  {
    shows: "the bridge bit marks another broker",
    versions: [4],
    bytes: `10 ( "MQTT" 84 02 003c "abc" )`,
    packet: { ...PLAIN_3_1_1, bridge: true },
  },
  {
    shows: "the bridge bit marks another broker",
    versions: [3],
    bytes: `10 ( "MQIsdp" 83 02 003c "abc" )`,
    packet: { ...PLAIN_3_1, bridge: true },
  },
  {
    shows: "an empty client id, no clean start and no keep alive can be said",
    versions: [5],
    bytes: `10 ( "MQTT" 05 00 0000 () "" )`,
    packet: { ...PLAIN, clientId: "", cleanStart: false, keepAlive: 0 },
  },
  {
    shows: "an empty client id can be said, though 3.1 forbids it",
    versions: [3],
    bytes: `10 ( "MQIsdp" 03 00 ffff "" )`,
    packet: { ...PLAIN_3_1, clientId: "", cleanStart: false, keepAlive: 65_535 },
  },
  {
    shows: "[MQTT-3.1.3-4] a client id is any text",
    versions: [5],
    bytes: `10 ( "MQTT" 05 02 003c () "gerät/ \u{1f60a}" )`,
    packet: { ...PLAIN, clientId: "gerät/ \u{1f60a}" },
  },
  {
    shows: "every property is read, user properties in order and with repeats",
    versions: [5],
    bytes: `10 ( "MQTT" 05 02 003c (
        11 00010203  15 "SCRAM"  16 0002 00ff  17 00  19 01  21 0014  22 0100  27 ffffffff
        26 "b" "1"  26 "a" "2"  26 "b" "1"  26 "" "" ) "abc" )`,
    packet: {
      ...PLAIN,
      properties: {
        sessionExpiryInterval: 0x010203,
        receiveMaximum: 20,
        maximumPacketSize: 0xffff_ffff,
        topicAliasMaximum: 256,
        requestResponseInformation: true,
        requestProblemInformation: false,
        userProperties: [["b", "1"], ["a", "2"], ["b", "1"], ["", ""]],
        authenticationMethod: "SCRAM",
        authenticationData: wire("00ff"),
      },
    },
  },
  {
    shows: "[MQTT-3.1.2-9] a will comes with topic, message and no properties",
    versions: [5],
    bytes: `10 ( "MQTT" 05 06 003c () "abc" () "w/t" "gone" )`,
    packet: { ...PLAIN, will: WILL },
  },
  {
    shows: "[MQTT-3.1.2-9] a will comes with topic and message",
    versions: [4],
    bytes: `10 ( "MQTT" 04 2e 003c "abc" "w/t" "gone" )`,
    packet: { ...PLAIN_3_1_1, will: { ...WILL, qos: 1, retain: true } },
  },
  {
    shows: "[MQTT-3.1.2-9] a will comes with topic and message",
    versions: [3],
    bytes: `10 ( "MQIsdp" 03 06 003c "abc" "w/t" "" )`,
    packet: { ...PLAIN_3_1, will: { ...WILL, payload: wire("") } },
  },
  {
    shows: "[MQTT-3.1.2-12] [MQTT-3.1.3-11] a will of QoS 2 that is retained, with every property",
    versions: [5],
    bytes: `10 ( "MQTT" 05 36 003c () "abc" (
        01 01  02 00000e10  03 "text/plain"  08 "re/ply"  09 0003 000102  18 0000001e
        26 "k" "v" 26 "k" "v" ) "w/t" "gone" )`,
    packet: {
      ...PLAIN,
      will: {
        ...WILL,
        qos: 2,
        retain: true,
        properties: {
          payloadFormatIndicator: 1,
          messageExpiryInterval: 3600,
          contentType: "text/plain",
          responseTopic: "re/ply",
          correlationData: wire("000102"),
          willDelayInterval: 30,
          userProperties: [["k", "v"], ["k", "v"]],
        },
      },
    },
  },
  {
    shows: "[MQTT-3.1.2-17] [MQTT-3.1.2-19] [MQTT-3.1.3-1] user name and password follow the will",
    versions: [5],
    bytes: `10 ( "MQTT" 05 c6 003c () "abc" () "w/t" "gone" "user" 0002 00ff )`,
    packet: { ...PLAIN, will: WILL, username: "user", password: wire("00ff") },
  },
  {
    shows:
      "[MQTT-3.1.2-17] [MQTT-3.1.2-19] [MQTT-3.1.3-1] user name and password follow the client id",
    versions: [4],
    bytes: `10 ( "MQTT" 04 c2 003c "abc" "user" "secret" )`,
    packet: { ...PLAIN_3_1_1, username: "user", password: wire("'secret'") },
  },
  {
    shows: "[MQTT-3.1.2-16] [MQTT-3.1.2-18] a password comes without a user name",
    versions: [5],
    bytes: `10 ( "MQTT" 05 42 003c () "abc" "secret" )`,
    packet: { ...PLAIN, password: wire("'secret'") },
  },
  {
    shows: "[MQTT-3.1.2-18] a user name comes without a password",
    versions: [5],
    bytes: `10 ( "MQTT" 05 82 003c () "abc" "user" )`,
    packet: { ...PLAIN, username: "user" },
  },
  {
    shows:
      "[MQTT-3.1.2-17] [MQTT-3.1.2-19] an empty user name and password are not the same as none",
    versions: [4],
    bytes: `10 ( "MQTT" 04 c2 003c "abc" "" "" )`,
    packet: { ...PLAIN_3_1_1, username: "", password: wire("") },
  },
  {
    shows: "the flags may promise a user name and password that do not come",
    versions: [3],
    bytes: `10 ( "MQIsdp" 03 c2 003c "abc" )`,
    packet: PLAIN_3_1,
    encodedAs: `10 ( "MQIsdp" 03 02 003c "abc" )`,
  },
  {
    shows: "the flags may promise a password that does not come",
    versions: [3],
    bytes: `10 ( "MQIsdp" 03 c2 003c "abc" "user" )`,
    packet: { ...PLAIN_3_1, username: "user" },
    encodedAs: `10 ( "MQIsdp" 03 82 003c "abc" "user" )`,
  },
  {
    shows: "flags that mean nothing are disregarded: reserved, and of a will without a will",
    versions: [3],
    bytes: `10 ( "MQIsdp" 03 3b 003c "abc" )`,
    packet: PLAIN_3_1,
    encodedAs: `10 ( "MQIsdp" 03 02 003c "abc" )`,
  },
]);

testRefused("decodeProtocol", [
  {
    shows: "[MQTT-3.1.2-1] another protocol name is refused",
    versions: [5],
    bytes: `10 ( "mqtt" 05 02 003c () "abc" )`,
    reasonCode: UnsupportedProtocolVersion,
  },
  {
    shows: "[MQTT-3.1.2-1] the name of 3.1 does not go with the level of 5.0",
    versions: [5],
    bytes: `10 ( "MQIsdp" 05 02 003c () "abc" )`,
    reasonCode: UnsupportedProtocolVersion,
  },
  {
    shows: "[MQTT-3.1.2-1] the name of 3.1 does not go with the level of 3.1.1",
    versions: [4],
    bytes: `10 ( "MQIsdp" 04 02 003c "abc" )`,
    reasonCode: UnsupportedProtocolVersion,
  },
  {
    shows: "[MQTT-3.1.2-1] the name of 3.1.1 does not go with the level of 3.1",
    versions: [3],
    bytes: `10 ( "MQTT" 03 02 003c "abc" )`,
    reasonCode: UnsupportedProtocolVersion,
  },
  {
    shows: "[MQTT-3.1.2-2] a version before the first is refused",
    versions: [4, 5],
    bytes: `10 ( "MQTT" 02 02 003c "abc" )`,
    reasonCode: UnsupportedProtocolVersion,
  },
  {
    shows: "[MQTT-3.1.2-2] a version after the last is refused, whatever follows",
    versions: [4, 5],
    bytes: `10 ( "MQTT" 06 ff )`,
    reasonCode: UnsupportedProtocolVersion,
  },
  {
    shows: "[MQTT-3.1.2-2] 5.0 has no bridge bit",
    versions: [5],
    bytes: `10 ( "MQTT" 85 02 003c () "abc" )`,
    reasonCode: UnsupportedProtocolVersion,
  },
  {
    shows: "[MQTT-3.1.4-1] a packet that ends before the level is malformed",
    versions: [5],
    bytes: `10 ( "MQTT" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.1.4-1] an empty packet is malformed",
    versions: [5],
    bytes: `10 ()`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-1.5.4-1] an ill-formed protocol name is malformed",
    versions: [5],
    bytes: `10 ( 0004 4d51ff54 05 02 003c () "abc" )`,
    reasonCode: MalformedPacket,
  },
]);

testRefused("decodeConnect", [
  {
    shows: "[MQTT-3.1.2-3] the reserved flag",
    versions: [5],
    bytes: `10 ( "MQTT" 05 03 003c () "abc" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.1.2-3] the reserved flag",
    versions: [4],
    bytes: `10 ( "MQTT" 04 03 003c "abc" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.1.2-11] a will QoS without a will",
    versions: [5],
    bytes: `10 ( "MQTT" 05 0a 003c () "abc" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.1.2-11] a will QoS without a will",
    versions: [4],
    bytes: `10 ( "MQTT" 04 12 003c "abc" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.1.2-13] will retain without a will",
    versions: [5],
    bytes: `10 ( "MQTT" 05 22 003c () "abc" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.1.2-13] will retain without a will",
    versions: [4],
    bytes: `10 ( "MQTT" 04 22 003c "abc" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.1.2-12] a will QoS of 3",
    versions: [5],
    bytes: `10 ( "MQTT" 05 1e 003c () "abc" () "w/t" "gone" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "a will QoS of 3",
    versions: [3],
    bytes: `10 ( "MQIsdp" 03 1e 003c "abc" "w/t" "gone" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.1.2-12] a will QoS of 3",
    versions: [4],
    bytes: `10 ( "MQTT" 04 1e 003c "abc" "w/t" "gone" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "a password without a user name",
    versions: [4],
    bytes: `10 ( "MQTT" 04 42 003c "abc" "secret" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "a password without a user name",
    versions: [3],
    bytes: `10 ( "MQIsdp" 03 42 003c "abc" "secret" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.1.3-3] a missing client id",
    versions: [5],
    bytes: `10 ( "MQTT" 05 02 003c () )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.1.3-4] an ill-formed client id",
    versions: [5],
    bytes: `10 ( "MQTT" 05 02 003c () 0001 ff )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-1.5.4-2] U+0000 in a client id",
    versions: [5],
    bytes: `10 ( "MQTT" 05 02 003c () 0001 00 )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-1.5.4-2] U+0000 in a client id",
    versions: [4],
    bytes: `10 ( "MQTT" 04 02 003c 0001 00 )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.1.2-9] a will flag without will fields",
    versions: [5],
    bytes: `10 ( "MQTT" 05 06 003c () "abc" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.1.2-9] a will without a message",
    versions: [5],
    bytes: `10 ( "MQTT" 05 06 003c () "abc" () "w/t" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.1.3-11] an ill-formed will topic",
    versions: [5],
    bytes: `10 ( "MQTT" 05 06 003c () "abc" () 0001 ff "gone" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-4.7.3-1] an empty will topic",
    versions: [5],
    bytes: `10 ( "MQTT" 05 06 003c () "abc" () "" "gone" )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "[MQTT-4.7.0-1] a will topic with a multi-level wildcard",
    versions: [5],
    bytes: `10 ( "MQTT" 05 06 003c () "abc" () "w/#" "gone" )`,
    reasonCode: TopicNameInvalid,
  },
  {
    shows: "[MQTT-4.7.0-1] a will topic with a single-level wildcard",
    versions: [4],
    bytes: `10 ( "MQTT" 04 06 003c "abc" "+/t" "gone" )`,
    reasonCode: TopicNameInvalid,
  },
  {
    shows: "[MQTT-3.1.2-17] a user name flag without user name",
    versions: [5],
    bytes: `10 ( "MQTT" 05 82 003c () "abc" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.1.2-17] a user name flag without user name",
    versions: [4],
    bytes: `10 ( "MQTT" 04 82 003c "abc" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "a user name that is cut off",
    versions: [3],
    bytes: `10 ( "MQIsdp" 03 82 003c "abc" 0004 'use' )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.1.2-19] a password flag without password",
    versions: [5],
    bytes: `10 ( "MQTT" 05 c2 003c () "abc" "user" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.1.3-12] an ill-formed user name",
    versions: [5],
    bytes: `10 ( "MQTT" 05 82 003c () "abc" 0002 c0 80 )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.1.2-16] a user name without its flag",
    versions: [5],
    bytes: `10 ( "MQTT" 05 02 003c () "abc" "user" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.1.2-18] a password without its flag",
    versions: [5],
    bytes: `10 ( "MQTT" 05 82 003c () "abc" "user" "secret" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.1.3-3] a missing client id",
    versions: [4],
    bytes: `10 ( "MQTT" 04 02 003c )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.1.3-4] [MQTT-1.5.4-1] an ill-formed client id",
    versions: [4],
    bytes: `10 ( "MQTT" 04 02 003c 0001 ff )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.1.2-9] a will flag without will fields",
    versions: [4],
    bytes: `10 ( "MQTT" 04 06 003c "abc" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.1.3-11] an ill-formed will topic",
    versions: [4],
    bytes: `10 ( "MQTT" 04 06 003c "abc" 0001 ff "gone" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-4.7.3-1] an empty will topic",
    versions: [4],
    bytes: `10 ( "MQTT" 04 06 003c "abc" "" "gone" )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "[MQTT-3.1.2-19] a password flag without password",
    versions: [4],
    bytes: `10 ( "MQTT" 04 c2 003c "abc" "user" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.1.3-12] an ill-formed user name",
    versions: [4],
    bytes: `10 ( "MQTT" 04 82 003c "abc" 0002 c0 80 )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.1.2-16] a user name without its flag",
    versions: [4],
    bytes: `10 ( "MQTT" 04 02 003c "abc" "user" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.1.2-18] a password without its flag",
    versions: [4],
    bytes: `10 ( "MQTT" 04 82 003c "abc" "user" "secret" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.1.4-1] a packet that ends before its keep alive",
    versions: [4],
    bytes: `10 ( "MQTT" 04 02 00 )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "a 5.0 packet without properties",
    versions: [5],
    bytes: `10 ( "MQTT" 05 02 003c "abc" )`,
    reasonCode: MalformedPacket,
  },
]);

testRefused("decodeConnect", [
  {
    shows: "from a server",
    versions: EVERY_VERSION,
    role: "client",
    bytes: `10 ( "MQTT" 04 02 003c "abc" )`,
    reasonCode: ProtocolError,
  },
]);
