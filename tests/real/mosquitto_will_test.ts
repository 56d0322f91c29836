/** Wills of mosquitto's clients: sent when a client is killed, not when it says goodbye. */
import assert from "#assert";
import {
  mosquittoPublish,
  MosquittoSubscriber,
  propertyArguments,
  type Version,
} from "../support/mosquitto.ts";
import { RealBroker } from "../support/real_broker.ts";
import { testVersions } from "../support/test_broker.ts";

const WILL_DELAY_SECONDS = 1;

function startMortal(broker: RealBroker, version: Version, args: readonly string[] = []) {
  return MosquittoSubscriber.start(broker, {
    version,
    topics: ["last/message"],
    args: ["-i", "mortal", "--will-topic", "will/mortal", "--will-payload", "gone", ...args],
  });
}

testVersions("mosquitto: kill -9 of a client publishes its will", [3, 4, 5], async (version) => {
  await using broker = await RealBroker.start();
  await using watcher = await MosquittoSubscriber.start(broker, { version, topics: ["will/#"] });
  for (const qos of ["0", "1", "2"]) {
    await using mortal = await startMortal(broker, version, ["--will-qos", qos]);
    mortal.program.signal("SIGKILL");
    const { topic, payload, qos: received, retain } = await watcher.next();
    assert.deepEqual([topic, payload, received, retain], ["will/mortal", "gone", Number(qos), 0]);
  }
});

testVersions(
  "mosquitto: a will is discarded when its client disconnects in order",
  [3, 4, 5],
  async (version) => {
    await using broker = await RealBroker.start();
    await using watcher = await MosquittoSubscriber.start(broker, { version, topics: ["will/#"] });
    await using mortal = await startMortal(broker, version, ["-C", "1"]);
    await mosquittoPublish(broker, { version, topic: "last/message", message: "bye", qos: 1 });
    await mortal.program.succeeds();
    // The same client id again: whatever was left of its connection is over by then.
    await using _successor = await startMortal(broker, version);
    await mosquittoPublish(broker, { version, topic: "will/none", message: "marker", qos: 1 });
    assert.equal((await watcher.next()).topic, "will/none");
  },
);

Deno.test("mosquitto: DISCONNECT with reason code 0x04 publishes the will all the same (5.0)", async () => {
  await using broker = await RealBroker.start();
  await using watcher = await MosquittoSubscriber.start(broker, { version: 5, topics: ["will/#"] });
  await using mortal = await startMortal(broker, 5);
  // That is how this client says goodbye when it is told to stop.
  await mortal.disconnect();
  assert.equal((await watcher.next()).payload, "gone");
});

testVersions(
  "mosquitto: a retained will is there for who comes later",
  [3, 4, 5],
  async (version) => {
    await using broker = await RealBroker.start();
    await using watcher = await MosquittoSubscriber.start(broker, { version, topics: ["will/#"] });
    await using mortal = await startMortal(broker, version, ["--will-qos", "1", "--will-retain"]);
    mortal.program.signal("SIGKILL");
    assert.equal((await watcher.next()).retain, 0);
    await using late = await MosquittoSubscriber.start(broker, { version, topics: ["will/#"] });
    const { payload, retain } = await late.next();
    assert.deepEqual([payload, retain], ["gone", 1]);
  },
);

Deno.test("mosquitto: a will brings its properties along (5.0)", async () => {
  await using broker = await RealBroker.start();
  await using watcher = await MosquittoSubscriber.start(broker, { version: 5, topics: ["will/#"] });
  await using mortal = await startMortal(broker, 5, [
    ...propertyArguments("will", [
      ["content-type", "text/plain"],
      ["response-topic", "answers"],
      ["correlation-data", "c"],
      ["payload-format-indicator", "1"],
      ["user-property", "why", "killed"],
    ]),
  ]);
  mortal.program.signal("SIGKILL");
  assert.deepEqual((await watcher.next()).properties, {
    "payload-format-indicator": 1,
    "content-type": "text/plain",
    "response-topic": "answers",
    "correlation-data": "c",
    "user-properties": { why: "killed" },
  });
});

Deno.test("mosquitto: a will waits for its delay, not shorter (5.0)", async () => {
  await using broker = await RealBroker.start();
  await using watcher = await MosquittoSubscriber.start(broker, { version: 5, topics: ["will/#"] });
  await using mortal = await startMortal(broker, 5, [
    ...["-c", "-x", "60"],
    ...propertyArguments("will", [["will-delay-interval", String(WILL_DELAY_SECONDS)]]),
  ]);
  const killedAt = performance.now();
  mortal.program.signal("SIGKILL");
  assert.equal((await watcher.next()).payload, "gone");
  const waitedMs = performance.now() - killedAt;
  assert.ok(waitedMs >= WILL_DELAY_SECONDS * 1000, `after ${waitedMs} ms`);
});
