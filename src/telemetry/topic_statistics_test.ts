import assert from "#assert";
import { FakeClock } from "../base/fake_clock.ts";
import type { TopicMemo } from "../events/observer.ts";
import { TOPIC_PREVIEW_BYTES, TopicStatistics } from "./topic_statistics.ts";

const TICK_MS = 10_000;

function setUp(nodesMax?: number) {
  const clock = new FakeClock();
  const statistics = new TopicStatistics(nodesMax === undefined ? { clock } : { clock, nodesMax });
  const publish = (topic: string, size = 1, publisher = "p", memo?: TopicMemo) =>
    statistics.messagesPublished({
      topic,
      publisher,
      messages: 1,
      bytes: size,
      receivedAt: clock.now(),
      payload: new Uint8Array(size).fill(size % 256),
      memo,
    });
  /** Lets the gate's last call pass. */
  const settle = async () => {
    while (clock.pending > 0) await new Promise((resolve) => setTimeout(resolve, 0));
  };
  return { clock, statistics, publish, settle };
}

Deno.test("TopicStatistics counts by topic, with the last publisher and a preview", async () => {
  const { clock, statistics, publish } = setUp();
  publish("a/b", 3, "first");
  await clock.advance(500);
  publish("a/b", 5, "second");
  const view = statistics.topic("a/b")!;
  assert.deepEqual([view.own.messages, view.own.bytes], [2, 8]);
  assert.deepEqual([view.lastAt, view.lastPublisher], [clock.now(), "second"]);
  assert.equal(view.preview!.length, 3); // not older than a second
  await clock.advance(600);
  publish("a/b", TOPIC_PREVIEW_BYTES + 1);
  assert.equal(statistics.topic("a/b")!.preview!.length, TOPIC_PREVIEW_BYTES);
  assert.deepEqual([statistics.topic("a")!.children, statistics.topic("a")!.lastAt], [
    1,
    undefined,
  ]);
  assert.equal(statistics.topic("a/c"), undefined);
});

Deno.test("TopicStatistics: a preview is a copy", () => {
  const { clock, statistics } = setUp();
  const payload = new Uint8Array([1, 2]);
  const receivedAt = clock.now();
  const memo = undefined;
  const run = {
    topic: "t",
    publisher: undefined,
    messages: 3,
    bytes: 9,
    receivedAt,
    payload,
    memo,
  };
  statistics.messagesPublished(run);
  payload.fill(9);
  const { preview, own } = statistics.topic("t")!;
  assert.deepEqual([[...preview!], own.messages, own.bytes], [[1, 2], 3, 9]);
});

Deno.test("TopicStatistics figures rates and totals every ten seconds", async () => {
  const { clock, statistics, publish, settle } = setUp();
  statistics.start();
  for (let n = 0; n < 20; n++) publish("a/b", 10);
  publish("a", 10);
  publish("a/c/d", 10);
  await clock.advance(TICK_MS);
  const { own, total } = statistics.topic("a")!;
  assert.deepEqual([own.messages, own.messagesPerSecond, own.bytesPerSecond], [1, 0.1, 1]);
  assert.deepEqual([total.messages, total.bytes], [22, 220]);
  assert.deepEqual([total.messagesPerSecond, total.bytesPerSecond], [2.2, 22]);
  await clock.advance(TICK_MS);
  assert.equal(statistics.topic("a")!.total.messagesPerSecond, 0);
  assert.equal(statistics.topic("a")!.total.messages, 22);
  statistics[Symbol.dispose]();
  await settle();
});

Deno.test("TopicStatistics pages through the tree and finds by part", async () => {
  const { statistics, publish, settle } = setUp();
  for (const topic of ["b", "a/y", "a/x", "c/Deep/1", "/x"]) publish(topic);
  const first = await statistics.children(undefined, { limit: 2, count: true });
  assert.deepEqual(first.items.map(({ topic }) => topic), ["", "a"]);
  assert.deepEqual(first.total, { value: 4, relation: "eq" });
  const second = await statistics.children(undefined, { limit: 5, after: first.next });
  assert.deepEqual(second.items.map(({ topic }) => topic), ["b", "c"]);
  const below = await statistics.children("a", { limit: 5 });
  assert.deepEqual(below.items.map(({ topic }) => topic), ["a/x", "a/y"]);
  assert.deepEqual((await statistics.children("nothing", { limit: 5 })).items, []);
  const found = await statistics.search("DEEP", { limit: 5 });
  assert.deepEqual(found.items.map(({ topic }) => topic), ["c/Deep/1"]);
  await settle();
});

Deno.test("TopicStatistics: what has no room is counted with its parent, from a sample", async () => {
  const { statistics, publish, settle } = setUp(3);
  publish("a/1");
  publish("a/2");
  for (let n = 0; n < 320; n++) publish(`a/more/${n}`, 2);
  assert.equal(statistics.size, 3);
  assert.deepEqual(statistics.topic("a")!.others, { messages: 320, bytes: 640 });
  await statistics.tick();
  assert.equal(statistics.topic("a")!.total.messages, 322);
  await settle();
});

Deno.test("TopicStatistics: idle topics make room when it is crowded, and stay in the totals", async () => {
  const { clock, statistics, publish, settle } = setUp(4);
  publish("a/old");
  await clock.advance(60 * 60_000 + 1_000);
  publish("a/new");
  await statistics.tick();
  assert.equal(statistics.size, 3); // not crowded yet
  publish("b");
  await statistics.tick();
  assert.equal(statistics.topic("a/old"), undefined);
  assert.equal(statistics.size, 3);
  await statistics.tick();
  assert.equal(statistics.topic("a")!.total.messages, 2);
  publish("a/old");
  assert.equal(statistics.topic("a/old")!.own.messages, 1);
  await settle();
});

Deno.test("TopicStatistics counts what a memo remembers as if it had looked it up", async () => {
  const { clock, statistics, publish, settle } = setUp(4);
  const memo: TopicMemo = { counted: undefined };
  publish("a/b", 2, "p", memo);
  assert.notEqual(memo.counted, undefined);
  publish("a/b", 3);
  publish("a/b", 5, "q", memo);
  const { own, lastPublisher } = statistics.topic("a/b")!;
  assert.deepEqual([own.messages, own.bytes, lastPublisher], [3, 10, "q"]);
  // The node goes, and the memo stays.
  await clock.advance(60 * 60_000 + 1_000);
  publish("a/c");
  publish("d");
  await statistics.tick();
  assert.equal(statistics.topic("a/b"), undefined);
  publish("a/b", 7, "p", memo);
  publish("a/b", 7, "p", memo);
  assert.equal(statistics.topic("a/b")!.own.messages, 2);
  await statistics.tick();
  assert.equal(statistics.topic("a")!.total.messages, 6);
  await settle();
});

Deno.test("TopicStatistics: a memo of a topic without a node remembers nothing", async () => {
  const { statistics, publish, settle } = setUp(1);
  publish("a");
  const memo: TopicMemo = { counted: undefined };
  for (let n = 0; n < 64; n++) publish("b", 1, "p", memo);
  assert.equal(memo.counted, undefined);
  assert.equal((await statistics.children(undefined, { limit: 5 })).items.length, 1);
  await settle();
});
