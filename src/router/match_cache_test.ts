import assert from "#assert";
import type { Match, Subscriber } from "./match.ts";
import { MatchCache } from "./match_cache.ts";
import { SubscribedRecipient } from "./recipient.ts";
import { client, subscription } from "./router_fixture.ts";
import { ScannedTopic } from "./scanned_topic.ts";

const SEED = 3;

function matchOf(recipientCount: number): Match<Subscriber> {
  const recipient = new SubscribedRecipient(client("a"), subscription("a"));
  const recipients = new Array<typeof recipient>(recipientCount).fill(recipient);
  return { recipients, groups: [], hasNoLocal: false };
}

const MATCH = matchOf(1);

function offer(cache: MatchCache<Subscriber>, topic: string, match = MATCH): void {
  const scanned = new ScannedTopic(SEED);
  scanned.scan(topic);
  cache.offer(scanned, match);
}

Deno.test("MatchCache: gives back what was offered", () => {
  const cache = new MatchCache<Subscriber>(10, SEED);
  assert.equal(cache.get("a/b"), undefined);
  offer(cache, "a/b");
  assert.equal(cache.get("a/b"), MATCH);
  assert.equal(cache.get("a/c"), undefined);
});

/** A filter that changes, and whether that may change the result of the topic `a/b/c/d`. */
const changes: [string, boolean][] = [
  ["a/b/c/d", true],
  ["a/b/c/e", false],
  ["a/b/c", false],
  ["#", true],
  ["+/b", true],
  ["a/#", true],
  ["a/+/x", true],
  ["x/#", false],
  ["a/b/#", true],
  ["a/x/#", false],
  ["a/b/c/+", true],
  ["a/b/x/+", false],
  ["a/b/c/d/#", true],
  ["/#", false],
];
for (const [filter, isChange] of changes) {
  Deno.test(`MatchCache.changed: ${filter} ${isChange ? "ends" : "leaves"} a/b/c/d`, () => {
    const cache = new MatchCache<Subscriber>(10, SEED);
    offer(cache, "a/b/c/d");
    cache.changed(filter);
    assert.equal(cache.get("a/b/c/d"), isChange ? undefined : MATCH);
    const next = matchOf(2);
    if (isChange) offer(cache, "a/b/c/d", next);
    assert.equal(cache.get("a/b/c/d"), isChange ? next : MATCH);
  });
}

Deno.test("MatchCache.changed: a/# ends the topic a, and /# topics with an empty first level", () => {
  const cache = new MatchCache<Subscriber>(10, SEED);
  for (const topic of ["a", "/", "/x"]) offer(cache, topic);
  cache.changed("a/#");
  assert.deepEqual(["a", "/", "/x"].map((topic) => cache.get(topic)), [undefined, MATCH, MATCH]);
  cache.changed("/#");
  assert.deepEqual(["/", "/x"].map((topic) => cache.get(topic)), [undefined, undefined]);
});

Deno.test("MatchCache: never holds more topics than its size", () => {
  const cache = new MatchCache<Subscriber>(100, SEED);
  for (let i = 0; i < 10_000; i++) {
    offer(cache, `topic/${i}`);
    assert.ok(cache.size <= 100);
  }
  assert.equal(cache.size, 100);
  assert.equal(cache.recipientCount, 100);
});

Deno.test("MatchCache: keeps the topics that are asked for among a stream of others", () => {
  const cache = new MatchCache<Subscriber>(100, SEED);
  const wanted = Array.from({ length: 50 }, (_, i) => `wanted/${i}`);
  for (const topic of wanted) offer(cache, topic);
  for (let i = 0; i < 10_000; i++) {
    for (const topic of i % 50 === 0 ? wanted : []) cache.get(topic);
    offer(cache, `other/${i}`);
  }
  const kept = wanted.filter((topic) => cache.get(topic) !== undefined).length;
  assert.ok(kept >= 45, `${kept} of ${wanted.length} kept`);
});

Deno.test("MatchCache: the topics in use drive out those that are no longer", () => {
  const cache = new MatchCache<Subscriber>(100, SEED);
  const wanted = Array.from({ length: 60 }, (_, i) => `wanted/${i}`);
  for (let i = 0; i < 100; i++) {
    offer(cache, `old/${i}`);
    cache.get(`old/${i}`);
  }
  for (let round = 0; round < 600; round++) {
    for (const topic of wanted) if (cache.get(topic) === undefined) offer(cache, topic);
  }
  assert.deepEqual(wanted.filter((topic) => cache.get(topic) === undefined), []);
});

Deno.test("MatchCache: bounds the recipients of all results together", () => {
  const cache = new MatchCache<Subscriber>(100, SEED);
  const bound = 100 * 16;
  for (let i = 0; i < 1000; i++) {
    offer(cache, `topic/${i % 100}`, matchOf(i % 300));
    assert.ok(cache.recipientCount <= bound, `${cache.recipientCount}`);
  }
  assert.ok(cache.recipientCount > bound / 2);
});

Deno.test("MatchCache: does not keep very large results and very long topics", () => {
  const cache = new MatchCache<Subscriber>(1000, SEED);
  offer(cache, "large", matchOf(4097));
  offer(cache, "a".repeat(257));
  assert.equal(cache.size, 0);
  offer(cache, "large", matchOf(4096));
  offer(cache, "a".repeat(256));
  assert.equal(cache.size, 2);
});

Deno.test("MatchCache: lets go of results that are no longer good, though nobody asks", () => {
  const cache = new MatchCache<Subscriber>(100, SEED);
  for (let i = 0; i < 100; i++) offer(cache, `a/${i}`);
  for (let i = 0; i < 50; i++) cache.changed("a/+");
  assert.deepEqual([cache.size, cache.recipientCount], [0, 0]);
  offer(cache, "a/1");
  assert.equal(cache.get("a/1"), MATCH);
});

Deno.test("MatchCache: rests while it knows few of the topics, and tries again", () => {
  const cache = new MatchCache<Subscriber>(10_000, SEED);
  const ask = (topic: string) => {
    const known = cache.get(topic) !== undefined;
    if (!known) offer(cache, topic);
    return known;
  };
  for (let i = 0; i < 2000; i++) ask(`once/${i}`);
  const { size } = cache;
  assert.ok(size > 1000 && size < 1100, `${size} topics`);
  for (let i = 0; i < 5000; i++) assert.equal(ask(`once/${i % 1000}`), false);
  assert.equal(cache.size, size);

  let answers = 0;
  for (let i = 0; i < 20_000; i++) if (ask(`once/${i % 500}`)) answers++;
  assert.ok(answers > 15_000, `${answers} answers`);
});
