/** Many clients at once, many connections after each other. */
import assert from "#assert";
import type { ProtocolVersion, QoS } from "../../src/mqtt/packet.ts";
import type { Publish } from "../../src/mqtt/packets/publish.ts";
import { LoadClient } from "../support/load_client.ts";
import { LocalServer } from "../support/local_server.ts";
import { memoryInUse } from "../support/memory.ts";
import { until } from "../support/until.ts";

const CLIENTS = 1000;
const OWN_MESSAGES = 10;
const SHARED_MESSAGES = 2;
const FAN_OUT_MESSAGES = 300;
const TAKEOVERS = 200;
const CHURN = 4000;
const CHURN_WAVE = 100;
const LEAK_BYTES_MAX = 512 * 1024;
const SESSION_TAKEN_OVER = 0x8e;
const VERSIONS = [3, 4, 5] as const satisfies ProtocolVersion[];

/** Payload: who has sent it (4 bytes) and which of that sender's messages it is (4 bytes). */
function payloadOf(sender: number, number: number): Uint8Array {
  const payload = new Uint8Array(8);
  const view = new DataView(payload.buffer);
  view.setUint32(0, sender);
  view.setUint32(4, number);
  return payload;
}

/** What one client has received: each sender's messages have to come once and in order. */
class Received {
  count = 0;
  /** The first message that came twice, too early or not at all before the next one. */
  wrong: string | undefined;
  readonly #next = new Map<string, number>();

  readonly take = ({ topic, payload }: Publish): void => {
    const view = new DataView(payload.buffer, payload.byteOffset);
    const key = `${topic} of ${view.getUint32(0)}`;
    const number = view.getUint32(4);
    const expected = this.#next.get(key) ?? 0;
    if (number !== expected) this.wrong ??= `${key}: ${number} instead of ${expected}`;
    this.#next.set(key, number + 1);
    this.count++;
  };
}

const inParallel = <T>(count: number, body: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => body(index)));

Deno.test(`load: ${CLIENTS} clients connect, subscribe, publish and receive, all at once`, async () => {
  // Broker and clients share a core here, so all of them are slow: none is to be given up for it.
  await using server = await LocalServer.start({ broker: { slow_receiver_grace: "60s" } });
  const { port, inspector } = server;
  const received = Array.from({ length: CLIENTS }, () => new Received());
  const clients = await inParallel(CLIENTS, async (index) => {
    const version = VERSIONS[index % 3]!;
    const onPublish = received[index]!.take;
    const client = await LoadClient.connect({ port, clientId: `c${index}`, version, onPublish });
    await client.subscribe([`own/${index}`], 2);
    await client.subscribe(["all"], 1);
    return client;
  });
  assert.equal(inspector.counts().connections, CLIENTS);
  assert.equal(inspector.counts().subscriptions, 2 * CLIENTS);

  await Promise.all(clients.map(async (client, index) => {
    const qos = (index % 3) as QoS;
    for (let number = 0; number < OWN_MESSAGES; number++) {
      await client.publish(`own/${index}`, payloadOf(index, number), qos);
      if (number < SHARED_MESSAGES) await client.publish("all", payloadOf(index, number), qos);
    }
  }));
  const each = OWN_MESSAGES + SHARED_MESSAGES * CLIENTS;
  await until(
    () => received.every(({ count }) => count >= each),
    () =>
      `${Math.min(...received.map(({ count }) => count))} of ${each}; ${
        JSON.stringify(inspector.accounting())
      }`,
  );
  for (const client of clients) await client.ping();
  assert.deepEqual(received.map(({ wrong }) => wrong).filter((wrong) => wrong), []);
  assert.deepEqual(new Set(received.map(({ count }) => count)), new Set([each]));
  server.assertBalanced();
  await Promise.all(clients.map((client) => client.disconnect()));
  await server.deserted();
  assert.equal(inspector.counts().sessions, 0);
});

for (const qos of [0, 1] as const) {
  Deno.test(`load: ${FAN_OUT_MESSAGES} messages fan out to ${CLIENTS} subscribers at QoS ${qos}`, async () => {
    await using server = await LocalServer.start({ broker: { slow_receiver_grace: "60s" } });
    const { port, inspector } = server;
    const received = Array.from({ length: CLIENTS }, () => new Received());
    const subscribers = await inParallel(CLIENTS, async (index) => {
      const version = VERSIONS[index % 3]!;
      const onPublish = received[index]!.take;
      const client = await LoadClient.connect({ port, clientId: `s${index}`, version, onPublish });
      await client.subscribe(["all"], qos);
      return client;
    });
    const publisher = await LoadClient.connect({ port, clientId: "publisher", version: 5 });
    for (let number = 0; number < FAN_OUT_MESSAGES; number++) {
      await publisher.publish("all", payloadOf(0, number), qos);
    }
    await until(
      () => received.every(({ count }) => count >= FAN_OUT_MESSAGES),
      () => JSON.stringify(inspector.accounting()),
    );
    assert.deepEqual(received.map(({ wrong }) => wrong).filter((wrong) => wrong), []);
    assert.equal(inspector.accounting().matched, CLIENTS * FAN_OUT_MESSAGES);
    await Promise.all([publisher, ...subscribers].map((client) => client.disconnect()));
    await server.deserted();
  });
}

Deno.test(`load: ${TAKEOVERS} connections of one client id in a row, and nothing is lost`, async () => {
  await using server = await LocalServer.start();
  const { port, inspector } = server;
  const publisher = await LoadClient.connect({ port, clientId: "publisher", version: 5 });
  const received = new Set<number>();
  const onPublish = ({ payload }: Publish) => {
    received.add(new DataView(payload.buffer, payload.byteOffset).getUint32(4));
  };
  const connections: LoadClient[] = [];
  const published: Promise<void>[] = [];
  for (let index = 0; index < TAKEOVERS; index++) {
    const version = VERSIONS[index % 3]!;
    const client = await LoadClient.connect({
      port,
      clientId: "one",
      version,
      durable: true,
      onPublish,
    });
    if (index === 0) await client.subscribe(["a"], 1);
    connections.push(client);
    published.push(publisher.publish("a", payloadOf(0, index), 1));
  }
  await Promise.all(published);
  for (const [index, client] of connections.slice(0, -1).entries()) {
    const reason = await client.ended;
    assert.equal(reason, VERSIONS[index % 3] === 5 ? SESSION_TAKEN_OVER : undefined);
  }
  await connections.at(-1)!.ping();
  await until(() => received.size === TAKEOVERS, () => `${received.size} of ${TAKEOVERS}`);
  assert.equal(inspector.counts().connections, 2);
  assert.equal(inspector.counts().sessions, 2);
  await publisher.disconnect();
  await connections.at(-1)!.disconnect();
  await server.deserted();
});

Deno.test(`load: ${TAKEOVERS} connections of one client id at once leave exactly one`, async () => {
  await using server = await LocalServer.start();
  const { port, inspector } = server;
  const outcomes = await inParallel(TAKEOVERS, async (index) => {
    const version = VERSIONS[index % 3]!;
    try {
      return await LoadClient.connect({ port, clientId: "one", version, durable: index % 2 === 0 });
    } catch {
      return undefined; // Taken over before its CONNACK was there.
    }
  });
  await until(
    () => inspector.counts().connections === 1,
    () => JSON.stringify(inspector.counts()),
  );
  assert.equal(inspector.counts().sessions, 1);
  const survivors: LoadClient[] = [];
  for (const client of outcomes) {
    if (client === undefined) continue;
    if (await client.ping().then(() => true, () => false)) survivors.push(client);
  }
  assert.equal(survivors.length, 1);
  await survivors[0]!.subscribe(["a"], 1);
  await survivors[0]!.publish("a", payloadOf(0, 0), 1);
  await survivors[0]!.disconnect();
  await server.deserted();
});

/** Ways for a connection to end. */
const ENDINGS: readonly ((client: LoadClient, server: LocalServer) => Promise<void> | void)[] = [
  (client) => client.disconnect(),
  (client) => client.cut(),
  // What it asked for is under way when it goes; what it was sent is never read.
  (client) => {
    client.publish("churn", new Uint8Array(10_000), 2).catch(() => {});
    client.cut();
  },
  async (client, { port }) => {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    await conn.write(Uint8Array.of(0x10, 0x20, 0x00));
    conn.close();
    await client.disconnect();
  },
];

Deno.test(`load: ${CHURN} connections come and go, and leave nothing`, async () => {
  await using server = await LocalServer.start();
  const { inspector } = server;
  const before = inspector.counts();
  const half = CHURN / 2;
  await churn(server, half);
  assert.deepEqual(inspector.counts(), before);
  const memory = memoryInUse();
  await churn(server, half);
  assert.deepEqual(inspector.counts(), before);
  const growth = memoryInUse() - memory;
  assert.ok(growth < LEAK_BYTES_MAX, `${growth} bytes more after ${half} connections`);
});

async function churn(server: LocalServer, connections: number): Promise<void> {
  const { port, inspector } = server;
  for (let started = 0; started < connections; started += CHURN_WAVE) {
    await inParallel(CHURN_WAVE, async (index) => {
      const version = VERSIONS[index % 3]!;
      const client = await LoadClient.connect({ port, clientId: `c${index}`, version });
      await client.subscribe(["churn", `own/${index}`], 2);
      await client.publish(`own/${index}`, payloadOf(0, 0), (index % 3) as QoS);
      await ENDINGS[index % ENDINGS.length]!(client, server);
    });
    await until(
      () => inspector.counts().connections === 0,
      () => JSON.stringify(inspector.counts()),
    );
  }
}
