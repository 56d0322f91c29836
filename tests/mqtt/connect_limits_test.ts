import assert from "#assert";
import { DenyAll } from "../../src/auth/deny_all.ts";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { FaultyStore } from "../../src/storage/faulty_store.ts";
import { MemoryStore } from "../../src/storage/memory.ts";
import { expectDisconnected, expectRefused } from "../support/endings.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

// Maximum QoS.

for (const maximumQoS of [0, 1] as const) {
  testVersions(
    `[MQTT-3.2.2-9] CONNACK says that the Maximum QoS is ${maximumQoS}`,
    [5],
    async () => {
      await using broker = await TestBroker.start({ limits: { maximumQoS } });
      const client = await broker.client();
      const connack = await client.connect({ clientId: "client" });
      assert.equal(connack.properties?.maximumQoS, maximumQoS);
    },
  );

  testVersions(
    `[MQTT-3.2.2-10] subscriptions of any QoS are accepted under a Maximum QoS of ${maximumQoS}`,
    [3, 4, 5],
    async (version) => {
      await using broker = await TestBroker.start({ limits: { maximumQoS } });
      const client = await broker.connect({ clientId: "client", protocolVersion: version });
      const suback = await client.subscribe([
        { topic: "zero", qos: 0 },
        { topic: "one", qos: 1 },
        { topic: "two", qos: 2 },
      ]);
      assert.deepEqual(suback.granted, [0, maximumQoS, maximumQoS]);
      await client.send({ cmd: "publish", topic: "two", payload: "x" });
      await client.expect("publish", { topic: "two", qos: 0 });
    },
  );

  for (const qos of [0, 1, 2] as const) {
    const allowed = qos <= maximumQoS;
    const id = allowed ? "" : "[MQTT-3.2.2-12] ";
    testVersions(
      `${id}a will of QoS ${qos} is ${allowed ? "accepted" : "refused"} under a Maximum QoS of ` +
        maximumQoS,
      [3, 4, 5],
      async (version) => {
        await using broker = await TestBroker.start({ limits: { maximumQoS } });
        const client = await broker.client(version);
        const will = { topic: "will", payload: "gone", qos };
        await client.sendConnect({ clientId: "client", protocolVersion: version, will });
        if (allowed) await client.expect("connack");
        else await expectRefused(client, ReasonCode.QoSNotSupported, 5);
      },
    );

    testVersions(
      `[MQTT-3.2.2-11] PUBLISH of QoS ${qos} is ${
        allowed ? "taken" : "an error"
      } under a Maximum ` +
        `QoS of ${maximumQoS}`,
      [3, 4, 5],
      async (version) => {
        await using broker = await TestBroker.start({ limits: { maximumQoS } });
        const client = await broker.connect({ clientId: "client", protocolVersion: version });
        await client.send({
          cmd: "publish",
          topic: "a",
          payload: "x",
          qos,
          ...(qos > 0 ? { messageId: 1 } : {}),
        });
        if (!allowed) return void await expectDisconnected(client, ReasonCode.QoSNotSupported);
        if (qos === 1) await client.expect("puback");
        await client.expectNothing();
      },
    );
  }
}

testVersions("CONNACK does not mention a Maximum QoS of 2", [5], async () => {
  await using broker = await TestBroker.start({ limits: { maximumQoS: 2 } });
  const client = await broker.client();
  const connack = await client.connect({ clientId: "client" });
  assert.equal(connack.properties?.maximumQoS, undefined);
});

// Retain Available.

testVersions("CONNACK says that retained messages are turned off", [5], async () => {
  await using broker = await TestBroker.start({ limits: { retainAvailable: false } });
  const client = await broker.client();
  const connack = await client.connect({ clientId: "client" });
  assert.equal(connack.properties?.retainAvailable, false);
});

testVersions(
  "[MQTT-3.2.2-13] a retained will is refused where retained messages are turned off",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start({ limits: { retainAvailable: false } });
    const will = { topic: "will", payload: "gone" };
    const client = await broker.client(version);
    const options = { clientId: "client", protocolVersion: version };
    await client.sendConnect({ ...options, will: { ...will, retain: true } });
    await expectRefused(client, ReasonCode.RetainNotSupported, 5);
    await broker.connect({ ...options, will });
  },
);

testVersions(
  "[MQTT-3.2.2-14] PUBLISH with RETAIN is an error where retained messages are turned off",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start({ limits: { retainAvailable: false } });
    const client = await broker.connect({ clientId: "client", protocolVersion: version });
    await client.publish("a", "x", { qos: 1 });
    await client.send({ cmd: "publish", topic: "a", payload: "x", retain: true });
    await expectDisconnected(client, ReasonCode.RetainNotSupported);
  },
);

// Maximum Packet Size.

testVersions(
  "[MQTT-3.2.2-15] a packet of the announced size is taken, one byte more is an error",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start({
      limits: { packetSizeMax: 300, messageSizeMax: 1000 },
    });
    const client = await broker.client(version);
    const connack = await client.connect({ clientId: "client", protocolVersion: version });
    if (version === 5) assert.equal(connack.properties?.maximumPacketSize, 300);
    const empty = client.encode({ cmd: "publish", topic: "a", payload: "x".repeat(200) });
    const room = 300 - empty.length + 200;
    await client.publish("a", "x".repeat(room));
    await client.expectNothing();
    await client.send({ cmd: "publish", topic: "a", payload: "x".repeat(room + 1) });
    await expectDisconnected(client, ReasonCode.PacketTooLarge);
  },
);

testVersions(
  "a CONNECT larger than any packet may be is closed before it has arrived",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start({ limits: { packetSizeMax: 300 } });
    const client = await broker.client(version);
    await client.sendBytes("10 d102"); // 337 bytes and the header
    await client.expectClosed();
  },
);

testVersions(
  "a payload of the largest size is taken, one byte more is an error",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start({ limits: { messageSizeMax: 1000 } });
    const client = await broker.connect({ clientId: "client", protocolVersion: version });
    await client.publish("a", "x".repeat(1000));
    await client.expectNothing();
    await client.send({ cmd: "publish", topic: "a", payload: "x".repeat(1001) });
    await expectDisconnected(client, ReasonCode.PacketTooLarge);
  },
);

// Sessions.

testVersions("a session more than allowed is refused", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start({ limits: { sessionsMax: 2 } });
  const kept = {
    clean: false,
    protocolVersion: version,
    ...(version === 5 ? { properties: { sessionExpiryInterval: 60 } } : {}),
  };
  const first = await broker.connect({ ...kept, clientId: "first" });
  const second = await broker.connect({ ...kept, clientId: "second" });
  const third = await broker.client(version);
  await third.sendConnect({ ...kept, clientId: "third" });
  await expectRefused(third, ReasonCode.QuotaExceeded, 3);
  // A session counts while its client is away, and its client can come back to it.
  await first.disconnect();
  const fourth = await broker.client(version);
  await fourth.sendConnect({ ...kept, clientId: "fourth" });
  await expectRefused(fourth, ReasonCode.QuotaExceeded, 3);
  await broker.connect({ ...kept, clientId: "first" });
  await broker.connect({ ...kept, clientId: "second", clean: true });
  await expectDisconnected(second, ReasonCode.SessionTakenOver);
});

testVersions("a session that has ended makes room", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start({ limits: { sessionsMax: 1 } });
  const options = { protocolVersion: version };
  const first = await broker.connect({ ...options, clientId: "first" });
  await first.disconnect();
  await broker.connect({ ...options, clientId: "second" });
});

testVersions("a race cannot exceed the most sessions", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start({ limits: { sessionsMax: 3 } });
  const clients = [];
  for (let i = 0; i < 10; i++) clients.push(await broker.client(version));
  await Promise.all(
    clients.map((client, i) =>
      client.sendConnect({ clientId: `client ${i}`, protocolVersion: version })
    ),
  );
  let accepted = 0;
  for (const client of clients) {
    const connack = await client.expect("connack");
    if ((connack.reasonCode ?? connack.returnCode) === 0) accepted++;
  }
  assert.equal(accepted, 3);
  assert.equal(broker.broker.inspector.counts().sessions, 3);
});

testVersions(
  "a session that is replaced keeps its place meanwhile",
  [3, 4, 5],
  async (version) => {
    const store = new FaultyStore(new MemoryStore());
    await using broker = await TestBroker.start({ store, limits: { sessionsMax: 1 } });
    const kept = {
      clean: false,
      protocolVersion: version,
      ...(version === 5 ? { properties: { sessionExpiryInterval: 60 } } : {}),
    };
    const first = await broker.connect({ ...kept, clientId: "first" });
    await first.disconnect();
    store.hold();
    const again = await broker.client(version);
    await again.sendConnect({ ...kept, clientId: "first", clean: true });
    await broker.advance(0);
    assert.ok(store.held > 0);
    const second = await broker.client(version);
    await second.sendConnect({ clientId: "second", protocolVersion: version });
    await expectRefused(second, ReasonCode.QuotaExceeded, 3);
    store.releaseAll();
    await again.expect("connack", { sessionPresent: false });
  },
);

testVersions("a CONNECT that fails takes no place", [3, 4, 5], async (version) => {
  const store = new FaultyStore(new MemoryStore());
  await using broker = await TestBroker.start({ store, limits: { sessionsMax: 1 } });
  const kept = {
    clean: false,
    protocolVersion: version,
    ...(version === 5 ? { properties: { sessionExpiryInterval: 60 } } : {}),
  };
  for (let i = 0; i < 3; i++) {
    store.failNext("failed");
    const client = await broker.client(version);
    await client.sendConnect({ ...kept, clientId: `client ${i}` });
    await expectRefused(client, ReasonCode.ServerUnavailable, 3);
  }
  await broker.connect({ ...kept, clientId: "first" });
  const second = await broker.client(version);
  await second.sendConnect({ ...kept, clientId: "second" });
  await expectRefused(second, ReasonCode.QuotaExceeded, 3);
});

// Who may come at all.

testVersions(
  "[MQTT-3.1.4-2] a broker that lets nobody in refuses everybody",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start({ authenticator: new DenyAll() });
    const attempts = [{}, { username: "user" }, { username: "user", password: new Uint8Array(3) }];
    for (const attempt of attempts) {
      const client = await broker.client(version);
      await client.sendConnect({ clientId: "client", protocolVersion: version, ...attempt });
      const connack = await expectRefused(client, ReasonCode.NotAuthorized, 5);
      if (version === 5) {
        assert.equal(connack?.properties?.reasonString, "anonymous clients are not allowed");
      }
    }
    assert.equal(broker.broker.inspector.statistics.connectionsRefused, 3);
  },
);

testVersions("[MQTT-4.12.0-1] it knows no authentication method either", [5], async () => {
  await using broker = await TestBroker.start({ authenticator: new DenyAll() });
  const client = await broker.client();
  const properties = { authenticationMethod: "SCRAM-SHA-256" };
  await client.sendConnect({ clientId: "client", properties });
  await expectRefused(client, ReasonCode.BadAuthenticationMethod, undefined);
});
