import { PacketType } from "../packet.ts";
import { testAccepted, wire } from "../packet_fixture.ts";
import { NO_PROPERTIES } from "../properties.ts";
import type { Connect, Will } from "./connect.ts";

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
