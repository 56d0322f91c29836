import assert from "#assert";
import { PacketType } from "../packet.ts";
import { toBytes } from "../packet_encoder.ts";
import { EVERY_VERSION, testAccepted, testRefused, VERSIONS_3, wire } from "../packet_fixture.ts";
import { NO_PROPERTIES } from "../properties.ts";
import { ReasonCode } from "../reason_code.ts";
import type { Connack } from "./connack.ts";

const { MalformedPacket, ProtocolError } = ReasonCode;
const role = "client";

const ACCEPTED: Connack = {
  type: PacketType.CONNACK,
  sessionPresent: false,
  reasonCode: ReasonCode.Success,
  properties: NO_PROPERTIES,
};

testAccepted("decodeConnack", [
  {
    shows: "a connection is accepted",
    versions: [5],
    role,
    bytes: `20 ( 00 00 () )`,
    packet: ACCEPTED,
  },
  {
    shows: "a connection is accepted",
    versions: VERSIONS_3,
    role,
    bytes: `20 ( 00 00 )`,
    packet: ACCEPTED,
  },
  {
    shows: "a session is present",
    versions: [5],
    role,
    bytes: `20 ( 01 00 () )`,
    packet: { ...ACCEPTED, sessionPresent: true },
  },
  {
    shows: "a session is present",
    versions: [4],
    role,
    bytes: `20 ( 01 00 )`,
    packet: { ...ACCEPTED, sessionPresent: true },
  },
  {
    shows: "the first byte means nothing",
    versions: [3],
    role,
    bytes: `20 ( ff 00 )`,
    packet: ACCEPTED,
    encodedAs: `20 ( 00 00 )`,
  },
  {
    shows: "every property is read, user properties in order and with repeats",
    versions: [5],
    role,
    bytes: `20 ( 00 00 (
        11 00000000  12 "auto-1"  13 0010  15 "SCRAM"  16 0001 00  1a "resp/"  1c "other:1883"
        21 ffff  22 000a  24 01  25 00  27 00000001  28 01  29 00  2a 01  1f "fine"
        26 "b" "1" 26 "a" "2" 26 "b" "1" ) )`,
    packet: {
      ...ACCEPTED,
      properties: {
        sessionExpiryInterval: 0,
        receiveMaximum: 65_535,
        maximumQoS: 1,
        retainAvailable: false,
        maximumPacketSize: 1,
        assignedClientIdentifier: "auto-1",
        topicAliasMaximum: 10,
        reasonString: "fine",
        userProperties: [["b", "1"], ["a", "2"], ["b", "1"]],
        wildcardSubscriptionAvailable: true,
        subscriptionIdentifiersAvailable: false,
        sharedSubscriptionAvailable: true,
        serverKeepAlive: 16,
        responseInformation: "resp/",
        serverReference: "other:1883",
        authenticationMethod: "SCRAM",
        authenticationData: wire("00"),
      },
    },
  },
  {
    shows: "[MQTT-3.2.2-8] a connection is refused",
    versions: [5],
    role,
    bytes: `20 ( 00 8a ( 1f "go away" ) )`,
    packet: {
      ...ACCEPTED,
      reasonCode: ReasonCode.Banned,
      properties: { reasonString: "go away" },
    },
  },
  ...([
    [1, ReasonCode.UnsupportedProtocolVersion],
    [2, ReasonCode.ClientIdentifierNotValid],
    [3, ReasonCode.ServerUnavailable],
    [4, ReasonCode.BadUserNameOrPassword],
    [5, ReasonCode.NotAuthorized],
  ] as const).map(([returnCode, reasonCode]) => ({
    shows: `return code ${returnCode} is reason code ${reasonCode.toString(16)}`,
    versions: VERSIONS_3,
    role,
    bytes: `20 ( 00 0${returnCode} )`,
    packet: { ...ACCEPTED, reasonCode },
  } as const)),
]);

testRefused("decodeConnack", [
  {
    shows: "[MQTT-3.2.2-1] reserved flags",
    versions: [5],
    role,
    bytes: `20 ( 02 00 () )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.2.2-1] reserved flags",
    versions: [4],
    role,
    bytes: `20 ( 81 00 )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.2.2-6] a session that is present on a refused connection",
    versions: [5],
    role,
    bytes: `20 ( 01 87 () )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "[MQTT-3.2.2-6] a session that is present on a refused connection",
    versions: [4],
    role,
    bytes: `20 ( 01 05 )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "[MQTT-3.2.2-8] a reason code of another packet",
    versions: [5],
    role,
    bytes: `20 ( 00 8e () )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "[MQTT-3.2.2-8] a return code of 3.1.1",
    versions: [5],
    role,
    bytes: `20 ( 00 01 () )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "[MQTT-3.2.2-8] a return code that is reserved",
    versions: VERSIONS_3,
    role,
    bytes: `20 ( 00 06 )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "missing properties",
    versions: [5],
    role,
    bytes: `20 ( 00 00 )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "properties, which it does not have",
    versions: VERSIONS_3,
    role,
    bytes: `20 ( 00 00 () )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "a missing code",
    versions: EVERY_VERSION,
    role,
    bytes: `20 ( 00 )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "from a client",
    versions: EVERY_VERSION,
    bytes: `20 ( 00 00 () )`,
    reasonCode: ProtocolError,
  },
]);

Deno.test("toReturnCode: a reason code without twin becomes the one that comes closest", () => {
  const expected: [ReasonCode, number][] = [
    [ReasonCode.ServerBusy, 3],
    [ReasonCode.QuotaExceeded, 3],
    [ReasonCode.UseAnotherServer, 3],
    [ReasonCode.ServerMoved, 3],
    [ReasonCode.ConnectionRateExceeded, 3],
    [ReasonCode.UnspecifiedError, 3],
    [ReasonCode.ImplementationSpecificError, 3],
    [ReasonCode.Banned, 5],
    [ReasonCode.BadAuthenticationMethod, 5],
    [ReasonCode.TopicNameInvalid, 5],
    [ReasonCode.RetainNotSupported, 5],
    [ReasonCode.QoSNotSupported, 5],
  ];
  for (const [reasonCode, returnCode] of expected) {
    for (const version of VERSIONS_3) {
      assert.deepEqual(
        toBytes({ ...ACCEPTED, reasonCode }, version),
        new Uint8Array([0x20, 2, 0, returnCode]),
      );
    }
  }
});

Deno.test("encodeConnack: 3.1 cannot say that a session is present", () => {
  assert.deepEqual(toBytes({ ...ACCEPTED, sessionPresent: true }, 3), wire("20 ( 00 00 )"));
});
