import assert from "#assert";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { delivery, message, session } from "../../src/storage/conformance/fixtures.ts";
import { MemoryStore } from "../../src/storage/memory.ts";
import { SESSION_EXPIRY_NEVER } from "../../src/storage/store.ts";
import { expectDisconnected } from "../support/endings.ts";
import { nextTurn, TestBroker, testVersions } from "../support/test_broker.ts";

const HOUR_MS = 3_600_000;
/** So that days pass in one step. */
const NO_SWEEP = { expirySweepMs: 1e15 };

function kept(sessionExpiryInterval: number, clientId = "kept") {
  return { clientId, clean: false, properties: { sessionExpiryInterval } };
}

function lives(broker: TestBroker): boolean {
  return broker.broker.inspector.session("kept") !== undefined;
}

/** The session ends `ms` milliseconds from now, neither earlier nor later. */
async function expectEndAfter(broker: TestBroker, ms: number): Promise<void> {
  await broker.advance(ms - 1);
  assert.ok(lives(broker), "the session has ended early");
  await broker.advance(1);
  assert.ok(!lives(broker), "the session has not ended");
}

testVersions(
  "[MQTT-4.1.0-2] [MQTT-3.1.2-23] a session is discarded two days after its connection was closed",
  [3, 4, 5],
  async (version) => {
    const days = 2 * 24 * HOUR_MS;
    await using broker = await TestBroker.start({
      limits: { ...NO_SWEEP, defaultExpirySeconds: days / 1000 },
    });
    const client = await broker.connect({ ...kept(days / 1000), protocolVersion: version });
    await client.subscribe("a", { qos: 1 });
    await client.disconnect();
    const publisher = await broker.connect({ clientId: "publisher" });
    await publisher.publish("a", "kept for two days", { qos: 1 });
    assert.equal(await broker.store.sessions.count(), 1);
    await expectEndAfter(broker, days);
    assert.equal(await broker.store.sessions.count(), 0);
    assert.equal(await broker.store.subscriptions.count(), 0);
    assert.equal(broker.broker.inspector.counts().subscriptions, 0);
    assert.equal(broker.broker.inspector.accounting().discarded, 1);
    const answer = await publisher.publish("a", "nobody's", { qos: 1 });
    assert.equal(answer!.reasonCode, ReasonCode.NoMatchingSubscribers);
  },
);

testVersions(
  "[MQTT-4.1.0-2] the interval starts when the network fails as well",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start({ limits: { defaultExpirySeconds: 60 } });
    const client = await broker.connect({ ...kept(60), protocolVersion: version });
    await broker.advance(HOUR_MS / 2);
    await client.abort();
    await expectEndAfter(broker, 60_000);
  },
);

testVersions(
  "[MQTT-4.1.0-2] the interval starts when the keep alive runs out as well",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start({ limits: { defaultExpirySeconds: 60 } });
    await broker.connect({ ...kept(60), keepalive: 10, protocolVersion: version });
    await broker.advance(15_000);
    await expectEndAfter(broker, 60_000);
  },
);

testVersions(
  "[MQTT-4.1.0-2] the interval starts anew with every connection",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start({ limits: { defaultExpirySeconds: 60 } });
    for (let i = 0; i < 3; i++) {
      const client = await broker.connect({ ...kept(60), protocolVersion: version });
      await broker.advance(59_000);
      await client.disconnect();
      await broker.advance(59_000);
    }
    await expectEndAfter(broker, 1000);
  },
);

testVersions(
  "[MQTT-4.1.0-2] a session without interval ends with its connection",
  [5],
  async () => {
    await using broker = await TestBroker.start();
    for (const properties of [{}, { sessionExpiryInterval: 0 }]) {
      const client = await broker.connect({ clientId: "kept", clean: false, properties });
      assert.ok(lives(broker));
      await client.disconnect();
      assert.ok(!lives(broker));
    }
  },
);

testVersions(
  "[MQTT-4.1.0-2] a clean session ends with its connection",
  [3, 4],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ clientId: "kept", protocolVersion: version });
    assert.ok(lives(broker));
    await client.disconnect();
    assert.ok(!lives(broker));
  },
);

testVersions("an interval of 0xFFFFFFFF never ends", [5], async () => {
  await using broker = await TestBroker.start({ limits: NO_SWEEP });
  const client = await broker.connect(kept(SESSION_EXPIRY_NEVER));
  await client.disconnect();
  await broker.advance(200 * 365 * 24 * HOUR_MS);
  assert.ok(lives(broker));
});

testVersions("an interval one below 0xFFFFFFFF ends after its 136 years", [5], async () => {
  await using broker = await TestBroker.start({ limits: NO_SWEEP });
  const client = await broker.connect(kept(SESSION_EXPIRY_NEVER - 1));
  await client.disconnect();
  await expectEndAfter(broker, (SESSION_EXPIRY_NEVER - 1) * 1000);
});

testVersions("sessions end each at its own time", [5], async () => {
  await using broker = await TestBroker.start();
  for (const seconds of [30, 10, 20]) {
    const client = await broker.connect(kept(seconds, `of ${seconds}`));
    await client.disconnect();
  }
  for (const left of [3, 2, 1, 0]) {
    assert.equal(broker.broker.inspector.counts().sessions, left);
    await broker.advance(10_000);
  }
});

// What DISCONNECT does to the interval.

/** [asked in CONNECT, said in DISCONNECT, the session lives so many seconds more]. */
const CHANGES: readonly (readonly [number, number | undefined, number])[] = [
  [60, undefined, 60],
  [60, 60, 60],
  [60, 10, 10],
  [60, 0, 0],
  [60, 3600, 3600],
  [0, undefined, 0],
  [0, 0, 0],
  [SESSION_EXPIRY_NEVER, 5, 5],
];

for (const [asked, said, seconds] of CHANGES) {
  testVersions(
    `[MQTT-4.1.0-2] expiry ${asked} in CONNECT and ${said ?? "none"} in DISCONNECT: ${seconds} s`,
    [5],
    async () => {
      await using broker = await TestBroker.start();
      const client = await broker.connect(kept(asked));
      await client.disconnect(
        said === undefined ? {} : {
          properties: { sessionExpiryInterval: said },
        },
      );
      if (seconds > 0) await expectEndAfter(broker, seconds * 1000);
      else assert.ok(!lives(broker));
      assert.equal(await broker.store.sessions.count(), 0);
    },
  );
}

testVersions("DISCONNECT can make a session last for ever", [5], async () => {
  await using broker = await TestBroker.start({ limits: NO_SWEEP });
  const client = await broker.connect(kept(1));
  await client.disconnect({ properties: { sessionExpiryInterval: SESSION_EXPIRY_NEVER } });
  await broker.advance(100 * 365 * 24 * HOUR_MS);
  assert.ok(lives(broker));
});

testVersions(
  "an interval in DISCONNECT after none in CONNECT is a protocol error",
  [5],
  async () => {
    for (const properties of [{}, { sessionExpiryInterval: 0 }]) {
      await using broker = await TestBroker.start();
      const client = await broker.connect({ clientId: "kept", clean: false, properties });
      await client.send({ cmd: "disconnect", properties: { sessionExpiryInterval: 1 } });
      await expectDisconnected(client, ReasonCode.ProtocolError);
      assert.ok(!lives(broker));
    }
  },
);

testVersions(
  "what the interval in DISCONNECT may be is measured by that connection's CONNECT",
  [5],
  async () => {
    await using broker = await TestBroker.start();
    const first = await broker.connect(kept(60));
    await first.disconnect();
    const second = await broker.connect(kept(0));
    await second.send({ cmd: "disconnect", properties: { sessionExpiryInterval: 60 } });
    await expectDisconnected(second, ReasonCode.ProtocolError);
  },
);

testVersions("an interval set by DISCONNECT holds for that time only", [5], async () => {
  await using broker = await TestBroker.start();
  const first = await broker.connect(kept(60));
  await first.disconnect({ properties: { sessionExpiryInterval: 10 } });
  await broker.advance(9000);
  const second = await broker.connect(kept(60));
  await second.disconnect();
  await expectEndAfter(broker, 60_000);
});

// The operator's cap.

const CAPPED = { expirySecondsMax: 100 };

for (const asked of [101, 3600, SESSION_EXPIRY_NEVER]) {
  testVersions(`an interval of ${asked} is cut to the cap and CONNACK says so`, [5], async () => {
    await using broker = await TestBroker.start({ limits: CAPPED });
    const client = await broker.client();
    const connack = await client.connect(kept(asked));
    assert.equal(connack.properties?.sessionExpiryInterval, 100);
    await client.disconnect();
    await expectEndAfter(broker, 100_000);
  });
}

for (const asked of [0, 1, 100]) {
  testVersions(`an interval of ${asked} under the cap is not mentioned`, [5], async () => {
    await using broker = await TestBroker.start({ limits: CAPPED });
    const client = await broker.client();
    const connack = await client.connect(kept(asked));
    assert.equal(connack.properties?.sessionExpiryInterval, undefined);
    await client.disconnect();
    if (asked > 0) await expectEndAfter(broker, asked * 1000);
  });
}

testVersions("the cap holds for the interval in DISCONNECT", [5], async () => {
  await using broker = await TestBroker.start({ limits: CAPPED });
  const client = await broker.connect(kept(50));
  await client.disconnect({ properties: { sessionExpiryInterval: SESSION_EXPIRY_NEVER } });
  await expectEndAfter(broker, 100_000);
});

testVersions("the cap holds for 3.x clients, too", [3, 4], async (version) => {
  await using broker = await TestBroker.start({
    limits: { ...CAPPED, defaultExpirySeconds: 3600 },
  });
  const client = await broker.connect({ ...kept(0), protocolVersion: version });
  await client.disconnect();
  await expectEndAfter(broker, 100_000);
});

testVersions("a cap of 0 keeps no session", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start({ limits: { expirySecondsMax: 0 } });
  const client = await broker.client(version);
  const connack = await client.connect({ ...kept(60), protocolVersion: version });
  if (version === 5) assert.equal(connack.properties?.sessionExpiryInterval, 0);
  await client.disconnect();
  assert.ok(!lives(broker));
});

testVersions(
  "under a cap of 0 an interval in DISCONNECT is no error for a client that asked for one",
  [5],
  async () => {
    await using broker = await TestBroker.start({ limits: { expirySecondsMax: 0 } });
    const client = await broker.connect(kept(60));
    await client.disconnect({ properties: { sessionExpiryInterval: 30 } });
    assert.ok(!lives(broker));
  },
);

testVersions("3.x clients get the operator's default", [3, 4], async (version) => {
  for (const seconds of [1, 5000]) {
    await using broker = await TestBroker.start({
      limits: { ...NO_SWEEP, defaultExpirySeconds: seconds },
    });
    const client = await broker.connect({ ...kept(0), protocolVersion: version });
    await client.disconnect();
    await expectEndAfter(broker, seconds * 1000);
  }
});

testVersions("a default of 0 ends the sessions of 3.x clients at once", [3, 4], async (version) => {
  await using broker = await TestBroker.start({ limits: { defaultExpirySeconds: 0 } });
  const client = await broker.connect({ ...kept(0), protocolVersion: version });
  await client.disconnect();
  assert.ok(!lives(broker));
});

testVersions(
  "observers are told how a session ended",
  [5],
  async () => {
    const ended: string[] = [];
    const observer = {
      sessionEnded: (clientId: string, cause: string) => void ended.push(`${clientId} ${cause}`),
    };
    await using broker = await TestBroker.start({ observer });
    const expiring = await broker.connect(kept(1, "expiring"));
    await expiring.disconnect();
    await broker.advance(1000);
    const leaving = await broker.connect(kept(0, "leaving"));
    await leaving.disconnect();
    const replaced = await broker.connect(kept(1, "replaced"));
    await replaced.disconnect();
    await broker.connect({ clientId: "replaced" });
    assert.deepEqual(ended, [
      "expiring expired",
      "leaving disconnected",
      "replaced clean_start",
    ]);
  },
);

/** A store with so many sessions that have expired, each with a queue; it counts what reads them. */
class ExpiredSessions extends MemoryStore {
  reading = 0;
  readingMost = 0;

  static async make(count: number): Promise<ExpiredSessions> {
    const store = new ExpiredSessions();
    const batch = store.batch();
    for (let number = 1; number <= count; number++) {
      const clientId = `client ${number}`;
      batch.putSession(session(clientId, { disconnectedAt: 0, expiryInterval: 1 }));
      batch.enqueue(clientId, 1, delivery(message(number)));
    }
    await batch.commit();
    const { page } = store.queue;
    store.queue.page = async (...range) => {
      store.readingMost = Math.max(store.readingMost, ++store.reading);
      await nextTurn();
      store.reading--;
      return await page(...range);
    };
    return store;
  }
}

Deno.test("sessions that have all expired while the broker was down are ended some at a time", async () => {
  const store = await ExpiredSessions.make(100);
  await using broker = await TestBroker.start({ store });
  while (await store.sessions.count() > 0) await broker.advance(0);
  assert.ok(store.readingMost >= 2 && store.readingMost <= 16, `${store.readingMost} at a time`);
});

Deno.test("a client that comes back while its expired session waits to be ended gets a new one, which stays", async () => {
  const store = await ExpiredSessions.make(100);
  await using broker = await TestBroker.start({ store });
  await broker.advance(0);
  const last = { ...kept(3600, "client 100"), clean: false };
  const client = await broker.client();
  assert.equal((await client.connect(last)).sessionPresent, false);
  await client.disconnect();
  while (await store.sessions.count() > 1) await broker.advance(0);
  for (let turn = 0; turn < 10; turn++) await broker.advance(0);
  assert.notEqual(broker.broker.inspector.session("client 100"), undefined);
});

Deno.test("a broker that is stopped leaves expired sessions that wait to be ended to the next one", async () => {
  const store = await ExpiredSessions.make(100);
  const broker = await TestBroker.start({ store, balanced: false });
  await broker.advance(0);
  await broker.stop();
  const left = await store.sessions.count();
  assert.ok(left > 0 && left < 100, `${left}`);
});
