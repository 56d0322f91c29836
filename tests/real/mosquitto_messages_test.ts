/** mosquitto's clients exchange messages through the broker. */
import assert from "#assert";
import { mosquittoPublish, MosquittoSubscriber, startPublisher } from "../support/mosquitto.ts";
import { RealBroker } from "../support/real_broker.ts";
import { testVersions } from "../support/test_broker.ts";

const LINES = 1000;
/** What the publisher's log shows of the exchange at each QoS. */
const EXCHANGES = [[], ["PUBACK"], ["PUBREC", "PUBCOMP"]] as const;

testVersions(
  "mosquitto: a message arrives as published at QoS 0, 1 and 2",
  [3, 4, 5],
  async (version) => {
    await using broker = await RealBroker.start();
    await using subscriber = await MosquittoSubscriber.start(broker, {
      version,
      topics: ["a/+/c"],
    });
    for (const qos of [0, 1, 2]) {
      const message = `„${qos}“ ≠ ascii`;
      const { out } = await mosquittoPublish(broker, { version, topic: "a/b/c", message, qos });
      const { topic, payload, retain, qos: received } = await subscriber.next();
      assert.deepEqual([topic, payload, received, retain], ["a/b/c", message, qos, 0]);
      const answers = [...out.matchAll(/received (PUB\w+)/g)].map(([, answer]) => answer);
      assert.deepEqual(answers, EXCHANGES[qos]);
    }
  },
);

testVersions(
  "mosquitto: a message comes at the QoS that was subscribed, at most",
  [3, 4, 5],
  async (version) => {
    await using broker = await RealBroker.start();
    for (const subscribed of [0, 1]) {
      const topics = [`a/${subscribed}`];
      await using subscriber = await MosquittoSubscriber.start(broker, {
        version,
        topics,
        qos: subscribed,
      });
      await mosquittoPublish(broker, { version, topic: topics[0]!, message: "m", qos: 2 });
      assert.equal((await subscriber.next()).qos, subscribed);
    }
  },
);

testVersions(
  `mosquitto: ${LINES} messages of one publisher stay in order`,
  [3, 4, 5],
  async (version) => {
    await using broker = await RealBroker.start();
    await using subscriber = await MosquittoSubscriber.start(broker, {
      version,
      topics: ["lines"],
    });
    const lines = Array.from({ length: LINES }, (_, index) => `line ${index}`);
    for (const qos of [0, 1, 2]) {
      await using publisher = startPublisher(broker, {
        version,
        topic: "lines",
        qos,
        args: ["-l"],
      });
      await publisher.write(lines.map((line) => `${line}\n`).join(""));
      await publisher.closeInput();
      assert.deepEqual(await subscriber.payloads(LINES), lines);
      await publisher.succeeds();
    }
  },
);

testVersions(
  "mosquitto: an empty message and versions among each other",
  [3, 4, 5],
  async (version) => {
    await using broker = await RealBroker.start();
    await using subscriber = await MosquittoSubscriber.start(broker, { version, topics: ["#"] });
    for (const other of [3, 4, 5] as const) {
      await mosquittoPublish(broker, { version: other, topic: "empty", qos: 1 });
      const { topic, payload } = await subscriber.next();
      assert.deepEqual([topic, payload], ["empty", null]);
    }
  },
);

testVersions(
  "mosquitto: nothing comes after -U, and other filters go on",
  [3, 4, 5],
  async (version) => {
    await using broker = await RealBroker.start();
    await using subscriber = await MosquittoSubscriber.start(broker, {
      version,
      topics: ["gone", "kept"],
      args: ["-U", "gone"],
    });
    await subscriber.program.line(/received UNSUBACK/);
    await mosquittoPublish(broker, { version, topic: "gone", message: "1", qos: 1 });
    await mosquittoPublish(broker, { version, topic: "kept", message: "2", qos: 1 });
    assert.equal((await subscriber.next()).topic, "kept");
  },
);

testVersions(
  "mosquitto: -T hides what it names from the output, not from the exchange",
  [3, 4, 5],
  async (version) => {
    await using broker = await RealBroker.start();
    await using subscriber = await MosquittoSubscriber.start(broker, {
      version,
      topics: ["a/#"],
      args: ["-T", "a/hidden"],
    });
    await mosquittoPublish(broker, { version, topic: "a/hidden", message: "1", qos: 2 });
    await subscriber.program.line(/sending PUBCOMP/);
    await mosquittoPublish(broker, { version, topic: "a/shown", message: "2", qos: 2 });
    assert.equal((await subscriber.next()).topic, "a/shown");
  },
);
