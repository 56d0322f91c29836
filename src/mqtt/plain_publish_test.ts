import assert from "#assert";
import fc from "fast-check";
import { PacketType, type ProtocolVersion, type QoS } from "./packet.ts";
import { PacketDecoder } from "./packet_decoder.ts";
import { drain, EVERY_VERSION, wire } from "./packet_fixture.ts";
import type { Publish } from "./packets/publish.ts";
import { PlainPublish } from "./plain_publish.ts";

function decoderOf(version: ProtocolVersion, maximumPacketSize = 1 << 20): PacketDecoder {
  return new PacketDecoder({ role: "server", maximumPacketSize, version });
}

/** A decoder that has read a message on each of these topics. */
function decoderThatKnows(topics: readonly string[], version: ProtocolVersion): PacketDecoder {
  const decoder = decoderOf(version);
  const properties = version === 5 ? "00" : "";
  decoder.push(wire(topics.map((topic) => `30 ( "${topic}" ${properties} )`).join(" ")));
  drain(decoder);
  return decoder;
}

interface Row {
  readonly shows: string;
  readonly versions?: readonly ProtocolVersion[];
  readonly bytes: string;
  /** The payload as text; undefined: it is not plain. */
  readonly payload: string | undefined;
  readonly qos?: QoS;
  readonly packetId?: number;
}

const PAYLOAD_200 = "x".repeat(200);
const PAYLOAD_20_000 = "y".repeat(20_000);

const ROWS: readonly Row[] = [
  { shows: "QoS 0 and nothing else", versions: [3, 4], bytes: `30 ( "a/b" 'hi' )`, payload: "hi" },
  {
    shows: "QoS 0 without properties",
    versions: [5],
    bytes: `30 ( "a/b" 00 'hi' )`,
    payload: "hi",
  },
  { shows: "no payload", versions: [3, 4], bytes: `30 ( "a/b" )`, payload: "" },
  { shows: "no payload", versions: [5], bytes: `30 ( "a/b" 00 )`, payload: "" },
  {
    shows: "a length of two bytes",
    versions: [4],
    bytes: `30 ( "a/b" '${PAYLOAD_200}' )`,
    payload: PAYLOAD_200,
  },
  {
    shows: "a length of three bytes",
    versions: [4],
    bytes: `30 ( "a/b" '${PAYLOAD_20_000}' )`,
    payload: PAYLOAD_20_000,
  },
  { shows: "with RETAIN", versions: [4], bytes: `31 ( "a/b" 'hi' )`, payload: undefined },
  {
    shows: "QoS 1",
    versions: [3, 4],
    bytes: `32 ( "a/b" 0102 'hi' )`,
    payload: "hi",
    qos: 1,
    packetId: 0x0102,
  },
  {
    shows: "QoS 2 without properties",
    versions: [5],
    bytes: `34 ( "a/b" ffff 00 'hi' )`,
    payload: "hi",
    qos: 2,
    packetId: 0xffff,
  },
  { shows: "QoS 3", versions: [4], bytes: `36 ( "a/b" 0001 'hi' )`, payload: undefined },
  { shows: "with DUP", versions: [4], bytes: `3a ( "a/b" 0001 'hi' )`, payload: undefined },
  { shows: "packet id 0", versions: [4], bytes: `32 ( "a/b" 0000 'hi' )`, payload: undefined },
  { shows: "half a packet id", versions: [4], bytes: `32 ( "a/b" 01 )`, payload: undefined },
  { shows: "a property", versions: [5], bytes: `30 ( "a/b" ( 0101 ) 'hi' )`, payload: undefined },
  { shows: "no property length", versions: [5], bytes: `30 ( "a/b" )`, payload: undefined },
  { shows: "another topic", versions: [4], bytes: `30 ( "a/c" 'hi' )`, payload: undefined },
  { shows: "no topic", versions: [4], bytes: `30 ( "" 'hi' )`, payload: undefined },
  { shows: "a topic beyond its packet", bytes: `30 05 0004 'a/b'`, payload: undefined },
  { shows: "a packet that goes on", bytes: `30 0a 0003 'a/b'`, payload: undefined },
  { shows: "half a topic length", bytes: `30 01 00 00`, payload: undefined },
  { shows: "half a header", bytes: `30 80`, payload: undefined },
  { shows: "a padded length", bytes: `30 8500 0003 'a/b'`, payload: undefined },
  { shows: "a length of five bytes", bytes: `30 ffffffff7f 0003 'a/b'`, payload: undefined },
  { shows: "another packet", bytes: `c000 0003 'a/b'`, payload: undefined },
];

for (const row of ROWS) {
  const { shows, versions = EVERY_VERSION, bytes, payload, qos = 0, packetId = 0 } = row;
  for (const version of versions) {
    const verdict = payload === undefined ? "is not plain" : "is plain";
    Deno.test(`PlainPublish: ${shows} ${verdict} (version ${version})`, () => {
      const decoder = decoderThatKnows(["a/b"], version);
      const plain = new PlainPublish();
      decoder.push(wire(bytes));
      assert.equal(decoder.peek(plain), payload !== undefined);
      if (payload === undefined) return;
      assert.equal(plain.topic.name, "a/b");
      assert.deepEqual([plain.qos, plain.packetId], [qos, packetId]);
      assert.equal(new TextDecoder().decode(plain.payload), payload);
      assert.deepEqual(plain.bytes.subarray(plain.start, plain.end), wire(bytes));
      decoder.take(plain);
      assert.equal(decoder.next(), undefined, "nothing is left of it");
    });
  }
}

Deno.test("PacketDecoder.peek: what was not taken is still there", () => {
  const decoder = decoderThatKnows(["a"], 4);
  decoder.push(wire(`30 ( "a" '1' ) 30 ( "a" '2' )`));
  const plain = new PlainPublish();
  assert.equal(decoder.peek(plain), true);
  assert.equal(decoder.peek(plain), true);
  const payloads = drain(decoder).map((packet) =>
    new TextDecoder().decode((packet as Publish).payload)
  );
  assert.deepEqual(payloads, ["1", "2"]);
});

Deno.test("PacketDecoder.peek: sees nothing of a packet that is larger than allowed", () => {
  const decoder = decoderThatKnows(["a"], 4);
  decoder.maximumPacketSize = 9;
  const plain = new PlainPublish();
  decoder.push(wire(`30 ( "a" '1234' )`));
  assert.equal(decoder.peek(plain), true);
  decoder.take(plain);
  decoder.push(wire(`30 ( "a" '12345' )`));
  assert.equal(decoder.peek(plain), false);
  assert.throws(() => decoder.next());
});

Deno.test("PacketDecoder.peek: sees nothing before CONNECT, nor behind half a packet", () => {
  const plain = new PlainPublish();
  const unopened = new PacketDecoder({ role: "server", maximumPacketSize: 1024 });
  unopened.push(wire(`30 ( "a" '1' )`));
  assert.equal(unopened.peek(plain), false);
  const decoder = decoderThatKnows(["0"], 4);
  decoder.push(wire("30"));
  assert.deepEqual(drain(decoder), []);
  // By itself it would look like one: 0x30 is "0", and the packet that began is 48 bytes long.
  decoder.push(wire(`30 ( "0" '${"z".repeat(43)}' )`));
  assert.equal(decoder.peek(plain), false);
});

/** Packets of all kinds, most of them nearly plain. */
const packets = fc.array(
  fc.record({
    first: fc.constantFrom(0x30, 0x30, 0x31, 0x32, 0x34, 0x3a),
    topic: fc.constantFrom("a", "b", "a/b", "äö", "x".repeat(130)),
    properties: fc.constantFrom("00", "00", "( 0101 )"),
    payload: fc.string({ unit: "grapheme-ascii", maxLength: 300 }).map((text) =>
      text.replaceAll("'", "")
    ),
  }),
  { maxLength: 20 },
);

Deno.test("PlainPublish says what the decoder says of the same bytes, however they are cut", () => {
  fc.assert(
    fc.property(packets, fc.constantFrom(...EVERY_VERSION), fc.nat(), (chosen, version, cut) => {
      const all = chosen.flatMap(({ first, topic, properties, payload }) => {
        const id = first > 0x31 ? "0001" : "";
        const inner = `"${topic}" ${id} ${version === 5 ? properties : ""} '${payload}'`;
        return [...wire(`${first.toString(16)} ( ${inner} )`)];
      });
      const bytes = new Uint8Array(all);
      const expected = decoderOf(version);
      expected.push(bytes);
      const wanted = drain(expected) as Publish[];
      const decoder = decoderOf(version);
      const plain = new PlainPublish();
      let index = 0;
      const at = cut % (bytes.length + 1);
      for (const chunk of [bytes.subarray(0, at), bytes.subarray(at)]) {
        decoder.push(chunk);
        for (;;) {
          if (decoder.peek(plain)) {
            const { topic, payload, qos, packetId, retain, properties } = wanted[index++]!;
            assert.deepEqual([plain.topic.name, plain.payload], [topic, payload]);
            assert.deepEqual([plain.qos, plain.packetId], [qos, packetId]);
            assert.deepEqual([retain, Object.keys(properties).length], [false, 0]);
            decoder.take(plain);
            continue;
          }
          const packet = decoder.next();
          if (packet === undefined) break;
          assert.equal(packet.type, PacketType.PUBLISH);
          assert.deepEqual(packet, wanted[index++]);
        }
      }
      assert.equal(index, wanted.length);
    }),
  );
});
