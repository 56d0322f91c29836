import assert from "#assert";
import fc from "fast-check";
import { FrameScanner } from "./frame_scanner.ts";

/** A packet with this type and a body of that many bytes. */
function packet(header: number, bodyLength: number): Uint8Array {
  const length: number[] = [];
  for (let rest = bodyLength;;) {
    length.push(rest % 128 + (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
    if (rest === 0) break;
  }
  return Uint8Array.of(header, ...length, ...Array.from({ length: bodyLength }, (_, i) => i % 251));
}

/** What a connection does with chunks: the packets' first bytes and bodies. */
function scan(chunks: readonly Uint8Array[]): { header: number; body: number[] }[] {
  const scanner = new FrameScanner();
  const shared = new Uint8Array(1 << 18);
  const found: { header: number; body: number[] }[] = [];
  for (const chunk of chunks) {
    shared.fill(0xff); // another connection has used it meanwhile
    const kept = scanner.restore(shared);
    shared.set(chunk, kept);
    scanner.begin(shared, kept + chunk.length);
    while (scanner.next()) {
      found.push({
        header: scanner.header,
        body: [...shared.subarray(scanner.start, scanner.end)],
      });
    }
  }
  return found;
}

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length]
    .sort((a, b) => a - b);
  return sorted.slice(1).map((end, index) => bytes.slice(sorted[index], end));
}

Deno.test("FrameScanner finds the same packets wherever the stream is cut", () => {
  const lengths = fc.array(fc.oneof(fc.nat(300), fc.constantFrom(0, 127, 128, 16_383, 16_384)), {
    maxLength: 8,
  });
  fc.assert(fc.property(lengths, fc.array(fc.nat(100_000), { maxLength: 12 }), (sizes, places) => {
    const packets = sizes.map((size, index) => packet(0x30 + index, size));
    const stream = Uint8Array.from(packets.flatMap((bytes) => [...bytes]));
    const found = scan(cut(stream, places));
    assert.deepEqual(found.map(({ header }) => header), sizes.map((_, index) => 0x30 + index));
    assert.deepEqual(found.map(({ body }) => body.length), sizes);
    for (const { body } of found) assert.ok(body.every((byte, index) => byte === index % 251));
  }));
});

Deno.test("FrameScanner finds packets that come byte by byte", () => {
  const stream = Uint8Array.of(...packet(0x40, 2), ...packet(0xd0, 0), ...packet(0x30, 200));
  const found = scan([...stream].map((byte) => Uint8Array.of(byte)));
  assert.deepEqual(found.map(({ header }) => header), [0x40, 0xd0, 0x30]);
});

Deno.test("FrameScanner keeps an incomplete packet when there was nothing to read", () => {
  const scanner = new FrameScanner();
  const shared = new Uint8Array(64);
  shared.set([0x40, 2, 1]);
  scanner.begin(shared, 3);
  assert.equal(scanner.next(), false);
  assert.equal(scanner.restore(shared), 3);
  assert.equal(scanner.restore(shared), 3);
});

Deno.test("FrameScanner throws on a remaining length of five bytes", () => {
  assert.throws(() => scan([Uint8Array.of(0x30, 0x80, 0x80, 0x80, 0x80, 0x01)]), RangeError);
});
