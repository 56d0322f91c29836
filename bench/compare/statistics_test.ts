import assert from "#assert";
import { median } from "./statistics.ts";

Deno.test("median() is the middle one, by number and not by text", () => {
  assert.equal(median([10, 9, 100]), 10);
  assert.equal(median([5]), 5);
});

Deno.test("median() of an even count lies between the two in the middle", () => {
  assert.equal(median([4, 1, 3, 2]), 2.5);
});

Deno.test("median() changes nothing and has none of nothing", () => {
  const values = [3, 1, 2];
  median(values);
  assert.deepEqual(values, [3, 1, 2]);
  assert.ok(Number.isNaN(median([])));
});
