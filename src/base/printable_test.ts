import assert from "#assert";
import { printable } from "./printable.ts";

for (
  const [what, text, expected] of [
    ["plain text", "client-1 é 漢字 🌊", "client-1 é 漢字 🌊"],
    ["line ends", "a\r\nb", "a\\u000d\\u000ab"],
    ["a terminal escape", "\x1b[2J", "\\u001b[2J"],
    ["a C1 terminal escape", "\x9b2J", "\\u009b2J"],
    ["DEL", "\x7f", "\\u007f"],
    ["line and paragraph separators", "\u2028\u2029", "\\u2028\\u2029"],
    ["a change of direction", "\u202eabc\u2066", "\\u202eabc\\u2066"],
    ["characters without width", "a\u200bb\ufeffc", "a\\u200bb\\ufeffc"],
    ["NUL", "\0", "\\u0000"],
  ] as const
) {
  Deno.test(`printable: ${what}`, () => {
    assert.equal(printable(text), expected);
  });
}
