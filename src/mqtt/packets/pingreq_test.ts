import { PacketType } from "../packet.ts";
import { EVERY_VERSION, testAccepted, testRefused } from "../packet_fixture.ts";
import { ReasonCode } from "../reason_code.ts";

testAccepted("decodePingreq", [
  {
    shows: "it is a fixed header",
    versions: EVERY_VERSION,
    bytes: `c0 ()`,
    packet: { type: PacketType.PINGREQ },
  },
]);
testAccepted("decodePingresp", [
  {
    shows: "it is a fixed header",
    versions: EVERY_VERSION,
    role: "client",
    bytes: `d0 ()`,
    packet: { type: PacketType.PINGRESP },
  },
]);

testRefused("decodePingreq", [
  {
    shows: "[MQTT-2.1.3-1] flags",
    versions: EVERY_VERSION,
    bytes: `c1 ()`,
    reasonCode: ReasonCode.MalformedPacket,
  },
  {
    shows: "a body",
    versions: EVERY_VERSION,
    bytes: `c0 ( 00 )`,
    reasonCode: ReasonCode.MalformedPacket,
  },
  {
    shows: "from a server",
    versions: EVERY_VERSION,
    role: "client",
    bytes: `c0 ()`,
    reasonCode: ReasonCode.ProtocolError,
  },
]);
testRefused("decodePingresp", [
  {
    shows: "[MQTT-2.1.3-1] flags",
    versions: EVERY_VERSION,
    role: "client",
    bytes: `d8 ()`,
    reasonCode: ReasonCode.MalformedPacket,
  },
  {
    shows: "a body",
    versions: EVERY_VERSION,
    role: "client",
    bytes: `d0 ( 00 )`,
    reasonCode: ReasonCode.MalformedPacket,
  },
  {
    shows: "from a client",
    versions: EVERY_VERSION,
    bytes: `d0 ()`,
    reasonCode: ReasonCode.ProtocolError,
  },
]);
