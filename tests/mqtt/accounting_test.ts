/** The books: every delivery ends in one place, under its own name (design invariant 7). */
import assert from "#assert";
import type { QoS } from "mqtt-packet";
import type { AccountingReport } from "../../src/broker/accounting.ts";
import type { BrokerLimits } from "../../src/broker/limits.ts";
import type { ClusterHost } from "../../src/cluster/cluster.ts";
import { StandaloneCluster } from "../../src/cluster/standalone.ts";
import { DROP_REASONS, type DropReason } from "../../src/events/observer.ts";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { FaultyStore } from "../../src/storage/faulty_store.ts";
import { MemoryStore } from "../../src/storage/memory.ts";
import { durable, publish, receive, receiveAll } from "../support/exchange.ts";
import type { RawClient } from "../support/raw_client.ts";
import { nextTurn, TestBroker, testVersions } from "../support/test_broker.ts";

type Version = 3 | 4 | 5;

/** A receiver that stops reading is noticed after a few hundred bytes. */
const SMALL_OUTPUT: Partial<BrokerLimits> = {
  outputHighWater: 400,
  outputLowWater: 100,
  outputMax: 1000,
};
const NO_WINDOW = { windowBytes: 0 };

function books(broker: TestBroker): AccountingReport {
  return broker.broker.inspector.accounting();
}

/** All drops are under `reason`. */
function assertDropped(broker: TestBroker, reason: DropReason, count: number): void {
  const expected = Object.fromEntries(DROP_REASONS.map((each) => [each, 0]));
  assert.deepEqual(books(broker).dropped, { ...expected, [reason]: count });
  broker.assertBalanced();
}

async function pair(
  broker: TestBroker,
  protocolVersion: Version,
  qos: QoS,
): Promise<{ subscriber: RawClient; publisher: RawClient }> {
  const subscriber = await broker.connect(durable(protocolVersion, "sub"));
  await subscriber.subscribe("a", { qos });
  return { subscriber, publisher: await broker.connect({ clientId: "pub", protocolVersion }) };
}

// Each reason for a drop

testVersions("qos0_offline: QoS 0 for a session without a connection", [3, 4, 5], async (v) => {
  await using broker = await TestBroker.start();
  const { subscriber, publisher } = await pair(broker, v, 1);
  await subscriber.disconnect();
  await publish(publisher, "a", "x", { qos: 0 });
  await publisher.ping();
  assertDropped(broker, "qos0_offline", 1);
});

testVersions("qos0_offline: also what a subscription lowers to QoS 0", [3, 4, 5], async (v) => {
  await using broker = await TestBroker.start();
  const { subscriber, publisher } = await pair(broker, v, 0);
  await subscriber.disconnect();
  await publish(publisher, "a", "x", { qos: 2 });
  assertDropped(broker, "qos0_offline", 1);
});

testVersions(
  "slow_receiver: QoS 0 for a client that does not read, after the grace period",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start({ limits: SMALL_OUTPUT, transport: NO_WINDOW });
    const { subscriber, publisher } = await pair(broker, version, 0);
    subscriber.freeze();
    const publishing = (async () => {
      for (let index = 0; index < 30; index++) {
        await publish(publisher, "a", new Uint8Array(100), { qos: 0 });
      }
      await publisher.ping();
    })();
    await broker.advance(1000);
    await publishing;
    const { dropped, matched } = books(broker);
    assert.ok(dropped.slow_receiver > 0);
    assertDropped(broker, "slow_receiver", dropped.slow_receiver);
    subscriber.thaw();
    const received = await receiveAll(subscriber);
    assert.equal(received.length + dropped.slow_receiver, matched);
    assert.equal(books(broker).delivered, received.length);
  },
);

testVersions("queue_full: QoS 1 and 2 for a session that holds enough", [3, 4, 5], async (v) => {
  await using broker = await TestBroker.start({
    limits: { queue: { messagesMax: 2, bytesMax: 1_000_000 } },
  });
  const { subscriber, publisher } = await pair(broker, v, 2);
  await subscriber.disconnect();
  for (const qos of [1, 2, 1, 2] as const) await publish(publisher, "a", "x", { qos });
  assertDropped(broker, "queue_full", 2);
});

Deno.test("packet_too_large: what the client's Maximum Packet Size has no room for (5.0)", async () => {
  await using broker = await TestBroker.start();
  const subscriber = await broker.connect({ properties: { maximumPacketSize: 50 } });
  await subscriber.subscribe("a", { qos: 2 });
  const publisher = await broker.connect({ clientId: "pub" });
  for (const qos of [0, 1, 2] as const) await publish(publisher, "a", new Uint8Array(50), { qos });
  await publisher.ping();
  assertDropped(broker, "packet_too_large", 3);
});

Deno.test("refused_by_receiver: what the client answers with 0x80 or more (5.0)", async () => {
  await using broker = await TestBroker.start();
  const { subscriber, publisher } = await pair(broker, 5, 2);
  for (const [qos, cmd] of [[1, "puback"], [2, "pubrec"]] as const) {
    await publish(publisher, "a", "x", { qos });
    const { messageId } = await subscriber.expect("publish");
    const reasonCode = ReasonCode.NotAuthorized;
    await subscriber.send({ cmd, messageId: messageId!, reasonCode });
  }
  await subscriber.ping();
  assertDropped(broker, "refused_by_receiver", 2);
});

testVersions("connection_lost: QoS 0 that was not written yet", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start({ transport: NO_WINDOW });
  const { subscriber, publisher } = await pair(broker, version, 0);
  await subscriber.ping();
  subscriber.freeze();
  for (let index = 0; index < 10; index++) {
    await publish(publisher, "a", new Uint8Array(100), { qos: 0 });
  }
  await publisher.ping();
  await nextTurn();
  assert.equal(books(broker).inFlight, 10);
  await subscriber.abort();
  await nextTurn();
  assertDropped(broker, "connection_lost", 10);
});

testVersions("store_failed: what the store did not take", [3, 4, 5], async (version) => {
  const store = new FaultyStore(new MemoryStore());
  await using broker = await TestBroker.start({ store });
  const { subscriber } = await pair(broker, version, 2);
  for (const connected of [true, false]) {
    if (!connected) await subscriber.disconnect();
    // At QoS 1 a subscriber that is there has the message already.
    for (const qos of connected ? [2] as const : [1, 2] as const) {
      const publisher = await broker.connect({ clientId: "pub2", protocolVersion: version });
      store.failNext("failed");
      await publisher.send({ cmd: "publish", topic: "a", qos, messageId: 1 });
      if (version === 5) await publisher.expect(qos === 1 ? "puback" : "pubrec");
      else await publisher.expectClosed();
    }
  }
  assertDropped(broker, "store_failed", 3);
});

// The other places

testVersions("delivered: written at QoS 0, acknowledged at QoS 1 and 2", [3, 4, 5], async (v) => {
  await using broker = await TestBroker.start();
  const { subscriber, publisher } = await pair(broker, v, 2);
  const delivered = () => books(broker).delivered;
  await publish(publisher, "a", "x", { qos: 0 });
  await receive(subscriber);
  assert.equal(delivered(), 1);
  await publish(publisher, "a", "x", { qos: 1 });
  const one = await subscriber.expect("publish");
  assert.deepEqual([delivered(), books(broker).inFlight], [1, 1]);
  await subscriber.send({ cmd: "puback", messageId: one.messageId! });
  await subscriber.ping();
  assert.equal(delivered(), 2);
  await publish(publisher, "a", "x", { qos: 2 });
  const two = await subscriber.expect("publish");
  await subscriber.send({ cmd: "pubrec", messageId: two.messageId! });
  await subscriber.expect("pubrel");
  assert.deepEqual([delivered(), books(broker).inFlight], [2, 1]);
  await subscriber.send({ cmd: "pubcomp", messageId: two.messageId! });
  await subscriber.ping();
  assert.deepEqual([delivered(), books(broker).inFlight], [3, 0]);
});

testVersions(
  "matched, retained, wills: where a delivery came from",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const publisher = await broker.connect({
      clientId: "pub",
      protocolVersion: version,
      will: { topic: "a", payload: new TextEncoder().encode("will"), qos: 1, retain: false },
    });
    await publish(publisher, "a", "x", { qos: 1, retain: true });
    const subscribers: RawClient[] = [];
    for (const clientId of ["one", "two"]) {
      const subscriber = await broker.connect({ clientId, protocolVersion: version });
      await subscriber.subscribe("a", { qos: 1 });
      subscribers.push(subscriber);
    }
    await publish(publisher, "a", "y", { qos: 1 });
    await publisher.abort();
    for (const subscriber of subscribers) {
      assert.equal((await receiveAll(subscriber)).length, 3);
    }
    const { matched, retained, wills, delivered } = books(broker);
    assert.deepEqual([matched, retained, wills, delivered], [2, 2, 2, 6]);
  },
);

testVersions("A message that nobody wants is in no book", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const { publisher } = await pair(broker, version, 2);
  for (const qos of [0, 1, 2] as const) await publish(publisher, "b", "x", { qos, retain: true });
  assert.equal(books(broker).matched, 0);
});

testVersions(
  "discarded: what a session held when it ended; opening: what it held at the start",
  [3, 4, 5],
  async (version) => {
    const store = new MemoryStore();
    const before = await TestBroker.start({ store, limits: { inflightMax: 2 } });
    const { subscriber, publisher } = await pair(before, version, 2);
    for (const qos of [1, 2, 1, 2] as const) await publish(publisher, "a", "x", { qos });
    await subscriber.untilPing();
    await subscriber.abort();
    assert.deepEqual([books(before).inFlight, books(before).queued], [2, 2]);
    await before.stop();
    await using after = await TestBroker.start({ store });
    const { opening, inFlight, queued } = books(after);
    assert.deepEqual([opening, inFlight, queued], [4, 2, 2]);
    await after.connect({ ...durable(version, "sub"), clean: true });
    assert.equal(books(after).discarded, 4);
  },
);

Deno.test("expired: what outlived its interval, whenever that is found out (5.0)", async () => {
  await using broker = await TestBroker.start({ limits: { expirySweepMs: 10_000 } });
  const { subscriber, publisher } = await pair(broker, 5, 1);
  await subscriber.disconnect();
  const properties = { messageExpiryInterval: 5 };
  await publish(publisher, "a", "on arrival", {
    qos: 1,
    properties: { messageExpiryInterval: 0 },
  });
  await publish(publisher, "a", "by the sweep", { qos: 1, properties });
  await broker.advance(10_000);
  await publish(publisher, "a", "when its turn comes", { qos: 1, properties });
  await broker.advance(5_000);
  const again = await broker.connect(durable(5, "sub"));
  await again.expectNothing();
  assert.equal(books(broker).expired, 3);
});

Deno.test("An enqueue that fails after its message ran out is entered once (5.0)", async () => {
  const store = new FaultyStore(new MemoryStore());
  await using broker = await TestBroker.start({ store, limits: { expirySweepMs: 10_000 } });
  const { subscriber, publisher } = await pair(broker, 5, 1);
  await subscriber.disconnect();
  store.hold();
  const properties = { messageExpiryInterval: 5 };
  await publisher.send({ cmd: "publish", topic: "a", qos: 1, messageId: 1, properties });
  await broker.advance(10_000);
  assert.equal(books(broker).expired, 1);
  store.failHeld("failed", 1);
  store.releaseAll();
  await publisher.expect("puback", { reasonCode: ReasonCode.UnspecifiedError });
  assertDropped(broker, "store_failed", 0);
});

testVersions("handed over: what went to another node with its session", [3, 4, 5], async (v) => {
  let host: ClusterHost | undefined;
  class Peers extends StandaloneCluster {
    override join(joining: ClusterHost): Promise<void> {
      host = joining;
      return super.join(joining);
    }
  }
  await using broker = await TestBroker.start({
    cluster: new Peers("here"),
    limits: { inflightMax: 1 },
  });
  const { subscriber, publisher } = await pair(broker, v, 2);
  for (const qos of [1, 2, 1] as const) await publish(publisher, "a", "x", { qos });
  await subscriber.expect("publish");
  const snapshot = await host!.surrender("sub");
  assert.deepEqual([snapshot!.inflight.length, snapshot!.queue.length], [1, 2]);
  if (v === 5) await subscriber.expect("disconnect", { reasonCode: ReasonCode.SessionTakenOver });
  await subscriber.expectClosed();
  host!.lost("sub", snapshot!.record.epoch);
  assert.deepEqual([books(broker).handedOver, books(broker).inFlight, books(broker).queued], [
    3,
    0,
    0,
  ]);
});
