import assert from "#assert";
import { STATEMENTS } from "../conformance/statements.ts";
import { mutate } from "./mutation.ts";
import { MUTATIONS } from "./table.ts";

const root = new URL("../../", import.meta.url);

Deno.test("MUTATIONS find their line exactly once", async () => {
  for (const mutation of MUTATIONS) {
    mutate(await Deno.readTextFile(new URL(mutation.file, root)), mutation);
  }
});

Deno.test("MUTATIONS are about statements that exist, and about source", () => {
  const ids = new Set(STATEMENTS.map(({ id }) => id));
  for (const { id, file } of MUTATIONS) {
    assert.ok(ids.has(id), id);
    assert.match(file, /^(src\/|main\.ts$)/);
    assert.doesNotMatch(file, /_(test|conformance|fixture)\.ts$/);
  }
});

Deno.test("MUTATIONS are all different", () => {
  const changes = MUTATIONS.map((mutation) => JSON.stringify(mutation));
  assert.equal(new Set(changes).size, changes.length);
});

Deno.test("mutate() replaces the text, and refuses one that is not there exactly once", () => {
  const mutation = { id: "", file: "a.ts", find: "if (a) {", replace: "if ($&) {" };
  assert.equal(mutate("x\nif (a) {\n}", mutation), "x\nif ($&) {\n}");
  assert.throws(() => mutate("nothing", mutation), /Found 0 times in a\.ts/);
  assert.throws(() => mutate("if (a) { if (a) {", mutation), /Found 2 times/);
  assert.throws(() => mutate("a", { ...mutation, find: "a", replace: "a" }), /changes nothing/);
  assert.throws(() => mutate("a", { ...mutation, find: "a", replace: "b\nc" }), /one line/);
});
