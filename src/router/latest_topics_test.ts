import assert from "#assert";
import { LatestTopics } from "./latest_topics.ts";

/** Asks for a topic, and tells when it was not known; returns whether it was. */
function ask(latest: LatestTopics, n: number): boolean {
  const slot = latest.slotOf(`topic/${n}`);
  if (slot === undefined) latest.add(`topic/${n}`, n);
  else assert.equal(slot, n);
  return slot !== undefined;
}

Deno.test("LatestTopics: knows the slots that it was told, and the last of each topic", () => {
  const latest = new LatestTopics();
  assert.equal(latest.slotOf("a"), undefined);
  latest.add("a", 1);
  latest.add("b", 0);
  assert.deepEqual([latest.slotOf("a"), latest.slotOf("b")], [1, 0]);
  latest.add("a", 2);
  assert.equal(latest.slotOf("a"), 2);
});

Deno.test("LatestTopics: rests while it knows few of the topics, and tries again", () => {
  const latest = new LatestTopics();
  for (let i = 0; i < 1500; i++) assert.equal(ask(latest, i), false);
  for (let i = 0; i < 5000; i++) assert.equal(ask(latest, i % 1000), false);
  let answers = 0;
  for (let i = 0; i < 20_000; i++) if (ask(latest, i % 500)) answers++;
  assert.ok(answers > 15_000, `${answers} answers`);
});

Deno.test("LatestTopics: is bounded", () => {
  const latest = new LatestTopics();
  for (let i = 0; i < 16_384; i++) latest.add(`topic/${i}`, i);
  assert.equal(latest.slotOf("topic/0"), 0);
  latest.add("topic/16384", 16_384);
  assert.equal(latest.slotOf("topic/0"), undefined);
  assert.equal(latest.slotOf("topic/16384"), 16_384);
});

Deno.test("LatestTopics: the topic that came last is known where it came last, also in a rest", () => {
  const latest = new LatestTopics();
  for (let i = 0; i < 2_000; i++) latest.slotOf(`once/${i}`); // from now on it rests
  latest.add("again", 1);
  assert.equal(latest.slotOf("again"), 1);
  latest.add("again", 2);
  assert.equal(latest.slotOf("again"), 2);
  latest.add("other", 3);
  assert.equal(latest.slotOf("again"), undefined);
});
