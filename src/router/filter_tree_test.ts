import assert from "#assert";
import fc from "fast-check";
import { topicMatches } from "../mqtt/topic_filter.ts";
import { FilterTree, NO_FILTER } from "./filter_tree.ts";
import { hashText } from "./hash.ts";
import { NumberList } from "./number_list.ts";
import { ScannedTopic } from "./scanned_topic.ts";
import { matchFilterArbitrary, topicArbitrary } from "./topic_fixture.ts";

const SEED = 5;

function treeOf(...filters: string[]): FilterTree {
  const tree = new FilterTree(SEED);
  for (const filter of filters) tree.add(filter);
  return tree;
}

/** The numbers of what matches, in ascending order. */
function numbersFor(tree: FilterTree, topic: string): number[] {
  const scanned = new ScannedTopic(SEED);
  scanned.scan(topic);
  const found = new NumberList();
  tree.match(scanned, found);
  return Array.from({ length: found.length }, (_, i) => found.at(i)).sort((a, b) => a - b);
}

function expectMatches(tree: FilterTree, topic: string, filters: string[]): void {
  const numbers = filters.map((filter) => tree.find(filter)).sort((a, b) => a - b);
  assert.deepEqual(numbersFor(tree, topic), numbers, topic);
}

Deno.test("FilterTree: numbers filters, and gives the numbers of removed ones again", () => {
  const tree = treeOf();
  const numbers = ["a/+", "a/b", "#"].map((filter) => tree.add(filter));
  assert.deepEqual(numbers, [0, 1, 2]);
  assert.equal(tree.find("a/b"), 1);
  tree.remove("a/b");
  assert.equal(tree.find("a/b"), NO_FILTER);
  assert.equal(tree.add("c"), 1);
});

Deno.test("FilterTree: starts anew when it was empty", () => {
  const filters = ["a/+", "b/+", "c/+"];
  const tree = treeOf(...filters);
  for (const filter of filters) tree.remove(filter);
  assert.deepEqual(numbersFor(tree, "a/b"), []);
  assert.equal(tree.add("d"), 0);
});

Deno.test("FilterTree.find: knows neither a part of a filter nor what it matches", () => {
  const tree = treeOf("a/b/c", "a/+/d", "x/#");
  for (const filter of ["a", "a/b", "a/+", "a/b/d", "a/#", "x", "x/y", "+", "", "a/b/c/d"]) {
    assert.equal(tree.find(filter), NO_FILTER, filter);
  }
  assert.deepEqual(["a/b/c", "a/+/d", "x/#"].map((filter) => tree.find(filter)), [0, 1, 2]);
});

Deno.test("FilterTree.nodeCount: a filter with a way of its own needs no branches", () => {
  const tree = treeOf("a/b/c/d/+");
  assert.equal(tree.nodeCount, 1);
  tree.add("x/y/z");
  assert.equal(tree.nodeCount, 2);
  tree.add("a/b/+");
  assert.equal(tree.nodeCount, 5); // and the branches at a, and at a/b
});

Deno.test("FilterTree.remove: takes the branches away that nothing else needs", () => {
  const tree = treeOf("other");
  const filters = ["a/b/c/+", "a/b/c/d", "a/b", "a/b/#", "a/+/c", "+/b/c", "+/b/+"]
    .concat(["a long level/a/+", "a long level/a/b", "a long level/another one/+"]);
  for (let round = 0; round < 3; round++) {
    for (const filter of filters) tree.add(filter);
    expectMatches(tree, "a/b/c", ["+/b/+", "+/b/c", "a/+/c", "a/b/#"]);
    for (const filter of filters) tree.remove(filter);
    expectMatches(tree, "a/b/c", []);
    assert.equal(tree.nodeCount, 1);
  }
});

Deno.test("FilterTree: tells levels with the same hash apart", () => {
  const [one, other] = collision();
  assert.equal(hashText(SEED, one), hashText(SEED, other));
  const filtersOf = (level: string) => [`${level}/+`, `${level}/a`, `x/${level}`, `y/${level}/b/+`];
  const tree = treeOf("x/other", "y/other", ...filtersOf(one));
  for (const rest of ["a", "b/c"]) {
    // After the one, when the tree has just been certain of it, and before.
    for (const topic of [`y/${one}/${rest}`, `y/${other}/${rest}`, `${other}/${rest}`]) {
      expectMatches(tree, topic, topic === `y/${one}/b/c` ? [`y/${one}/b/+`] : []);
    }
  }
  expectMatches(tree, `x/${one}`, [`x/${one}`]);
  expectMatches(tree, `x/${other}`, []);
  for (const filter of filtersOf(other)) tree.add(filter);
  expectMatches(tree, `${one}/a`, [`${one}/+`, `${one}/a`]);
  expectMatches(tree, `${other}/a`, [`${other}/+`, `${other}/a`]);
  expectMatches(tree, `x/${one}`, [`x/${one}`]);
  for (const filter of filtersOf(one)) tree.remove(filter);
  expectMatches(tree, `${one}/a`, []);
  expectMatches(tree, `${other}/a`, [`${other}/+`, `${other}/a`]);
  expectMatches(tree, `x/${one}`, []);
  expectMatches(tree, `x/${other}`, [`x/${other}`]);
});

/** Two levels whose hashes are the same. */
function collision(): [string, string] {
  const seen = new Map<number, string>();
  for (let i = 0;; i++) {
    const level = `long level ${i}`;
    const hash = hashText(SEED, level);
    const other = seen.get(hash);
    if (other !== undefined) return [other, level];
    seen.set(hash, level);
  }
}

Deno.test("FilterTree: is like naive matching, and empty at the end, over any calls", () => {
  const step = fc.tuple(fc.boolean(), matchFilterArbitrary);
  const steps = fc.array(step, { maxLength: 120, size: "max" });
  const topics = fc.array(topicArbitrary, { maxLength: 20, size: "max" });
  fc.assert(fc.property(steps, topics, (steps, topics) => {
    // Never empty, so that it cannot start anew and hide what it leaves behind.
    const tree = treeOf("kept");
    const model = new Map<string, number>();
    for (const [adds, filter] of steps) {
      assert.equal(tree.find(filter), model.get(filter) ?? NO_FILTER);
      if (adds && !model.has(filter)) model.set(filter, tree.add(filter));
      else if (!adds && model.delete(filter)) tree.remove(filter);
    }
    assert.equal(tree.size, 1 + model.size);
    for (const topic of topics) {
      const expected = [...model.keys()].filter((filter) => topicMatches(filter, topic));
      expectMatches(tree, topic, expected);
    }
    for (const filter of model.keys()) tree.remove(filter);
    assert.deepEqual([tree.size, tree.nodeCount], [1, 1]);
    tree.remove("kept");
    assert.deepEqual([tree.size, tree.nodeCount], [0, 0]);
  }));
});
