import assert from "#assert";
import { hasPart } from "./text_part.ts";

const CASES: readonly [part: string, text: string, has: boolean][] = [
  ["", "", true],
  ["", "a", true],
  ["pump", "Pump-1", true],
  ["UMP-", "pump-1", true],
  ["pump", "pum", false],
  ["ä", "Ä/b", true],
  ["+/#", "a/+/#", true],
  ["a+", "aa", false],
  [".", "a", false],
  ["$share/(g)[x]{1}|^", "$SHARE/(G)[X]{1}|^/t", true],
  ["\\d", "5", false],
  ["\\d", "\\D", true],
  ["a-b", "A-B", true],
  ["[", "a[0]", true],
  ["🙂", "x🙂y", true],
];

Deno.test("hasPart: a part in any case, and nothing in it means anything", () => {
  for (const [part, text, has] of CASES) {
    assert.equal(hasPart(part)(text), has, `${part} in ${text}`);
  }
});
