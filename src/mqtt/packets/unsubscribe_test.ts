import { PacketType } from "../packet.ts";
import { EVERY_VERSION, testAccepted, testRefused, VERSIONS_3 } from "../packet_fixture.ts";
import { NO_PROPERTIES } from "../properties.ts";
import { ReasonCode } from "../reason_code.ts";
import type { Unsubscribe } from "./unsubscribe.ts";

const { MalformedPacket, ProtocolError } = ReasonCode;

const UNSUBSCRIBE: Unsubscribe = {
  type: PacketType.UNSUBSCRIBE,
  packetId: 10,
  topicFilters: ["a/b"],
  properties: NO_PROPERTIES,
};

testAccepted("decodeUnsubscribe", [
  {
    shows: "[MQTT-3.10.3-2] a topic filter is all that it takes",
    versions: [5],
    bytes: `a2 ( 000a () "a/b" )`,
    packet: UNSUBSCRIBE,
  },
  {
    shows: "filters keep their order and their repeats",
    versions: VERSIONS_3,
    bytes: `a2 ( 000a "b/#" "a" "b/#" )`,
    packet: { ...UNSUBSCRIBE, topicFilters: ["b/#", "a", "b/#"] },
  },
  {
    shows: "[MQTT-3.10.3-1] every property is read, and what is no topic filter is still a text",
    versions: [5],
    bytes: `a2 ( 000a ( 26 "b" "1" 26 "a" "2" ) "" "ä#" )`,
    packet: {
      ...UNSUBSCRIBE,
      topicFilters: ["", "ä#"],
      properties: { userProperties: [["b", "1"], ["a", "2"]] },
    },
  },
  {
    shows: "3.1 repeats it with the DUP flag",
    versions: [3],
    bytes: `aa ( 000a "a/b" )`,
    packet: UNSUBSCRIBE,
    encodedAs: `a2 ( 000a "a/b" )`,
  },
]);

testRefused("decodeUnsubscribe", [
  {
    shows: "[MQTT-3.10.1-1] other flags",
    versions: EVERY_VERSION,
    bytes: `a0 ( 000a () "a/b" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.10.1-1] the DUP flag",
    versions: [4, 5],
    bytes: `aa ( 000a () "a/b" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-2.2.1-3] a packet id of 0",
    versions: EVERY_VERSION,
    bytes: `a2 ( 0000 () "a/b" )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "[MQTT-3.10.3-2] no topic filter",
    versions: [5],
    bytes: `a2 ( 000a () )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "[MQTT-3.10.3-2] no topic filter",
    versions: VERSIONS_3,
    bytes: `a2 ( 000a )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "[MQTT-3.10.3-1] an ill-formed topic filter",
    versions: [5],
    bytes: `a2 ( 000a () 0001 80 )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.10.3-1] an ill-formed topic filter",
    versions: VERSIONS_3,
    bytes: `a2 ( 000a 0001 80 )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "a topic filter that is cut off",
    versions: EVERY_VERSION,
    bytes: `a2 ( 000a () 0002 'a' )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "a subscription identifier",
    versions: [5],
    bytes: `a2 ( 000a ( 0b 01 ) "a/b" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "from a server",
    versions: EVERY_VERSION,
    role: "client",
    bytes: `a2 ( 000a () "a/b" )`,
    reasonCode: ProtocolError,
  },
]);
