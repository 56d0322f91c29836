/** The bounded queue of a session: limits, drop policy, and its part that is only in the store. */
import assert from "#assert";
import type { QoS } from "mqtt-packet";
import type { DropReason } from "../../src/events/observer.ts";
import { RESIDENT_WINDOW } from "../../src/session/queue.ts";
import { FaultyStore } from "../../src/storage/faulty_store.ts";
import { MemoryStore } from "../../src/storage/memory.ts";
import { durable, payloads, publish, receive, receiveAll } from "../support/exchange.ts";
import type { RawClient } from "../support/raw_client.ts";
import {
  nextTurn,
  TestBroker,
  type TestBrokerOptions,
  testVersions,
} from "../support/test_broker.ts";

type Version = 3 | 4 | 5;

function start(messagesMax: number, bytesMax: number, options: TestBrokerOptions = {}) {
  const limits = { ...options.limits, queue: { messagesMax, bytesMax } };
  return TestBroker.start({ ...options, limits });
}

/** A durable subscriber that is away, and a publisher. */
async function sleeper(broker: TestBroker, version: Version): Promise<RawClient> {
  const subscriber = await broker.connect(durable(version, "sub"));
  await subscriber.subscribe("a", { qos: 2 });
  await subscriber.disconnect();
  return publisherOf(broker, version);
}

function publisherOf(broker: TestBroker, protocolVersion: Version): Promise<RawClient> {
  return broker.connect({ clientId: "pub", protocolVersion });
}

async function publishNumbers(
  publisher: RawClient,
  first: number,
  last: number,
  qos: QoS = 1,
): Promise<void> {
  for (let number = first; number <= last; number++) {
    await publish(publisher, "a", `${number}`, { qos });
  }
}

function numbers(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => `${first + index}`);
}

function session(broker: TestBroker) {
  return broker.broker.inspector.session("sub")!;
}

function dropped(broker: TestBroker): number {
  return broker.broker.inspector.accounting().dropped.queue_full;
}

const ROOMY_BYTES = 16 * 1024 * 1024;

// Limits

testVersions(
  "A full queue drops the newest message, counts it, and the publisher is none the wiser",
  [3, 4, 5],
  async (version) => {
    const drops: [string, string, DropReason][] = [];
    const observer = {
      messageDropped: (clientId: string, message: { topic: string }, reason: DropReason) => {
        drops.push([clientId, message.topic, reason]);
      },
    };
    await using broker = await start(10, ROOMY_BYTES, { observer });
    const publisher = await sleeper(broker, version);
    await publishNumbers(publisher, 1, 8);
    await publishNumbers(publisher, 9, 12, 2);
    const answer = await publisher.publish("a", "13", { qos: 1 });
    assert.equal(answer!.reasonCode ?? 0, 0);
    assert.deepEqual([session(broker).queued, session(broker).dropped, dropped(broker)], [
      10,
      3,
      3,
    ]);
    assert.deepEqual(drops, new Array(3).fill(["sub", "a", "queue_full"]));
    assert.equal((await broker.store.queue.summary("sub")).count, 10);
    const again = await broker.connect(durable(version, "sub"));
    assert.deepEqual(payloads(await receiveAll(again)), numbers(1, 10));
    // There is room again.
    await again.disconnect();
    await publishNumbers(publisher, 20, 29);
    const last = await broker.connect(durable(version, "sub"));
    assert.deepEqual(payloads(await receiveAll(last)), numbers(20, 29));
    assert.equal(dropped(broker), 3);
  },
);

testVersions("The queue is bounded in bytes as well", [3, 4, 5], async (version) => {
  await using probe = await start(1000, ROOMY_BYTES);
  await publish(await sleeper(probe, version), "a", new Uint8Array(1000), { qos: 1 });
  const cost = session(probe).queuedBytes;
  assert.ok(cost >= 1001);

  await using broker = await start(1000, 3 * cost);
  const publisher = await sleeper(broker, version);
  for (let number = 0; number < 3; number++) {
    await publish(publisher, "a", new Uint8Array(1000).fill(number), { qos: 1 });
  }
  assert.equal(session(broker).queuedBytes, 3 * cost);
  await publish(publisher, "a", "", { qos: 1 });
  assert.deepEqual([session(broker).queued, dropped(broker)], [3, 1]);
  const again = await broker.connect(durable(version, "sub"));
  const received = await receiveAll(again);
  assert.deepEqual(received.map(({ payload }) => payload[999]), [0, 1, 2]);
  assert.equal(session(broker).queuedBytes, 0);
});

Deno.test("A message that does not fit does not stand in the way of a smaller one", async () => {
  await using broker = await start(1000, 2000);
  const publisher = await sleeper(broker, 5);
  await publishNumbers(publisher, 1, 2);
  await publish(publisher, "a", new Uint8Array(2000), { qos: 1 });
  await publishNumbers(publisher, 3, 4);
  assert.equal(dropped(broker), 1);
  const again = await broker.connect(durable(5, "sub"));
  assert.deepEqual(payloads(await receiveAll(again)), numbers(1, 4));
});

Deno.test("An empty queue takes one message of any size", async () => {
  await using broker = await start(1000, 100);
  const publisher = await sleeper(broker, 5);
  await publish(publisher, "a", new Uint8Array(5000), { qos: 1 });
  await publish(publisher, "a", "x", { qos: 1 });
  assert.deepEqual([session(broker).queued, dropped(broker)], [1, 1]);
  const again = await broker.connect(durable(5, "sub"));
  assert.equal((await receive(again)).payload.length, 5000);
});

Deno.test("Each session has a queue of its own", async () => {
  await using broker = await start(10, ROOMY_BYTES);
  const publisher = await sleeper(broker, 5);
  await publishNumbers(publisher, 1, 10);
  const other = await broker.connect(durable(5, "other"));
  await other.subscribe("a", { qos: 1 });
  await other.disconnect();
  await publishNumbers(publisher, 11, 15);
  assert.equal(dropped(broker), 5);
  const again = await broker.connect(durable(5, "other"));
  assert.deepEqual(payloads(await receiveAll(again)), numbers(11, 15));
});

testVersions("The limits hold for what comes from the store", [3, 4, 5], async (version) => {
  const store = new MemoryStore();
  const before = await start(10, ROOMY_BYTES, { store });
  await publishNumbers(await sleeper(before, version), 1, 8);
  const { queuedBytes } = session(before);
  await before.stop();
  await using after = await start(10, ROOMY_BYTES, { store });
  assert.deepEqual([session(after).queued, session(after).queuedBytes], [8, queuedBytes]);
  await publishNumbers(await publisherOf(after, version), 9, 12);
  assert.equal(dropped(after), 2);
  const again = await after.connect(durable(version, "sub"));
  assert.deepEqual(payloads(await receiveAll(again)), numbers(1, 10));
});

for (const clean of [true, false]) {
  testVersions(
    `A connected client with a full window has the same limit, clean session ${clean}`,
    [3, 4, 5],
    async (version) => {
      await using broker = await start(10, ROOMY_BYTES, { limits: { inflightMax: 1 } });
      const subscriber = await broker.connect({ ...durable(version, "sub"), clean });
      await subscriber.subscribe("a", { qos: 1 });
      const publisher = await publisherOf(broker, version);
      // The publisher is held for the grace period, once; then nobody waits for the subscriber.
      const publishing = publishNumbers(publisher, 1, 15);
      await broker.advance(1000);
      await publishing;
      assert.deepEqual([session(broker).queued, dropped(broker)], [10, 4]);
      assert.deepEqual(payloads(await receiveAll(subscriber)), numbers(1, 11));
    },
  );
}

// The part that is only in the store

const MANY = 3 * RESIDENT_WINDOW + 17;

testVersions("A long queue comes whole and in order", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const publisher = await sleeper(broker, version);
  await publishNumbers(publisher, 1, MANY);
  assert.equal(session(broker).queued, MANY);
  const again = await broker.connect(durable(version, "sub"));
  assert.deepEqual(payloads(await receiveAll(again)), numbers(1, MANY));
  const { queued, queuedBytes, inFlight } = session(broker);
  assert.deepEqual([queued, queuedBytes, inFlight], [0, 0, 0]);
  assert.equal((await broker.store.queue.summary("sub")).count, 0);
});

testVersions(
  "A long queue comes whole and in order after a restart, at both QoS",
  [3, 4, 5],
  async (version) => {
    const store = new MemoryStore();
    const before = await TestBroker.start({ store });
    const publisher = await sleeper(before, version);
    await publishNumbers(publisher, 1, 200, 1);
    await publishNumbers(publisher, 201, MANY, 2);
    await before.stop();
    await using after = await TestBroker.start({ store });
    const again = await after.connect(durable(version, "sub"));
    assert.deepEqual(payloads(await receiveAll(again)), numbers(1, MANY));
  },
);

testVersions(
  "What is published while pages are read goes behind them",
  [3, 4, 5],
  async (version) => {
    const store = new FaultyStore(new MemoryStore());
    await using broker = await TestBroker.start({ store, limits: { inflightMax: 10 } });
    const publisher = await sleeper(broker, version);
    await publishNumbers(publisher, 1, 200);
    const again = await broker.connect(durable(version, "sub"));
    let next = 201;
    for (const expected of numbers(1, 260)) {
      await receive(again, { payload: expected });
      if (next > 260) continue;
      // Reads wait for the commits before them, so a page is under way while these arrive.
      store.hold();
      await publisher.send({
        cmd: "publish",
        topic: "a",
        payload: `${next}`,
        qos: 1,
        messageId: next++,
      });
      await nextTurn();
      store.releaseAll();
      await publisher.expect("puback");
    }
    await again.expectNothing();
    assert.equal(session(broker).queued, 0);
  },
);

for (const inflightMax of [1, 7]) {
  testVersions(
    `A long queue builds up and drains while the client is connected, window ${inflightMax}`,
    [3, 4, 5],
    async (version) => {
      await using broker = await TestBroker.start({ limits: { inflightMax } });
      const subscriber = await broker.connect(durable(version, "sub"));
      await subscriber.subscribe("a", { qos: 1 });
      const publisher = await publisherOf(broker, version);
      let expected = 1;
      let published = 0;
      for (const [more, taken] of [[250, 100], [150, 200], [0, 90], [20, 0]] as const) {
        await publishNumbers(publisher, published + 1, published + more);
        published += more;
        for (let count = 0; count < taken; count++) {
          await receive(subscriber, { payload: `${expected++}` });
        }
      }
      assert.deepEqual(payloads(await receiveAll(subscriber)), numbers(expected, published));
      assert.equal(session(broker).queued, 0);
    },
  );
}

testVersions(
  "A connection that takes over in the middle of a long queue goes on where it was",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start({ limits: { inflightMax: 5 } });
    const publisher = await sleeper(broker, version);
    await publishNumbers(publisher, 1, MANY);
    const seen: string[] = [];
    while (seen.length < MANY) {
      const client = await broker.connect(durable(version, "sub"));
      for (let count = 0; count < 60 && seen.length < MANY; count++) {
        const { payload } = await receive(client);
        seen.push(`${payload}`);
      }
      await client.untilPing(); // so that all acknowledgements have arrived
    }
    assert.deepEqual(seen, numbers(1, MANY));
  },
);

testVersions(
  "A page that cannot be read ends the connection, and nothing is lost",
  [3, 4, 5],
  async (version) => {
    const store = new FaultyStore(new MemoryStore());
    const before = await TestBroker.start({ store });
    await publishNumbers(await sleeper(before, version), 1, 20);
    await before.stop();
    await using after = await TestBroker.start({ store });
    store.failReads("failed");
    const first = await after.connect(durable(version, "sub"));
    if (version === 5) await first.expect("disconnect", { reasonCode: 0x80 });
    await first.expectClosed();
    store.failReads(undefined);
    const second = await after.connect(durable(version, "sub"));
    assert.deepEqual(payloads(await receiveAll(second)), numbers(1, 20));
  },
);

Deno.test("A page that comes back empty does not hide what was queued since it was asked for", async () => {
  const store = new FaultyStore(new MemoryStore());
  const inflightMax = RESIDENT_WINDOW + 1;
  await using broker = await TestBroker.start({ store, limits: { inflightMax } });
  const subscriber = await broker.connect(durable(5, "sub"));
  await subscriber.subscribe("a", { qos: 1 });
  const publisher = await publisherOf(broker, 5);
  await publishNumbers(publisher, 1, inflightMax + RESIDENT_WINDOW);
  const inFlight = await subscriber.untilPing();
  store.hold();
  // The first entry behind the resident ones: its write is going to fail.
  const enqueue = async (payload: string, messageId: number) => {
    await publisher.send({ cmd: "publish", topic: "a", payload, qos: 1, messageId });
    await nextTurn();
  };
  await enqueue("fails", 60_001);
  for (const { messageId } of inFlight) {
    await subscriber.send({ cmd: "puback", messageId: messageId! });
  }
  await nextTurn();
  await enqueue("succeeds", 60_002);
  store.failHeld("failed", 1);
  store.release(store.held - 1);
  await nextTurn();
  await nextTurn();
  store.releaseAll();
  await publisher.expect("puback", { messageId: 60_001, reasonCode: 0x80 });
  await publisher.expect("puback", { messageId: 60_002, reasonCode: 0 });
  const received = payloads(await receiveAll(subscriber));
  assert.deepEqual(received, [
    ...numbers(inflightMax + 1, inflightMax + RESIDENT_WINDOW),
    "succeeds",
  ]);
});

Deno.test("A session that ends takes its long queue with it, counted", async () => {
  await using broker = await TestBroker.start();
  const publisher = await sleeper(broker, 5);
  await publishNumbers(publisher, 1, MANY);
  const clean = await broker.connect({ ...durable(5, "sub"), clean: true });
  await clean.expectNothing();
  assert.equal(broker.broker.inspector.accounting().discarded, MANY);
  assert.equal((await broker.store.queue.summary("sub")).count, 0);
});
