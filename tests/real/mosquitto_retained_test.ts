/** Retained messages, set, received and cleared by mosquitto's clients. */
import assert from "#assert";
import { mosquittoPublish, MosquittoSubscriber } from "../support/mosquitto.ts";
import { RealBroker } from "../support/real_broker.ts";
import { testVersions } from "../support/test_broker.ts";

testVersions("mosquitto: a retained message comes on subscribe and live, marked only then", [
  3,
  4,
  5,
], async (version) => {
  await using broker = await RealBroker.start();
  await using before = await MosquittoSubscriber.start(broker, { version, topics: ["state/#"] });
  for (const qos of [0, 1, 2]) {
    const topic = `state/${qos}`;
    await mosquittoPublish(broker, { version, topic, message: "on", qos, retain: true });
    const live = await before.next();
    assert.deepEqual([live.topic, live.qos, live.retain], [topic, qos, 0]);
  }
  await using after = await MosquittoSubscriber.start(broker, { version, topics: ["state/#"] });
  const kept = [await after.next(), await after.next(), await after.next()];
  assert.deepEqual(
    kept.map(({ topic, payload, qos, retain }) => [topic, payload, qos, retain]).toSorted(),
    [0, 1, 2].map((qos) => [`state/${qos}`, "on", qos, 1]),
  );
});

testVersions("mosquitto: the newest retained message replaces the one before, -n clears it", [
  3,
  4,
  5,
], async (version) => {
  await using broker = await RealBroker.start();
  const set = (message?: string) =>
    mosquittoPublish(broker, {
      version,
      topic: "state",
      qos: 1,
      retain: true,
      ...(message !== undefined && { message }),
    });
  await set("1");
  await set("2");
  await using subscriber = await MosquittoSubscriber.start(broker, { version, topics: ["state"] });
  assert.equal((await subscriber.next()).payload, "2");
  await set();
  assert.equal((await subscriber.next()).payload, null);
  await using late = await MosquittoSubscriber.start(broker, { version, topics: ["state"] });
  await mosquittoPublish(broker, { version, topic: "state", message: "3", qos: 1 });
  const { payload, retain } = await late.next();
  assert.deepEqual([payload, retain], ["3", 0], "the cleared message came");
});

testVersions(
  "mosquitto: --remove-retained clears all that a filter matches",
  [3, 4, 5],
  async (version) => {
    await using broker = await RealBroker.start();
    for (const topic of ["a/1", "a/2", "b/1"]) {
      await mosquittoPublish(broker, { version, topic, message: "kept", qos: 1, retain: true });
    }
    await using remover = await MosquittoSubscriber.start(broker, {
      version,
      topics: ["a/#"],
      args: ["--remove-retained"],
    });
    // What clears comes back to the one that has sent it: then it is done.
    const seen = [
      await remover.next(),
      await remover.next(),
      await remover.next(),
      await remover.next(),
    ];
    assert.deepEqual(
      seen.map(({ payload }) => payload).toSorted(),
      ["kept", "kept", null, null].toSorted(),
    );
    await using late = await MosquittoSubscriber.start(broker, { version, topics: ["#"] });
    const { topic, retain } = await late.next();
    assert.deepEqual([topic, retain], ["b/1", 1]);
  },
);

Deno.test("mosquitto: --retain-as-published shows the flag live too (5.0)", async () => {
  await using broker = await RealBroker.start();
  await using subscriber = await MosquittoSubscriber.start(broker, {
    version: 5,
    topics: ["state"],
    args: ["--retain-as-published"],
  });
  for (const retain of [true, false]) {
    await mosquittoPublish(broker, { version: 5, topic: "state", message: "on", qos: 1, retain });
    assert.equal((await subscriber.next()).retain, retain ? 1 : 0);
  }
});
