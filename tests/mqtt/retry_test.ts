/** `broker.retry_interval`: sending again without a new connection, which 5.0 forbids. */
import assert from "#assert";
import { durable, publish } from "../support/exchange.ts";
import type { RawClient } from "../support/raw_client.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

type Version = 3 | 4 | 5;

/** Looked at every 5 seconds. */
const RETRY = { retryIntervalMs: 10_000 };

async function pair(
  broker: TestBroker,
  protocolVersion: Version,
): Promise<{ subscriber: RawClient; publisher: RawClient }> {
  const subscriber = await broker.connect(durable(protocolVersion, "sub"));
  await subscriber.subscribe("a", { qos: 2 });
  return { subscriber, publisher: await broker.connect({ clientId: "pub", protocolVersion }) };
}

testVersions(
  "PUBLISH comes again after the interval, until its answer",
  [3, 4],
  async (version) => {
    await using broker = await TestBroker.start({ limits: RETRY });
    const { subscriber, publisher } = await pair(broker, version);
    for (const qos of [1, 2] as const) {
      await publish(publisher, "a", "x", { qos });
      const { messageId } = await subscriber.expect("publish", { payload: "x", qos, dup: false });
      await broker.advance(9_999);
      await subscriber.expectNothing();
      for (let time = 0; time < 3; time++) {
        await broker.advance(time === 0 ? 1 : 10_000);
        const again = { payload: "x", qos, dup: true, messageId: messageId! };
        await subscriber.expect("publish", again);
        await subscriber.expectNothing();
      }
      if (qos === 1) {
        await subscriber.send({ cmd: "puback", messageId: messageId! });
      } else {
        await subscriber.send({ cmd: "pubrec", messageId: messageId! });
        await subscriber.expect("pubrel", { messageId: messageId! });
        await broker.advance(9_999);
        await subscriber.expectNothing();
        await broker.advance(1);
        await subscriber.expect("pubrel", { messageId: messageId! });
        await subscriber.send({ cmd: "pubcomp", messageId: messageId! });
      }
      await broker.advance(30_000);
      await subscriber.expectNothing();
    }
  },
);

testVersions("Each message has its own time, and none comes early", [3, 4], async (version) => {
  await using broker = await TestBroker.start({ limits: RETRY });
  const { subscriber, publisher } = await pair(broker, version);
  await publish(publisher, "a", "1", { qos: 1 });
  await broker.advance(6_000);
  await publish(publisher, "a", "2", { qos: 1 });
  for (const payload of ["1", "2"]) await subscriber.expect("publish", { payload, dup: false });
  await broker.advance(4_000);
  await subscriber.expect("publish", { payload: "1", dup: true });
  await broker.advance(5_000);
  await subscriber.expectNothing();
  await broker.advance(5_000);
  for (const payload of ["1", "2"]) await subscriber.expect("publish", { payload, dup: true });
});

testVersions("After max_retries the connection is closed", [3, 4], async (version) => {
  await using broker = await TestBroker.start({ limits: { ...RETRY, retriesMax: 2 } });
  const { subscriber, publisher } = await pair(broker, version);
  await publish(publisher, "a", "x", { qos: 1 });
  await subscriber.expect("publish", { dup: false });
  for (let time = 0; time < 2; time++) {
    await broker.advance(10_000);
    await subscriber.expect("publish", { dup: true });
  }
  await broker.advance(10_000);
  await subscriber.expectClosed();
  // The message waits for the next connection, where it is counted anew.
  const again = await broker.connect(durable(version, "sub"));
  for (let time = 0; time < 3; time++) {
    await again.expect("publish", { payload: "x", dup: true });
    await broker.advance(10_000);
  }
  await again.expectClosed();
});

testVersions("Without an interval nothing comes again", [3, 4], async (version) => {
  await using broker = await TestBroker.start();
  const { subscriber, publisher } = await pair(broker, version);
  await publish(publisher, "a", "x", { qos: 1 });
  await subscriber.expect("publish");
  await broker.advance(3_600_000);
  await subscriber.expectNothing();
});

Deno.test("[MQTT-4.4.0-1] To a client of 5.0 nothing comes again, whatever the interval (5.0)", async () => {
  await using broker = await TestBroker.start({ limits: { ...RETRY, retriesMax: 1 } });
  const { subscriber, publisher } = await pair(broker, 5);
  for (const qos of [1, 2] as const) await publish(publisher, "a", "x", { qos });
  await subscriber.expect("publish");
  const { messageId } = await subscriber.expect("publish");
  await broker.advance(60_000);
  await subscriber.expectNothing();
  await subscriber.send({ cmd: "pubrec", messageId: messageId! });
  await subscriber.expect("pubrel");
  await broker.advance(60_000);
  await subscriber.expectNothing();
});

testVersions("What is sent again takes no further place and no books", [3, 4], async (version) => {
  await using broker = await TestBroker.start({ limits: { ...RETRY, inflightMax: 1 } });
  const { subscriber, publisher } = await pair(broker, version);
  await publish(publisher, "a", "1", { qos: 1 });
  await publish(publisher, "a", "2", { qos: 1 });
  const { messageId } = await subscriber.expect("publish", { payload: "1" });
  await broker.advance(20_000);
  for (let time = 0; time < 2; time++) await subscriber.expect("publish", { payload: "1" });
  await subscriber.send({ cmd: "puback", messageId: messageId! });
  await subscriber.expect("publish", { payload: "2", dup: false });
  const { matched, delivered, inFlight } = broker.broker.inspector.accounting();
  assert.deepEqual([matched, delivered, inFlight], [2, 1, 1]);
});
