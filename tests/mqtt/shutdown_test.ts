import assert from "#assert";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { FaultyStore } from "../../src/storage/faulty_store.ts";
import { MemoryStore } from "../../src/storage/memory.ts";
import { expectDisconnected } from "../support/endings.ts";
import type { ConnectOptions } from "../support/raw_client.ts";
import { accept, ScriptedAuthenticator } from "../support/scripted_authenticator.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

function kept(version: 3 | 4 | 5, more: ConnectOptions = {}): ConnectOptions {
  return {
    clientId: "kept",
    clean: false,
    protocolVersion: version,
    ...(version === 5 ? { properties: { sessionExpiryInterval: 60 } } : {}),
    ...more,
  };
}

testVersions(
  "a stop disconnects everybody with 0x8B, and 3.x clients without a word",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const clients = [];
    for (let i = 0; i < 5; i++) {
      clients.push(await broker.connect({ clientId: `client ${i}`, protocolVersion: version }));
    }
    await broker.broker.stop();
    for (const client of clients) {
      const disconnect = await expectDisconnected(client, ReasonCode.ServerShuttingDown);
      if (version === 5) assert.ok(disconnect?.properties?.reasonString);
    }
    assert.equal(broker.broker.inspector.counts().connections, 0);
  },
);

testVersions("a stopped broker accepts nobody", [5], async () => {
  await using broker = await TestBroker.start();
  await broker.broker.stop();
  const client = await broker.client();
  await client.expectClosed();
});

testVersions(
  "a stop is over at once where nobody is connected, and may be repeated",
  [5],
  async () => {
    await using broker = await TestBroker.start();
    await Promise.all([broker.broker.stop(), broker.broker.stop()]);
    await broker.broker.stop();
  },
);

testVersions(
  "what was acknowledged to publishers before the stop is written out to subscribers",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const subscriber = await broker.connect({ clientId: "subscriber", protocolVersion: version });
    await subscriber.subscribe("a");
    const publisher = await broker.connect({ clientId: "publisher" });
    for (let i = 0; i < 100; i++) await publisher.publish("a", `${i}`);
    await publisher.ping();
    await broker.broker.stop();
    for (let i = 0; i < 100; i++) await subscriber.expect("publish", { payload: `${i}` });
    await expectDisconnected(subscriber, ReasonCode.ServerShuttingDown);
  },
);

testVersions(
  "a client that does not read holds the stop up for a while only",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start({ transport: { windowBytes: 0 } });
    const client = await broker.connect({ clientId: "client", protocolVersion: version });
    await client.subscribe("a");
    client.freeze();
    const publisher = await broker.connect({ clientId: "publisher" });
    await publisher.publish("a", "x");
    await publisher.ping();
    let stopped = false;
    const stopping = broker.broker.stop().then(() => stopped = true);
    await broker.advance(4999);
    assert.equal(stopped, false);
    await broker.advance(1);
    await stopping;
  },
);

testVersions(
  "[MQTT-3.1.2-8] a stop publishes the wills of those who were connected",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const away = await broker.connect(kept(version));
    await away.subscribe("will", { qos: 1 });
    await away.disconnect();
    const will = { topic: "will", payload: "gone", qos: 1 as const };
    await broker.connect({ clientId: "mortal", protocolVersion: version, will });
    await broker.broker.stop();
    assert.equal(broker.broker.inspector.session("kept")?.queued, 1);
    const { count } = await broker.store.queue.summary("kept");
    assert.equal(count, 1);
  },
);

testVersions(
  "[MQTT-3.1.2-8] a stop waits for the authorizer of the wills that it publishes",
  [3, 4, 5],
  async (version) => {
    const decision = Promise.withResolvers<boolean>();
    const authorizer = { publish: () => decision.promise, subscribe: () => true };
    await using broker = await TestBroker.start({ authorizer });
    const away = await broker.connect(kept(version));
    await away.subscribe("will", { qos: 1 });
    await away.disconnect();
    const will = { topic: "will", payload: "gone", qos: 1 as const };
    await broker.connect({ clientId: "mortal", protocolVersion: version, will });
    let stopped = false;
    const stopping = broker.broker.stop().then(() => stopped = true);
    await broker.advance(1000);
    assert.equal(stopped, false);
    decision.resolve(true);
    await stopping;
    assert.equal((await broker.store.queue.summary("kept")).count, 1);
  },
);

testVersions(
  "[MQTT-3.1.2-23] a stop keeps the sessions that live on, and the delay of their wills",
  [5],
  async () => {
    await using broker = await TestBroker.start();
    const will = { topic: "will", payload: "gone", properties: { willDelayInterval: 30 } };
    await broker.connect(kept(5, { will }));
    await broker.connect({ clientId: "mortal" });
    await broker.broker.stop();
    const record = await broker.store.sessions.get("kept");
    assert.deepEqual([record?.connected, record?.disconnectedAt], [false, broker.clock.now()]);
    assert.equal((await broker.store.wills.get("kept"))?.dueAt, broker.clock.now() + 30_000);
    assert.equal(await broker.store.sessions.count(), 1);
  },
);

testVersions(
  "a stop does not wait for a CONNECT whose client is still being authenticated",
  [3, 4, 5],
  async (version) => {
    const answer = Promise.withResolvers<void>();
    const authenticator = new ScriptedAuthenticator(async (request, data) => {
      await answer.promise;
      return await accept()(request, data);
    });
    await using broker = await TestBroker.start({ authenticator });
    const client = await broker.client(version);
    await client.sendConnect(kept(version));
    await broker.advance(0);
    await broker.broker.stop();
    await client.expectClosed();
    answer.resolve();
    await broker.advance(0);
    assert.equal(broker.broker.inspector.session("kept")?.connected ?? false, false);
  },
);

testVersions(
  "a stop waits for sessions that are being stored",
  [3, 4, 5],
  async (version) => {
    const store = new FaultyStore(new MemoryStore());
    await using broker = await TestBroker.start({ store });
    store.hold();
    const client = await broker.client(version);
    await client.sendConnect(kept(version));
    await broker.advance(0);
    let stopped = false;
    const stopping = broker.broker.stop().then(() => stopped = true);
    await client.expectClosed();
    await broker.advance(1000);
    assert.equal(stopped, false);
    store.releaseAll();
    await stopping;
    assert.equal((await store.sessions.get("kept"))?.connected, false);
  },
);

testVersions("observers are told of everybody whom a stop disconnects", [5], async () => {
  const told: unknown[] = [];
  await using broker = await TestBroker.start({
    observer: {
      clientDisconnected: ({ clientId }, reasonCode) => void told.push([clientId, reasonCode]),
    },
  });
  await broker.connect({ clientId: "a" });
  await broker.connect({ clientId: "b" });
  await broker.broker.stop();
  assert.deepEqual(told, [["a", 0x8b], ["b", 0x8b]]);
});
