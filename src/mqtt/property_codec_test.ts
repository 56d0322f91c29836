import assert from "#assert";
import { InvariantError } from "../base/invariant.ts";
import type { ByteSink } from "./byte_sink.ts";
import { PacketType } from "./packet.ts";
import { wire } from "./packet_fixture.ts";
import { PacketReader } from "./packet_reader.ts";
import { NO_PROPERTIES } from "./properties.ts";
import { decodeProperties, encodeProperties, propertiesSize } from "./property_codec.ts";
import { type PropertyPlace, WILL } from "./property_table.ts";
import { PacketError, ReasonCode } from "./reason_code.ts";
import { Sender } from "./sender.ts";

const { MalformedPacket, ProtocolError, TopicAliasInvalid } = ReasonCode;

/** Table 2-4, written down a second time: identifier, a value on the wire, places by packet type. */
const TABLE: [identifier: number, value: string, places: PropertyPlace[]][] = [
  [0x01, "01", [3, WILL]],
  [0x02, "00000001", [3, WILL]],
  [0x03, '"x"', [3, WILL]],
  [0x08, '"x"', [3, WILL]],
  [0x09, "0001 ff", [3, WILL]],
  [0x0b, "01", [3, 8]],
  [0x11, "00000001", [1, 2, 14]],
  [0x12, '"x"', [2]],
  [0x13, "0001", [2]],
  [0x15, '"x"', [1, 2, 15]],
  [0x16, "0001 ff", [1, 2, 15]],
  [0x17, "01", [1]],
  [0x18, "00000001", [WILL]],
  [0x19, "01", [1]],
  [0x1a, '"x"', [2]],
  [0x1c, '"x"', [2, 14]],
  [0x1f, '"x"', [2, 4, 5, 6, 7, 9, 11, 14, 15]],
  [0x21, "0001", [1, 2]],
  [0x22, "0001", [1, 2]],
  [0x23, "0001", [3]],
  [0x24, "01", [2]],
  [0x25, "01", [2]],
  [0x26, '"x" "y"', [WILL, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 15]],
  [0x27, "00000001", [1, 2]],
  [0x28, "01", [2]],
  [0x29, "01", [2]],
  [0x2a, "01", [2]],
];
const PLACES: PropertyPlace[] = [WILL, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/** What may come from one side only, by identifier and place. */
function sendersIn(identifier: number, place: PropertyPlace): Sender[] {
  if (identifier === 0x0b && place === PacketType.PUBLISH) return [Sender.SERVER];
  if (identifier === 0x11 && place === PacketType.DISCONNECT) return [Sender.CLIENT];
  if (identifier === 0x1c) return [Sender.SERVER];
  return [Sender.CLIENT, Sender.SERVER];
}

function decode(notation: string, place: PropertyPlace, sender: Sender = Sender.CLIENT): object {
  const reader = new PacketReader(sender);
  const bytes = wire(notation);
  reader.open(bytes, 0, bytes.length);
  const properties = decodeProperties(reader, place);
  assert.equal(reader.remaining, 0);
  return properties;
}

function encode(properties: object, place: PropertyPlace): Uint8Array {
  const size = propertiesSize(properties, place);
  const sink: ByteSink = { bytes: new Uint8Array(size), position: 0, reserve() {} };
  encodeProperties(sink, properties, place);
  assert.equal(sink.position, size);
  return sink.bytes;
}

function refuses(reasonCode: ReasonCode, notation: string, place: PropertyPlace, sender?: Sender) {
  assert.throws(
    () => decode(notation, place, sender),
    { name: PacketError.name, reasonCode },
    notation,
  );
}

function hex(identifier: number): string {
  return identifier.toString(16).padStart(2, "0");
}

Deno.test("decodeProperties: each property stands where the specification puts it, once", () => {
  let placed = 0;
  for (const [identifier, value, places] of TABLE) {
    for (const place of PLACES) {
      // Authentication Data needs its method beside it.
      const company = identifier === 0x16 ? '15 "x" ' : "";
      const one = `${hex(identifier)} ${value}`;
      for (const sender of [Sender.CLIENT, Sender.SERVER] as const) {
        if (!places.includes(place)) {
          refuses(MalformedPacket, `( ${one} )`, place, sender);
        } else if (!sendersIn(identifier, place).includes(sender)) {
          refuses(ProtocolError, `( ${one} )`, place, sender);
        } else {
          const properties = decode(`( ${company}${one} )`, place, sender);
          assert.deepEqual(encode(properties, place), wire(`( ${company}${one} )`));
          const repeatable = identifier === 0x26 || identifier === 0x0b && place === 3;
          if (repeatable) decode(`( ${one} ${one} )`, place, sender);
          else refuses(ProtocolError, `( ${company}${one} ${one} )`, place, sender);
          placed++;
        }
      }
    }
  }
  assert.equal(placed, 2 * TABLE.flatMap(([, , places]) => places).length - 4);
});

Deno.test("decodeProperties: identifiers that do not exist are malformed everywhere", () => {
  const known = TABLE.map(([identifier]) => identifier);
  for (let identifier = 0; identifier <= 0xff; identifier++) {
    if (known.includes(identifier)) continue;
    for (const place of PLACES) {
      refuses(MalformedPacket, `( ${hex(identifier)} 01 01 01 01 )`, place);
    }
  }
});

Deno.test("[MQTT-2.2.2-1] decodeProperties: a length of zero is the shared empty list", () => {
  assert.equal(decode("()", PacketType.PUBLISH), NO_PROPERTIES);
});

Deno.test("decodeProperties: a property must not reach beyond the length", () => {
  refuses(MalformedPacket, `03 02 00000001 03 "x"`, PacketType.PUBLISH);
  refuses(MalformedPacket, `01 26`, PacketType.PUBLISH);
  refuses(MalformedPacket, `04 26 0001 61 0001 62`, PacketType.PUBLISH);
});

Deno.test("decodeProperties: the length must not reach beyond the packet", () => {
  refuses(MalformedPacket, `06 02 00000001`, PacketType.PUBLISH);
  refuses(MalformedPacket, `ffffff7f 02 00000001`, PacketType.PUBLISH);
});

Deno.test("[MQTT-1.5.5-1] decodeProperties: a padded length or identifier is malformed", () => {
  refuses(MalformedPacket, `8000`, PacketType.PUBLISH);
  refuses(MalformedPacket, `8500 02 00000001`, PacketType.PUBLISH);
  refuses(MalformedPacket, `( 0b 8100 )`, PacketType.SUBSCRIBE);
  refuses(MalformedPacket, `( 8200 00000001 )`, PacketType.PUBLISH);
});

Deno.test("[MQTT-1.5.7-1] decodeProperties: both halves of a user property are strict UTF-8", () => {
  refuses(MalformedPacket, `( 26 0001 ff "y" )`, PacketType.PUBLISH);
  refuses(MalformedPacket, `( 26 "x" 0001 ff )`, PacketType.PUBLISH);
  refuses(MalformedPacket, `( 26 0001 00 "y" )`, PacketType.PUBLISH);
});

Deno.test("decodeProperties: values that the specification excludes are refused", () => {
  refuses(ProtocolError, `( 21 0000 )`, PacketType.CONNECT);
  refuses(ProtocolError, `( 27 00000000 )`, PacketType.CONNECT);
  refuses(ProtocolError, `( 17 02 )`, PacketType.CONNECT);
  refuses(ProtocolError, `( 19 ff )`, PacketType.CONNECT);
  refuses(ProtocolError, `( 16 0001 00 )`, PacketType.CONNECT);
  refuses(ProtocolError, `( 16 0000 )`, PacketType.CONNECT);
  refuses(ProtocolError, `( 01 02 )`, WILL);
  refuses(ProtocolError, `( 08 "a/#" )`, WILL);
  refuses(ProtocolError, `( 24 02 )`, PacketType.CONNACK, Sender.SERVER);
  for (const flag of ["25", "28", "29", "2a"]) {
    refuses(ProtocolError, `( ${flag} 02 )`, PacketType.CONNACK, Sender.SERVER);
  }
  refuses(ProtocolError, `( 21 0000 )`, PacketType.CONNACK, Sender.SERVER);
  refuses(ProtocolError, `( 27 00000000 )`, PacketType.CONNACK, Sender.SERVER);
  refuses(ProtocolError, `( 0b 00 )`, PacketType.SUBSCRIBE);
  refuses(TopicAliasInvalid, `( 23 0000 )`, PacketType.PUBLISH);
});

Deno.test("decodeProperties: zero and empty values are not the same as none", () => {
  assert.deepEqual(decode(`( 01 00  02 00000000  03 ""  09 0000 )`, PacketType.PUBLISH), {
    payloadFormatIndicator: 0,
    messageExpiryInterval: 0,
    contentType: "",
    correlationData: new Uint8Array(0),
  });
  assert.deepEqual(encode({ contentType: "", topicAlias: undefined }, 3), wire(`( 03 "" )`));
});

Deno.test("encodeProperties: no packet can carry these values", () => {
  const illegal: [object, PropertyPlace][] = [
    [{ receiveMaximum: 0 }, 1],
    [{ receiveMaximum: 65_536 }, 1],
    [{ receiveMaximum: 1.5 }, 1],
    [{ sessionExpiryInterval: -1 }, 1],
    [{ sessionExpiryInterval: 2 ** 32 }, 1],
    [{ maximumQoS: 2 }, 2],
    [{ topicAlias: 0 }, 3],
    [{ payloadFormatIndicator: 2 }, 3],
    [{ responseTopic: "a/+" }, 3],
    [{ responseTopic: "" }, 3],
    [{ subscriptionIdentifiers: [1, 0] }, 3],
    [{ subscriptionIdentifier: 268_435_456 }, 8],
    [{ contentType: "x".repeat(65_536) }, 3],
    [{ correlationData: new Uint8Array(65_536) }, 3],
    [{ userProperties: [["a", "\0"]] }, 3],
    [{ userProperties: [["\ud800", "b"]] }, 3],
  ];
  for (const [properties, place] of illegal) {
    assert.throws(() => encode(properties, place), InvariantError, JSON.stringify(properties));
  }
});

Deno.test("encodeProperties: the longest strings and binary data fit", () => {
  assert.equal(encode({ correlationData: new Uint8Array(65_535) }, 3).length, 3 + 1 + 2 + 65_535);
  const longest = "x".repeat(65_535);
  const bytes = encode({ userProperties: [[longest, longest]] }, 3);
  assert.equal(bytes.length, 3 + 1 + 2 * (2 + 65_535));
});

Deno.test("[MQTT-1.5.5-1] encodeProperties: the length in front takes as many bytes as it needs", () => {
  const overhead = 3; // identifier and string length
  for (const length of [3, 127, 128, 129, 16_383, 16_384, 20_000]) {
    const contentType = "x".repeat(length - overhead);
    const bytes = encode({ contentType }, PacketType.PUBLISH);
    assert.deepEqual(bytes, wire(`( 03 "${contentType}" )`));
  }
});

Deno.test("decodeProperties: what follows the packet in the chunk is not read", () => {
  const bytes = wire("08 02 00000001 23 0001");
  const reader = new PacketReader(Sender.CLIENT);
  reader.open(bytes, 0, 6);
  assert.throws(() => decodeProperties(reader, PacketType.PUBLISH), {
    name: PacketError.name,
    reasonCode: MalformedPacket,
  });
});
