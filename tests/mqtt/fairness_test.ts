/** What one client does does not keep the others waiting: work is done in slices. */
import assert from "#assert";
import type { Packet } from "mqtt-packet";
import { MemoryStore } from "../../src/storage/memory.ts";
import { OFFERS_PER_TURN } from "../../src/broker/fan_out_turns.ts";
import { durable, payloads, receiveAll } from "../support/exchange.ts";
import type { RawClient } from "../support/raw_client.ts";
import { TestBroker } from "../support/test_broker.ts";

/** More than one turn makes of a SUBSCRIBE, by far. */
const FILTERS = 3_000;

/** One of the event loop: what waits for the next one has begun when it resolves. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

function manyFilters(): { topic: string; qos: 0 | 1 }[] {
  return Array.from({ length: FILTERS }, (_, i) => ({ topic: `f/${i}`, qos: 1 }));
}

async function subscribeMany(client: RawClient): Promise<void> {
  await client.send({ cmd: "subscribe", messageId: 1, subscriptions: manyFilters() });
}

Deno.test("Messages of one read that reach very many go out in order, and others are served meanwhile", async () => {
  await using broker = await TestBroker.start();
  const receivers = await Promise.all(
    Array.from({ length: 90 }, (_, i) => broker.connect({ clientId: `r${i}` })),
  );
  for (const [index, receiver] of receivers.entries()) {
    await receiver.subscribe("all", { qos: index % 2 === 0 ? 0 : 1 });
  }
  const publisher = await broker.connect({ clientId: "publisher" });
  const other = await broker.connect({ clientId: "other" });
  const count = Math.ceil(3 * OFFERS_PER_TURN / receivers.length);
  const sent = Array.from({ length: count }, (_, i) => `${i}`);
  const matched = () => broker.broker.inspector.accounting().matched;

  const burst = sent.map((payload) =>
    publisher.encode({ cmd: "publish", topic: "all", payload, qos: 0 } as Packet)
  );
  await publisher.sendBytes(Uint8Array.from(burst.flatMap((bytes) => [...bytes])));
  await other.ping();
  const atPing = matched();
  assert.ok(atPing > 0 && atPing < count * receivers.length, `${atPing} were offered at once`);

  for (const receiver of [receivers[0]!, receivers[1]!]) {
    const received: string[] = [];
    while (received.length < count) {
      await turn();
      received.push(...payloads(await receiveAll(receiver)));
    }
    assert.deepEqual(received, sent);
  }
  assert.equal(matched(), count * receivers.length);
  await turn();
  await broker.advance(0);
});

Deno.test("A SUBSCRIBE of thousands of filters is answered as a whole, and others are served meanwhile", async () => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "c" });
  const other = await broker.connect({ clientId: "other" });
  await subscribeMany(client);
  const { inspector } = broker.broker;
  let servedMeanwhile = 0;
  while (inspector.counts().subscriptions < FILTERS) {
    if (inspector.counts().subscriptions > 0) servedMeanwhile++;
    assert.equal(client.pending, 0);
    await other.ping();
    await turn();
  }
  assert.ok(servedMeanwhile > 0);
  const { granted } = await client.expect("suback", { messageId: 1 });
  assert.deepEqual(granted, Array(FILTERS).fill(1));
});

Deno.test("A client that goes in the middle of a SUBSCRIBE leaves what the store has as well", async () => {
  const store = new MemoryStore();
  await using broker = await TestBroker.start({ store });
  const client = await broker.connect(durable(5, "c"));
  await subscribeMany(client);
  const subscriptions = () => broker.broker.inspector.session("c")!.subscriptions;
  while (subscriptions() === 0) await turn();
  await client.abort();
  await broker.advance(1000);
  assert.ok(subscriptions() < FILTERS);
  assert.equal((await store.subscriptions.list("c")).length, subscriptions());
});
