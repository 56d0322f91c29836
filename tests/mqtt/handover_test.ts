import assert from "#assert";
import type { ClusterHost, SessionClaim, SessionSnapshot } from "../../src/cluster/cluster.ts";
import { StandaloneCluster } from "../../src/cluster/standalone.ts";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { expectDisconnected } from "../support/endings.ts";
import type { ConnectOptions } from "../support/raw_client.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

/** A node whose peer does what the test says. */
class Node extends StandaloneCluster {
  host!: ClusterHost;
  /** What the peer hands over with the next claim. */
  snapshot: SessionSnapshot | undefined;
  readonly claims: SessionClaim[] = [];
  readonly released: unknown[] = [];

  override join(host: ClusterHost): Promise<void> {
    this.host = host;
    return Promise.resolve();
  }

  override release(...owned: unknown[]): undefined {
    this.released.push(owned);
  }

  override async claim(clientId: string, claim: SessionClaim) {
    this.claims.push(claim);
    const { epoch } = await super.claim(clientId, claim);
    const { snapshot } = this;
    this.snapshot = undefined;
    return { epoch, snapshot };
  }
}

function kept(version: 3 | 4 | 5, more: ConnectOptions = {}): ConnectOptions {
  return {
    clientId: "kept",
    clean: false,
    protocolVersion: version,
    ...(version === 5 ? { properties: { sessionExpiryInterval: 100 } } : {}),
    ...more,
  };
}

/** A session with something in every part of its state, connected to `broker`. */
async function fullSession(broker: TestBroker, version: 3 | 4 | 5, queued: number) {
  const client = await broker.connect(kept(version));
  await client.subscribe([{ topic: "a", qos: 2 }, { topic: "b", qos: 0 }]);
  const publisher = await broker.connect({ clientId: "publisher" });
  await publisher.publish("a", "one", { qos: 1 });
  await client.expect("publish", { payload: "one", messageId: 1 });
  await publisher.publish("a", "two", { qos: 2, messageId: 1 });
  await publisher.release(1);
  await client.expect("publish", { payload: "two", messageId: 2 });
  await client.send({ cmd: "pubrec", messageId: 2 });
  await client.expect("pubrel", { messageId: 2 });
  await client.publish("c", "received", { qos: 2, messageId: 50 });
  await client.abort();
  for (let i = 0; i < queued; i++) await publisher.publish("a", `${i}`, { qos: 1 });
  await publisher.disconnect();
}

testVersions(
  "a session that moves away is disconnected, and its whole state handed over",
  [3, 4, 5],
  async (version) => {
    const node = new Node("old");
    // Without a sweep, so that a day passes in one step.
    const limits = { expirySweepMs: 1e15 };
    await using broker = await TestBroker.start({ cluster: node, limits });
    await fullSession(broker, version, 200);
    const snapshot = (await node.host.surrender("kept"))!;
    assert.deepEqual(snapshot.subscriptions.map(({ topicFilter }) => topicFilter), ["a", "b"]);
    assert.deepEqual(
      snapshot.inflight.map(({ packetId, delivery }) => [packetId, delivery?.message.topic]),
      [[1, "a"], [2, undefined]],
    );
    assert.deepEqual(snapshot.received, [50]);
    assert.equal(snapshot.queue.length, 200);
    const seqs = snapshot.queue.map(({ seq }) => seq);
    assert.deepEqual(seqs, seqs.toSorted((a, b) => a - b));
    assert.equal(snapshot.record.clientId, "kept");
    // Until the other node has it, it is kept here, without a time limit.
    await broker.advance(100_000_000);
    assert.ok(broker.broker.inspector.session("kept"));
    node.host.lost("kept", snapshot.record.epoch);
    assert.equal(broker.broker.inspector.session("kept"), undefined);
    assert.equal(broker.broker.inspector.counts().subscriptions, 0);
    assert.equal(await broker.store.sessions.get("kept"), undefined);
    assert.equal(broker.broker.inspector.accounting().handedOver, 202);
  },
);

testVersions(
  "a client that is connected while its session moves away gets 0x8E",
  [3, 4, 5],
  async (version) => {
    const node = new Node("old");
    await using broker = await TestBroker.start({ cluster: node });
    const client = await broker.connect(kept(version));
    assert.ok(await node.host.surrender("kept"));
    await expectDisconnected(client, ReasonCode.SessionTakenOver);
    assert.equal(await node.host.surrender("unknown"), undefined);
  },
);

testVersions(
  "a session that is lost is dropped without a trace; the will of its connection is published",
  [3, 4, 5],
  async (version) => {
    const node = new Node("old");
    await using broker = await TestBroker.start({ cluster: node });
    const watcher = await broker.connect({ clientId: "watcher" });
    await watcher.subscribe("will");
    const will = { topic: "will", payload: "gone" };
    const client = await broker.connect(kept(version, { will }));
    await client.subscribe("a");
    const { epoch } = (await broker.store.sessions.get("kept"))!;
    // What is said of an earlier ownership, or of a stranger, does not count.
    node.host.lost("kept", epoch - 1);
    node.host.lost("unknown", epoch);
    await client.expectNothing();
    node.host.lost("kept", epoch);
    await expectDisconnected(client, ReasonCode.SessionTakenOver);
    await watcher.expect("publish", { topic: "will" });
    assert.equal(broker.broker.inspector.session("kept"), undefined);
    assert.equal(broker.broker.inspector.counts().subscriptions, 1);
    assert.equal(await broker.store.sessions.get("kept"), undefined);
    await broker.advance(200_000);
    await watcher.expectNothing();
  },
);

testVersions("every connection claims its session anew", [3, 4, 5], async (version) => {
  const node = new Node("old");
  await using broker = await TestBroker.start({ cluster: node });
  await broker.connect(kept(version));
  const { epoch } = (await broker.store.sessions.get("kept"))!;
  const client = await broker.connect(kept(version));
  const { epoch: next } = (await broker.store.sessions.get("kept"))!;
  assert.ok(next > epoch);
  node.host.lost("kept", epoch);
  await client.expectNothing();
  node.host.lost("kept", next);
  await expectDisconnected(client, ReasonCode.SessionTakenOver);
});

testVersions("a session that ends is released, once", [3, 4, 5], async (version) => {
  const node = new Node("old");
  await using broker = await TestBroker.start({ cluster: node });
  const client = await broker.connect({ clientId: "mortal", protocolVersion: version });
  await client.disconnect();
  await broker.advance(0);
  assert.deepEqual(node.released, [["mortal", 1]]);
});

testVersions(
  "[MQTT-3.1.3-9] a session that is lost takes a will with a delay along",
  [5],
  async () => {
    const node = new Node("old");
    await using broker = await TestBroker.start({ cluster: node });
    const watcher = await broker.connect({ clientId: "watcher" });
    await watcher.subscribe("will");
    const will = { topic: "will", payload: "gone", properties: { willDelayInterval: 30 } };
    await broker.connect(kept(5, { will }));
    node.host.lost("kept", (await broker.store.sessions.get("kept"))!.epoch);
    await broker.advance(200_000);
    await watcher.expectNothing();
    assert.equal(await broker.store.wills.get("kept"), undefined);
  },
);

testVersions("the delayed will of a session moves with it", [5], async () => {
  const node = new Node("old");
  await using broker = await TestBroker.start({ cluster: node });
  const watcher = await broker.connect({ clientId: "watcher" });
  await watcher.subscribe("will");
  const will = { topic: "will", payload: "gone", properties: { willDelayInterval: 30 } };
  const client = await broker.connect(kept(5, { will }));
  await client.abort();
  await broker.advance(10_000);
  const snapshot = (await node.host.surrender("kept"))!;
  assert.equal(snapshot.will?.will.topic, "will");
  assert.equal(snapshot.will?.dueAt, broker.clock.now() + 20_000);
  node.host.lost("kept", snapshot.record.epoch);
  await broker.advance(100_000);
  await watcher.expectNothing();
});

testVersions(
  "[MQTT-3.1.2-5] [MQTT-3.2.2-3] a session that comes from another node goes on here",
  [3, 4, 5],
  async (version) => {
    const from = new Node("from");
    await using old = await TestBroker.start({ cluster: from });
    await fullSession(old, version, 200);
    const to = new Node("to");
    await using broker = await TestBroker.start({ cluster: to });
    to.snapshot = await from.host.surrender("kept");
    const client = await broker.client(version);
    const { sessionPresent } = await client.connect(kept(version));
    assert.equal(sessionPresent, version !== 3);
    from.host.lost("kept", 1);
    await client.expect("pubrel", { messageId: 2 });
    await client.expect("publish", { payload: "one", messageId: 1, dup: true });
    await client.send({ cmd: "puback", messageId: 1 });
    await client.send({ cmd: "pubcomp", messageId: 2 });
    for (let i = 0; i < 200; i++) {
      const { messageId } = await client.expect("publish", { payload: `${i}`, dup: false });
      await client.send({ cmd: "puback", messageId: messageId! });
    }
    await client.publish("c", "received", { qos: 2, messageId: 50, dup: true });
    await client.release(50);
    await client.send({ cmd: "publish", topic: "b", payload: "subscribed" });
    await client.expect("publish", { payload: "subscribed" });
    assert.equal(broker.broker.inspector.accounting().opening, 202);
    // And it is stored here.
    await client.disconnect();
    assert.equal(await broker.store.subscriptions.count(), 2);
  },
);

testVersions(
  "[MQTT-3.1.2-4] clean start discards a session on another node, too",
  [3, 4, 5],
  async (version) => {
    const from = new Node("from");
    await using old = await TestBroker.start({ cluster: from });
    await fullSession(old, version, 1);
    const to = new Node("to");
    await using broker = await TestBroker.start({ cluster: to });
    to.snapshot = await from.host.surrender("kept");
    const client = await broker.client(version);
    const { sessionPresent } = await client.connect(kept(version, { clean: true }));
    assert.equal(sessionPresent, false);
    assert.deepEqual(to.claims, [{ cleanStart: true, persistent: version === 5 }]);
    await client.publish("a", "nobody's");
    await client.expectNothing();
  },
);
