import assert from "#assert";
import fc from "fast-check";
import { type Packet, PacketType, type ProtocolVersion } from "../packet.ts";
import { PacketDecoder } from "../packet_decoder.ts";
import { EVERY_VERSION, testAccepted, testRefused, VERSIONS_3, wire } from "../packet_fixture.ts";
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

/** Everything in `chunks` as an acknowledgement, in the form that `PacketDecoder.nextSuccess` has. */
function successes(version: ProtocolVersion, chunks: readonly Uint8Array[], short: boolean) {
  const decoder = new PacketDecoder({ role: "server", maximumPacketSize: 1000, version });
  const all: unknown[] = [];
  for (const chunk of chunks) {
    decoder.push(chunk);
    for (;;) {
      const success = short ? decoder.nextSuccess() : 0;
      if (success !== 0) {
        const reasonCode = ReasonCode.Success;
        const packetId = success & 0xffff;
        all.push({ type: success >> 16, packetId, reasonCode, properties: NO_PROPERTIES });
        continue;
      }
      const packet = decoder.next();
      if (packet === undefined) break;
      all.push(packet);
    }
  }
  return all;
}

Deno.test("PacketDecoder.nextSuccess says what the decoder says, however the bytes are cut", () => {
  const packet = fc.record({
    first: fc.constantFrom(0x40, 0x50, 0x62, 0x70, 0xc0),
    id: fc.integer({ min: 1, max: 0xffff }),
    long: fc.constantFrom("", "", "00", "0000"),
  });
  fc.assert(
    fc.property(
      fc.array(packet, { maxLength: 12 }),
      fc.constantFrom(...EVERY_VERSION),
      fc.nat(),
      (chosen, version, cut) => {
        const text = chosen.map(({ first, id, long }) =>
          first === 0xc0
            ? "c0 00"
            : `${first.toString(16)} ( ${id.toString(16).padStart(4, "0")} ${
              version === 5 ? long : ""
            } )`
        ).join(" ");
        const bytes = wire(text);
        const at = cut % (bytes.length + 1);
        const chunks = [bytes.subarray(0, at), bytes.subarray(at)];
        assert.deepEqual(successes(version, chunks, true), successes(version, chunks, false));
      },
    ),
  );
});

for (
  const [shows, bytes] of [
    ["another packet", "30 02 0001"],
    ["flags that are reserved", "41 02 0001"],
    ["PUBREL without its flag", "60 02 0001"],
    ["packet id 0", "40 02 0000"],
    ["more than a packet id", "40 03 0001 00"],
    ["a length that is padded", "40 8200 0001"],
    ["a part of one", "40 02 00"],
  ] as const
) {
  Deno.test(`PacketDecoder.nextSuccess leaves alone: ${shows}`, () => {
    const options = { role: "server", maximumPacketSize: 1000, version: 5 } as const;
    const decoder = new PacketDecoder(options);
    decoder.push(wire(bytes));
    assert.equal(decoder.nextSuccess(), 0);
  });
}

Deno.test("PacketDecoder.nextSuccess takes nothing out of the middle of a packet", () => {
  const decoder = new PacketDecoder({ role: "server", maximumPacketSize: 1000, version: 4 });
  decoder.push(wire("30"));
  assert.equal(decoder.next(), undefined);
  decoder.push(wire("40 02 0001"));
  assert.equal(decoder.nextSuccess(), 0);
});
