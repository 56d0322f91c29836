/** MQTT.js over TCP and over both WebSocket addresses. */
import assert from "#assert";
import { JsClient, type JsClientOptions } from "../support/mqtt_js.ts";
import { RealBroker } from "../support/real_broker.ts";

const VERSION_NAMES = { 3: "3.1", 4: "3.1.1", 5: "5.0" } as const;
type Version = keyof typeof VERSION_NAMES;

/** The three ways to the broker, as the URLs that its banner shows. */
const WAYS = {
  "TCP": ({ port }: RealBroker) => `mqtt://127.0.0.1:${port}`,
  "ws_addr": ({ webSockets }: RealBroker) => webSockets[0]!,
  "http_addr": ({ webSockets }: RealBroker) => webSockets[1]!,
} as const;

type Body = (
  connect: (options?: Partial<JsClientOptions>) => Promise<JsClient>,
  version: Version,
  url: string,
) => Promise<void>;

/** A test for each way and each of `versions`. */
function testWays(name: string, versions: readonly Version[], body: Body): void {
  for (const [way, urlOf] of Object.entries(WAYS)) {
    for (const version of versions) {
      Deno.test(`MQTT.js over ${way}: ${name} (${VERSION_NAMES[version]})`, async () => {
        await using broker = await RealBroker.start();
        const url = urlOf(broker);
        const connect = (options = {}) =>
          JsClient.connect(url, { protocolVersion: version, ...options });
        await body(connect, version, url);
      });
    }
  }
}

testWays("messages of QoS 0, 1 and 2 go both ways", [3, 4, 5], async (connect) => {
  await using one = await connect();
  await using other = await connect();
  for (const [from, to] of [[one, other], [other, one]] as const) {
    await to.client.subscribeAsync("a/+", { qos: 2 });
    for (const qos of [0, 1, 2] as const) {
      await from.client.publishAsync("a/b", `„${qos}“`, { qos });
      const { topic, payload, qos: received, retain } = await to.next();
      assert.deepEqual([topic, payload, received, retain], ["a/b", `„${qos}“`, qos, false]);
    }
    await to.client.unsubscribeAsync("a/+");
  }
  await one.end();
  await other.end();
});

testWays(
  "a retained message comes on subscribe, and no more once it is cleared",
  [3, 4, 5],
  async (connect) => {
    await using client = await connect();
    await client.client.publishAsync("state", "on", { qos: 1, retain: true });
    await client.client.subscribeAsync("state", { qos: 1 });
    const { payload, retain } = await client.next();
    assert.deepEqual([payload, retain], ["on", true]);
    await client.client.publishAsync("state", "", { qos: 1, retain: true });
    assert.equal((await client.next()).payload, "");
    await using late = await connect();
    await late.client.subscribeAsync("#", { qos: 1 });
    await late.client.publishAsync("marker", "", { qos: 1 });
    assert.equal((await late.next()).topic, "marker");
  },
);

testWays(
  "a connection that breaks off publishes the will, end() does not",
  [3, 4, 5],
  async (connect) => {
    await using watcher = await connect();
    await watcher.client.subscribeAsync("will/#", { qos: 2 });
    for (const qos of [0, 1, 2] as const) {
      const will = {
        topic: `will/${qos}`,
        payload: new TextEncoder().encode("gone"),
        qos,
        retain: false,
      };
      await using mortal = await connect({ will: will as never });
      await mortal.cut();
      const { topic, payload, qos: received } = await watcher.next();
      assert.deepEqual([topic, payload, received], [`will/${qos}`, "gone", qos]);
    }
    const unsent = { topic: "will/unsent", payload: "gone", qos: 1, retain: false } as never;
    await using polite = await connect({ clientId: "polite", will: unsent });
    await polite.end();
    // The same client id again: whatever was left of its connection is over by then.
    await using _successor = await connect({ clientId: "polite" });
    await watcher.client.publishAsync("will/marker", "", { qos: 1 });
    assert.equal((await watcher.next()).topic, "will/marker");
  },
);

testWays(
  "a client that comes back with clean: false finds its session and its messages",
  [3, 4, 5],
  async (connect, version) => {
    await using sleeper = await connect({
      clientId: "sleeper",
      clean: false,
      resubscribe: false,
      ...(version === 5 && { properties: { sessionExpiryInterval: 60 } }),
    });
    await sleeper.client.subscribeAsync("a", { qos: 2 });
    await sleeper.cut();
    await using publisher = await connect();
    for (const qos of [0, 1, 2] as const) {
      await publisher.client.publishAsync("a", `${qos}`, {
        qos,
      });
    }
    const connack = await sleeper.reconnect();
    // MQTT 3.1 has no such flag: the bit is reserved.
    assert.equal(connack.sessionPresent, version !== 3);
    const received = [await sleeper.next(), await sleeper.next()];
    assert.deepEqual(received.map(({ payload }) => payload).toSorted(), ["1", "2"]);
  },
);

testWays("user properties, content type and the like arrive", [5], async (connect) => {
  await using client = await connect();
  await client.client.subscribeAsync("a", { qos: 1, properties: { subscriptionIdentifier: 7 } });
  const properties = {
    contentType: "text/plain",
    responseTopic: "answers",
    correlationData: new TextEncoder().encode("id"),
    payloadFormatIndicator: true,
    userProperties: { k: ["1", "2"], other: "3" },
  };
  await client.client.publishAsync("a", "m", { qos: 1, properties: properties as never });
  const received = (await client.next()).properties!;
  assert.equal(received.correlationData?.toString(), "id");
  assert.equal(received.contentType, "text/plain");
  assert.equal(received.responseTopic, "answers");
  assert.equal(received.payloadFormatIndicator, true);
  assert.equal(received.subscriptionIdentifier, 7);
  assert.deepEqual({ ...received.userProperties }, { k: ["1", "2"], other: "3" });
});

testWays("topic aliases are used both ways", [5], async (connect) => {
  await using publisher = await connect({ autoAssignTopicAlias: true });
  await using subscriber = await connect({ properties: { topicAliasMaximum: 10 } });
  await subscriber.client.subscribeAsync("long/#", { qos: 1 });
  const sent: unknown[] = [];
  publisher.client.on("packetsend", (packet) => {
    if (packet.cmd === "publish") sent.push([packet.topic, packet.properties?.topicAlias]);
  });
  for (const payload of ["1", "2", "3"]) {
    await publisher.client.publishAsync("long/topic/name", payload, { qos: 1 });
    const message = await subscriber.next();
    assert.deepEqual([message.topic, message.payload], ["long/topic/name", payload]);
  }
  assert.deepEqual(sent, [["long/topic/name", 1], ["", 1], ["", 1]]);
  // The broker gives a topic an alias when it comes again.
  const received = subscriber.packets.filter((packet) => packet.cmd === "publish");
  assert.deepEqual(received.map(({ properties }) => properties?.topicAlias), [undefined, 1, 1]);
});

testWays("$share gives each message to one member", [4, 5], async (connect) => {
  await using one = await connect();
  await using other = await connect();
  for (const member of [one, other]) {
    await member.client.subscribeAsync("$share/g/jobs", { qos: 1 });
  }
  await using publisher = await connect();
  for (let index = 0; index < 20; index++) {
    await publisher.client.publishAsync("jobs", `${index}`, { qos: 1 });
  }
  const payloads: number[] = [];
  for (let index = 0; index < 10; index++) {
    payloads.push(Number((await one.next()).payload), Number((await other.next()).payload));
  }
  assert.deepEqual(payloads.toSorted((a, b) => a - b), Array.from({ length: 20 }, (_, i) => i));
});

testWays("a large message arrives whole", [3, 4, 5], async (connect) => {
  await using client = await connect();
  await client.client.subscribeAsync("large", { qos: 1 });
  const payload = "0123456789abcdef".repeat(64 * 1024);
  await client.client.publishAsync("large", payload, { qos: 1 });
  assert.ok((await client.next()).payload === payload);
});

testWays("a keep alive keeps the connection, with PINGREQ", [4], async (connect) => {
  await using client = await connect({ keepalive: 1 });
  const pong = new Promise<void>((resolve) => {
    client.client.on("packetreceive", ({ cmd }) => cmd === "pingresp" && resolve());
  });
  await pong;
  assert.equal(client.client.connected, true);
});
