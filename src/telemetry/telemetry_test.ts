import assert from "#assert";
import { TestBroker } from "../../tests/support/test_broker.ts";
import { FakeClock } from "../base/fake_clock.ts";
import { silentLogger } from "../base/log.ts";
import { FINE_STEP_MS } from "./metrics_history.ts";
import { Telemetry } from "./telemetry.ts";

const options = { log: silentLogger, topicStatistics: true };

Deno.test("Telemetry watches a broker: topics, events, drops and figures", async () => {
  const clock = new FakeClock();
  await using telemetry = new Telemetry({ ...options, clock });
  await using broker = await TestBroker.start({ clock, observer: telemetry.observer });
  await telemetry.start(broker.broker.inspector, broker.store.admin, ["a table is lost"]);
  const watcher = telemetry.events.watch()!;
  const client = await broker.connect({
    clientId: "c",
    properties: { sessionExpiryInterval: 60 },
  });
  await client.subscribe("t");
  await client.send({ cmd: "disconnect" });
  await client.expectClosed();
  const publisher = await broker.connect({ clientId: "p" });
  await publisher.publish("t", "lost");
  await publisher.ping();
  const { value: first } = await watcher.next();
  assert.equal(first.type, "connected");
  assert.equal(first.data.clientId, "c");
  watcher.close();
  assert.deepEqual(telemetry.timeline.events("c").map(({ type }) => type), [
    "connected",
    "subscribed",
    "disconnected",
    "dropped",
  ]);
  assert.equal(telemetry.topics!.topic("t")!.own.messages, 1);
  assert.equal(telemetry.drops.byReason.qos0_offline, 1);
  await clock.advance(FINE_STEP_MS);
  const latest = (name: string) =>
    telemetry.history!.points(name, FINE_STEP_MS, 0, Infinity)!.at(-1)![1];
  assert.deepEqual(
    [latest("clients_connected"), latest("sessions"), latest("subscriptions")],
    [1, 2, 1],
  );
  assert.deepEqual([latest("publish_received"), latest("messages_dropped")], [0.1, 0.1]);
});

Deno.test("Telemetry tells its samples and what is alarming as events", async () => {
  const clock = new FakeClock();
  await using telemetry = new Telemetry({ ...options, clock });
  await using broker = await TestBroker.start({ clock, observer: telemetry.observer });
  await telemetry.start(broker.broker.inspector, broker.store.admin, ["a table is lost"]);
  const watcher = telemetry.events.watch({ types: new Set(["metrics", "alarm"]) })!;
  await broker.connect({ clientId: "c" });
  await clock.advance(FINE_STEP_MS);
  const { value: first } = await watcher.next();
  assert.equal(first.type, "metrics");
  assert.deepEqual([first.data["clients_connected"], first.data["connections_accepted"]], [1, 0.1]);
  const { value: second } = await watcher.next();
  assert.deepEqual([second.type, second.data.id, second.data.active], [
    "alarm",
    "storage_damage",
    true,
  ]);
  await clock.advance(FINE_STEP_MS);
  assert.equal((await watcher.next()).value.type, "metrics");
  watcher.close();
});

Deno.test("Telemetry listens to no publish when topics are not counted", () => {
  const clock = new FakeClock();
  const { observer, topics } = new Telemetry({ ...options, clock, topicStatistics: false });
  assert.equal(topics, undefined);
  assert.ok(!("messagePublished" in observer));
  assert.ok(!("messageDelivered" in observer));
});
