import assert from "#assert";
import fc from "fast-check";
import { topicMatches } from "../mqtt/topic_filter.ts";
import { FilterTree, NO_FILTER } from "./filter_tree.ts";
import { ScannedTopic } from "./scanned_topic.ts";
import { matchFilterArbitrary, topicArbitrary } from "./topic_fixture.ts";

const SEED = 5;

function numbersFor(tree: FilterTree, topic: string): number[] {
  const scanned = new ScannedTopic(SEED);
  scanned.scan(topic);
  const count = tree.match(scanned);
  return [...tree.found.subarray(0, count)].sort((a, b) => a - b);
}

Deno.test("FilterTree: numbers filters, and gives the numbers of removed ones again", () => {
  const tree = new FilterTree(SEED);
  const numbers = ["a/+", "a/b", "#"].map((filter) => tree.add(filter));
  assert.deepEqual([...numbers].sort(), [0, 1, 2]);
  assert.equal(tree.find("a/b"), numbers[1]);
  tree.remove("a/b");
  assert.equal(tree.find("a/b"), NO_FILTER);
  assert.equal(tree.add("c"), numbers[1]);
});

Deno.test("FilterTree.find: knows neither a part of a filter nor what it matches", () => {
  const tree = new FilterTree(SEED);
  for (const filter of ["a/b/c", "a/+/d", "x/#"]) tree.add(filter);
  for (const filter of ["a", "a/b", "a/+", "a/b/d", "a/#", "x", "x/y", "+", "", "a/b/c/d"]) {
    assert.equal(tree.find(filter), NO_FILTER, filter);
  }
});

Deno.test("FilterTree.nodeCount: a filter with a way of its own needs no branches", () => {
  const tree = new FilterTree(SEED);
  tree.add("a/b/c/d/+");
  assert.equal(tree.nodeCount, 1);
  tree.add("x/y/z");
  assert.equal(tree.nodeCount, 2);
  tree.add("a/b/+");
  assert.equal(tree.nodeCount, 5); // and the branches at a, and at a/b
});

Deno.test("FilterTree.remove: takes the branches and levels away that nothing else needs", () => {
  const tree = new FilterTree(SEED);
  tree.add("other");
  const before = [tree.nodeCount, tree.levelCount];
  const filters = ["a/b/c/+", "a/b/c/d", "a/b", "a/b/#", "a/+/c", "+/b/c", "+/b/+"];
  for (const filter of filters) tree.add(filter);
  for (const filter of filters) tree.remove(filter);
  assert.deepEqual([tree.nodeCount, tree.levelCount], before);
});

Deno.test("FilterTree.add: grows again from nothing after it was empty", () => {
  const tree = new FilterTree(SEED);
  const filters = ["a/+", "b/+", "c/+"];
  for (const filter of filters) tree.add(filter);
  for (const filter of filters) tree.remove(filter);
  assert.equal(tree.add("d"), 0);
});

Deno.test("FilterTree: uses the places of removed branches again", () => {
  const tree = new FilterTree(SEED);
  tree.add("kept");
  for (let i = 0; i < 1000; i++) {
    const filters = [`x${i}/a/+`, `x${i}/a/b`, `x${i}/+/b`];
    for (const filter of filters) tree.add(filter);
    assert.equal(numbersFor(tree, `x${i}/a/b`).length, 3);
    for (const filter of filters) tree.remove(filter);
    assert.deepEqual(numbersFor(tree, `x${i}/a/b`), []);
  }
  assert.equal(tree.nodeCount, 1);
});

Deno.test("FilterTree: is like naive matching, and empty at the end, over any calls", () => {
  const step = fc.tuple(fc.boolean(), matchFilterArbitrary);
  const steps = fc.array(step, { maxLength: 120, size: "max" });
  const topics = fc.array(topicArbitrary, { maxLength: 20, size: "max" });
  fc.assert(fc.property(steps, topics, (steps, topics) => {
    const tree = new FilterTree(SEED);
    const model = new Map<string, number>();
    for (const [adds, filter] of steps) {
      assert.equal(tree.find(filter), model.get(filter) ?? NO_FILTER);
      if (adds && !model.has(filter)) model.set(filter, tree.add(filter));
      else if (!adds && model.delete(filter)) tree.remove(filter);
    }
    assert.equal(tree.size, model.size);
    assert.equal(new Set(model.values()).size, model.size);
    for (const topic of topics) {
      const expected = [...model].filter(([filter]) => topicMatches(filter, topic));
      assert.deepEqual(numbersFor(tree, topic), expected.map(([, n]) => n).sort((a, b) => a - b));
    }
    for (const filter of model.keys()) tree.remove(filter);
    assert.deepEqual([tree.size, tree.nodeCount], [0, 0]);
  }));
});
