import assert from "#assert";
import type { Match, Subscriber } from "./match.ts";
import { MatchCache } from "./match_cache.ts";
import { SubscribedRecipient } from "./recipient.ts";
import { client, subscription } from "./router_fixture.ts";
import { ScannedTopic } from "./scanned_topic.ts";

const SEED = 3;
/** Among so many a cache may be full of topics. */
const FILTERS = 1_000_000;

function matchOf(recipientCount: number): Match<Subscriber> {
  const recipient = new SubscribedRecipient(client("a"), subscription("a"));
  const recipients = new Array<typeof recipient>(recipientCount).fill(recipient);
  return { recipients, groups: [], hasNoLocal: false };
}

const MATCH = matchOf(1);

function scanned(topic: string): ScannedTopic {
  const result = new ScannedTopic(SEED);
  result.scan(topic);
  return result;
}

/** Offers twice: only what comes again is kept. */
function offer(cache: MatchCache<Subscriber>, topic: string, match = MATCH): void {
  cache.get(scanned(topic));
  cache.offer(scanned(topic), match, FILTERS);
  if (!has(cache, topic)) cache.offer(scanned(topic), match, FILTERS);
}

function get(cache: MatchCache<Subscriber>, topic: string): Match<Subscriber> | undefined {
  const latest = cache.getLatest(topic);
  const match = cache.get(scanned(topic));
  if (latest !== undefined) assert.equal(match, latest);
  return match;
}

function has(cache: MatchCache<Subscriber>, topic: string): boolean {
  return get(cache, topic) !== undefined;
}

function namesOf(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}/${i}`);
}

Deno.test("MatchCache: gives back what was offered", () => {
  const cache = new MatchCache<Subscriber>(10, SEED);
  assert.equal(get(cache, "a/b"), undefined);
  offer(cache, "a/b");
  assert.equal(get(cache, "a/b"), MATCH);
  assert.equal(get(cache, "a/c"), undefined);
});

Deno.test("MatchCache: keeps a topic when it comes for the second time", () => {
  const cache = new MatchCache<Subscriber>(10, SEED);
  cache.offer(scanned("a"), MATCH, FILTERS);
  assert.equal(has(cache, "a"), false);
  cache.offer(scanned("a"), MATCH, FILTERS);
  assert.equal(has(cache, "a"), true);
});

Deno.test("MatchCache.getLatest: is the result that get has given, while it is good", () => {
  const cache = new MatchCache<Subscriber>(1000, SEED);
  assert.equal(cache.getLatest("a"), undefined);
  offer(cache, "a");
  assert.equal(get(cache, "a"), MATCH);
  assert.equal(cache.getLatest("a"), MATCH);
  cache.changed("+");
  assert.equal(cache.getLatest("a"), undefined);
  offer(cache, "a", matchOf(2));
  cache.changed("a");
  assert.equal(cache.getLatest("a"), undefined);
});

Deno.test("MatchCache.getLatest: gives no result of another topic when the table has grown", () => {
  const cache = new MatchCache<Subscriber>(1000, SEED);
  const matches = namesOf("topic", 500).map((topic) => ({ topic, match: matchOf(1) }));
  for (const { topic, match } of matches) {
    offer(cache, topic, match);
    assert.ok([match, undefined].includes(get(cache, topic)));
  }
  for (const { topic, match } of matches) {
    assert.ok([match, undefined].includes(cache.getLatest(topic)));
  }
});

Deno.test("MatchCache: tells apart topics of the same hash", () => {
  const cache = new MatchCache<Subscriber>(10, SEED);
  offer(cache, "a");
  const other = scanned("b");
  other.hash = scanned("a").hash;
  assert.equal(cache.get(other), undefined);
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
    assert.equal(get(cache, "a/b/c/d"), isChange ? undefined : MATCH);
    const next = matchOf(2);
    if (isChange) offer(cache, "a/b/c/d", next);
    assert.equal(get(cache, "a/b/c/d"), isChange ? next : MATCH);
  });
}

Deno.test("MatchCache.changed: a/# ends the topic a, and /# topics with an empty first level", () => {
  const cache = new MatchCache<Subscriber>(10, SEED);
  for (const topic of ["a", "/", "/x"]) offer(cache, topic);
  cache.changed("a/#");
  assert.deepEqual(["a", "/", "/x"].map((topic) => has(cache, topic)), [false, true, true]);
  cache.changed("/#");
  assert.deepEqual(["/", "/x"].map((topic) => has(cache, topic)), [false, false]);
});

Deno.test("MatchCache: never holds more topics than its size", () => {
  const cache = new MatchCache<Subscriber>(100, SEED);
  for (let i = 0; i < 10_000; i++) {
    offer(cache, `topic/${i}`);
    assert.ok(cache.size <= 100);
  }
  assert.ok(cache.size >= 90);
  assert.equal(cache.recipientCount, cache.size);
});

for (const [filters, expected] of [[100, 32_768], [280_000, 35_000], [FILTERS, 40_000]] as const) {
  Deno.test(`MatchCache: holds up to ${expected} topics among ${filters} filters`, () => {
    const cache = new MatchCache<Subscriber>(40_000, SEED);
    for (let round = 0; round < 2; round++) {
      for (const topic of namesOf("topic", 60_000)) cache.offer(scanned(topic), MATCH, filters);
    }
    assert.ok(cache.size <= expected && cache.size > expected * 0.9, `${cache.size} topics`);
  });
}

Deno.test("MatchCache: is not filled by a stream of topics that come once", () => {
  const cache = new MatchCache<Subscriber>(10_000, SEED);
  for (const topic of namesOf("once", 20_000)) cache.offer(scanned(topic), MATCH, FILTERS);
  assert.ok(cache.size < 20, `${cache.size} topics`);
});

Deno.test("MatchCache: keeps nearly all of as many topics as it has room for, that come in turn", () => {
  const cache = new MatchCache<Subscriber>(10_000, SEED);
  const topics = namesOf("topic", 10_000);
  for (let round = 0; round < 6; round++) {
    for (const topic of topics) if (!has(cache, topic)) cache.offer(scanned(topic), MATCH, FILTERS);
  }
  const kept = topics.filter((topic) => has(cache, topic)).length;
  assert.ok(kept > 9_500, `${kept} topics`);
  assert.equal(cache.size, kept);
});

Deno.test("MatchCache: keeps the topics that are asked for among a stream of others", () => {
  const cache = new MatchCache<Subscriber>(100, SEED);
  const wanted = namesOf("wanted", 50);
  for (const topic of wanted) offer(cache, topic);
  for (let i = 0; i < 10_000; i++) {
    for (const topic of i % 50 === 0 ? wanted : []) has(cache, topic);
    offer(cache, `other/${i}`);
  }
  const kept = wanted.filter((topic) => has(cache, topic)).length;
  assert.ok(kept >= 45, `${kept} of ${wanted.length} kept`);
});

Deno.test("MatchCache: the topics in use drive out those that are no longer", () => {
  const cache = new MatchCache<Subscriber>(100, SEED);
  const wanted = namesOf("wanted", 60);
  for (let i = 0; i < 100; i++) {
    offer(cache, `old/${i}`);
    has(cache, `old/${i}`);
  }
  for (let round = 0; round < 600; round++) {
    for (const topic of wanted) if (!has(cache, topic)) offer(cache, topic);
  }
  const kept = wanted.filter((topic) => has(cache, topic)).length;
  assert.ok(kept >= 55, `${kept} of ${wanted.length} kept`);
});

Deno.test("MatchCache: bounds the recipients of all results together", () => {
  const cache = new MatchCache<Subscriber>(100, SEED);
  const bound = 100 * 8;
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
  for (let i = 0; i < 64; i++) cache.changed("a/+");
  assert.deepEqual([cache.size, cache.recipientCount], [0, 0]);
  offer(cache, "a/1");
  assert.equal(has(cache, "a/1"), true);
});
