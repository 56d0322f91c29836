import assert from "#assert";
import { replaceMeasured } from "./document.ts";

const BEGIN = "<!-- measured: begin. Written by `deno task bench:compare`. -->";
const END = "<!-- measured: end -->";

Deno.test("replaceMeasured() replaces what is between the markers, again and again", () => {
  const document = `before\n\n${BEGIN}\n\nold\n\n${END}\n\nafter\n`;
  const once = replaceMeasured(document, "new\n");
  assert.match(once, /^before\n\n<!-- measured: begin[^]*\nnew\n[^]*measured: end -->\n\nafter\n$/);
  assert.doesNotMatch(once, /old/);
  assert.equal(replaceMeasured(once, "new\n"), once);
});

Deno.test("replaceMeasured() throws without markers in order", () => {
  assert.throws(() => replaceMeasured("text", "new"));
  assert.throws(() => replaceMeasured(`${END}${BEGIN}`, "new"));
});

Deno.test("docs/performance.md has a place for measured figures", async () => {
  const url = new URL("../../docs/performance.md", import.meta.url);
  replaceMeasured(await Deno.readTextFile(url), "new");
});
