import { PacketType } from "../packet.ts";
import { EVERY_VERSION, testAccepted, testRefused, VERSIONS_3 } from "../packet_fixture.ts";
import { NO_PROPERTIES } from "../properties.ts";
import { ReasonCode } from "../reason_code.ts";
import type { Subscribe, SubscribeRequest } from "./subscribe.ts";

const { MalformedPacket, ProtocolError } = ReasonCode;

const REQUEST: SubscribeRequest = {
  topicFilter: "a/b",
  qos: 0,
  noLocal: false,
  retainAsPublished: false,
  retainHandling: 0,
};
const SUBSCRIBE: Subscribe = {
  type: PacketType.SUBSCRIBE,
  packetId: 10,
  subscriptions: [REQUEST],
  properties: NO_PROPERTIES,
};

testAccepted("decodeSubscribe", [
  {
    shows: "[MQTT-3.8.3-2] a topic filter with its options is all that it takes",
    versions: [5],
    bytes: `82 ( 000a () "a/b" 00 )`,
    packet: SUBSCRIBE,
  },
  {
    shows: "filters keep their order and their repeats",
    versions: VERSIONS_3,
    bytes: `82 ( 000a "b" 02 "a" 01 "b" 00 )`,
    packet: {
      ...SUBSCRIBE,
      subscriptions: [
        { ...REQUEST, topicFilter: "b", qos: 2 },
        { ...REQUEST, topicFilter: "a", qos: 1 },
        { ...REQUEST, topicFilter: "b", qos: 0 },
      ],
    },
  },
  {
    shows: "every option is read",
    versions: [5],
    bytes: `82 ( ffff () "1" 04 "2" 08 "3" 10 "4" 20 "5" 2e )`,
    packet: {
      ...SUBSCRIBE,
      packetId: 65_535,
      subscriptions: [
        { ...REQUEST, topicFilter: "1", noLocal: true },
        { ...REQUEST, topicFilter: "2", retainAsPublished: true },
        { ...REQUEST, topicFilter: "3", retainHandling: 1 },
        { ...REQUEST, topicFilter: "4", retainHandling: 2 },
        {
          topicFilter: "5",
          qos: 2,
          noLocal: true,
          retainAsPublished: true,
          retainHandling: 2,
        },
      ],
    },
  },
  {
    shows: "every property is read",
    versions: [5],
    bytes: `82 ( 000a ( 0b ffffff7f  26 "b" "1" 26 "a" "2" ) "a/b" 00 )`,
    packet: {
      ...SUBSCRIBE,
      properties: {
        subscriptionIdentifier: 268_435_455,
        userProperties: [["b", "1"], ["a", "2"]],
      },
    },
  },
  {
    shows: "[MQTT-3.8.3-1] what is no topic filter is still a text",
    versions: [5],
    bytes: `82 ( 000a () "" 00 "#/ä" 00 )`,
    packet: {
      ...SUBSCRIBE,
      subscriptions: [{ ...REQUEST, topicFilter: "" }, { ...REQUEST, topicFilter: "#/ä" }],
    },
  },
  {
    shows: "3.1 repeats it with the DUP flag",
    versions: [3],
    bytes: `8a ( 000a "a/b" 00 )`,
    packet: SUBSCRIBE,
    encodedAs: `82 ( 000a "a/b" 00 )`,
  },
]);

testRefused("decodeSubscribe", [
  {
    shows: "[MQTT-3.8.1-1] other flags",
    versions: EVERY_VERSION,
    bytes: `80 ( 000a () "a/b" 00 )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.8.1-1] the DUP flag",
    versions: [4, 5],
    bytes: `8a ( 000a () "a/b" 00 )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-2.2.1-3] a packet id of 0",
    versions: EVERY_VERSION,
    bytes: `82 ( 0000 () "a/b" 00 )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "[MQTT-3.8.3-2] no topic filter",
    versions: [5],
    bytes: `82 ( 000a () )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "[MQTT-3.8.3-2] no topic filter",
    versions: VERSIONS_3,
    bytes: `82 ( 000a )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "[MQTT-3.8.3-2] a topic filter without options",
    versions: [5],
    bytes: `82 ( 000a () "a/b" 00 "c" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.8.3-2] a topic filter without options",
    versions: VERSIONS_3,
    bytes: `82 ( 000a "a/b" 00 "c" )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.8.3-1] an ill-formed topic filter",
    versions: [5],
    bytes: `82 ( 000a () 0002 c3 28 00 )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.8.3-1] an ill-formed topic filter",
    versions: VERSIONS_3,
    bytes: `82 ( 000a 0002 c3 28 00 )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-4.7.3-2] U+0000 in a topic filter",
    versions: [5],
    bytes: `82 ( 000a () 0001 00 00 )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-4.7.3-2] U+0000 in a topic filter",
    versions: VERSIONS_3,
    bytes: `82 ( 000a 0001 00 00 )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.8.3-5] reserved option bits",
    versions: [5],
    bytes: `82 ( 000a () "a/b" 40 )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.8.3-5] the other reserved option bit",
    versions: [5],
    bytes: `82 ( 000a () "a/b" 80 )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.8.3-5] options of 5.0",
    versions: VERSIONS_3,
    bytes: `82 ( 000a "a/b" 04 )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "a QoS of 3",
    versions: [5],
    bytes: `82 ( 000a () "a/b" 03 )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "a QoS of 3",
    versions: VERSIONS_3,
    bytes: `82 ( 000a "a/b" 03 )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "a retain handling of 3",
    versions: [5],
    bytes: `82 ( 000a () "a/b" 30 )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "a subscription identifier of 0",
    versions: [5],
    bytes: `82 ( 000a ( 0b 00 ) "a/b" 00 )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "two subscription identifiers",
    versions: [5],
    bytes: `82 ( 000a ( 0b 01 0b 02 ) "a/b" 00 )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "from a server",
    versions: EVERY_VERSION,
    role: "client",
    bytes: `82 ( 000a () "a/b" 00 )`,
    reasonCode: ProtocolError,
  },
]);
