import { type Packet, PacketType } from "../packet.ts";
import { EVERY_VERSION, testAccepted, testRefused, VERSIONS_3 } from "../packet_fixture.ts";
import { NO_PROPERTIES } from "../properties.ts";
import { ReasonCode } from "../reason_code.ts";
import type { PublishAck } from "./publish_ack.ts";

const { MalformedPacket, ProtocolError } = ReasonCode;

interface Subject {
  readonly symbol: string;
  readonly type: 4 | 5 | 6 | 7;
  /** First byte in hexadecimal. */
  readonly first: string;
  /** Ids about the flags and about the reason codes. */
  readonly flags: string;
  readonly codes: string;
  /** A code that this packet may carry, and one that it may not. */
  readonly refusal: ReasonCode;
  readonly foreign: ReasonCode;
}

const SUBJECTS: readonly Subject[] = [
  {
    symbol: "decodePuback",
    type: PacketType.PUBACK,
    first: "40",
    flags: "[MQTT-2.1.3-1]",
    codes: "[MQTT-3.4.2-1]",
    refusal: ReasonCode.QuotaExceeded,
    foreign: ReasonCode.PacketIdentifierNotFound,
  },
  {
    symbol: "decodePubrec",
    type: PacketType.PUBREC,
    first: "50",
    flags: "[MQTT-2.1.3-1]",
    codes: "[MQTT-3.5.2-1]",
    refusal: ReasonCode.NotAuthorized,
    foreign: ReasonCode.PacketIdentifierNotFound,
  },
  {
    symbol: "decodePubrel",
    type: PacketType.PUBREL,
    first: "62",
    flags: "[MQTT-3.6.1-1]",
    codes: "[MQTT-3.6.2-1]",
    refusal: ReasonCode.PacketIdentifierNotFound,
    foreign: ReasonCode.UnspecifiedError,
  },
  {
    symbol: "decodePubcomp",
    type: PacketType.PUBCOMP,
    first: "70",
    flags: "[MQTT-2.1.3-1]",
    codes: "[MQTT-3.7.2-1]",
    refusal: ReasonCode.PacketIdentifierNotFound,
    foreign: ReasonCode.QuotaExceeded,
  },
];

for (const { symbol, type, first, flags, codes, refusal, foreign } of SUBJECTS) {
  const done: PublishAck<typeof type> = {
    type,
    packetId: 0x1234,
    reasonCode: ReasonCode.Success,
    properties: NO_PROPERTIES,
  };
  const code = refusal.toString(16);
  const foreignCode = foreign.toString(16);

  testAccepted(symbol, [
    {
      shows: "a packet id is all that it takes",
      versions: EVERY_VERSION,
      bytes: `${first} ( 1234 )`,
      packet: done as Packet,
    },
    {
      shows: `${codes} a reason code may end the packet`,
      versions: [5],
      bytes: `${first} ( 1234 ${code} )`,
      packet: { ...done, reasonCode: refusal } as Packet,
    },
    {
      shows: "success may be said in three ways",
      versions: [5],
      bytes: `${first} ( 1234 00 )`,
      packet: done as Packet,
      encodedAs: `${first} ( 1234 )`,
    },
    {
      shows: "an empty property list may be said",
      versions: [5],
      bytes: `${first} ( 1234 00 () )`,
      packet: done as Packet,
      encodedAs: `${first} ( 1234 )`,
    },
    {
      shows: "every property is read",
      versions: [5],
      bytes: `${first} ( 1234 00 ( 1f "why" 26 "k" "2" 26 "k" "1" ) )`,
      packet: {
        ...done,
        properties: { reasonString: "why", userProperties: [["k", "2"], ["k", "1"]] },
      } as Packet,
    },
  ]);

  testRefused(symbol, [
    {
      shows: `${flags} other flags`,
      versions: EVERY_VERSION,
      bytes: `${first.replace(/.$/, (it) => it === "2" ? "0" : "2")} ( 1234 )`,
      reasonCode: MalformedPacket,
    },
    {
      shows: "a packet id of 0",
      versions: EVERY_VERSION,
      bytes: `${first} ( 0000 )`,
      reasonCode: ProtocolError,
    },
    {
      shows: "half a packet id",
      versions: EVERY_VERSION,
      bytes: `${first} ( 12 )`,
      reasonCode: MalformedPacket,
    },
    {
      shows: "anything behind the packet id",
      versions: VERSIONS_3,
      bytes: `${first} ( 1234 00 )`,
      reasonCode: MalformedPacket,
    },
    {
      shows: `${codes} a reason code of another packet`,
      versions: [5],
      bytes: `${first} ( 1234 ${foreignCode} )`,
      reasonCode: ProtocolError,
    },
    {
      shows: "bytes behind the properties",
      versions: [5],
      bytes: `${first} ( 1234 00 () 00 )`,
      reasonCode: MalformedPacket,
    },
    {
      shows: "a property of another packet",
      versions: [5],
      bytes: `${first} ( 1234 00 ( 01 00 ) )`,
      reasonCode: MalformedPacket,
    },
  ]);
}

testAccepted("decodePubrel", [
  {
    shows: "3.1 repeats it with the DUP flag",
    versions: [3],
    bytes: `6a ( 1234 )`,
    packet: {
      type: PacketType.PUBREL,
      packetId: 0x1234,
      reasonCode: ReasonCode.Success,
      properties: NO_PROPERTIES,
    },
    encodedAs: `62 ( 1234 )`,
  },
]);
testRefused("decodePubrel", [
  {
    shows: "[MQTT-3.6.1-1] the DUP flag",
    versions: [4, 5],
    bytes: `6a ( 1234 )`,
    reasonCode: MalformedPacket,
  },
]);

for (
  const [symbol, type, first] of [["decodePuback", 4, "40"], ["decodePubrec", 5, "50"]] as const
) {
  testAccepted(symbol, [
    {
      shows: "a server may say that nobody subscribes",
      versions: [5],
      role: "client",
      bytes: `${first} ( 0001 10 )`,
      packet: {
        type,
        packetId: 1,
        reasonCode: ReasonCode.NoMatchingSubscribers,
        properties: NO_PROPERTIES,
      } as Packet,
    },
  ]);
  testRefused(symbol, [
    {
      shows: "a client that says that nobody subscribes",
      versions: [5],
      bytes: `${first} ( 0001 10 )`,
      reasonCode: ProtocolError,
    },
  ]);
}
