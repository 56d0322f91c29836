import assert from "#assert";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { SESSION_EXPIRY_NEVER } from "../../src/storage/store.ts";
import { expectDisconnected } from "../support/endings.ts";
import type { ConnectOptions, RawClient } from "../support/raw_client.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

const HOUR_MS = 3_600_000;

interface MortalOptions {
  /** Will Delay Interval in seconds; undefined: not sent. */
  readonly delay?: number | undefined;
  /** Session Expiry Interval in seconds. */
  readonly expiry?: number;
  readonly clean?: boolean;
  readonly payload?: string;
}

function mortal(options: MortalOptions = {}): ConnectOptions {
  const { delay, expiry = 0, clean = false, payload = "gone" } = options;
  const properties = delay === undefined ? {} : { willDelayInterval: delay };
  return {
    clientId: "mortal",
    clean,
    will: { topic: "will", payload, properties },
    properties: { sessionExpiryInterval: expiry },
  };
}

/** The same client without a will. */
function cured(options: MortalOptions = {}): ConnectOptions {
  const { will: _, ...rest } = mortal(options);
  return rest;
}

async function watch(broker: TestBroker): Promise<RawClient> {
  const watcher = await broker.connect({ clientId: "watcher" });
  await watcher.subscribe("#");
  return watcher;
}

/** The will comes in `ms` milliseconds from now, neither earlier nor later. */
async function expectWillAfter(
  broker: TestBroker,
  watcher: RawClient,
  ms: number,
  payload = "gone",
): Promise<void> {
  await broker.advance(ms - 1);
  await watcher.expectNothing();
  await broker.advance(1);
  await watcher.expect("publish", { topic: "will", payload });
}

async function expectNoWill(broker: TestBroker, watcher: RawClient): Promise<void> {
  await broker.advance(2 * HOUR_MS);
  await watcher.expectNothing();
  assert.equal(broker.broker.inspector.counts().delayedWills, 0);
}

/** [delay, expiry] and when the will is published, in seconds. */
const DELAYS: readonly (readonly [delay: number | undefined, expiry: number, after: number])[] = [
  [undefined, 0, 0],
  [undefined, 60, 0],
  [0, 60, 0],
  [10, 0, 0],
  [10, 60, 10],
  [60, 60, 60],
  [100, 60, 60],
  [SESSION_EXPIRY_NEVER, 60, 60],
  [3600, 7200, 3600],
  [10, SESSION_EXPIRY_NEVER, 10],
];

for (const [delay, expiry, after] of DELAYS) {
  testVersions(
    `[MQTT-3.1.2-8] will delay ${delay ?? "absent"}, session expiry ${expiry}: published after ` +
      `${after} s, once`,
    [5],
    async () => {
      await using broker = await TestBroker.start();
      const watcher = await watch(broker);
      const client = await broker.connect(mortal({ delay, expiry }));
      await client.abort();
      if (after === 0) await watcher.expect("publish", { topic: "will" });
      else await expectWillAfter(broker, watcher, after * 1000);
      assert.equal(await broker.store.wills.get("mortal"), undefined);
      await expectNoWill(broker, watcher);
    },
  );
}

testVersions(
  "[MQTT-3.1.2-8] the delay runs after every end that is not DISCONNECT 0x00",
  [5],
  async () => {
    const ends: ((client: RawClient, broker: TestBroker) => Promise<unknown>)[] = [
      (client) => client.disconnect({ reasonCode: ReasonCode.DisconnectWithWill }),
      (client) => client.close(),
      (client) => client.sendBytes("f7 00"),
      (_, broker) => broker.advance(15_000),
    ];
    for (const end of ends) {
      await using broker = await TestBroker.start();
      const watcher = await watch(broker);
      const options = { ...mortal({ delay: 30, expiry: 60 }), keepalive: 10 };
      await end(await broker.connect(options), broker);
      await expectWillAfter(broker, watcher, 30_000);
    }
  },
);

testVersions("[MQTT-3.14.4-3] DISCONNECT 0x00 discards a delayed will, too", [5], async () => {
  await using broker = await TestBroker.start();
  const watcher = await watch(broker);
  const client = await broker.connect(mortal({ delay: 10, expiry: 60 }));
  await client.disconnect();
  await expectNoWill(broker, watcher);
});

testVersions(
  "[MQTT-3.1.2-8] an interval in DISCONNECT that is shorter than the delay ends both",
  [5],
  async () => {
    await using broker = await TestBroker.start();
    const watcher = await watch(broker);
    const client = await broker.connect(mortal({ delay: 30, expiry: 60 }));
    await client.disconnect({
      reasonCode: ReasonCode.DisconnectWithWill,
      properties: { sessionExpiryInterval: 20 },
    });
    await expectWillAfter(broker, watcher, 20_000);
    assert.equal(broker.broker.inspector.session("mortal"), undefined);
  },
);

testVersions(
  "[MQTT-3.1.2-8] a delayed will is published when its session is removed",
  [5],
  async () => {
    await using broker = await TestBroker.start();
    const watcher = await watch(broker);
    const client = await broker.connect(mortal({ delay: 30, expiry: 60 }));
    await client.abort();
    await broker.advance(10_000);
    const { inspector } = broker.broker;
    await inspector.removeSession("mortal", ReasonCode.AdministrativeAction, "test");
    await watcher.expect("publish", { topic: "will" });
    await expectNoWill(broker, watcher);
  },
);

testVersions("a delayed will starts to age when it is published", [5], async () => {
  await using broker = await TestBroker.start();
  const watcher = await watch(broker);
  const options = mortal({ expiry: 60 });
  options.will!.properties = { willDelayInterval: 30, messageExpiryInterval: 5 };
  const client = await broker.connect(options);
  await client.abort();
  await broker.advance(30_000);
  const { properties } = await watcher.expect("publish", { topic: "will" });
  // The delay itself is not for receivers.
  assert.deepEqual({ ...properties }, { messageExpiryInterval: 5 });
});

// Back before the delay has passed.

for (const back of [1, 29_999]) {
  testVersions(
    `[MQTT-3.1.3-9] a client that is back after ${back} ms of 30 s has no will published`,
    [5],
    async () => {
      await using broker = await TestBroker.start();
      const watcher = await watch(broker);
      const client = await broker.connect(mortal({ delay: 30, expiry: 60 }));
      await client.abort();
      await broker.advance(back);
      await broker.connect(cured({ expiry: 60 }));
      assert.equal(await broker.store.wills.get("mortal"), undefined);
      await expectNoWill(broker, watcher);
    },
  );
}

testVersions(
  "[MQTT-3.1.3-9] the will of the new connection takes the place of the delayed one",
  [5],
  async () => {
    await using broker = await TestBroker.start();
    const watcher = await watch(broker);
    const first = await broker.connect(mortal({ delay: 30, expiry: 60, payload: "first" }));
    await first.abort();
    await broker.advance(10_000);
    const second = await broker.connect(mortal({ delay: 5, expiry: 60, payload: "second" }));
    await broker.advance(HOUR_MS);
    await watcher.expectNothing();
    await second.abort();
    await expectWillAfter(broker, watcher, 5000, "second");
    await expectNoWill(broker, watcher);
  },
);

testVersions(
  "[MQTT-3.1.2-8] clean start ends the session, and with it the delay",
  [5],
  async () => {
    await using broker = await TestBroker.start();
    const watcher = await watch(broker);
    const client = await broker.connect(mortal({ delay: 30, expiry: 60 }));
    await client.abort();
    await broker.advance(10_000);
    await broker.connect(cured({ clean: true }));
    await watcher.expect("publish", { topic: "will", payload: "gone" });
    await expectNoWill(broker, watcher);
  },
);

testVersions(
  "[MQTT-3.1.2-10] a will that was published is not published again when its session ends",
  [5],
  async () => {
    await using broker = await TestBroker.start();
    const watcher = await watch(broker);
    const client = await broker.connect(mortal({ delay: 10, expiry: 60 }));
    await client.abort();
    await expectWillAfter(broker, watcher, 10_000);
    assert.equal(await broker.store.wills.get("mortal"), undefined);
    await broker.connect(cured({ clean: true }));
    await watcher.expectNothing();
  },
);

// Takeover while the client is connected.

interface Takeover {
  readonly delay: number | undefined;
  readonly expiry: number;
  readonly clean: boolean;
  readonly published: boolean;
}

const TAKEOVERS: readonly Takeover[] = [
  { delay: undefined, expiry: 60, clean: false, published: true },
  { delay: 0, expiry: 60, clean: false, published: true },
  { delay: 1, expiry: 60, clean: false, published: false },
  { delay: 100, expiry: 60, clean: false, published: false },
  { delay: undefined, expiry: 60, clean: true, published: true },
  { delay: 30, expiry: 60, clean: true, published: true },
  { delay: undefined, expiry: 0, clean: false, published: true },
  { delay: 30, expiry: 0, clean: false, published: true },
  { delay: undefined, expiry: 0, clean: true, published: true },
  { delay: 30, expiry: 0, clean: true, published: true },
];

for (const { delay, expiry, clean, published } of TAKEOVERS) {
  const id = published ? "[MQTT-3.1.2-8]" : "[MQTT-3.1.3-9]";
  testVersions(
    `${id} takeover with clean start ${+clean} of a will with delay ${delay ?? "absent"}, ` +
      `expiry ${expiry}: ${published ? "published at once, once" : "never published"}`,
    [5],
    async () => {
      await using broker = await TestBroker.start();
      const watcher = await watch(broker);
      const old = await broker.connect(mortal({ delay, expiry }));
      await broker.connect(cured({ clean, expiry: 60 }));
      await expectDisconnected(old, ReasonCode.SessionTakenOver);
      if (published) await watcher.expect("publish", { topic: "will" });
      await expectNoWill(broker, watcher);
    },
  );
}

testVersions(
  "[MQTT-3.1.2-8] takeover publishes the will, once",
  [3, 4],
  async (version) => {
    for (const clean of [false, true]) {
      await using broker = await TestBroker.start();
      const watcher = await watch(broker);
      const will = { topic: "will", payload: "gone" };
      const options = { clientId: "mortal", clean: false, protocolVersion: version };
      const old = await broker.connect({ ...options, will });
      await broker.connect({ ...options, clean });
      await old.expectClosed();
      await watcher.expect("publish", { topic: "will" });
      await expectNoWill(broker, watcher);
    }
  },
);

testVersions(
  "the will of a connection that is taken over is published for that connection's user",
  [5],
  async () => {
    const asked: (string | undefined)[] = [];
    await using broker = await TestBroker.start({
      authorizer: {
        publish: (identity, topic) => {
          if (topic === "will") asked.push(identity.username);
          return true;
        },
        subscribe: () => true,
      },
    });
    const watcher = await watch(broker);
    await broker.connect({ ...mortal({ expiry: 60 }), username: "old" });
    await broker.connect({ ...mortal({ expiry: 60 }), username: "new" });
    await watcher.expect("publish", { topic: "will" });
    assert.deepEqual(asked, ["old"]);
  },
);

testVersions(
  "many takeovers publish as many wills, each that of the connection that ended",
  [5],
  async () => {
    await using broker = await TestBroker.start();
    const watcher = await watch(broker);
    for (let i = 0; i < 5; i++) await broker.connect(mortal({ expiry: 60, payload: `${i}` }));
    for (let i = 0; i < 4; i++) await watcher.expect("publish", { payload: `${i}` });
    await watcher.expectNothing();
  },
);

testVersions("many delayed wills come each at its own time", [5], async () => {
  await using broker = await TestBroker.start();
  const watcher = await watch(broker);
  for (const delay of [30, 10, 20]) {
    const options = mortal({ delay, expiry: 60, payload: `${delay}` });
    const client = await broker.connect({ ...options, clientId: `mortal ${delay}` });
    await client.abort();
  }
  assert.equal(broker.broker.inspector.counts().delayedWills, 3);
  for (const delay of [10, 20, 30]) await expectWillAfter(broker, watcher, 10_000, `${delay}`);
});
