import assert from "#assert";
import { decodeUtf8, utf8Length, writeUtf8 } from "./utf8.ts";

/** Longer than what is decoded by hand, so that a text behind it takes the other way. */
const LONG = "x".repeat(100);

Deno.test("[MQTT-1.5.4-1] decodeUtf8: every code point comes back, surrogates and U+0000 never", () => {
  for (let code = 0; code <= 0x10ffff; code += code < 0x1_1000 ? 1 : 251) {
    const bytes = encodedByHand(code);
    const legal = code !== 0 && (code < 0xd800 || code > 0xdfff);
    const expected = legal ? String.fromCodePoint(code) : undefined;
    assert.equal(decodeUtf8(bytes, 0, bytes.length), expected);
    if (!legal) continue;
    assert.equal(utf8Length(expected!), bytes.length);
    const written = new Uint8Array(4);
    const end = writeUtf8(written, 0, expected!);
    assert.deepEqual(written.subarray(0, end), bytes);
  }
});

Deno.test("[MQTT-1.5.4-1] decodeUtf8: what is ill-formed is refused, short or long", () => {
  const illFormed = [
    [0x80], // a continuation on its own
    [0xbf, 0x61],
    [0xc3], // cut off
    [0xc3, 0x28],
    [0xe2, 0x82],
    [0xe2, 0x28, 0xa1],
    [0xf0, 0x9f, 0x98],
    [0xf0, 0x28, 0x8c, 0xbc],
    [0xc0, 0x80], // longer than needed
    [0xc1, 0xbf],
    [0xe0, 0x80, 0xaf],
    [0xe0, 0x9f, 0xbf],
    [0xf0, 0x80, 0x80, 0xaf],
    [0xf0, 0x8f, 0xbf, 0xbf],
    [0xed, 0xa0, 0x80], // surrogates
    [0xed, 0xbf, 0xbf],
    [0xed, 0xa0, 0x81, 0xed, 0xb0, 0x80],
    [0xf4, 0x90, 0x80, 0x80], // beyond U+10FFFF
    [0xf5, 0x80, 0x80, 0x80],
    [0xf8, 0x88, 0x80, 0x80, 0x80],
    [0xfe],
    [0xff],
  ];
  for (const sequence of illFormed) {
    for (const before of ["", "a", LONG]) {
      const bytes = new Uint8Array([...new TextEncoder().encode(before), ...sequence]);
      assert.equal(decodeUtf8(bytes, 0, bytes.length), undefined, sequence.join());
    }
  }
});

Deno.test("[MQTT-1.5.4-2] decodeUtf8: U+0000 is refused wherever it stands", () => {
  for (const text of ["\0", "a\0", "\0a", "ä\0", LONG + "\0", "\0" + LONG]) {
    const bytes = new TextEncoder().encode(text);
    assert.equal(decodeUtf8(bytes, 0, bytes.length), undefined);
  }
});

Deno.test("[MQTT-1.5.4-3] decodeUtf8: a byte order mark is a character like others", () => {
  for (const text of ["\ufeff", "\ufeffa", "a\ufeff", "\ufeff\ufeff", "\ufeff" + LONG]) {
    const bytes = new TextEncoder().encode(text);
    assert.equal(decodeUtf8(bytes, 0, bytes.length), text);
  }
});

Deno.test("decodeUtf8: reads from start to end and nothing else", () => {
  for (
    const text of ["", "a", "abc", "topic/7", "x".repeat(64), "x".repeat(65), "äöü", LONG + "ß"]
  ) {
    const inner = new TextEncoder().encode(text);
    const bytes = new Uint8Array(inner.length + 4).fill(0xff);
    bytes.set(inner, 2);
    assert.equal(decodeUtf8(bytes, 2, 2 + inner.length), text);
  }
});

Deno.test("utf8Length: is -1 for what can be no UTF-8 Encoded String", () => {
  const impossible = [
    "\0",
    "a\0",
    "ä\0",
    "\ud800",
    "\udfff",
    "a\udc00",
    "\udc00\udc00",
    "\udc00\ud800",
    "\ud800a",
    "\ud800\ue000",
    "\udbff\udbff",
    "\ud83d\ud83d\ude0a",
  ];
  for (const text of impossible) assert.equal(utf8Length(text), -1, JSON.stringify(text));
});

Deno.test("utf8Length: counts mixed text as TextEncoder does", () => {
  for (const text of ["", "a", "aä", "äa", "a€b", "\u{1f60a}", "a\u{1f60a}ä€z", LONG + "ä"]) {
    const bytes = new TextEncoder().encode(text);
    assert.equal(utf8Length(text), bytes.length);
    const written = new Uint8Array(bytes.length);
    assert.equal(writeUtf8(written, 0, text), bytes.length);
    assert.deepEqual(written, bytes);
  }
});

/** Without the encoder under test and without TextEncoder, which replaces surrogates. */
function encodedByHand(code: number): Uint8Array {
  if (code < 0x80) return new Uint8Array([code]);
  const tail = (shift: number) => 0x80 + Math.floor(code / 2 ** shift) % 64;
  if (code < 0x800) return new Uint8Array([0xc0 + Math.floor(code / 64), tail(0)]);
  if (code < 0x1_0000) return new Uint8Array([0xe0 + Math.floor(code / 4096), tail(6), tail(0)]);
  return new Uint8Array([0xf0 + Math.floor(code / 262_144), tail(12), tail(6), tail(0)]);
}
