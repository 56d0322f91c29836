import assert from "#assert";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { FaultyStore } from "../../src/storage/faulty_store.ts";
import { MemoryStore } from "../../src/storage/memory.ts";
import { expectDisconnected } from "../support/endings.ts";
import type { ConnectOptions, PacketOf, RawClient, SentPacket } from "../support/raw_client.ts";
import { accept, ScriptedAuthenticator } from "../support/scripted_authenticator.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

/** CONNECT options of a session that outlives its connection. */
function kept(version: 3 | 4 | 5, more: ConnectOptions = {}): ConnectOptions {
  return {
    clientId: "kept",
    clean: false,
    protocolVersion: version,
    ...(version === 5 ? { properties: { sessionExpiryInterval: 60 } } : {}),
    ...more,
  };
}

async function takeOver(broker: TestBroker, version: 3 | 4 | 5, more: ConnectOptions = {}) {
  const client = await broker.client(version);
  const { sessionPresent } = await client.connect(kept(version, more));
  return { client, sessionPresent };
}

testVersions(
  "[MQTT-3.1.4-3] a new connection ends the old one of the same client",
  [3, 4, 5],
  async (version) => {
    for (const clean of [false, true]) {
      await using broker = await TestBroker.start();
      const old = await broker.connect(kept(version));
      const { client } = await takeOver(broker, version, { clean });
      const disconnect = await expectDisconnected(old, ReasonCode.SessionTakenOver);
      if (version === 5) assert.ok(disconnect?.properties?.reasonString);
      await client.expectNothing();
      assert.equal(broker.broker.inspector.statistics.clientsConnected, 1);
      assert.equal(broker.broker.inspector.counts().sessions, 1);
    }
  },
);

testVersions(
  "[MQTT-3.1.2-5] [MQTT-3.2.2-3] takeover with clean start 0 goes on with the session",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const old = await broker.connect(kept(version));
    await old.subscribe("a", { qos: 1 });
    const publisher = await broker.connect({ clientId: "publisher" });
    await publisher.publish("a", "1", { qos: 1 });
    await old.expect("publish", { payload: "1", messageId: 1, dup: false });
    const { client, sessionPresent } = await takeOver(broker, version);
    assert.equal(sessionPresent, version !== 3);
    await expectDisconnected(old, ReasonCode.SessionTakenOver);
    await client.expect("publish", { payload: "1", messageId: 1, dup: true });
    await publisher.publish("a", "2", { qos: 1 });
    await client.expect("publish", { payload: "2", messageId: 2, dup: false });
    await client.expectNothing();
  },
);

testVersions(
  "[MQTT-3.1.2-4] [MQTT-3.2.2-2] takeover with clean start 1 starts anew",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const old = await broker.connect(kept(version));
    await old.subscribe("a", { qos: 1 });
    const publisher = await broker.connect({ clientId: "publisher" });
    await publisher.publish("a", "1", { qos: 1 });
    await old.expect("publish", { payload: "1" });
    const { client, sessionPresent } = await takeOver(broker, version, { clean: true });
    assert.equal(sessionPresent, false);
    await expectDisconnected(old, ReasonCode.SessionTakenOver);
    await publisher.publish("a", "2", { qos: 1 });
    await client.expectNothing();
  },
);

testVersions(
  "[MQTT-3.1.2-6] [MQTT-3.2.2-3] a session without expiry ends with the connection that is taken over",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const old = await broker.connect({ clientId: "kept", clean: true, protocolVersion: version });
    await old.subscribe("a");
    const { client, sessionPresent } = await takeOver(broker, version);
    assert.equal(sessionPresent, false);
    await expectDisconnected(old, ReasonCode.SessionTakenOver);
    await client.publish("a", "nobody's");
    await client.expectNothing();
  },
);

testVersions("[MQTT-3.1.4-3] any version takes over from any other", [5], async () => {
  const versions = [3, 4, 5] as const;
  for (const before of versions) {
    for (const after of versions) {
      await using broker = await TestBroker.start();
      const old = await broker.connect(kept(before));
      await old.subscribe("a");
      const { client } = await takeOver(broker, after);
      await expectDisconnected(old, ReasonCode.SessionTakenOver);
      await client.publish("a", "x");
      await client.expect("publish", { payload: "x" });
    }
  }
});

testVersions(
  "[MQTT-4.3.3-10] [MQTT-4.3.3-11] a QoS 2 message is finished by the connection that took over",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const watcher = await broker.connect({ clientId: "watcher" });
    await watcher.subscribe("b");
    const old = await broker.connect(kept(version));
    await old.publish("b", "once", { qos: 2, messageId: 9 });
    const { client } = await takeOver(broker, version);
    await client.publish("b", "once", { qos: 2, messageId: 9, dup: true });
    await client.release(9);
    await watcher.expect("publish", { payload: "once" });
    await watcher.expectNothing();
  },
);

testVersions("observers are told of a takeover, once", [3, 4, 5], async (version) => {
  const events: string[] = [];
  const observer = {
    sessionTakenOver: (clientId: string) => void events.push(`taken over ${clientId}`),
    clientDisconnected: (_: unknown, code: number) => void events.push(`disconnected ${code}`),
    clientConnected: () => void events.push("connected"),
  };
  await using broker = await TestBroker.start({ observer });
  await broker.connect(kept(version));
  await takeOver(broker, version);
  assert.deepEqual(events, [
    "connected",
    "taken over kept",
    `disconnected ${ReasonCode.SessionTakenOver}`,
    "connected",
  ]);
});

// Superseded connections.

testVersions(
  "an old connection that does not read holds nobody up and cannot close its successor",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start({ transport: { windowBytes: 0 } });
    const old = await broker.connect(kept(version, { keepalive: 10 }));
    old.freeze();
    const { client } = await takeOver(broker, version);
    await client.subscribe("a");
    // Its DISCONNECT cannot be written, its keep alive passes, and in the end it is broken off.
    await broker.advance(100_000);
    await client.publish("a", "x");
    await client.expect("publish", { payload: "x" });
    assert.equal(broker.broker.inspector.session("kept")?.connected, true);
    assert.equal(broker.broker.inspector.counts().connections, 1);
  },
);

testVersions(
  "what an old connection still sends is ignored",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start({ transport: { windowBytes: 0 } });
    const watcher = await broker.connect({ clientId: "watcher" });
    await watcher.subscribe("#");
    const old = await broker.connect(kept(version));
    // It does not read, so the broker cannot finish closing it.
    old.freeze();
    await broker.advance(0);
    await watcher.publish("of the watcher", "", { qos: 0 });
    await watcher.expect("publish");
    const { client } = await takeOver(broker, version);
    const late: SentPacket[] = [
      { cmd: "publish", topic: "late", payload: "x" },
      { cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "late", qos: 0 }] },
      { cmd: "disconnect" },
    ];
    for (const packet of late) old.send(packet).catch(() => {});
    await broker.advance(100);
    await watcher.expectNothing();
    await client.expectNothing();
    assert.equal(broker.broker.inspector.session("kept")?.subscriptions, 0);
  },
);

testVersions(
  "an acknowledgement that waits for the store is not sent to the connection that took over",
  [3, 4, 5],
  async (version) => {
    const store = new FaultyStore(new MemoryStore());
    await using broker = await TestBroker.start({ store });
    const old = await broker.connect(kept(version));
    await old.subscribe("a", { qos: 1 });
    store.hold();
    await old.send({ cmd: "publish", topic: "a", payload: "x", qos: 1, messageId: 50 });
    await broker.advance(0);
    await old.expect("publish", { payload: "x", messageId: 1, dup: false });
    assert.ok(store.held > 0, "the PUBLISH is not being stored");
    const client = await broker.client(version);
    await client.sendConnect(kept(version));
    await broker.advance(0);
    store.releaseAll();
    await client.expect("connack");
    // It gets the message, for which it has subscribed, but no PUBACK for a packet that it did not send.
    await client.expect("publish", { payload: "x", messageId: 1, dup: true });
    await client.expectNothing();
    await expectDisconnected(old, ReasonCode.SessionTakenOver);
  },
);

testVersions(
  "a PUBLISH whose authorization outlives its connection is not published",
  [3, 4, 5],
  async (version) => {
    const decision = Promise.withResolvers<boolean>();
    const authorizer = {
      publish: (_: unknown, topic: string) => topic === "slow" ? decision.promise : true,
      subscribe: () => true,
    };
    await using broker = await TestBroker.start({ authorizer });
    const watcher = await broker.connect({ clientId: "watcher" });
    await watcher.subscribe("#");
    const old = await broker.connect(kept(version));
    await old.send({ cmd: "publish", topic: "slow", payload: "x", qos: 1, messageId: 1 });
    await broker.advance(0);
    const { client } = await takeOver(broker, version);
    decision.resolve(true);
    await watcher.expectNothing();
    await client.expectNothing();
  },
);

// Races.

/** Connects `count` clients of one identifier in the same turn. */
async function race(
  broker: TestBroker,
  version: 3 | 4 | 5,
  count: number,
  options: ConnectOptions,
): Promise<RawClient[]> {
  const clients: RawClient[] = [];
  for (let i = 0; i < count; i++) clients.push(await broker.client(version));
  await Promise.all(clients.map((client) => client.sendConnect(kept(version, options))));
  return clients;
}

testVersions(
  "[MQTT-3.1.4-3] of many connections that race for one identifier exactly one is left",
  [3, 4, 5],
  async (version) => {
    for (const clean of [false, true]) {
      await using broker = await TestBroker.start();
      const clients = await race(broker, version, 20, { clean });
      const winner = clients.pop()!;
      for (const [index, loser] of clients.entries()) {
        const { sessionPresent } = await loser.expect("connack");
        assert.equal(sessionPresent, index > 0 && !clean && version !== 3);
        await expectDisconnected(loser, ReasonCode.SessionTakenOver);
      }
      await winner.expect("connack");
      await winner.expectNothing();
      assert.equal(broker.broker.inspector.counts().sessions, 1);
      assert.equal(broker.broker.inspector.counts().connections, 1);
      assert.equal(broker.broker.inspector.statistics.clientsConnected, 1);
    }
  },
);

testVersions(
  "[MQTT-3.1.4-3] connections that race while the store is slow are served in their order",
  [3, 4, 5],
  async (version) => {
    const store = new FaultyStore(new MemoryStore());
    await using broker = await TestBroker.start({ store });
    store.hold();
    const clients = await race(broker, version, 5, {});
    await broker.advance(0);
    assert.ok(store.held > 0);
    while (store.held > 0) {
      store.release(1);
      await broker.advance(0);
    }
    const winner = clients.pop()!;
    for (const loser of clients) {
      await loser.expect("connack");
      await expectDisconnected(loser, ReasonCode.SessionTakenOver);
    }
    await winner.expect("connack");
    store.releaseAll();
    await winner.expectNothing();
    assert.equal(broker.broker.inspector.counts().connections, 1);
  },
);

testVersions(
  "[MQTT-3.1.4-3] a connection that joins a race late is served last",
  [3, 4, 5],
  async (version) => {
    const store = new FaultyStore(new MemoryStore());
    await using broker = await TestBroker.start({ store });
    store.hold();
    const [first, second] = await race(broker, version, 2, {}) as [RawClient, RawClient];
    await broker.advance(0);
    store.release(1);
    await first.expect("connack");
    // The second is being stored.
    await expectDisconnected(first, ReasonCode.SessionTakenOver);
    const third = await broker.client(version);
    await third.sendConnect(kept(version));
    await broker.advance(0);
    assert.equal(third.pending, 0);
    store.releaseAll();
    await second.expect("connack");
    await expectDisconnected(second, ReasonCode.SessionTakenOver);
    await third.expect("connack");
    await third.expectNothing();
  },
);

testVersions(
  "[MQTT-3.1.4-3] who is authenticated last has the session, not who has sent CONNECT last",
  [3, 4, 5],
  async (version) => {
    const answers = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let asked = 0;
    const authenticator = new ScriptedAuthenticator(async (request, data) => {
      await answers[asked++]!.promise;
      return await accept()(request, data);
    });
    await using broker = await TestBroker.start({ authenticator });
    const [slow, fast] = await race(broker, version, 2, {}) as [RawClient, RawClient];
    await broker.advance(0);
    answers[1]!.resolve();
    await fast.expect("connack");
    answers[0]!.resolve();
    await slow.expect("connack");
    await expectDisconnected(fast, ReasonCode.SessionTakenOver);
    await slow.expectNothing();
  },
);

testVersions(
  "a CONNECT that comes while the old connection leaves gets a session of its own",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const old = await broker.connect({ clientId: "kept", protocolVersion: version });
    await old.subscribe("a");
    const client = await broker.client(version);
    await Promise.all([old.send({ cmd: "disconnect" }), client.sendConnect(kept(version))]);
    const { sessionPresent } = await client.expect("connack");
    assert.equal(sessionPresent, false);
    await old.expectClosed();
    await client.subscribe("b");
    await client.publish("b", "x");
    await client.expect("publish", { topic: "b" });
    assert.equal(broker.broker.inspector.session("kept")?.subscriptions, 1);
  },
);

testVersions(
  "a client that is gone before its session is open leaves it without a connection",
  [3, 4, 5],
  async (version) => {
    const store = new FaultyStore(new MemoryStore());
    await using broker = await TestBroker.start({ store, limits: { defaultExpirySeconds: 60 } });
    const watcher = await broker.connect({ clientId: "watcher" });
    await watcher.subscribe("#");
    store.hold();
    const client = await broker.client(version);
    await client.sendConnect(kept(version, { will: { topic: "will", payload: "gone" } }));
    await broker.advance(0);
    assert.ok(store.held > 0);
    await client.abort();
    store.releaseAll();
    await broker.advance(0);
    assert.equal(broker.broker.inspector.session("kept")?.connected, false);
    assert.equal(broker.broker.inspector.statistics.clientsConnected, 1);
    // It was never told that it was connected, so it has no will either.
    await watcher.expectNothing();
    await broker.advance(60_000);
    assert.equal(broker.broker.inspector.session("kept"), undefined);
  },
);

testVersions(
  "no message is lost or out of order while a session changes hands again and again",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    let client = await broker.connect(kept(version));
    await client.subscribe("a", { qos: 1 });
    const publisher = await broker.connect({ clientId: "publisher" });
    const seen: string[] = [];
    const expected: string[] = [];
    for (let round = 0; round < 20; round++) {
      for (const payload of [`${2 * round}`, `${2 * round + 1}`]) {
        await publisher.publish("a", payload, { qos: 1 });
        expected.push(payload);
      }
      const packets = await client.untilPing() as PacketOf<"publish">[];
      const payloads = packets.map(({ payload }) => payload.toString());
      // What is not acknowledged comes again, in front of what is new.
      assert.deepEqual(payloads, expected.slice(-payloads.length));
      seen.push(...payloads.filter((payload) => !seen.includes(payload)));
      await client.send({ cmd: "puback", messageId: packets[0]!.messageId! });
      ({ client } = await takeOver(broker, version));
    }
    assert.deepEqual(seen, expected);
  },
);
