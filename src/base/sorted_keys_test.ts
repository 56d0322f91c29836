import assert from "#assert";
import { SeededRandom } from "./random.ts";
import { SortedKeys } from "./sorted_keys.ts";

Deno.test("SortedKeys pages forwards and backwards, from a key that need not be there", () => {
  const keys = new SortedKeys();
  for (const key of ["d", "b", "f", "b"]) keys.add(key);
  assert.equal(keys.size, 3);
  assert.deepEqual(keys.after(undefined, 2), ["b", "d"]);
  assert.deepEqual(keys.after("b", 9), ["d", "f"]);
  assert.deepEqual(keys.after("c", 9), ["d", "f"]);
  assert.deepEqual(keys.after("z", 9), []);
  assert.deepEqual(keys.from("d", 9), ["d", "f"]);
  assert.deepEqual(keys.from("c", 1), ["d"]);
  assert.deepEqual(keys.before(undefined, 2), ["f", "d"]);
  assert.deepEqual(keys.before("f", 9), ["d", "b"]);
  assert.deepEqual(keys.before("e", 1), ["d"]);
  assert.deepEqual(keys.before("a", 9), []);
});

Deno.test("SortedKeys says whether a key was new, and whether it was there", () => {
  const keys = new SortedKeys();
  assert.deepEqual([keys.add("a"), keys.add("a")], [true, false]);
  assert.deepEqual([keys.delete("a"), keys.delete("a")], [true, false]);
  assert.equal(keys.size, 0);
  assert.deepEqual(keys.after(undefined, 1), []);
  assert.deepEqual(keys.before(undefined, 1), []);
});

Deno.test("SortedKeys agrees with a sorted array after thousands of changes", () => {
  const random = new SeededRandom(7);
  const keys = new SortedKeys();
  const model = new Set<string>();
  for (let step = 0; step < 20_000; step++) {
    const key = `k${random.below(6_000)}`;
    if (random.below(3) === 0) assert.equal(keys.delete(key), model.delete(key));
    else {
      assert.equal(keys.add(key), !model.has(key));
      model.add(key);
    }
  }
  const sorted = [...model].sort();
  assert.equal(keys.size, sorted.length);
  assert.deepEqual(keys.after(undefined, Infinity), sorted);
  assert.deepEqual(keys.before(undefined, Infinity), sorted.toReversed());
  for (let at = 0; at < sorted.length; at += 97) {
    assert.deepEqual(keys.after(sorted[at]!, 600), sorted.slice(at + 1, at + 601));
    assert.deepEqual(keys.from(sorted[at]!, 3), sorted.slice(at, at + 3));
    assert.deepEqual(keys.before(sorted[at]!, 3), sorted.slice(Math.max(0, at - 3), at).reverse());
  }
});

Deno.test("SortedKeys takes keys that come in order, and gives them all back", () => {
  const keys = new SortedKeys();
  const all = Array.from({ length: 5_000 }, (_, index) => String(index).padStart(5, "0"));
  for (const key of all) keys.add(key);
  assert.deepEqual(keys.after(undefined, Infinity), all);
  for (const key of all) assert.ok(keys.delete(key));
  assert.equal(keys.size, 0);
});
