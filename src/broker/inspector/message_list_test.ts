import assert from "#assert";
import { durable, publish } from "../../../tests/support/exchange.ts";
import { TestBroker } from "../../../tests/support/test_broker.ts";
import { PREVIEW_BYTES_MAX } from "./message_view.ts";

const decoder = new TextDecoder();

Deno.test("MessageList: the queue of a client that is away, from the store, in pages", async () => {
  await using broker = await TestBroker.start();
  const client = await broker.connect(durable(5, "away"));
  await client.subscribe("t", { qos: 1 });
  await client.send({ cmd: "disconnect" });
  await client.expectClosed();
  const publisher = await broker.connect({ clientId: "p" });
  for (let n = 0; n < 20; n++) await publish(publisher, "t", `${n}`, { qos: 1 });
  await publish(publisher, "t", "x".repeat(PREVIEW_BYTES_MAX + 5), { qos: 1 });
  const { messages } = broker.broker.inspector;
  const first = (await messages.queue("away", { limit: 11, count: true }))!;
  assert.deepEqual(first.total, { value: 21, relation: "eq" });
  const texts = first.items.map(({ message }) => decoder.decode(message.payload));
  assert.deepEqual(texts, Array.from({ length: 11 }, (_, n) => `${n}`));
  const second = (await messages.queue("away", { limit: 100, after: first.next }))!;
  assert.equal(second.next, undefined);
  assert.equal(second.items.length, 10);
  const large = second.items[9]!;
  assert.deepEqual([large.qos, large.message.topic, large.message.publisher], [1, "t", "p"]);
  assert.deepEqual(
    [large.message.size, large.message.payload.length],
    [PREVIEW_BYTES_MAX + 5, PREVIEW_BYTES_MAX],
  );
});

Deno.test("MessageList: what waits for and is under way to a session that is not stored", async () => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "slow", properties: { receiveMaximum: 2 } });
  await client.subscribe("t", { qos: 2 });
  const publisher = await broker.connect({ clientId: "p" });
  for (let n = 0; n < 5; n++) await publish(publisher, "t", `${n}`, { qos: 2 });
  await client.expect("publish");
  const { messageId } = await client.expect("publish");
  await client.send({ cmd: "pubrec", messageId: messageId! });
  await client.expect("pubrel");
  await publisher.send({ cmd: "publish", topic: "u", payload: "", qos: 2, messageId: 99 });
  await publisher.expect("pubrec");
  const { messages } = broker.broker.inspector;
  const first = (await messages.queue("slow", { limit: 2 }))!;
  assert.deepEqual(first.items.map(({ message }) => decoder.decode(message.payload)), ["2", "3"]);
  const second = (await messages.queue("slow", { limit: 2, after: first.next }))!;
  assert.deepEqual(second.items.map(({ message }) => decoder.decode(message.payload)), ["4"]);
  const { outbound, outboundCount } = messages.inFlight("slow")!;
  assert.equal(outboundCount, 2);
  assert.deepEqual(outbound.map(({ state, everSent }) => [state, everSent]), [
    ["published", true],
    ["released", true],
  ]);
  assert.deepEqual(outbound.map(({ topic }) => topic), ["t", undefined]);
  assert.deepEqual(
    [messages.inFlight("p")!.inbound, messages.inFlight("p")!.inboundCount],
    [[99], 1],
  );
});

Deno.test("MessageList: of a message that was passed on the topic is left", async () => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "quick" });
  await client.subscribe("t", { qos: 1 });
  const publisher = await broker.connect({ clientId: "p" });
  await publish(publisher, "t", "makes the topic known", { qos: 1 });
  await publish(publisher, "t", "is passed on", { qos: 1 });
  const { outbound } = broker.broker.inspector.messages.inFlight("quick")!;
  const seen = outbound.map(({ topic, message, state }) => [topic, message?.topic, state]);
  assert.deepEqual(seen, [["t", "t", "published"], ["t", undefined, "published"]]);
});

Deno.test("MessageList knows nothing of a client that has no session", async () => {
  await using broker = await TestBroker.start();
  const { messages } = broker.broker.inspector;
  assert.equal(await messages.queue("nobody", { limit: 1 }), undefined);
  assert.equal(messages.inFlight("nobody"), undefined);
});
