import assert from "#assert";
import { PacketType } from "../packet.ts";
import { toBytes } from "../packet_encoder.ts";
import { EVERY_VERSION, testAccepted, testRefused, VERSIONS_3, wire } from "../packet_fixture.ts";
import { NO_PROPERTIES } from "../properties.ts";
import { ReasonCode } from "../reason_code.ts";
import type { Suback } from "./suback.ts";
import type { Unsuback } from "./unsuback.ts";

const { MalformedPacket, ProtocolError } = ReasonCode;
const { NotAuthorized, NoSubscriptionExisted, Success, TopicFilterInvalid } = ReasonCode;
const role = "client";

const SUBACK: Suback = {
  type: PacketType.SUBACK,
  packetId: 10,
  reasonCodes: [ReasonCode.Success],
  properties: NO_PROPERTIES,
};
const UNSUBACK: Unsuback = { ...SUBACK, type: PacketType.UNSUBACK };

testAccepted("decodeSuback", [
  {
    shows: "[MQTT-3.9.3-2] each filter has its code",
    versions: [5],
    role,
    bytes: `90 ( 000a () 02 01 00 80 83 87 8f 91 97 9e a1 a2 )`,
    packet: {
      ...SUBACK,
      reasonCodes: [
        ReasonCode.GrantedQoS2,
        ReasonCode.GrantedQoS1,
        ReasonCode.Success,
        ReasonCode.UnspecifiedError,
        ReasonCode.ImplementationSpecificError,
        ReasonCode.NotAuthorized,
        ReasonCode.TopicFilterInvalid,
        ReasonCode.PacketIdentifierInUse,
        ReasonCode.QuotaExceeded,
        ReasonCode.SharedSubscriptionsNotSupported,
        ReasonCode.SubscriptionIdentifiersNotSupported,
        ReasonCode.WildcardSubscriptionsNotSupported,
      ],
    },
  },
  {
    shows: "[MQTT-3.9.3-2] each filter has its QoS or 0x80",
    versions: VERSIONS_3,
    role,
    bytes: `90 ( 000a 02 01 00 80 )`,
    packet: {
      ...SUBACK,
      reasonCodes: [
        ReasonCode.GrantedQoS2,
        ReasonCode.GrantedQoS1,
        ReasonCode.Success,
        ReasonCode.UnspecifiedError,
      ],
    },
  },
  {
    shows: "every property is read",
    versions: [5],
    role,
    bytes: `90 ( 000a ( 1f "why" 26 "k" "2" 26 "k" "1" ) 00 )`,
    packet: {
      ...SUBACK,
      properties: { reasonString: "why", userProperties: [["k", "2"], ["k", "1"]] },
    },
  },
]);

testAccepted("decodeUnsuback", [
  {
    shows: "[MQTT-3.11.3-2] each filter has its code",
    versions: [5],
    role,
    bytes: `b0 ( 000a () 11 00 80 83 87 8f 91 )`,
    packet: {
      ...UNSUBACK,
      reasonCodes: [
        ReasonCode.NoSubscriptionExisted,
        ReasonCode.Success,
        ReasonCode.UnspecifiedError,
        ReasonCode.ImplementationSpecificError,
        ReasonCode.NotAuthorized,
        ReasonCode.TopicFilterInvalid,
        ReasonCode.PacketIdentifierInUse,
      ],
    },
  },
  {
    shows: "there are no codes",
    versions: VERSIONS_3,
    role,
    bytes: `b0 ( 000a )`,
    packet: { ...UNSUBACK, reasonCodes: [] },
  },
  {
    shows: "every property is read",
    versions: [5],
    role,
    bytes: `b0 ( 000a ( 1f "why" 26 "k" "2" 26 "k" "1" ) 00 )`,
    packet: {
      ...UNSUBACK,
      properties: { reasonString: "why", userProperties: [["k", "2"], ["k", "1"]] },
    },
  },
]);

testRefused("decodeSuback", [
  {
    shows: "[MQTT-3.9.3-2] a code of UNSUBACK",
    versions: [5],
    role,
    bytes: `90 ( 000a () 11 )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "a QoS of 3",
    versions: [5],
    role,
    bytes: `90 ( 000a () 03 )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "a QoS of 3",
    versions: VERSIONS_3,
    role,
    bytes: `90 ( 000a 03 )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "[MQTT-3.9.3-2] a code of 5.0",
    versions: VERSIONS_3,
    role,
    bytes: `90 ( 000a 87 )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "no code",
    versions: [5],
    role,
    bytes: `90 ( 000a () )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "no code",
    versions: VERSIONS_3,
    role,
    bytes: `90 ( 000a )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "a packet id of 0",
    versions: EVERY_VERSION,
    role,
    bytes: `90 ( 0000 () 00 )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "from a client",
    versions: EVERY_VERSION,
    bytes: `90 ( 000a () 00 )`,
    reasonCode: ProtocolError,
  },
]);

testRefused("decodeUnsuback", [
  {
    shows: "[MQTT-3.11.3-2] a granted QoS",
    versions: [5],
    role,
    bytes: `b0 ( 000a () 01 )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "no code",
    versions: [5],
    role,
    bytes: `b0 ( 000a () )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "codes of 5.0",
    versions: VERSIONS_3,
    role,
    bytes: `b0 ( 000a 00 )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "from a client",
    versions: EVERY_VERSION,
    bytes: `b0 ( 000a () 00 )`,
    reasonCode: ProtocolError,
  },
]);

Deno.test("encodeSuback: 3.x has one code for every failure, and 3.1 gets it too", () => {
  const packet: Suback = { ...SUBACK, reasonCodes: [NotAuthorized, 1, TopicFilterInvalid] };
  for (const version of VERSIONS_3) {
    assert.deepEqual(toBytes(packet, version), wire("90 ( 000a 80 01 80 )"));
  }
});

Deno.test("encodeUnsuback: 3.x drops the codes", () => {
  const packet: Unsuback = { ...UNSUBACK, reasonCodes: [Success, NoSubscriptionExisted] };
  for (const version of VERSIONS_3) assert.deepEqual(toBytes(packet, version), wire("b0 ( 000a )"));
});
