import assert from "#assert";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { expectDisconnected } from "../support/endings.ts";
import type { ConnectOptions } from "../support/raw_client.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

/** So that hours pass in one step. */
const NO_SWEEP = { expirySweepMs: 1e15 };

function alive(protocolVersion: 3 | 4 | 5, keepalive: number): ConnectOptions {
  return { clientId: "client", keepalive, protocolVersion };
}

testVersions("[MQTT-3.12.4-1] PINGREQ is answered with PINGRESP", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const client = await broker.connect(alive(version, 0));
  await client.sendBytes("c000");
  assert.equal((await client.rawNext()).toHex(), "d000");
  // As many answers as questions.
  await client.sendBytes("c000 c000 c000");
  for (let i = 0; i < 3; i++) await client.expect("pingresp");
  await client.expectNothing();
});

for (const seconds of [1, 10, 65_535]) {
  testVersions(
    `[MQTT-3.1.2-22] [MQTT-3.2.2-22] a keep alive of ${seconds} s ends after one and a half times`,
    [3, 4, 5],
    async (version) => {
      await using broker = await TestBroker.start({ limits: NO_SWEEP });
      const client = await broker.connect(alive(version, seconds));
      await broker.advance(seconds * 1500 - 1);
      assert.equal(broker.broker.inspector.counts().connections, 1);
      assert.equal(client.pending, 0);
      await broker.advance(1);
      await expectDisconnected(client, ReasonCode.KeepAliveTimeout);
    },
  );
}

testVersions(
  "[MQTT-3.1.2-22] every packet of the client counts, not only PINGREQ",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect(alive(version, 10));
    await broker.advance(14_000);
    await client.ping();
    await broker.advance(14_000);
    await client.publish("a", "x");
    await broker.advance(14_000);
    await client.subscribe("a");
    await broker.advance(14_999);
    assert.equal(client.pending, 0);
    await broker.advance(1);
    await expectDisconnected(client, ReasonCode.KeepAliveTimeout);
  },
);

testVersions(
  "[MQTT-3.1.2-22] what the broker sends does not count",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect(alive(version, 10));
    await client.subscribe("a");
    const publisher = await broker.connect({ clientId: "publisher" });
    await broker.advance(14_000);
    await publisher.publish("a", "x");
    await client.expect("publish");
    await broker.advance(1000);
    await expectDisconnected(client, ReasonCode.KeepAliveTimeout);
  },
);

testVersions(
  "[MQTT-3.1.2-22] half a packet does not count",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect(alive(version, 10));
    for (const byte of ["30", "05", "00"]) {
      await broker.advance(4900);
      await client.sendBytes(byte);
    }
    await broker.advance(300);
    await expectDisconnected(client, ReasonCode.KeepAliveTimeout);
  },
);

testVersions("a keep alive of 0 never ends", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start({ limits: NO_SWEEP });
  const client = await broker.connect(alive(version, 0));
  await broker.advance(10 * 365 * 24 * 3_600_000);
  await client.expectNothing();
});

testVersions(
  "[MQTT-3.1.2-22] the keep alive ends a connection as a failing network does: the session stays, others too",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const options = {
      clientId: "kept",
      clean: false,
      protocolVersion: version,
      ...(version === 5 ? { properties: { sessionExpiryInterval: 60 } } : {}),
    };
    const client = await broker.connect({ ...options, keepalive: 10 });
    const other = await broker.connect({ clientId: "other", protocolVersion: version });
    await broker.advance(15_000);
    await expectDisconnected(client, ReasonCode.KeepAliveTimeout);
    assert.equal(broker.broker.inspector.session("kept")?.connected, false);
    await other.expectNothing();
  },
);

// Server Keep Alive.

const BOUNDED = { keepAliveSecondsMax: 20 };

for (const asked of [0, 21, 65_535]) {
  testVersions(`a keep alive of ${asked} is cut to the server's, which holds`, [5], async () => {
    await using broker = await TestBroker.start({ limits: BOUNDED });
    const client = await broker.client();
    const connack = await client.connect({ keepalive: asked });
    assert.equal(connack.properties?.serverKeepAlive, 20);
    await broker.advance(29_999);
    assert.equal(client.pending, 0);
    await broker.advance(1);
    await expectDisconnected(client, ReasonCode.KeepAliveTimeout);
  });
}

for (const asked of [1, 20]) {
  testVersions(
    `[MQTT-3.2.2-22] a keep alive of ${asked} under the server's bound stays as it is`,
    [5],
    async () => {
      await using broker = await TestBroker.start({ limits: BOUNDED });
      const client = await broker.client();
      const connack = await client.connect({ keepalive: asked });
      assert.equal(connack.properties?.serverKeepAlive, undefined);
      await broker.advance(asked * 1500 - 1);
      assert.equal(client.pending, 0);
      await broker.advance(1);
      await expectDisconnected(client, ReasonCode.KeepAliveTimeout);
    },
  );
}

testVersions("3.x clients keep a keep alive above the server's bound", [3, 4], async (version) => {
  await using broker = await TestBroker.start({ limits: BOUNDED });
  const client = await broker.connect(alive(version, 100));
  await broker.advance(149_999);
  await client.expectNothing();
  const forever = await broker.connect({ ...alive(version, 0), clientId: "forever" });
  await broker.advance(3_600_000);
  await forever.expectNothing();
});

// A client that is not read cannot be late.

testVersions(
  "a client that waits for an authorizer is not late",
  [3, 4, 5],
  async (version) => {
    const decision = Promise.withResolvers<boolean>();
    const authorizer = { publish: () => decision.promise, subscribe: () => true };
    await using broker = await TestBroker.start({ authorizer });
    const client = await broker.connect(alive(version, 10));
    await client.send({ cmd: "publish", topic: "a", payload: "x", qos: 1, messageId: 1 });
    await broker.advance(100_000);
    assert.equal(client.pending, 0);
    decision.resolve(true);
    await client.expect("puback", { messageId: 1 });
    // From now on it is read again.
    await broker.advance(14_999);
    assert.equal(client.pending, 0);
    await broker.advance(1);
    await expectDisconnected(client, ReasonCode.KeepAliveTimeout);
  },
);

testVersions(
  "a publisher that is held back for a slow subscriber is not late",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start({
      limits: { outputHighWater: 2000, outputLowWater: 500, slowReceiverGraceMs: 60_000 },
      transport: { windowBytes: 1000 },
    });
    const subscriber = await broker.connect({ clientId: "slow", protocolVersion: version });
    await subscriber.subscribe("a");
    const publisher = await broker.connect({
      clientId: "held",
      keepalive: 10,
      protocolVersion: version,
    });
    subscriber.freeze();
    let done = false;
    const publishing = (async () => {
      for (let i = 0; i < 20; i++) await publisher.publish("a", "x".repeat(1000));
      done = true;
    })();
    await broker.advance(50_000);
    assert.equal(done, false, "the publisher is not held back");
    assert.equal(publisher.open, true);
    subscriber.thaw();
    await publishing;
    for (let i = 0; i < 20; i++) await subscriber.expect("publish");
    await publisher.ping();
  },
);
