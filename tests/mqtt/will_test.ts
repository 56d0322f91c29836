import assert from "#assert";
import { Buffer } from "node:buffer";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { FaultyStore } from "../../src/storage/faulty_store.ts";
import { MemoryStore } from "../../src/storage/memory.ts";
import { expectDisconnected, expectRefused } from "../support/endings.ts";
import type { ConnectOptions, RawClient } from "../support/raw_client.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

const WILL = { topic: "will", payload: "gone" };

/** A client with a will, which ends with its connection unless the options say otherwise. */
function mortal(version: 3 | 4 | 5, more: ConnectOptions = {}): ConnectOptions {
  return { clientId: "mortal", will: WILL, protocolVersion: version, ...more };
}

async function watch(broker: TestBroker, version: 3 | 4 | 5 = 5): Promise<RawClient> {
  const watcher = await broker.connect({ clientId: "watcher", protocolVersion: version });
  await watcher.subscribe("#", { qos: 2 });
  return watcher;
}

/** Ways in which a connection ends that publish the will. */
const DEATHS: Record<
  string,
  (client: RawClient, broker: TestBroker) => Promise<unknown>
> = {
  "the network fails": (client) => client.abort(),
  "the client closes without DISCONNECT": (client) => client.close(),
  "the keep alive passes": (_, broker) => broker.advance(150_000),
  "a packet stalls half-way": async (client, broker) => {
    await client.sendBytes("30 05 00");
    await broker.advance(60_000);
  },
  "the client breaks the protocol": (client) => client.sendConnect({ clientId: "mortal" }),
  "the client sends what is no packet": (client) => client.sendBytes("f7 00"),
  "an administrator removes the session": (_, broker) =>
    broker.broker.inspector.removeSession("mortal", ReasonCode.AdministrativeAction, "test"),
};

for (const [death, die] of Object.entries(DEATHS)) {
  testVersions(
    `[MQTT-3.1.2-7] [MQTT-3.1.2-8] the will is published when ${death}, once`,
    [3, 4, 5],
    async (version) => {
      await using broker = await TestBroker.start();
      const watcher = await watch(broker);
      const client = await broker.connect(mortal(version, { keepalive: 100 }));
      await watcher.expectNothing();
      await die(client, broker);
      await watcher.expect("publish", { topic: "will", payload: "gone", qos: 0, retain: false });
      await broker.advance(3_600_000);
      await watcher.expectNothing();
    },
  );
}

testVersions(
  "[MQTT-3.14.4-3] [MQTT-3.1.2-8] DISCONNECT discards the will",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const watcher = await watch(broker);
    const client = await broker.connect(mortal(version));
    await client.disconnect();
    await broker.advance(3_600_000);
    await watcher.expectNothing();
  },
);

for (
  const reasonCode of [
    ReasonCode.DisconnectWithWill,
    ReasonCode.UnspecifiedError,
    ReasonCode.AdministrativeAction,
  ]
) {
  testVersions(
    `[MQTT-3.1.2-8] DISCONNECT 0x${reasonCode.toString(16)} publishes the will`,
    [5],
    async () => {
      await using broker = await TestBroker.start();
      const watcher = await watch(broker);
      const client = await broker.connect(mortal(5));
      await client.disconnect({ reasonCode });
      await watcher.expect("publish", { topic: "will" });
      await watcher.expectNothing();
    },
  );
}

testVersions(
  "[MQTT-3.14.4-3] DISCONNECT that is a protocol error does not discard the will",
  [5],
  async () => {
    await using broker = await TestBroker.start();
    const watcher = await watch(broker);
    const client = await broker.connect(mortal(5));
    await client.send({ cmd: "disconnect", properties: { sessionExpiryInterval: 60 } });
    await expectDisconnected(client, ReasonCode.ProtocolError);
    await watcher.expect("publish", { topic: "will" });
  },
);

testVersions(
  "[MQTT-3.1.2-10] a will is published for its own connection only, never for a later one",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const watcher = await watch(broker);
    const kept = version === 5 ? { properties: { sessionExpiryInterval: 60 } } : {};
    const first = await broker.connect(mortal(version, { clean: false, ...kept }));
    await first.abort();
    await watcher.expect("publish", { topic: "will" });
    assert.equal(await broker.store.wills.get("mortal"), undefined);
    const { will: _, ...without } = mortal(version, { clean: false, ...kept });
    const second = await broker.connect(without);
    await second.abort();
    await broker.advance(0);
    await watcher.expectNothing();
    const third = await broker.connect(mortal(version, { clean: false, ...kept }));
    await third.disconnect();
    const fourth = await broker.connect(without);
    await fourth.abort();
    await broker.advance(0);
    await watcher.expectNothing();
  },
);

testVersions(
  "[MQTT-3.1.2-7] a will is stored with the session, and goes with it or its DISCONNECT",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const kept = version === 5 ? { properties: { sessionExpiryInterval: 60 } } : {};
    const client = await broker.connect(mortal(version, { clean: false, ...kept }));
    const record = await broker.store.wills.get("mortal");
    assert.equal(record?.will.topic, "will");
    assert.equal(record?.dueAt, undefined);
    await client.disconnect();
    assert.equal(await broker.store.wills.get("mortal"), undefined);
  },
);

for (const qos of [0, 1, 2] as const) {
  for (const retain of [false, true]) {
    const ids = retain ? "[MQTT-3.1.2-12] [MQTT-3.1.2-15]" : "[MQTT-3.1.2-12] [MQTT-3.1.2-14]";
    testVersions(
      `${ids} a will of QoS ${qos}, retain ${+retain}`,
      [3, 4, 5],
      async (version) => {
        await using broker = await TestBroker.start();
        const watcher = await watch(broker);
        const client = await broker.connect(mortal(version, { will: { ...WILL, qos, retain } }));
        await client.abort();
        const { messageId } = await watcher.expect("publish", {
          topic: "will",
          qos,
          retain: false,
        });
        if (qos === 1) await watcher.send({ cmd: "puback", messageId: messageId! });
        const late = await broker.connect({ clientId: "late", protocolVersion: version });
        await late.subscribe("will", { qos: 2 });
        if (retain) await late.expect("publish", { topic: "will", payload: "gone", qos, retain });
        await late.expectNothing();
        assert.equal(broker.broker.inspector.counts().retainedMessages, +retain);
      },
    );
  }
}

testVersions(
  "[MQTT-3.1.2-15] an empty retained will removes the retained message",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const publisher = await broker.connect({ clientId: "publisher" });
    await publisher.publish("will", "online", { retain: true, qos: 1 });
    const will = { topic: "will", payload: "", retain: true };
    const client = await broker.connect(mortal(version, { will }));
    await client.abort();
    await broker.advance(0);
    assert.equal(broker.broker.inspector.counts().retainedMessages, 0);
  },
);

testVersions(
  "[MQTT-3.1.2-14] a will that is not retained leaves the retained message",
  [5],
  async () => {
    await using broker = await TestBroker.start();
    const publisher = await broker.connect({ clientId: "publisher" });
    await publisher.publish("will", "online", { retain: true, qos: 1 });
    const client = await broker.connect(mortal(5));
    await client.abort();
    await broker.advance(0);
    await publisher.subscribe("will");
    await publisher.expect("publish", { payload: "online", retain: true });
  },
);

testVersions(
  "[MQTT-3.1.2-9] [MQTT-3.1.3-10] a will has all the properties that it was given, user properties in order",
  [5],
  async () => {
    await using broker = await TestBroker.start();
    const watcher = await watch(broker);
    const client = await broker.connect(mortal(5, {
      will: {
        ...WILL,
        properties: {
          payloadFormatIndicator: true,
          messageExpiryInterval: 100,
          contentType: "text/plain",
          responseTopic: "answer/here",
          correlationData: new Uint8Array([0, 1, 255]),
          userProperties: { b: ["2", "1"], a: "3" },
        },
      },
    }));
    await broker.advance(50_000);
    await client.abort();
    await watcher.expect("publish", {
      topic: "will",
      properties: {
        payloadFormatIndicator: true,
        // It starts to age when it is published.
        messageExpiryInterval: 100,
        contentType: "text/plain",
        responseTopic: "answer/here",
        correlationData: Buffer.from([0, 1, 255]),
        userProperties: { b: ["2", "1"], a: "3" },
      },
    });
    const pair = (name: string, value: string) =>
      "26" + [name, value].map((text) => `0001${text.charCodeAt(0).toString(16)}`).join("");
    const inOrder = pair("b", "2") + pair("b", "1") + pair("a", "3");
    assert.ok(watcher.lastBytes.toHex().includes(inOrder), watcher.lastBytes.toHex());
  },
);

testVersions("a will expires like any message", [5], async () => {
  await using broker = await TestBroker.start();
  const away = await broker.connect({
    clientId: "away",
    clean: false,
    properties: { sessionExpiryInterval: 1000 },
  });
  await away.subscribe("will", { qos: 1 });
  await away.disconnect();
  const properties = { messageExpiryInterval: 10 };
  const client = await broker.connect(mortal(5, { will: { ...WILL, qos: 1, properties } }));
  await broker.advance(60_000);
  await client.abort();
  await broker.advance(10_000);
  const back = await broker.client();
  await back.connect({
    clientId: "away",
    clean: false,
    properties: { sessionExpiryInterval: 1000 },
  });
  await back.expectNothing();
  assert.equal(broker.broker.inspector.accounting().expired, 1);
});

testVersions("a will may be empty, and as large as a message", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start({ limits: { messageSizeMax: 2000 } });
  const watcher = await watch(broker);
  for (const payload of ["", "x".repeat(2000)]) {
    const client = await broker.connect(mortal(version, { will: { topic: "will", payload } }));
    await client.abort();
    await watcher.expect("publish", { topic: "will", payload });
  }
});

testVersions("a client does not get its own will", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const watcher = await watch(broker);
  const client = await broker.connect(mortal(version));
  await client.subscribe("will", { qos: 0 });
  await client.abort();
  await watcher.expect("publish", { topic: "will" });
  const again = await broker.connect(mortal(version));
  await again.expectNothing();
});

testVersions(
  "a session that is kept gets the will of its own lost connection",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const kept = {
      clean: false,
      will: { ...WILL, qos: 1 as const },
      ...(version === 5 ? { properties: { sessionExpiryInterval: 60 } } : {}),
    };
    const client = await broker.connect(mortal(version, kept));
    await client.subscribe("will", { qos: 1 });
    await client.abort();
    const again = await broker.client(version);
    await again.connect(mortal(version, kept));
    await again.expect("publish", { topic: "will", payload: "gone", qos: 1, dup: false });
  },
);

// What is not allowed.

testVersions("a will that the authorizer denies is not published", [3, 4, 5], async (version) => {
  const denied: string[] = [];
  const answers = [
    () => false,
    () => Promise.resolve(false),
    () => Promise.reject(new Error("the test wants it")),
    () => {
      throw new Error("the test wants it");
    },
  ];
  for (const publish of answers) {
    await using broker = await TestBroker.start({
      authorizer: { publish, subscribe: () => true },
      observer: { publishDenied: (clientId, topic) => void denied.push(`${clientId} ${topic}`) },
    });
    const watcher = await watch(broker);
    const will = { ...WILL, retain: true };
    const client = await broker.connect(mortal(version, { will }));
    await client.abort();
    await broker.advance(0);
    await watcher.expectNothing();
    assert.equal(broker.broker.inspector.counts().retainedMessages, 0);
  }
  assert.deepEqual(denied, Array(4).fill("mortal will"));
});

testVersions("a will that the authorizer allows later is published", [5], async () => {
  const asked: unknown[] = [];
  await using broker = await TestBroker.start({
    authorizer: {
      publish: (identity, ...rest) => {
        asked.push([identity.clientId, identity.username, ...rest]);
        return Promise.resolve(true);
      },
      subscribe: () => true,
    },
  });
  const watcher = await watch(broker);
  const will = { ...WILL, qos: 1 as const, retain: true };
  const client = await broker.connect(mortal(5, { username: "user", will }));
  await client.abort();
  await watcher.expect("publish", { topic: "will" });
  assert.deepEqual(asked, [["mortal", "user", "will", 1, true]]);
});

testVersions("a will for a topic of the broker is refused", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  for (const topic of ["$SYS/broker/version", "$SYS"]) {
    const client = await broker.client(version);
    await client.sendConnect(mortal(version, { will: { topic, payload: "forged" } }));
    await expectRefused(client, ReasonCode.TopicNameInvalid, 5);
  }
  await broker.connect(mortal(version, { will: { topic: "$other", payload: "fine" } }));
});

testVersions(
  "a will that is larger than a message may be is refused",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start({ limits: { messageSizeMax: 1000 } });
    const client = await broker.client(version);
    const will = { topic: "will", payload: "x".repeat(1001) };
    await client.sendConnect(mortal(version, { will }));
    await expectRefused(client, ReasonCode.PacketTooLarge, 5);
  },
);

testVersions(
  "a retained will beyond the most retained messages is not published",
  [3, 4, 5],
  async (version) => {
    const denied: string[] = [];
    await using broker = await TestBroker.start({
      limits: { retainedMessagesMax: 1 },
      observer: { publishDenied: (_, topic, reason) => void denied.push(`${topic}: ${reason}`) },
    });
    const watcher = await watch(broker);
    const will = { ...WILL, retain: true };
    const first = await broker.connect(mortal(version, { will }));
    await first.abort();
    await watcher.expect("publish", { topic: "will" });
    const other = await broker.connect(mortal(version, { will: { ...will, topic: "other" } }));
    await other.abort();
    await broker.advance(0);
    await watcher.expectNothing();
    assert.equal(broker.broker.inspector.counts().retainedMessages, 1);
    assert.deepEqual(denied, ["other: too many retained messages"]);
    // One that takes no more room is.
    const again = await broker.connect(mortal(version, { will: { ...will, payload: "again" } }));
    await again.abort();
    await watcher.expect("publish", { topic: "will", payload: "again" });
  },
);

testVersions("a refused CONNECT has no will", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start({ limits: { sessionsMax: 1 } });
  const watcher = await watch(broker);
  const client = await broker.client(version);
  await client.sendConnect(mortal(version));
  await expectRefused(client, ReasonCode.QuotaExceeded, 3);
  await watcher.expectNothing();
});

testVersions(
  "[MQTT-3.1.2-7] CONNACK waits until the will of a kept session is stored",
  [3, 4, 5],
  async (version) => {
    const store = new FaultyStore(new MemoryStore());
    await using broker = await TestBroker.start({ store });
    store.hold();
    const client = await broker.client(version);
    const kept = version === 5 ? { properties: { sessionExpiryInterval: 60 } } : {};
    await client.sendConnect(mortal(version, { clean: false, ...kept }));
    await broker.advance(0);
    assert.equal(client.pending, 0);
    store.releaseAll();
    await client.expect("connack");
    assert.equal((await store.wills.get("mortal"))?.will.topic, "will");
  },
);
