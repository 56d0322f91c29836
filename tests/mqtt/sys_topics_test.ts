/** The `$SYS` topics, and what of `$` topics clients may and may not do. */
import assert from "#assert";
import { configFrom } from "../../src/config/load.ts";
import { startServer } from "../../src/server.ts";
import { MemoryStore } from "../../src/storage/memory.ts";
import { SysTopics } from "../../src/telemetry/sys_topics.ts";
import { durable, expectEnded, publish, receiveAll } from "../support/exchange.ts";
import { type PacketOf, RawClient } from "../support/raw_client.ts";
import { TestBroker, type TestBrokerOptions, testVersions } from "../support/test_broker.ts";

const INTERVAL_MS = 10_000;
const PREFIX = "$SYS/broker/";

/** A broker that publishes its figures, and the clock that moves both. */
async function startWithSysTopics(
  options: TestBrokerOptions & { intervalMs?: number } = {},
): Promise<{ broker: TestBroker; sysTopics: SysTopics; [Symbol.asyncDispose](): Promise<void> }> {
  const broker = await TestBroker.start(options);
  const sysTopics = new SysTopics(broker.broker, {
    clock: broker.clock,
    intervalMs: options.intervalMs ?? INTERVAL_MS,
    version: "1.2.3",
  });
  const dispose = async () => {
    sysTopics[Symbol.dispose]();
    await broker[Symbol.asyncDispose]();
  };
  return { broker, sysTopics, [Symbol.asyncDispose]: dispose };
}

/** Figures by their name behind `$SYS/broker/`. */
function figures(publishes: readonly PacketOf<"publish">[]): Record<string, string> {
  return Object.fromEntries(
    publishes.map(({ topic, payload }) => [topic.slice(PREFIX.length), payload.toString()]),
  );
}

const NAMES = [
  "version",
  "uptime",
  "clients/connected",
  "clients/total",
  "clients/disconnected",
  "messages/received",
  "messages/sent",
  "messages/publish/received",
  "messages/publish/sent",
  "bytes/received",
  "bytes/sent",
  "subscriptions/count",
  "retained/count",
  "errors/protocol",
  "errors/auth",
  "errors/authz",
  "errors/packet",
];

testVersions(
  "$SYS has all its topics at once, as retained messages",
  [3, 4, 5],
  async (protocolVersion) => {
    await using parts = await startWithSysTopics();
    const { broker, sysTopics } = parts;
    sysTopics.start();
    const client = await broker.connect({ clientId: "c", protocolVersion });
    await client.subscribe("$SYS/#");
    const found = await receiveAll(client);
    assert.ok(found.every(({ retain, qos }) => retain && qos === 0));
    const values = figures(found);
    for (const name of NAMES) assert.ok(name in values, `${PREFIX}${name} is missing`);
    assert.deepEqual([values["version"], values["uptime"]], ["TideMQ 1.2.3", "0 seconds"]);
    await client.unsubscribe("$SYS/#");
    await client.subscribe("$SYS/broker/clients/+");
    assert.deepEqual(
      Object.keys(figures(await receiveAll(client))).sort(),
      ["clients/connected", "clients/disconnected", "clients/maximum", "clients/total"],
    );
  },
);

testVersions(
  "$SYS figures say what has happened",
  [4, 5],
  async (protocolVersion) => {
    await using parts = await startWithSysTopics({
      authorizer: {
        publish: (_identity, topic) => topic !== "denied",
        subscribe: (_identity, topicFilter) => topicFilter !== "denied",
      },
      authenticator: {
        authenticate: ({ clientId, connect, remoteAddress }) =>
          clientId === "stranger" ? { kind: "refused", reasonCode: 0x87 } : {
            kind: "accepted",
            identity: {
              clientId,
              username: connect.username,
              remoteAddress,
              peerCertificate: undefined,
            },
          },
        begin: () => undefined,
      },
      limits: { v3RefusedPublish: "acknowledge" },
    });
    const { broker, sysTopics } = parts;
    const client = await broker.connect({ clientId: "c", protocolVersion });
    const away = await broker.connect(durable(protocolVersion, "away"));
    await away.subscribe(["x", "y"]);
    await away.disconnect();
    await client.subscribe(["denied", "a"]);
    await client.publish("denied", "x", { qos: 1 });
    for (let index = 0; index < 3; index++) {
      await client.publish("a", "x", { retain: true });
      await client.expect("publish");
    }
    const stranger = await broker.client(protocolVersion);
    const refusal = await stranger.connect({ clientId: "stranger" });
    assert.notEqual(refusal.reasonCode ?? refusal.returnCode, 0);
    // One packet that is none, two that are not allowed.
    for (const bytes of ["00 00", "d0 00", "d0 00"]) {
      const bad = await broker.connect({ clientId: "bad", protocolVersion });
      await bad.sendBytes(bytes);
      await expectEnded(bad, bytes === "00 00" ? 0x81 : 0x82);
    }
    const { statistics } = broker.broker.inspector;
    sysTopics.start();
    const { bytesReceived, bytesSent, packetsReceived, packetsSent } = statistics;
    await client.subscribe("$SYS/#");
    const values = figures(await receiveAll(client));
    assert.deepEqual(values, {
      "version": "TideMQ 1.2.3",
      "uptime": "0 seconds",
      "clients/connected": "1",
      "clients/maximum": "2",
      "clients/disconnected": "1",
      "clients/total": "2",
      "messages/received": `${packetsReceived}`,
      "messages/sent": `${packetsSent}`,
      "messages/publish/received": "4",
      "messages/publish/sent": "3",
      "bytes/received": `${bytesReceived}`,
      "bytes/sent": `${bytesSent}`,
      "subscriptions/count": "3",
      "retained/count": "1",
      "errors/protocol": "2",
      "errors/auth": "1",
      "errors/authz": "2",
      "errors/packet": "1",
    });
    assert.ok(packetsReceived > 10 && packetsSent > 10 && bytesReceived > 100 && bytesSent > 30);
  },
);

testVersions(
  "$SYS is published at the interval, and only what has changed",
  [3, 4, 5],
  async (protocolVersion) => {
    await using parts = await startWithSysTopics();
    const { broker, sysTopics } = parts;
    const client = await broker.connect({ clientId: "c", protocolVersion });
    await client.subscribe([
      { topic: "$SYS/broker/uptime", qos: 0 },
      { topic: "$SYS/broker/clients/+", qos: 0 },
      { topic: "$SYS/broker/version", qos: 0 },
    ]);
    sysTopics.start();
    assert.equal((await receiveAll(client)).length, 6);
    await broker.advance(INTERVAL_MS - 1);
    await client.expectNothing();
    await broker.advance(1);
    assert.deepEqual(figures(await receiveAll(client)), { uptime: "10 seconds" });
    const other = await broker.connect({ clientId: "other", protocolVersion });
    await broker.advance(INTERVAL_MS);
    assert.deepEqual(figures(await receiveAll(client)), {
      "uptime": "20 seconds",
      "clients/connected": "2",
      "clients/maximum": "2",
      "clients/total": "2",
    });
    await other.disconnect();
    await broker.advance(3 * INTERVAL_MS);
    const later = await receiveAll(client);
    assert.ok(later.every(({ retain }) => !retain));
    assert.deepEqual(
      later.filter(({ topic }) => topic.endsWith("uptime")).map(({ payload }) => `${payload}`),
      ["30 seconds", "40 seconds", "50 seconds"],
    );
    assert.deepEqual(
      later.filter(({ topic }) => topic.endsWith("connected")).map(({ payload }) => `${payload}`),
      ["1"],
    );
  },
);

Deno.test("$SYS with an interval of 0 is not published, and stops when it is disposed of", async () => {
  await using off = await startWithSysTopics({ intervalMs: 0 });
  off.sysTopics.start();
  await off.broker.advance(1_000_000);
  assert.equal(off.broker.broker.inspector.counts().retainedMessages, 0);

  await using parts = await startWithSysTopics();
  parts.sysTopics.start();
  const client = await parts.broker.connect({ clientId: "c" });
  parts.sysTopics[Symbol.dispose]();
  await client.subscribe([{ topic: "$SYS/#", rh: 2 }]);
  await parts.broker.advance(10 * INTERVAL_MS);
  await client.expectNothing();
});

testVersions(
  "[MQTT-4.7.2-1] $SYS is not in what leading wildcards match, retained or new",
  [3, 4, 5],
  async (protocolVersion) => {
    await using parts = await startWithSysTopics();
    const { broker, sysTopics } = parts;
    sysTopics.start();
    const client = await broker.connect({ clientId: "c", protocolVersion });
    await client.subscribe(["#", "+/broker/#", "+/broker/uptime", "$share/g/#"]);
    await broker.advance(3 * INTERVAL_MS);
    await client.expectNothing();
  },
);

testVersions(
  "clients may not publish to $SYS: 0x87, in 3.x the end of the connection, and nothing arrives",
  [3, 4, 5],
  async (protocolVersion) => {
    await using parts = await startWithSysTopics();
    const { broker, sysTopics } = parts;
    sysTopics.start();
    const watcher = await broker.connect({ clientId: "watcher", protocolVersion });
    await watcher.subscribe(["$SYS/broker/version", "$SYS", "$SYS/x"]);
    await watcher.expect("publish", { payload: "TideMQ 1.2.3" });
    for (const topic of ["$SYS", "$SYS/", "$SYS/x", "$SYS/broker/version"]) {
      for (const [retain, payload] of [[false, "x"], [true, "x"], [true, ""]] as const) {
        const client = await broker.connect({ clientId: "c", protocolVersion });
        const options = { topic, payload, qos: 1, retain, messageId: 1 } as const;
        await client.send({ cmd: "publish", ...options });
        if (protocolVersion === 5) await client.expect("puback", { reasonCode: 0x87 });
        else await client.expectClosed();
      }
    }
    await watcher.expectNothing();
    await watcher.subscribe("$SYS/#");
    const values = figures(await receiveAll(watcher));
    assert.equal(values["version"], "TideMQ 1.2.3");
    assert.equal(Object.keys(values).length, NAMES.length + 1);
  },
);

testVersions(
  "clients may publish to other topics that begin with $",
  [3, 4, 5],
  async (protocolVersion) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ clientId: "c", protocolVersion });
    const publisher = await broker.connect({ clientId: "pub", protocolVersion });
    for (const topic of ["$SYSTEM/x", "$sys/broker/version", "$", "$share/x", "a/$SYS/b"]) {
      await client.subscribe(topic === "$share/x" ? "$share/g/$share/x" : topic);
      await publish(publisher, topic, "x", { qos: 1 });
      await client.expect("publish", { topic });
    }
  },
);

testVersions("a will may not go to $SYS", [3, 4, 5], async (protocolVersion) => {
  await using broker = await TestBroker.start();
  for (const topic of ["$SYS", "$SYS/broker/version"]) {
    const client = await broker.client(protocolVersion);
    const will = { topic, payload: new Uint8Array(1), qos: 0, retain: true } as const;
    const connack = await client.connect({ clientId: "c", will });
    assert.notEqual(connack.reasonCode ?? connack.returnCode, 0);
    if (protocolVersion === 5) assert.equal(connack.reasonCode, 0x90);
    await client.expectClosed();
  }
});

Deno.test("the figures are of this run: they are retained, but not in the store", async () => {
  const store = new MemoryStore();
  await using parts = await startWithSysTopics({ store });
  const { broker, sysTopics } = parts;
  sysTopics.start();
  const client = await broker.connect({ clientId: "c" });
  await client.subscribe("$SYS/broker/version");
  await client.expect("publish", { payload: "TideMQ 1.2.3", retain: true });
  await client.publish("kept", "x", { retain: true });
  await client.ping();
  assert.equal(broker.broker.inspector.counts().retainedMessages, NAMES.length + 2);
  assert.equal(await store.retained.count(), 1);
});

Deno.test("the server publishes $SYS from its start on", async () => {
  const free = "127.0.0.1:0";
  await using server = await startServer(configFrom({
    server: { tcp_addr: free, ws_enabled: false, http_enabled: false, health_enabled: false },
    storage: { type: "memory" },
  }));
  await using client = await RawClient.connectTcp(server.addresses[0]!.address);
  await client.connect({ clientId: "c" });
  await client.subscribe("$SYS/broker/+");
  assert.deepEqual(Object.keys(figures(await receiveAll(client))).sort(), ["uptime", "version"]);
});
