import assert from "#assert";
import fc from "fast-check";
import { TOPIC_LEVELS_MAX, topicLevels } from "../mqtt/topic.ts";
import { ScannedTopic } from "./scanned_topic.ts";

function scanned(text: string, seed = 1): ScannedTopic {
  const topic = new ScannedTopic(seed);
  topic.scan(text);
  return topic;
}

/** The key of a level. */
function keyOf(level: string, seed = 1): [number, number] {
  const { lowKeys, highKeys } = scanned(level, seed);
  return [lowKeys[0]!, highKeys[0]!];
}

Deno.test("ScannedTopic: finds where levels begin and end", () => {
  for (const text of ["a", "a/b", "/", "a/", "/a", "//", "site/17/a long level/ü/", ""]) {
    const topic = scanned(text);
    const levels = Array.from({ length: topic.levelCount }, (_, level) => {
      return text.slice(topic.start(level), topic.ends[level]);
    });
    assert.deepEqual(levels, topicLevels(text));
  }
});

Deno.test("ScannedTopic: counts levels up to one more than a filter may have", () => {
  for (const count of [TOPIC_LEVELS_MAX - 1, TOPIC_LEVELS_MAX, TOPIC_LEVELS_MAX + 1, 1000]) {
    const expected = Math.min(count, TOPIC_LEVELS_MAX + 1);
    assert.equal(scanned("a/".repeat(count - 1) + "a").levelCount, expected);
  }
});

Deno.test("ScannedTopic: the keys of short ASCII levels are the levels, whatever the seed", () => {
  const levels = ["", "a", "b", "ab", "ba", "abcdefgh", "xbcdefgh", "abcdefgx", "abcdxfgh", "\x7f"];
  for (const level of levels) {
    assert.equal(scanned(level).isExact(0), true, level);
    assert.deepEqual(keyOf(level, 1), keyOf(level, 2));
  }
  assert.equal(new Set(levels.map((level) => `${keyOf(level)}`)).size, levels.length);
});

Deno.test("ScannedTopic: the keys of other levels are hashes that depend on the seed", () => {
  for (const level of ["abcdefghi", "ü", "\x80", "\u0100", "🌊", "a much longer level"]) {
    assert.equal(scanned(level).isExact(0), false, level);
    assert.notDeepEqual(keyOf(level, 1), keyOf(level, 2));
  }
});

Deno.test("ScannedTopic: equal keys that are exact are equal levels", () => {
  // Without U+0000: no topic has it.
  const level = fc.string({ unit: "binary", maxLength: 10 })
    .filter((text) => !/[\0/]/.test(text));
  const [first, second] = [new ScannedTopic(1), new ScannedTopic(1)];
  fc.assert(
    fc.property(level, level, (one, other) => {
      first.scan(one);
      second.scan(other);
      const isSame = first.lowKeys[0] === second.lowKeys[0] &&
        first.highKeys[0] === second.highKeys[0];
      if (one === other) assert.ok(isSame);
      else if (isSame) assert.equal(first.isExact(0), false);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("ScannedTopic.prefixHash: is that of the leading levels, or of all", () => {
  assert.equal(scanned("a/b/c").prefixHash(2), scanned("a/b/x").prefixHash(2));
  assert.notEqual(scanned("a/b/c").prefixHash(3), scanned("a/b/x").prefixHash(3));
  assert.equal(scanned("a/b").prefixHash(3), scanned("a/b").prefixHash(2));
  assert.equal(scanned("a").prefixHash(1), scanned("a/#").prefixHash(1));
  assert.notEqual(scanned("/a").prefixHash(2), scanned("a/").prefixHash(2));
});

Deno.test("ScannedTopic.hash: is that of the whole text, and depends on the seed", () => {
  const texts = [
    "",
    "/",
    "//",
    "a",
    "a/",
    "/a",
    "a/b",
    "b/a",
    "a/b/c/d",
    "a/b/c/e",
    "a/b/d/c",
    "ü/a",
  ];
  for (const text of texts) {
    assert.equal(scanned(text).hash, scanned(text).hash);
    assert.notEqual(scanned(text, 1).hash, scanned(text, 2).hash, text);
  }
  assert.equal(new Set(texts.map((text) => scanned(text).hash)).size, texts.length);
});

Deno.test("ScannedTopic.hash: spreads topics of numbers like any others over its low bits", () => {
  const sets = new Int32Array(8192);
  for (let site = 0; site < 100; site++) {
    for (let device = 0; device < 100; device++) {
      sets[scanned(`site/${site}/device/${device}/state`).hash & sets.length - 1]!++;
    }
  }
  const free = sets.filter((count) => count === 0).length;
  // Of 10,000 balls in 8,192 boxes, e^(-10,000 / 8,192) of the boxes stay free.
  assert.ok(Math.abs(free - 2417) < 200, `${free} are free`);
});
