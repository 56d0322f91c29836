import assert from "#assert";
import fc from "fast-check";
import { Message } from "../mqtt/message.ts";
import { topicMatches } from "../mqtt/topic_filter.ts";
import { RetainedIndex } from "./retained_index.ts";
import { matchFilterArbitrary, topicArbitrary } from "./topic_fixture.ts";

function message(topic: string, text = ""): Message {
  const payload = new TextEncoder().encode(text);
  return new Message({ topic, payload, qos: 0, retain: true, receivedAt: 0 });
}

function indexOf(...topics: string[]): RetainedIndex {
  const index = new RetainedIndex();
  for (const topic of topics) index.set(message(topic));
  return index;
}

function topicsOf(messages: Iterable<Message>): string[] {
  return Array.from(messages, ({ topic }) => topic).sort();
}

Deno.test("RetainedIndex: keeps one message for each topic", () => {
  const index = new RetainedIndex();
  const [first, second] = [message("a", "1"), message("a", "2")];
  assert.equal(index.get("a"), undefined);
  assert.equal(index.set(first), undefined);
  assert.equal(index.set(second), first);
  assert.equal(index.get("a"), second);
  assert.equal(index.size, 1);
  assert.equal(index.delete("a"), second);
  assert.equal(index.delete("a"), undefined);
  assert.equal(index.get("a"), undefined);
  assert.deepEqual([index.size, index.bytes, index.nodeCount], [0, 0, 0]);
});

Deno.test("RetainedIndex.bytes: is the sum of what the messages cost", () => {
  const index = new RetainedIndex();
  const [a, longer, b] = [message("a", "x"), message("a", "x".repeat(100)), message("b", "y")];
  index.set(a);
  assert.equal(index.bytes, a.cost);
  index.set(longer);
  index.set(b);
  assert.equal(index.bytes, longer.cost + b.cost);
  index.delete("a");
  assert.equal(index.bytes, b.cost);
});

Deno.test("RetainedIndex.set: makes the payload independent of the read buffer", () => {
  const buffer = new TextEncoder().encode("before");
  const index = new RetainedIndex();
  index.set(new Message({ topic: "a", payload: buffer, qos: 0, retain: true, receivedAt: 0 }));
  buffer.fill(0);
  assert.equal(new TextDecoder().decode(index.get("a")!.payload), "before");
});

Deno.test("RetainedIndex.set: keeps the payload when all deliveries of the message are done", () => {
  const payload = new Uint8Array(1 << 20).fill(7);
  const kept = new Message({ topic: "a", payload, qos: 0, retain: true, receivedAt: 0 });
  kept.hold();
  new RetainedIndex().set(kept);
  kept.release();
  assert.equal(kept.payload.length, payload.length);
});

Deno.test("RetainedIndex.match: finds by exact filter and by both wildcards", () => {
  const topics = ["a", "a/", "a/b", "a/b/c", "a/x/c", "b", "/", "/a"];
  const index = indexOf(...topics);
  const cases: [string, string[]][] = [
    ["a/b", ["a/b"]],
    ["nothing", []],
    ["a/#", ["a", "a/", "a/b", "a/b/c", "a/x/c"]],
    ["a/+", ["a/", "a/b"]],
    ["a/+/c", ["a/b/c", "a/x/c"]],
    ["+", ["a", "b"]],
    ["+/+", ["/", "/a", "a/", "a/b"]],
    ["+/b/#", ["a/b", "a/b/c"]],
    ["/#", ["/", "/a"]],
    ["#", topics],
    ["a/b/c/#", ["a/b/c"]],
    ["a/b/c/+", []],
    ["a/b/+/d", []],
  ];
  for (const [filter, expected] of cases) {
    assert.deepEqual(topicsOf(index.match(filter)), [...expected].sort(), filter);
  }
});

Deno.test("[MQTT-4.7.2-1] RetainedIndex.match: hides $ topics from leading wildcards", () => {
  const index = indexOf("$SYS/a", "$SYS", "$other/a", "a");
  assert.deepEqual(topicsOf(index.match("#")), ["a"]);
  assert.deepEqual(topicsOf(index.match("+/a")), []);
  assert.deepEqual(topicsOf(index.match("+/#")), ["a"]);
  assert.deepEqual(topicsOf(index.match("$SYS/#")), ["$SYS", "$SYS/a"]);
  assert.deepEqual(topicsOf(index.match("$SYS/+")), ["$SYS/a"]);
});

Deno.test("RetainedIndex.values: are all messages, $ topics included", () => {
  assert.deepEqual(topicsOf(indexOf("$SYS/a", "a", "a/b").values()), ["$SYS/a", "a", "a/b"]);
  assert.deepEqual(topicsOf(indexOf().values()), []);
});

Deno.test("RetainedWalk: gives the present message of a topic that was replaced", () => {
  const index = indexOf("a/1", "a/2", "a/3");
  const walk = index.match("a/+");
  walk.next();
  const replacement = message("a/3", "new");
  index.set(replacement);
  assert.ok([...walk].includes(replacement));

  const exact = index.match("a/1");
  index.set(message("a/1", "newer"));
  assert.equal(exact.next().value, index.get("a/1"));
});

Deno.test("RetainedWalk: passes over topics that were deleted", () => {
  const index = indexOf("a/1", "a/2", "a/3", "b");
  const walk = index.match("#");
  walk.next();
  for (const topic of ["a/1", "a/2", "a/3", "b"]) index.delete(topic);
  assert.deepEqual([...walk], []);
  assert.equal(walk.done, true);

  index.set(message("c"));
  const exact = index.match("c");
  index.delete("c");
  assert.deepEqual([...exact], []);
});

Deno.test("RetainedWalk: ends although topics are cleared and set all the time", () => {
  const index = indexOf("a/1", "a/2", "a/3");
  let steps = 0;
  for (const { topic } of index.match("#")) {
    steps++;
    index.delete(topic);
    index.set(message(topic));
    index.set(message(`a/new${steps}`));
    assert.ok(steps <= 3);
  }
  assert.equal(steps, 3);
});

Deno.test("RetainedWalk.step: gives up after so many visits and goes on from there", () => {
  const index = indexOf(...Array.from({ length: 1000 }, (_, i) => `a/${i}/b`), "a/1000/c");
  const walk = index.match("a/+/c");
  let calls = 0;
  let found: Message | undefined;
  while (!walk.done && found === undefined) {
    found = walk.step(100);
    calls++;
  }
  assert.equal(found?.topic, "a/1000/c");
  assert.ok(calls >= 10, `${calls} calls`);
  assert.equal(walk.done, false);
  assert.equal(walk.step(100), undefined);
  assert.equal(walk.done, true);
});

type Step = { kind: "set" | "delete"; topic: string };
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom("set", "set", "delete"),
  topic: topicArbitrary,
});
const steps = fc.array(step, { maxLength: 60, size: "max" });

function take({ kind, topic }: Step, index: RetainedIndex, model: Map<string, Message>): void {
  const before = model.get(topic);
  if (kind === "delete") {
    assert.equal(index.delete(topic), before);
    model.delete(topic);
  } else {
    const next = message(topic, "x".repeat(model.size));
    assert.equal(index.set(next), before);
    model.set(topic, next);
  }
}

Deno.test("RetainedIndex: is like naive matching over any calls", () => {
  fc.assert(fc.property(steps, fc.array(matchFilterArbitrary), (steps, filters) => {
    const index = new RetainedIndex();
    const model = new Map<string, Message>();
    for (const each of steps) take(each, index, model);
    for (const filter of filters) {
      const expected = [...model.keys()].filter((topic) => topicMatches(filter, topic));
      assert.deepEqual(topicsOf(index.match(filter)), expected.sort(), filter);
    }
    assert.deepEqual(new Set(index.values()), new Set(model.values()));
    assert.equal(index.size, model.size);
    assert.equal(index.bytes, [...model.values()].reduce((sum, { cost }) => sum + cost, 0));
    for (const topic of model.keys()) index.delete(topic);
    assert.deepEqual([index.size, index.bytes, index.nodeCount], [0, 0, 0]);
  }));
});

Deno.test("RetainedWalk: loses and doubles nothing while topics come and go", () => {
  const between = fc.array(fc.array(step, { maxLength: 4 }), { maxLength: 40, size: "max" });
  fc.assert(
    fc.property(steps, matchFilterArbitrary, between, (steps, filter, between) => {
      const index = new RetainedIndex();
      const model = new Map<string, Message>();
      for (const each of steps) take(each, index, model);
      /** What was there all the time. */
      const steady = new Set([...model.keys()].filter((topic) => topicMatches(filter, topic)));
      const seen = new Set<string>();
      const started = steady.size;
      for (const found of index.match(filter)) {
        assert.equal(found, model.get(found.topic), "the present message");
        assert.ok(topicMatches(filter, found.topic));
        assert.ok(!seen.has(found.topic), `${found.topic} twice`);
        seen.add(found.topic);
        for (const each of between[seen.size - 1] ?? []) {
          take(each, index, model);
          if (each.kind === "delete") steady.delete(each.topic);
        }
      }
      for (const topic of steady) assert.ok(seen.has(topic), `${topic} lost`);
      assert.ok(seen.size <= started);
    }),
    { numRuns: 500 },
  );
});
