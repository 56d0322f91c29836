import { PacketType } from "../packet.ts";
import { testAccepted, testRefused, VERSIONS_3, wire } from "../packet_fixture.ts";
import { NO_PROPERTIES } from "../properties.ts";
import { ReasonCode } from "../reason_code.ts";
import type { Auth } from "./auth.ts";

const { MalformedPacket, ProtocolError } = ReasonCode;

const AUTH: Auth = {
  type: PacketType.AUTH,
  reasonCode: ReasonCode.ContinueAuthentication,
  properties: { authenticationMethod: "SCRAM" },
};

testAccepted("decodeAuth", [
  {
    shows: "a client continues with every property",
    versions: [5],
    bytes: `f0 ( 18 ( 15 "SCRAM"  16 0002 00ff  1f "why"  26 "b" "1" 26 "a" "2" ) )`,
    packet: {
      ...AUTH,
      properties: {
        authenticationMethod: "SCRAM",
        authenticationData: wire("00ff"),
        reasonString: "why",
        userProperties: [["b", "1"], ["a", "2"]],
      },
    },
  },
  {
    shows: "a client starts over",
    versions: [5],
    bytes: `f0 ( 19 ( 15 "SCRAM" ) )`,
    packet: { ...AUTH, reasonCode: ReasonCode.ReAuthenticate },
  },
  {
    shows: "a server continues",
    versions: [5],
    role: "client",
    bytes: `f0 ( 18 ( 15 "SCRAM" ) )`,
    packet: AUTH,
  },
  {
    shows: "a server ends it",
    versions: [5],
    role: "client",
    bytes: `f0 ( 00 ( 15 "SCRAM" ) )`,
    packet: { ...AUTH, reasonCode: ReasonCode.Success },
  },
  {
    shows: "a server may say success by nothing but the header",
    versions: [5],
    role: "client",
    bytes: `f0 ()`,
    packet: { ...AUTH, reasonCode: ReasonCode.Success, properties: NO_PROPERTIES },
  },
]);

testRefused("decodeAuth", [
  {
    shows: "[MQTT-3.15.1-1] flags",
    versions: [5],
    bytes: `f2 ( 18 ( 15 "SCRAM" ) )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.15.2-1] a code of another packet",
    versions: [5],
    bytes: `f0 ( 10 ( 15 "SCRAM" ) )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "a client with the code of servers",
    versions: [5],
    bytes: `f0 ( 00 ( 15 "SCRAM" ) )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "a client with the short form for success",
    versions: [5],
    bytes: `f0 ()`,
    reasonCode: ProtocolError,
  },
  {
    shows: "a server with the code of clients",
    versions: [5],
    role: "client",
    bytes: `f0 ( 19 ( 15 "SCRAM" ) )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "no authentication method",
    versions: [5],
    bytes: `f0 ( 18 () )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "authentication data without a method",
    versions: [5],
    bytes: `f0 ( 18 ( 16 0001 00 ) )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "missing properties",
    versions: [5],
    bytes: `f0 ( 18 )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "a version that does not have it",
    versions: VERSIONS_3,
    bytes: `f0 ( 18 ( 15 "SCRAM" ) )`,
    reasonCode: MalformedPacket,
  },
]);
