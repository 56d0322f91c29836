/** A will and the store: a crash at no moment loses it or leaves it to be published again. */
import assert from "#assert";
import type { Authorizer } from "../../src/auth/auth.ts";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { FaultyStore } from "../../src/storage/faulty_store.ts";
import { MemoryStore } from "../../src/storage/memory.ts";
import { durable } from "../support/exchange.ts";
import type { RawClient } from "../support/raw_client.ts";
import { nextTurn, TestBroker, testVersions } from "../support/test_broker.ts";

interface Mortal {
  readonly client: RawClient;
  readonly broker: TestBroker;
}

/** Seconds of the delay, and what makes the will due. */
const CAUSES: readonly (readonly [string, number, (mortal: Mortal) => Promise<unknown>])[] = [
  ["a lost connection", 0, ({ client }) => client.abort()],
  ["a takeover", 0, async ({ client, broker }) => {
    const next = await broker.client(client.protocolVersion);
    await next.sendConnect(durable(client.protocolVersion, "mortal"));
    await client.transport.close();
  }],
  ["its delay", 10, async ({ client, broker }) => {
    await client.abort();
    await broker.advance(10_000);
  }],
  ["the end of its session", 10, async ({ client, broker }) => {
    await client.abort();
    await nextTurn();
    const removed = broker.broker.inspector.removeSession(
      "mortal",
      ReasonCode.AdministrativeAction,
      "test",
    );
    void removed.catch(() => {});
  }],
];

/** A broker with a watcher that is away and a client with a will. */
async function start(version: 3 | 4 | 5, delay: number, authorizer?: Authorizer) {
  const inner = new MemoryStore();
  const store = new FaultyStore(inner);
  const broker = await TestBroker.start({ store, ...(authorizer && { authorizer }) });
  const watcher = await broker.connect(durable(version, "watcher"));
  await watcher.subscribe("will", { qos: 1 });
  await watcher.disconnect();
  const properties = delay === 0 ? {} : { properties: { willDelayInterval: delay } };
  const client = await broker.connect({
    ...durable(version, "mortal"),
    will: { topic: "will", payload: "gone", qos: 1, ...properties },
  });
  return { inner, store, broker, client };
}

for (const [cause, delay, end] of CAUSES) {
  testVersions(
    `[MQTT-3.1.2-10] a will that ${cause} publishes is removed in the same write`,
    delay === 0 ? [3, 4, 5] : [5],
    async (version) => {
      const { inner, store, broker, client } = await start(version, delay);
      await using _broker = broker;
      await broker.advance(0);
      store.hold();
      await end({ client, broker });
      const stored = async () => await inner.wills.get("mortal") !== undefined;
      const queued = async () => (await inner.queue.summary("watcher")).count;
      for (await nextTurn(); store.held > 0; await nextTurn()) {
        assert.equal(await queued(), await stored() ? 0 : 1);
        store.release(1);
      }
      assert.equal(await queued(), 1);
      store.releaseAll();
    },
  );
}

testVersions(
  "a will about which the authorizer is still asked leaves the next one of its client alone",
  [3, 4, 5],
  async (version) => {
    const answer = Promise.withResolvers<boolean>();
    const authorizer = { publish: () => answer.promise, subscribe: () => true };
    const { inner, broker, client } = await start(version, 0, authorizer);
    await using _broker = broker;
    await client.abort();
    const will = { topic: "will", payload: "next" };
    await broker.connect({ ...durable(version, "mortal"), will });
    answer.resolve(true);
    await broker.advance(0);
    assert.equal((await inner.queue.summary("watcher")).count, 1);
    const stored = await inner.wills.get("mortal");
    assert.equal(new TextDecoder().decode(stored?.will.payload), "next");
  },
);

testVersions(
  "[MQTT-3.1.2-8] a will that is due while the disk is full is published when it is not, once",
  [3, 4, 5],
  async (version) => {
    const { inner, store, broker, client } = await start(version, 0);
    await using _broker = broker;
    store.refuseWrites("full");
    await client.abort();
    await broker.advance(5_000);
    assert.equal((await inner.queue.summary("watcher")).count, 0);
    store.refuseWrites(undefined);
    await broker.advance(1_000);
    assert.equal((await inner.queue.summary("watcher")).count, 1);
    assert.equal(await inner.wills.get("mortal"), undefined);
    await broker.advance(5_000);
    assert.equal((await inner.queue.summary("watcher")).count, 1);
  },
);

testVersions(
  "a will whose write finds the disk full is published again when it is not",
  [3, 4, 5],
  async (version) => {
    const { inner, store, broker, client } = await start(version, 0);
    await using _broker = broker;
    await broker.advance(0);
    store.hold();
    await client.abort();
    for (await nextTurn(); store.held === 0;) await nextTurn();
    store.refuseWrites("full");
    store.failHeld("full", store.held);
    store.releaseAll();
    await broker.advance(2_000);
    assert.equal((await inner.queue.summary("watcher")).count, 0);
    store.refuseWrites(undefined);
    await broker.advance(1_000);
    assert.equal((await inner.queue.summary("watcher")).count, 1);
    assert.equal(await inner.wills.get("mortal"), undefined);
  },
);

testVersions(
  "a will that waits for the disk leaves the next one of its client in the store",
  [3, 4, 5],
  async (version) => {
    const { inner, store, broker, client } = await start(version, 0);
    await using _broker = broker;
    store.refuseWrites("full");
    await client.abort();
    await broker.advance(500);
    store.refuseWrites(undefined);
    const will = { topic: "will", payload: "next" };
    await broker.connect({ ...durable(version, "mortal"), will });
    await broker.advance(1_000);
    assert.equal((await inner.queue.summary("watcher")).count, 1);
    const stored = await inner.wills.get("mortal");
    assert.equal(new TextDecoder().decode(stored?.will.payload), "next");
  },
);
