import assert from "#assert";
import { FakeClock } from "../../src/base/fake_clock.ts";
import { FaultyStore } from "../../src/storage/faulty_store.ts";
import { MemoryStore } from "../../src/storage/memory.ts";
import { SESSION_EXPIRY_NEVER } from "../../src/storage/store.ts";
import type { ConnectOptions } from "../support/raw_client.ts";
import { TestBroker, type TestBrokerOptions, testVersions } from "../support/test_broker.ts";

/** One store and one clock, and the broker that runs on them at the moment. */
class Machine implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly #memory = new MemoryStore();
  readonly #options: TestBrokerOptions;
  #faults!: FaultyStore;
  #broker!: TestBroker;

  private constructor(options: TestBrokerOptions) {
    this.#options = options;
  }

  static async start(options: TestBrokerOptions = {}): Promise<Machine> {
    const machine = new Machine(options);
    await machine.#start();
    return machine;
  }

  get broker(): TestBroker {
    return this.#broker;
  }

  /** Stops the broker in good order, lets time pass, and starts the next one. */
  async restart(downMs = 0): Promise<void> {
    await this.#broker.stop();
    await this.clock.advance(downMs);
    await this.#start();
  }

  /** The same, but nothing of what the stop would write reaches the store. */
  async crash(downMs = 0): Promise<void> {
    this.#faults.failNext("failed", 1000);
    await this.restart(downMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#broker[Symbol.asyncDispose]();
    await this.#memory.close();
  }

  async #start(): Promise<void> {
    this.#faults = new FaultyStore(this.#memory);
    const store = this.#faults;
    this.#broker = await TestBroker.start({ ...this.#options, store, clock: this.clock });
  }
}

/** Both ways for a broker to end. */
const ENDS = [["a restart", "restart"], ["a crash", "crash"]] as const;

/** CONNECT options of a session that outlives its connection by 100 s. */
function kept(version: 3 | 4 | 5, more: ConnectOptions = {}): ConnectOptions {
  return {
    clientId: "kept",
    clean: false,
    protocolVersion: version,
    ...(version === 5 ? { properties: { sessionExpiryInterval: 100 } } : {}),
    ...more,
  };
}

const LIMITS = { limits: { defaultExpirySeconds: 100 } };

for (const [after, end] of ENDS) {
  testVersions(
    `[MQTT-3.1.2-5] [MQTT-3.1.2-23] [MQTT-3.2.2-3] after ${after} a session has its subscriptions and its queue`,
    [3, 4, 5],
    async (version) => {
      await using machine = await Machine.start(LIMITS);
      const client = await machine.broker.connect(kept(version));
      await client.subscribe([{ topic: "a", qos: 1 }, { topic: "b/+", qos: 2 }]);
      await client.unsubscribe("never");
      await client.disconnect();
      const publisher = await machine.broker.connect({ clientId: "publisher" });
      for (let i = 0; i < 10; i++) await publisher.publish("a", `${i}`, { qos: 1 });
      await machine[end]();
      const next = await machine.broker.connect({ clientId: "publisher" });
      await next.publish("b/x", "after", { qos: 1 });
      const back = await machine.broker.client(version);
      const { sessionPresent } = await back.connect(kept(version));
      assert.equal(sessionPresent, version !== 3);
      for (let i = 0; i < 10; i++) await back.expect("publish", { payload: `${i}`, dup: false });
      await back.expect("publish", { payload: "after", topic: "b/x", qos: 1 });
      await back.expectNothing();
    },
  );

  testVersions(
    `[MQTT-4.4.0-1] [MQTT-3.3.1-1] after ${after} what was in flight is sent again, with its packet ids`,
    [3, 4, 5],
    async (version) => {
      await using machine = await Machine.start(LIMITS);
      const watcher = await machine.broker.connect({ clientId: "watcher" });
      await watcher.subscribe("b");
      const client = await machine.broker.connect(kept(version));
      await client.subscribe("a", { qos: 2 });
      const publisher = await machine.broker.connect({ clientId: "publisher" });
      await publisher.publish("a", "one", { qos: 1 });
      await client.expect("publish", { payload: "one", messageId: 1 });
      for (const [payload, id] of [["two", 1], ["three", 2], ["four", 3]] as const) {
        await publisher.publish("a", payload, { qos: 2, messageId: id });
        await publisher.release(id);
        await client.expect("publish", { payload, messageId: id + 1 });
      }
      // One of QoS 2 is released, one is finished, one is as it was.
      for (const messageId of [2, 3]) {
        await client.send({ cmd: "pubrec", messageId });
        await client.expect("pubrel", { messageId });
      }
      await client.send({ cmd: "pubcomp", messageId: 3 });
      await client.publish("b", "received", { qos: 2, messageId: 50 });
      await watcher.expect("publish", { payload: "received" });
      await client.ping();
      await machine[end]();
      const again = await machine.broker.connect({ clientId: "watcher" });
      await again.subscribe("b");
      const back = await machine.broker.connect(kept(version));
      await back.expect("pubrel", { messageId: 2 });
      await back.expect("publish", { payload: "one", messageId: 1, dup: true, qos: 1 });
      await back.expect("publish", { payload: "four", messageId: 4, dup: true, qos: 2 });
      await back.expectNothing();
      // What it has sent itself was taken before.
      await back.publish("b", "received", { qos: 2, messageId: 50, dup: true });
      await back.release(50);
      await again.expectNothing();
      // New messages get packet ids that are not in use.
      await again.publish("a", "new", { qos: 1 });
      const { messageId } = await back.expect("publish", { payload: "new", dup: false });
      assert.ok(![1, 2, 4].includes(messageId!), `packet id ${messageId} is in use`);
    },
  );

  testVersions(
    `[MQTT-4.1.0-2] after ${after} nothing is left of a session that ends with its connection`,
    [3, 4, 5],
    async (version) => {
      await using machine = await Machine.start(LIMITS);
      const options = { clientId: "mortal", protocolVersion: version };
      const client = await machine.broker.connect(options);
      await client.subscribe("a", { qos: 1 });
      await machine[end]();
      assert.equal(machine.broker.broker.inspector.counts().sessions, 0);
      const back = await machine.broker.client(version);
      const { sessionPresent } = await back.connect({ ...options, clean: false });
      assert.equal(sessionPresent, false);
    },
  );

  testVersions(
    `[MQTT-4.1.0-2] after ${after} a session of one that was connected lives on for its interval`,
    [3, 4, 5],
    async (version) => {
      await using machine = await Machine.start(LIMITS);
      await machine.broker.connect(kept(version));
      await machine.clock.advance(50_000);
      await machine[end]();
      await machine.clock.advance(99_999);
      assert.ok(machine.broker.broker.inspector.session("kept"), "the session has ended early");
      await machine.clock.advance(1);
      assert.equal(machine.broker.broker.inspector.session("kept"), undefined);
    },
  );

  testVersions(
    `[MQTT-3.1.2-8] after ${after} the will of one that was connected is published`,
    [3, 4, 5],
    async (version) => {
      await using machine = await Machine.start(LIMITS);
      const watcher = await machine.broker.connect(kept(version, { clientId: "watcher" }));
      await watcher.subscribe("will", { qos: 1 });
      const will = { topic: "will", payload: "gone", qos: 1 as const };
      await machine.broker.connect(kept(version, { will }));
      await machine[end]();
      await machine.clock.advance(0);
      const back = await machine.broker.connect(kept(version, { clientId: "watcher" }));
      await back.expect("publish", { topic: "will", payload: "gone" });
      await machine.clock.advance(200_000);
      await back.expectNothing();
      assert.equal(await machine.broker.store.wills.get("kept"), undefined);
    },
  );
}

testVersions(
  "a queue longer than what is kept in memory comes back in order",
  [3, 4, 5],
  async (version) => {
    await using machine = await Machine.start(LIMITS);
    const client = await machine.broker.connect(kept(version));
    await client.subscribe("a", { qos: 1 });
    await client.disconnect();
    const publisher = await machine.broker.connect({ clientId: "publisher" });
    for (let i = 0; i < 300; i++) await publisher.publish("a", `${i}`, { qos: 1 });
    await machine.restart();
    assert.equal(machine.broker.broker.inspector.accounting().opening, 300);
    const next = await machine.broker.connect({ clientId: "publisher" });
    for (let i = 300; i < 310; i++) await next.publish("a", `${i}`, { qos: 1 });
    const back = await machine.broker.connect(kept(version));
    for (let i = 0; i < 310; i++) {
      const { messageId } = await back.expect("publish", { payload: `${i}` });
      await back.send({ cmd: "puback", messageId: messageId! });
    }
    await back.expectNothing();
    assert.equal(machine.broker.broker.inspector.session("kept")?.queued, 0);
  },
);

testVersions(
  "after a crash the record of a session says when its connection was missed, and else what it said",
  [3, 4, 5],
  async (version) => {
    await using machine = await Machine.start(LIMITS);
    const asked = {
      sessionExpiryInterval: 100,
      receiveMaximum: 7,
      maximumPacketSize: 5000,
      topicAliasMaximum: 3,
      requestResponseInformation: true,
      requestProblemInformation: false,
    };
    await machine.broker.connect(kept(version, {
      username: "user",
      ...(version === 5 ? { properties: asked } : {}),
    }));
    const before = await machine.broker.store.sessions.get("kept");
    await machine.crash(10_000);
    const after = await machine.broker.store.sessions.get("kept");
    const disconnectedAt = machine.clock.now();
    assert.deepEqual(after, { ...before, connected: false, disconnectedAt });
  },
);

testVersions("a session survives any number of restarts", [3, 4, 5], async (version) => {
  await using machine = await Machine.start(LIMITS);
  const client = await machine.broker.connect(kept(version));
  await client.subscribe("a", { qos: 1 });
  const ids: number[] = [];
  for (let round = 0; round < 5; round++) {
    await machine.restart(10_000);
    const publisher = await machine.broker.connect({ clientId: "publisher" });
    await publisher.publish("a", `${round}`, { qos: 1 });
    const back = await machine.broker.connect(kept(version));
    // Nothing is acknowledged, so everything comes every time.
    for (let i = 0; i < round; i++) {
      await back.expect("publish", { payload: `${i}`, messageId: ids[i]!, dup: true });
    }
    ids.push((await back.expect("publish", { payload: `${round}`, dup: false })).messageId!);
    await back.expectNothing();
  }
  assert.equal(new Set(ids).size, ids.length);
});

// Time that passes while the broker is down.

for (
  const [downMs, present] of [[0, true], [49_999, true], [50_000, false], [1e9, false]] as const
) {
  testVersions(
    `${present ? "[MQTT-3.2.2-3]" : "[MQTT-4.1.0-2]"} a session with 50 s left is ` +
      `${present ? "there" : "gone"} ${downMs / 1000} s later`,
    [3, 4, 5],
    async (version) => {
      await using machine = await Machine.start(LIMITS);
      const client = await machine.broker.connect(kept(version));
      await client.subscribe("a", { qos: 1 });
      await client.disconnect();
      await machine.clock.advance(50_000);
      await machine.restart(downMs);
      // At once: before a timer could have told that the time is over.
      const back = await machine.broker.client(version);
      const { sessionPresent } = await back.connect(kept(version));
      assert.equal(sessionPresent, present && version !== 3);
      await back.send({ cmd: "publish", topic: "a", payload: "x" });
      if (present) await back.expect("publish", { payload: "x" });
      await back.expectNothing();
    },
  );
}

testVersions(
  "[MQTT-4.1.0-2] a session that expired while the broker was down is deleted",
  [5],
  async () => {
    await using machine = await Machine.start(LIMITS);
    const client = await machine.broker.connect(kept(5));
    await client.subscribe("a", { qos: 1 });
    await client.disconnect();
    const publisher = await machine.broker.connect({ clientId: "publisher" });
    await publisher.publish("a", "x", { qos: 1 });
    await machine.restart(100_000);
    await machine.clock.advance(0);
    assert.equal(machine.broker.broker.inspector.counts().sessions, 0);
    assert.equal(machine.broker.broker.inspector.counts().subscriptions, 0);
    assert.equal(await machine.broker.store.sessions.count(), 0);
    const { opening, discarded } = machine.broker.broker.inspector.accounting();
    assert.deepEqual([opening, discarded], [1, 1]);
  },
);

testVersions(
  "[MQTT-4.1.0-2] after a crash the interval of one that was connected does not count from an earlier end",
  [3, 4, 5],
  async (version) => {
    await using machine = await Machine.start(LIMITS);
    const client = await machine.broker.connect(kept(version));
    await client.disconnect();
    await machine.clock.advance(90_000);
    await machine.broker.connect(kept(version));
    await machine.crash(50_000);
    await machine.clock.advance(99_999);
    assert.ok(machine.broker.broker.inspector.session("kept"), "the session has ended early");
    await machine.clock.advance(1);
    assert.equal(machine.broker.broker.inspector.session("kept"), undefined);
  },
);

testVersions(
  "[MQTT-4.1.0-2] after a crash a session that was kept once, but not by its last CONNECT, is gone",
  [5],
  async () => {
    await using machine = await Machine.start(LIMITS);
    const first = await machine.broker.connect(kept(5));
    await first.subscribe("a");
    await first.disconnect();
    await machine.broker.connect(kept(5, { properties: {} }));
    await machine.crash();
    const back = await machine.broker.client();
    const { sessionPresent } = await back.connect(kept(5));
    assert.equal(sessionPresent, false);
    assert.equal(machine.broker.broker.inspector.counts().subscriptions, 0);
  },
);

testVersions(
  "what a member of a group had queued is inherited when its session expires after a restart",
  [3, 4, 5],
  async (version) => {
    await using machine = await Machine.start(LIMITS);
    const leaving = await machine.broker.connect(kept(version));
    await leaving.subscribe("$share/group/a", { qos: 1 });
    await leaving.disconnect();
    const publisher = await machine.broker.connect({ clientId: "publisher" });
    for (const payload of ["1", "2", "3"]) await publisher.publish("a", payload, { qos: 1 });
    await machine.restart();
    const heir = await machine.broker.connect({ clientId: "heir", protocolVersion: version });
    await heir.subscribe("$share/group/a", { qos: 1 });
    await heir.expectNothing();
    await machine.clock.advance(100_000);
    for (const payload of ["1", "2", "3"]) await heir.expect("publish", { payload });
    await heir.expectNothing();
  },
);

testVersions("a session that never expires survives a year without broker", [5], async () => {
  await using machine = await Machine.start();
  const properties = { sessionExpiryInterval: SESSION_EXPIRY_NEVER };
  const client = await machine.broker.connect(kept(5, { properties }));
  await client.disconnect();
  await machine.restart(365 * 24 * 3_600_000);
  const back = await machine.broker.client();
  const { sessionPresent } = await back.connect(kept(5));
  assert.equal(sessionPresent, true);
});

testVersions("a message that expired while the broker was down is not delivered", [5], async () => {
  await using machine = await Machine.start(LIMITS);
  const client = await machine.broker.connect(kept(5));
  await client.subscribe("a", { qos: 1 });
  await client.disconnect();
  const publisher = await machine.broker.connect({ clientId: "publisher" });
  const expiring = (messageExpiryInterval: number) => ({ properties: { messageExpiryInterval } });
  await publisher.publish("a", "short", { qos: 1, ...expiring(10) });
  await publisher.publish("a", "long", { qos: 1, ...expiring(60) });
  await machine.restart(20_000);
  const back = await machine.broker.connect(kept(5));
  await back.expect("publish", { payload: "long", properties: { messageExpiryInterval: 40 } });
  await back.expectNothing();
});

// Wills with a delay.

function delayed(willDelayInterval: number) {
  return {
    topic: "will",
    payload: "gone",
    qos: 1 as const,
    properties: { willDelayInterval },
  };
}

async function watchWills(machine: Machine): Promise<void> {
  const watcher = await machine.broker.connect(kept(5, {
    clientId: "watcher",
    properties: { sessionExpiryInterval: 10_000 },
  }));
  await watcher.subscribe("will", { qos: 1 });
}

async function watcherBack(machine: Machine) {
  return await machine.broker.connect(kept(5, {
    clientId: "watcher",
    properties: { sessionExpiryInterval: 10_000 },
  }));
}

testVersions(
  "[MQTT-3.1.2-8] the delay of a will goes on over a restart",
  [5],
  async () => {
    await using machine = await Machine.start();
    await watchWills(machine);
    const client = await machine.broker.connect(kept(5, { will: delayed(60) }));
    await client.abort();
    await machine.clock.advance(20_000);
    await machine.restart(20_000);
    const watcher = await watcherBack(machine);
    await machine.clock.advance(19_999);
    await watcher.expectNothing();
    await machine.clock.advance(1);
    await watcher.expect("publish", { topic: "will" });
    await machine.restart();
    const again = await watcherBack(machine);
    await again.expect("publish", { topic: "will", dup: true });
    await machine.clock.advance(200_000);
    await again.expectNothing();
  },
);

testVersions(
  "[MQTT-3.1.2-8] a stop starts the delay of those who were connected",
  [5],
  async () => {
    await using machine = await Machine.start();
    await watchWills(machine);
    await machine.broker.connect(kept(5, { will: delayed(60) }));
    await machine.restart(20_000);
    const watcher = await watcherBack(machine);
    await machine.clock.advance(39_999);
    await watcher.expectNothing();
    await machine.clock.advance(1);
    await watcher.expect("publish", { topic: "will" });
  },
);

testVersions(
  "[MQTT-3.1.2-8] after a crash the delay starts with the next start, when the loss is known",
  [5],
  async () => {
    await using machine = await Machine.start();
    await watchWills(machine);
    await machine.broker.connect(kept(5, { will: delayed(60) }));
    await machine.crash(20_000);
    const watcher = await watcherBack(machine);
    await machine.clock.advance(59_999);
    await watcher.expectNothing();
    await machine.clock.advance(1);
    await watcher.expect("publish", { topic: "will" });
  },
);

testVersions(
  "[MQTT-3.1.2-8] [MQTT-4.1.0-2] a second crash does not start expiry and delay anew",
  [5],
  async () => {
    await using machine = await Machine.start();
    await watchWills(machine);
    await machine.broker.connect(kept(5, { will: delayed(60) }));
    await machine.crash();
    await machine.clock.advance(40_000);
    await machine.crash(19_999);
    const watcher = await watcherBack(machine);
    await watcher.expectNothing();
    await machine.clock.advance(1);
    const { messageId } = await watcher.expect("publish", { topic: "will" });
    await watcher.send({ cmd: "puback", messageId: messageId! });
    await watcher.ping();
    await machine.crash(39_999);
    await machine.clock.advance(0);
    assert.ok(machine.broker.broker.inspector.session("kept"), "the session has ended early");
    await machine.clock.advance(1);
    assert.equal(machine.broker.broker.inspector.session("kept"), undefined);
  },
);

testVersions(
  "[MQTT-3.1.3-9] a client that is back after a restart, within the delay, has no will published",
  [5],
  async () => {
    for (const end of ["restart", "crash"] as const) {
      await using machine = await Machine.start();
      await watchWills(machine);
      await machine.broker.connect(kept(5, { will: delayed(60) }));
      await machine[end](10_000);
      await machine.broker.connect(kept(5));
      const watcher = await watcherBack(machine);
      await machine.clock.advance(200_000);
      await watcher.expectNothing();
    }
  },
);

testVersions(
  "[MQTT-3.1.2-8] a will whose delay passed while the broker was down is published, even if its client is back at once",
  [5],
  async () => {
    for (const back of [false, true]) {
      await using machine = await Machine.start();
      await watchWills(machine);
      const client = await machine.broker.connect(kept(5, { will: delayed(30) }));
      await client.abort();
      await machine.clock.advance(10_000);
      await machine.restart(20_000);
      if (back) await machine.broker.connect(kept(5));
      const watcher = await watcherBack(machine);
      await watcher.expect("publish", { topic: "will" });
      await machine.clock.advance(200_000);
      await watcher.expectNothing();
    }
  },
);

testVersions(
  "[MQTT-3.1.2-8] a will is published when its session expired while the broker was down",
  [5],
  async () => {
    await using machine = await Machine.start();
    await watchWills(machine);
    const client = await machine.broker.connect(kept(5, { will: delayed(1000) }));
    await client.abort();
    await machine.restart(100_000);
    await machine.clock.advance(0);
    const watcher = await watcherBack(machine);
    await watcher.expect("publish", { topic: "will" });
    await machine.clock.advance(2_000_000);
    await watcher.expectNothing();
  },
);

testVersions(
  "[MQTT-3.1.2-8] after a crash the will of a session that was to end with its connection is published",
  [5],
  async () => {
    await using machine = await Machine.start();
    await watchWills(machine);
    const first = await machine.broker.connect(kept(5));
    await first.disconnect();
    // The session was kept so far, so it and the will are in the store; now it ends with this one.
    await machine.broker.connect(kept(5, { properties: {}, will: delayed(60) }));
    await machine.crash();
    await machine.clock.advance(0);
    assert.equal(machine.broker.broker.inspector.session("kept"), undefined);
    assert.equal(await machine.broker.store.sessions.get("kept"), undefined);
    const watcher = await watcherBack(machine);
    await watcher.expect("publish", { topic: "will" });
    await machine.restart();
    await machine.clock.advance(200_000);
    const again = await watcherBack(machine);
    await again.expect("publish", { topic: "will", dup: true });
    await again.expectNothing();
  },
);

testVersions(
  "[MQTT-3.14.4-3] a will that DISCONNECT discarded does not come back with a restart",
  [3, 4, 5],
  async (version) => {
    await using machine = await Machine.start(LIMITS);
    await watchWills(machine);
    const will = { topic: "will", payload: "gone", qos: 1 as const };
    const client = await machine.broker.connect(kept(version, { will }));
    await client.disconnect();
    await machine.restart();
    await machine.clock.advance(200_000);
    const watcher = await watcherBack(machine);
    await watcher.expectNothing();
  },
);

testVersions(
  "the will after a restart is published for the user of its connection",
  [5],
  async () => {
    const asked: unknown[] = [];
    await using machine = await Machine.start({
      authorizer: {
        publish: ({ clientId, username }, topic) => asked.push([clientId, username, topic]) > 0,
        subscribe: () => true,
      },
    });
    const client = await machine.broker.connect(kept(5, { will: delayed(60), username: "user" }));
    await client.abort();
    await machine.restart(60_000);
    await machine.clock.advance(0);
    assert.deepEqual(asked, [["kept", "user", "will"]]);
  },
);
