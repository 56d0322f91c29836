import assert from "#assert";
import { FormatError } from "./bytes.ts";
import { uncompress } from "./snappy.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (text: string) => [...new TextEncoder().encode(text)];

for (
  const [name, compressed, expected] of [
    ["nothing", [0], ""],
    ["a literal", [5, 4 << 2, ...bytes("hello")], "hello"],
    ["a copy with 11 bits of distance", [8, 3 << 2, ...bytes("abcd"), 0 << 2 | 1, 4], "abcdabcd"],
    ["a copy with 16 bits of distance", [6, 1 << 2, ...bytes("ab"), 3 << 2 | 2, 2, 0], "ababab"],
    ["a copy with 32 bits of distance", [4, 0, ...bytes("x"), 2 << 2 | 3, 1, 0, 0, 0], "xxxx"],
    ["a length of one byte", [61, 60 << 2, 60, ...bytes("y".repeat(61))], "y".repeat(61)],
    [
      "a length of two bytes",
      [0xac, 2, 61 << 2, 43, 1, ...bytes("z".repeat(300))],
      "z".repeat(300),
    ],
  ] as const
) {
  Deno.test(`uncompress: ${name}`, () => {
    assert.equal(text(uncompress(Uint8Array.from(compressed), 1000)), expected);
  });
}

for (
  const [name, compressed] of [
    ["no bytes", []],
    ["a literal that is cut off", [5, 4 << 2, ...bytes("hell")]],
    ["a copy from in front of the data", [5, 0, 97, 0 << 2 | 1, 2]],
    ["a copy of distance 0", [5, 0, 97, 0 << 2 | 1, 0]],
    ["less than was announced", [6, 4 << 2, ...bytes("hello")]],
    ["more than was announced", [4, 4 << 2, ...bytes("hello")]],
    ["a copy of more than was announced", [3, 0, 97, 0 << 2 | 1, 1]],
    ["more than the limit", [0xe9, 7]],
  ] as const
) {
  Deno.test(`uncompress: ${name} is refused`, () => {
    assert.throws(() => uncompress(Uint8Array.from(compressed), 1000), FormatError);
  });
}
