/** Shared subscriptions of mosquitto's clients: each message goes to one member of the group. */
import assert from "#assert";
import { mosquittoPublish, MosquittoSubscriber, startPublisher } from "../support/mosquitto.ts";
import { RealBroker } from "../support/real_broker.ts";
import { testVersions } from "../support/test_broker.ts";
import { until } from "../support/until.ts";

const MESSAGES = 200;

/** Payloads of every message that a subscriber has printed. */
function payloadsOf({ program }: MosquittoSubscriber): string[] {
  return program.out.all.filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line).payload);
}

testVersions(
  "mosquitto: $share gives each message to one of two members, in turn",
  [3, 4, 5],
  async (version) => {
    await using broker = await RealBroker.start();
    const topics = ["$share/workers/jobs/#"];
    await using one = await MosquittoSubscriber.start(broker, { version, topics });
    await using other = await MosquittoSubscriber.start(broker, { version, topics });
    await using everything = await MosquittoSubscriber.start(broker, {
      version,
      topics: ["jobs/#"],
    });
    const jobs = Array.from({ length: MESSAGES }, (_, index) => `job ${index}`);
    await using publisher = startPublisher(broker, {
      version,
      topic: "jobs/x",
      qos: 1,
      args: ["-l"],
    });
    await publisher.write(jobs.map((job) => `${job}\n`).join(""));
    await publisher.closeInput();
    await publisher.succeeds();
    assert.deepEqual(await everything.payloads(MESSAGES), jobs);
    const received = () => [payloadsOf(one), payloadsOf(other)] as const;
    await until(
      () => received()[0].length + received()[1].length >= MESSAGES,
      () => received().map(({ length }) => length).join(" + "),
    );
    const [first, second] = received();
    assert.equal(first.length, MESSAGES / 2);
    assert.deepEqual(new Set([...first, ...second]), new Set(jobs));
    assert.equal(first.length + second.length, MESSAGES);
  },
);

testVersions("mosquitto: a member of a $share group that was killed leaves all to the other", [
  3,
  4,
  5,
], async (version) => {
  await using broker = await RealBroker.start();
  const topics = ["$share/workers/jobs"];
  await using mortal = await MosquittoSubscriber.start(broker, { version, topics });
  await using survivor = await MosquittoSubscriber.start(broker, { version, topics });
  mortal.program.signal("SIGKILL");
  await mortal.program.ended();
  for (let index = 0; index < 10; index++) {
    await mosquittoPublish(broker, { version, topic: "jobs", message: `${index}`, qos: 1 });
    assert.equal((await survivor.next()).payload, `${index}`);
  }
});

testVersions("mosquitto: two $share groups get every message each", [3, 4, 5], async (version) => {
  await using broker = await RealBroker.start();
  await using one = await MosquittoSubscriber.start(broker, { version, topics: ["$share/a/jobs"] });
  await using other = await MosquittoSubscriber.start(broker, {
    version,
    topics: ["$share/b/jobs"],
  });
  await mosquittoPublish(broker, { version, topic: "jobs", message: "both", qos: 2 });
  assert.equal((await one.next()).payload, "both");
  assert.equal((await other.next()).payload, "both");
});
