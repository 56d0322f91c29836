import assert from "#assert";
import { SeededRandom } from "../../base/random.ts";
import { crc32c, maskedCrc32c } from "./crc32c.ts";

const ascending = Uint8Array.from({ length: 32 }, (_, at) => at);

for (
  const [name, bytes, expected] of [
    ["no bytes", new Uint8Array(0), 0],
    ["123456789", new TextEncoder().encode("123456789"), 0xe3069283],
    ["32 zeros", new Uint8Array(32), 0x8a9136aa],
    ["32 times 0xff", new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ["0 to 31", ascending, 0x46dd794e],
    ["31 to 0", ascending.toReversed(), 0x113fdb5c],
  ] as const
) {
  Deno.test(`crc32c: the published checksum of ${name}`, () => {
    assert.equal(crc32c(bytes), expected);
  });
}

Deno.test("crc32c: is what one bit after the other gives, at any place and length", () => {
  const bytes = new SeededRandom(1).bytes(100);
  for (let start = 0; start < 20; start++) {
    for (let end = start; end <= bytes.length; end++) {
      assert.equal(crc32c(bytes, start, end), bitwise(bytes.subarray(start, end)));
    }
  }
});

Deno.test("crc32c: goes on where other bytes ended", () => {
  const bytes = new SeededRandom(2).bytes(64);
  for (let cut = 0; cut <= bytes.length; cut++) {
    assert.equal(crc32c(bytes, cut, bytes.length, crc32c(bytes, 0, cut)), crc32c(bytes));
  }
});

Deno.test("maskedCrc32c: rotates by 15 bits and adds LevelDB's constant", () => {
  assert.equal(maskedCrc32c(0), 0xa282ead8);
  assert.equal(maskedCrc32c(0x00008000), 0xa282ead9);
  assert.equal(maskedCrc32c(0xffffffff), 0xa282ead7);
});

/** The definition, without tables. */
function bitwise(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}
