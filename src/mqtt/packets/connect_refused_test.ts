import { EVERY_VERSION, testRefused } from "../packet_fixture.ts";
import { ReasonCode } from "../reason_code.ts";

const { MalformedPacket, ProtocolError, TopicNameInvalid, UnsupportedProtocolVersion } = ReasonCode;

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
