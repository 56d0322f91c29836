/** Clients that feed each other, or themselves, faster than they acknowledge. */
import assert from "#assert";
import { CONGESTED_QUEUE_FACTOR } from "../../src/broker/limits.ts";
import type { RawClient } from "../support/raw_client.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

const QUEUE_MAX = 20;
const IN_FLIGHT_MAX = 4;
/** Fills the window and the queue over the mark from which on publishers are held. */
const MESSAGES = 18;

function startBroker(): Promise<TestBroker> {
  return TestBroker.start({
    limits: {
      queue: { messagesMax: QUEUE_MAX, bytesMax: 1024 * 1024 },
      inflightMax: IN_FLIGHT_MAX,
    },
  });
}

async function flood(client: RawClient, topic: string, count: number): Promise<void> {
  for (let messageId = 1; messageId <= count; messageId++) {
    await client.send({ cmd: "publish", topic, payload: `${messageId}`, qos: 1, messageId });
  }
}

/** Acknowledges what comes until all that was sent and subscribed has come. */
async function settle(client: RawClient, sent: number, received: number): Promise<string[]> {
  const payloads: string[] = [];
  for (let acknowledged = 0; acknowledged < sent || payloads.length < received;) {
    const packet = await client.next();
    if (packet.cmd === "puback") acknowledged++;
    if (packet.cmd !== "publish") continue;
    payloads.push(packet.payload.toString());
    await client.send({ cmd: "puback", messageId: packet.messageId! });
  }
  return payloads;
}

const NUMBERS = Array.from({ length: MESSAGES }, (_, index) => `${index + 1}`);

testVersions("back-pressure: a client that fills its own queue is not held, time stands still", [
  3,
  4,
  5,
], async (protocolVersion) => {
  await using broker = await startBroker();
  const client = await broker.connect({ protocolVersion, clientId: "echo" });
  await client.subscribe("a", { qos: 1 });
  await flood(client, "a", MESSAGES);
  assert.deepEqual(await settle(client, MESSAGES, MESSAGES), NUMBERS);
});

testVersions("back-pressure: clients that fill each other's queues do not wait for each other", [
  3,
  4,
  5,
], async (protocolVersion) => {
  await using broker = await startBroker();
  const one = await broker.connect({ protocolVersion, clientId: "one" });
  const other = await broker.connect({ protocolVersion, clientId: "other" });
  await one.subscribe("to/one", { qos: 1 });
  await other.subscribe("to/other", { qos: 1 });
  await flood(one, "to/other", MESSAGES);
  await flood(other, "to/one", MESSAGES);
  const received = await Promise.all([
    settle(one, MESSAGES, MESSAGES),
    settle(other, MESSAGES, MESSAGES),
  ]);
  assert.deepEqual(received, [NUMBERS, NUMBERS]);
});

testVersions(
  "back-pressure: a client that is not held has its bound too",
  [3, 4, 5],
  async (protocolVersion) => {
    await using broker = await startBroker();
    const client = await broker.connect({ protocolVersion, clientId: "echo" });
    await client.subscribe("a", { qos: 1 });
    const bound = CONGESTED_QUEUE_FACTOR * QUEUE_MAX;
    const sent = IN_FLIGHT_MAX + bound + 10;
    await flood(client, "a", sent);
    const packets = await client.untilPing();
    assert.equal(packets.filter(({ cmd }) => cmd === "puback").length, sent);
    assert.equal(broker.broker.inspector.session("echo")?.queued, bound);
    assert.equal(broker.broker.inspector.accounting().dropped.queue_full, 10);
  },
);
