import { TestBroker, testVersions } from "../support/test_broker.ts";

testVersions("PUBLISH reaches a subscriber at each QoS", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const subscriber = await broker.connect({ clientId: "sub", protocolVersion: version });
  await subscriber.subscribe("a/+", { qos: 2 });
  const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
  await publisher.publish("a/b", "zero");
  await subscriber.expect("publish", { topic: "a/b", payload: "zero", qos: 0 });
  await publisher.publish("a/b", "one", { qos: 1 });
  const one = await subscriber.expect("publish", { payload: "one", qos: 1, dup: false });
  await subscriber.send({ cmd: "puback", messageId: one.messageId! });
  await publisher.publish("a/b", "two", { qos: 2, messageId: 7 });
  await publisher.release(7);
  const two = await subscriber.expect("publish", { payload: "two", qos: 2, dup: false });
  await subscriber.send({ cmd: "pubrec", messageId: two.messageId! });
  await subscriber.expect("pubrel", { messageId: two.messageId! });
  await subscriber.send({ cmd: "pubcomp", messageId: two.messageId! });
  await subscriber.expectNothing();
});
