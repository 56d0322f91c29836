/** Properties of MQTT 5.0 between mosquitto's clients. */
import assert from "#assert";
import {
  mosquittoPublish,
  MosquittoSubscriber,
  propertyArguments,
  startPublisher,
} from "../support/mosquitto.ts";
import { RealBroker } from "../support/real_broker.ts";

Deno.test("mosquitto: the properties of a message arrive, user properties in order and twice (5.0)", async () => {
  await using broker = await RealBroker.start();
  await using subscriber = await MosquittoSubscriber.start(broker, { version: 5, topics: ["a"] });
  const properties = propertyArguments("publish", [
    ["user-property", "trace", "1"],
    ["user-property", "colour", "grün"],
    ["user-property", "trace", "2"],
    ["content-type", "application/json"],
    ["response-topic", "answers/7"],
    ["correlation-data", "id 7"],
    ["payload-format-indicator", "1"],
    ["message-expiry-interval", "600"],
  ]);
  await mosquittoPublish(broker, {
    version: 5,
    topic: "a",
    message: "{}",
    qos: 1,
    args: properties,
  });
  const text = await subscriber.nextText();
  assert.match(text, /"user-properties":\{"trace":"1","colour":"grün","trace":"2"\}/);
  const { "user-properties": _, ...others } = JSON.parse(text).properties;
  const { "message-expiry-interval": expiry, ...rest } = others;
  assert.ok(expiry > 590 && expiry <= 600, `${expiry} seconds left`);
  assert.deepEqual(rest, {
    "payload-format-indicator": 1,
    "content-type": "application/json",
    "response-topic": "answers/7",
    "correlation-data": "id 7",
  });
});

Deno.test("mosquitto: a subscriber of 3.1.1 gets a message with properties without them", async () => {
  await using broker = await RealBroker.start();
  await using subscriber = await MosquittoSubscriber.start(broker, { version: 4, topics: ["a"] });
  const args = propertyArguments("publish", [["content-type", "text/plain"]]);
  await mosquittoPublish(broker, { version: 5, topic: "a", message: "m", qos: 1, args });
  const message = await subscriber.next();
  assert.equal(message.payload, "m");
  assert.equal("properties" in message, false);
});

Deno.test("mosquitto: a retained message says how long it still lives (5.0)", async () => {
  await using broker = await RealBroker.start();
  const args = propertyArguments("publish", [["message-expiry-interval", "600"]]);
  await mosquittoPublish(broker, {
    version: 5,
    topic: "a",
    message: "m",
    retain: true,
    qos: 1,
    args,
  });
  await using subscriber = await MosquittoSubscriber.start(broker, { version: 5, topics: ["a"] });
  const { properties } = await subscriber.next();
  const left = properties!["message-expiry-interval"] as number;
  assert.ok(left > 590 && left <= 600, `${left} seconds left`);
});

Deno.test("mosquitto: a subscription identifier comes with each message (5.0)", async () => {
  await using broker = await RealBroker.start();
  await using subscriber = await MosquittoSubscriber.start(broker, {
    version: 5,
    topics: ["a"],
    args: propertyArguments("subscribe", [["subscription-identifier", "42"]]),
  });
  await mosquittoPublish(broker, { version: 5, topic: "a", message: "m" });
  assert.match(await subscriber.nextText(), /"subscription-identifier":42/);
});

Deno.test("mosquitto: a publisher may use a topic alias (5.0)", async () => {
  await using broker = await RealBroker.start();
  await using subscriber = await MosquittoSubscriber.start(broker, {
    version: 5,
    topics: ["long/#"],
  });
  await using publisher = startPublisher(broker, {
    version: 5,
    topic: "long/topic/name",
    qos: 1,
    args: ["-l", ...propertyArguments("publish", [["topic-alias", "7"]])],
  });
  await publisher.write("first\nsecond\n");
  await publisher.closeInput();
  for (const payload of ["first", "second"]) {
    const message = await subscriber.next();
    assert.deepEqual([message.topic, message.payload], ["long/topic/name", payload]);
  }
});

Deno.test("mosquitto: a message above the Maximum Packet Size of a subscriber is not sent to it (5.0)", async () => {
  await using broker = await RealBroker.start();
  const topics = ["a"];
  await using small = await MosquittoSubscriber.start(broker, {
    version: 5,
    topics,
    args: propertyArguments("connect", [["maximum-packet-size", "100"]]),
  });
  await using large = await MosquittoSubscriber.start(broker, { version: 5, topics });
  const message = "x".repeat(200);
  await mosquittoPublish(broker, { version: 5, topic: "a", message, qos: 1 });
  await mosquittoPublish(broker, { version: 5, topic: "a", message: "short", qos: 1 });
  assert.deepEqual(await large.payloads(2), [message, "short"]);
  assert.deepEqual(await small.payloads(1), ["short"]);
});

Deno.test("mosquitto: a subscriber that takes one QoS 2 message at a time gets them all (5.0)", async () => {
  await using broker = await RealBroker.start();
  await using subscriber = await MosquittoSubscriber.start(broker, {
    version: 5,
    topics: ["a"],
    args: propertyArguments("connect", [["receive-maximum", "1"]]),
  });
  const lines = Array.from({ length: 100 }, (_, index) => `${index}`);
  await using publisher = startPublisher(broker, { version: 5, topic: "a", qos: 2, args: ["-l"] });
  await publisher.write(lines.map((line) => `${line}\n`).join(""));
  await publisher.closeInput();
  assert.deepEqual(await subscriber.payloads(lines.length), lines);
  const ids = subscriber.program.out.all.filter((line) => /received PUBLISH/.test(line));
  assert.equal(ids.length, lines.length);
});
