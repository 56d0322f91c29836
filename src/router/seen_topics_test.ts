import assert from "#assert";
import { hashText, mix } from "./hash.ts";
import { SeenTopics } from "./seen_topics.ts";

function hashOf(topic: string): number {
  return mix(hashText(1, topic));
}

/** How many of `count` topics were seen before. */
function seenOf(seen: SeenTopics, count: number, prefix = "topic"): number {
  let sum = 0;
  for (let i = 0; i < count; i++) if (seen.see(hashOf(`${prefix}/${i}`))) sum++;
  return sum;
}

Deno.test("SeenTopics: has seen what it was asked for, and hardly anything else", () => {
  const seen = new SeenTopics(4096);
  assert.ok(seenOf(seen, 100) <= 1);
  assert.ok(seenOf(seen, 100) >= 98);
  assert.ok(seenOf(seen, 100, "other") <= 1);
});

Deno.test("SeenTopics: forgets what long did not come", () => {
  const seen = new SeenTopics(64);
  seenOf(seen, 50);
  seenOf(seen, 1000, "other");
  assert.ok(seenOf(seen, 50) <= 5);
});

Deno.test("SeenTopics: topics that share a place and come in turn are all seen in the end", () => {
  const seen = new SeenTopics(1);
  const waiting = new Set(["a", "b", "c", "d"]);
  for (let round = 0; round < 10; round++) {
    for (const topic of waiting) if (seen.see(hashOf(topic))) waiting.delete(topic);
  }
  assert.deepEqual([...waiting], []);
});

Deno.test("SeenTopics: tells apart topics of one place by the rest of their hashes", () => {
  const seen = new SeenTopics(16);
  seen.see(0x1234_0005);
  assert.equal(seen.see(0x5678_0005), false);
  assert.equal(seen.see(0x1234_0005), true);
});
