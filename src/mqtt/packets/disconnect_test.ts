import { PacketType } from "../packet.ts";
import { EVERY_VERSION, testAccepted, testRefused, VERSIONS_3 } from "../packet_fixture.ts";
import { NO_PROPERTIES } from "../properties.ts";
import { ReasonCode } from "../reason_code.ts";
import type { Disconnect } from "./disconnect.ts";

const { MalformedPacket, ProtocolError } = ReasonCode;

const DISCONNECT: Disconnect = {
  type: PacketType.DISCONNECT,
  reasonCode: ReasonCode.Success,
  properties: NO_PROPERTIES,
};

testAccepted("decodeDisconnect", [
  {
    shows: "nothing but the header is a normal end",
    versions: EVERY_VERSION,
    bytes: `e0 ()`,
    packet: DISCONNECT,
  },
  {
    shows: "a normal end may be said",
    versions: [5],
    bytes: `e0 ( 00 )`,
    packet: DISCONNECT,
    encodedAs: `e0 ()`,
  },
  {
    shows: "an empty property list may be said",
    versions: [5],
    bytes: `e0 ( 00 () )`,
    packet: DISCONNECT,
    encodedAs: `e0 ()`,
  },
  {
    shows: "[MQTT-3.14.2-1] a reason code may end the packet",
    versions: [5],
    bytes: `e0 ( 04 )`,
    packet: { ...DISCONNECT, reasonCode: ReasonCode.DisconnectWithWill },
  },
  {
    shows: "every property of a client is read",
    versions: [5],
    bytes: `e0 ( 00 ( 11 0000000a  1f "bye"  26 "b" "1" 26 "a" "2" ) )`,
    packet: {
      ...DISCONNECT,
      properties: {
        sessionExpiryInterval: 10,
        reasonString: "bye",
        userProperties: [["b", "1"], ["a", "2"]],
      },
    },
  },
  {
    shows: "every property of a server is read",
    versions: [5],
    role: "client",
    bytes: `e0 ( 9d ( 1c "other:1883"  1f "bye"  26 "b" "1" ) )`,
    packet: {
      ...DISCONNECT,
      reasonCode: ReasonCode.ServerMoved,
      properties: {
        serverReference: "other:1883",
        reasonString: "bye",
        userProperties: [["b", "1"]],
      },
    },
  },
  {
    shows: "a server need not give a reason",
    versions: [5],
    role: "client",
    bytes: `e0 ()`,
    packet: DISCONNECT,
  },
]);

testRefused("decodeDisconnect", [
  {
    shows: "[MQTT-3.14.1-1] flags",
    versions: EVERY_VERSION,
    bytes: `e1 ()`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "[MQTT-3.14.2-1] a code of another packet",
    versions: [5],
    bytes: `e0 ( 85 )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "[MQTT-3.14.2-1] a code that is none",
    versions: [5],
    bytes: `e0 ( 05 )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "a client with a code of servers",
    versions: [5],
    bytes: `e0 ( 8b )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "a server with a code of clients",
    versions: [5],
    role: "client",
    bytes: `e0 ( 04 )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "[MQTT-3.14.2-2] a session expiry interval from a server",
    versions: [5],
    role: "client",
    bytes: `e0 ( 8b ( 11 00000000 ) )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "a server reference from a client",
    versions: [5],
    bytes: `e0 ( 00 ( 1c "other" ) )`,
    reasonCode: ProtocolError,
  },
  {
    shows: "a body",
    versions: VERSIONS_3,
    bytes: `e0 ( 00 )`,
    reasonCode: MalformedPacket,
  },
  {
    shows: "from a server",
    versions: VERSIONS_3,
    role: "client",
    bytes: `e0 ()`,
    reasonCode: ProtocolError,
  },
]);
