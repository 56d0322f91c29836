import assert from "#assert";
import { replaceMeasured } from "./document.ts";

const TASK = "bench:compare";
const BEGIN = "<!-- measured: begin. Written by `deno task bench:compare`. -->";
const OTHER = "<!-- measured: begin. Written by `deno task bench:other`. -->";
const END = "<!-- measured: end -->";

Deno.test("replaceMeasured() replaces what is between the markers, again and again", () => {
  const document = `before\n\n${BEGIN}\n\nold\n\n${END}\n\nafter\n`;
  const once = replaceMeasured(document, TASK, "new\n");
  assert.match(once, /^before\n\n<!-- measured: begin[^]*\nnew\n[^]*measured: end -->\n\nafter\n$/);
  assert.doesNotMatch(once, /old/);
  assert.equal(replaceMeasured(once, TASK, "new\n"), once);
});

Deno.test("replaceMeasured() leaves the sections of other tasks alone", () => {
  const document = `${OTHER}\nother\n${END}\n${BEGIN}\nold\n${END}\n`;
  const replaced = replaceMeasured(document, TASK, "new");
  assert.ok(replaced.startsWith(`${OTHER}\nother\n${END}\n${BEGIN}\n`));
  assert.match(replaced, /\nnew\n/);
});

Deno.test("replaceMeasured() throws without markers in order", () => {
  assert.throws(() => replaceMeasured("text", TASK, "new"));
  assert.throws(() => replaceMeasured(`${END}${BEGIN}`, TASK, "new"));
});

for (
  const [name, task] of [["performance", "bench:compare"], ["capacity", "bench:capacity"]] as const
) {
  Deno.test(`docs/${name}.md has a place for figures of ${task}`, async () => {
    const url = new URL(`../../docs/${name}.md`, import.meta.url);
    replaceMeasured(await Deno.readTextFile(url), task, "new");
  });
}
