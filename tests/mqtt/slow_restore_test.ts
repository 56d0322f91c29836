/** A start that takes its time: nothing runs out, and nothing is published, before all is there. */
import assert from "#assert";
import { FakeClock } from "../../src/base/fake_clock.ts";
import { session, subscription, will } from "../../src/storage/conformance/fixtures.ts";
import { MemoryStore } from "../../src/storage/memory.ts";
import type { StoreBatch } from "../../src/storage/store.ts";
import { durable } from "../support/exchange.ts";
import { TestBroker } from "../support/test_broker.ts";

/** A broker whose start takes a second for each session and will that it reads. */
async function startSlowly(gather: (batch: StoreBatch) => void): Promise<TestBroker> {
  const store = new MemoryStore();
  const batch = store.batch();
  gather(batch);
  await batch.commit();
  const clock = new FakeClock();
  async function* slowly<T>(items: AsyncIterable<T>) {
    for await (const item of items) {
      yield item;
      await clock.advance(1000);
    }
  }
  const { sessions, wills } = store;
  const lists = [sessions.list.bind(sessions), wills.list.bind(wills)] as const;
  sessions.list = () => slowly(lists[0]());
  wills.list = () => slowly(lists[1]());
  const broker = await TestBroker.start({ store, clock });
  await broker.advance(0);
  return broker;
}

const NOW = new FakeClock().now();
const CONNECTED = { connected: true, disconnectedAt: undefined };

Deno.test("a will that is due at the start is published and not stored again", async () => {
  await using broker = await startSlowly((batch) => {
    batch.putSession(session("c", { ...CONNECTED, expiryInterval: 100 }));
    batch.putWill(will("c", { dueAt: undefined }));
  });
  assert.equal(await broker.store.wills.get("c"), undefined);
});

Deno.test("a session that has expired when all is there is not stored again", async () => {
  await using broker = await startSlowly((batch) => {
    batch.putSession(session("c", { ...CONNECTED, expiryInterval: 1 }));
    batch.putSession(session("d", { ...CONNECTED, expiryInterval: 100 }));
  });
  await broker.advance(1000);
  assert.equal(await broker.store.sessions.get("c"), undefined);
});

Deno.test("the will of a session that has expired while the broker was down goes to all", async () => {
  await using broker = await startSlowly((batch) => {
    const gone = { connected: false, disconnectedAt: NOW - 10_000 };
    batch.putSession(session("c", { ...gone, expiryInterval: 5 }));
    const { will: message } = will("c");
    batch.putWill({ ...will("c"), will: { ...message, topic: "a", qos: 1 }, dueAt: NOW + 100_000 });
    batch.putSession(session("last", { ...gone, expiryInterval: 3600 }));
    batch.putSubscription("last", subscription("a", { qos: 1 }));
  });
  const last = await broker.connect(durable(5, "last"));
  await last.expect("publish", { topic: "a" });
});
