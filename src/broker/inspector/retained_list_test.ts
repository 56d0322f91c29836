import assert from "#assert";
import { publish } from "../../../tests/support/exchange.ts";
import { nextTurn, TestBroker } from "../../../tests/support/test_broker.ts";
import { FaultyStore } from "../../storage/faulty_store.ts";
import { MemoryStore } from "../../storage/memory.ts";
import { Message } from "../../mqtt/message.ts";
import { PREVIEW_BYTES_MAX } from "./message_view.ts";
import type { RetainedFilter, RetainedPosition } from "./retained_list.ts";

function retain(broker: TestBroker, topic: string, init: Partial<Message> = {}): void {
  broker.broker.publish(
    new Message({
      topic,
      payload: init.payload ?? new Uint8Array([1]),
      qos: 1,
      retain: true,
      publisher: init.publisher,
      receivedAt: init.receivedAt ?? broker.clock.now(),
      expiresAt: init.expiresAt,
    }),
  );
}

async function startWith(topics: readonly string[]): Promise<TestBroker> {
  const broker = await TestBroker.start();
  for (const topic of topics) retain(broker, topic);
  return broker;
}

async function pages(
  broker: TestBroker,
  filter: RetainedFilter,
  limit: number,
): Promise<string[][]> {
  const found: string[][] = [];
  let after: RetainedPosition | undefined;
  do {
    const { items, next } = await broker.broker.inspector.retained.page(filter, { limit, after });
    found.push(items.map(({ topic }) => topic));
    after = next;
  } while (after !== undefined);
  return found;
}

const TOPICS = ["b/x", "a", "a/x/y", "a/x", "a!", "ab/x", "$SYS/up", "a/z"];

Deno.test("RetainedList pages by topic", async () => {
  await using broker = await startWith(TOPICS);
  assert.deepEqual(await pages(broker, {}, 3), [
    ["$SYS/up", "a", "a!"],
    ["a/x", "a/x/y", "a/z"],
    ["ab/x", "b/x"],
  ]);
});

const FILTERS: readonly [string, RetainedFilter, string[]][] = [
  ["all but $", { topicFilter: "#" }, ["a", "a!", "a/x", "a/x/y", "a/z", "ab/x", "b/x"]],
  ["a level and what follows", { topicFilter: "a/#" }, ["a", "a/x", "a/x/y", "a/z"]],
  ["one level", { topicFilter: "a/+" }, ["a/x", "a/z"]],
  ["a leading wildcard", { topicFilter: "+/x" }, ["a/x", "ab/x", "b/x"]],
  ["exactly", { topicFilter: "a/x" }, ["a/x"]],
  ["$ topics", { topicFilter: "$SYS/#" }, ["$SYS/up"]],
  ["a part", { q: "B/" }, ["ab/x", "b/x"]],
  ["nothing", { topicFilter: "q/#" }, []],
];

for (const [name, filter, expected] of FILTERS) {
  Deno.test(`RetainedList filters: ${name}`, async () => {
    await using broker = await startWith(TOPICS);
    assert.deepEqual((await pages(broker, filter, 2)).flat(), expected);
    const page = await broker.broker.inspector.retained.page(filter, { limit: 1, count: true });
    assert.deepEqual(page.total, { value: expected.length, relation: "eq" });
  });
}

Deno.test("RetainedList: orphans have neither a publisher nor a subscriber", async () => {
  await using broker = await TestBroker.start();
  const leaves = await broker.connect({ clientId: "leaves" });
  const stays = await broker.connect({ clientId: "stays" });
  await publish(leaves, "a/read", "x", { qos: 1, retain: true });
  await publish(leaves, "a/shared", "x", { qos: 1, retain: true });
  await publish(leaves, "b/unread", "x", { qos: 1, retain: true });
  await publish(stays, "b/written", "x", { qos: 1, retain: true });
  const { retained, actions } = broker.broker.inspector;
  assert.deepEqual(await pages(broker, { orphan: true }, 2), [[]]);
  await leaves.send({ cmd: "disconnect" });
  await leaves.expectClosed();
  await stays.subscribe(["a/read", "$share/g/a/shared"]);
  await actions.publish({ topic: "c/broker", payload: new Uint8Array(1), qos: 0, retain: true });
  assert.deepEqual(await pages(broker, { orphan: true }, 2), [["b/unread"]]);
  assert.deepEqual((await pages(broker, { orphan: false }, 9)).flat(), [
    "a/read",
    "a/shared",
    "b/written",
    "c/broker",
  ]);
  const dryRun = await retained.deleteAll({ orphan: true }, { dryRun: true });
  assert.deepEqual([dryRun.matched, dryRun.deleted], [1, 0]);
  await retained.deleteAll({ orphan: true }, { dryRun: false });
  assert.equal(retained.has("b/unread"), false);
  assert.equal(retained.has("b/written"), true);
});

Deno.test("RetainedList filters by age and publisher, and hides what has expired", async () => {
  await using broker = await TestBroker.start();
  const now = broker.clock.now();
  retain(broker, "old", { receivedAt: now - 10 });
  retain(broker, "new", { publisher: "p" });
  retain(broker, "gone", { expiresAt: now });
  assert.deepEqual(await pages(broker, { receivedBefore: now }, 5), [["old"]]);
  assert.deepEqual(await pages(broker, { publisher: "p" }, 5), [["new"]]);
  assert.deepEqual(await pages(broker, {}, 5), [["new", "old"]]);
  assert.equal(broker.broker.inspector.retained.get("gone"), undefined);
});

Deno.test("RetainedList shows the beginning of a payload, and all of one that is asked for", async () => {
  await using broker = await TestBroker.start();
  retain(broker, "t", { payload: new Uint8Array(PREVIEW_BYTES_MAX + 1).fill(7) });
  const { retained } = broker.broker.inspector;
  const [item] = (await retained.page({}, { limit: 1 })).items;
  assert.deepEqual([item!.size, item!.payload.length], [PREVIEW_BYTES_MAX + 1, PREVIEW_BYTES_MAX]);
  assert.equal(retained.get("t")!.payload.length, PREVIEW_BYTES_MAX + 1);
  assert.equal(retained.get("none"), undefined);
});

Deno.test("RetainedList.delete removes one, and tells no subscriber", async () => {
  await using broker = await startWith(["t", "$SYS/x"]);
  const client = await broker.connect();
  await client.subscribe("t", { qos: 0 });
  await client.expect("publish");
  const { retained } = broker.broker.inspector;
  assert.equal(await retained.delete("t"), true);
  await client.expectNothing();
  assert.equal(retained.get("t"), undefined);
  assert.equal(await broker.store.retained.get("t"), undefined);
  assert.equal(await retained.delete("t"), false);
  assert.equal(await retained.delete("$SYS/x"), false);
});

Deno.test("RetainedList.deleteAll counts first, and removes in steps what is selected", async () => {
  await using broker = await startWith(["keep", "$SYS/x"]);
  for (let n = 0; n < 450; n++) retain(broker, `t/${n}`);
  const { retained } = broker.broker.inspector;
  const filter = { topicFilter: "t/#" };
  assert.deepEqual(
    await retained.deleteAll(filter, { dryRun: true }),
    { matched: 450, deleted: 0, next: undefined },
  );
  assert.equal(broker.broker.inspector.counts().retainedMessages, 452);
  assert.deepEqual(
    await retained.deleteAll(filter, { dryRun: false }),
    { matched: 450, deleted: 450, next: undefined },
  );
  assert.deepEqual(await pages(broker, {}, 5), [["$SYS/x", "keep"]]);
  assert.equal(await broker.store.retained.count(), 1);
  assert.deepEqual(
    await retained.deleteAll({}, { dryRun: false }),
    { matched: 1, deleted: 1, next: undefined },
  );
});

Deno.test("RetainedList.delete: what the store does not give up is there again", async () => {
  const store = new FaultyStore(new MemoryStore());
  await using broker = await TestBroker.start({ store, balanced: false });
  retain(broker, "t");
  store.failNext("failed");
  await assert.rejects(() => broker.broker.inspector.retained.delete("t"));
  await nextTurn();
  assert.equal(broker.broker.inspector.retained.get("t")?.topic, "t");
});
