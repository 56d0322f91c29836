import assert from "#assert";
import { durable, expectEnded } from "../../tests/support/exchange.ts";
import { TestBroker } from "../../tests/support/test_broker.ts";
import { FakeClock } from "../base/fake_clock.ts";
import { observerFanOut } from "../events/observer_fan_out.ts";
import { ReasonCode } from "../mqtt/reason_code.ts";
import { type ClientEvent, observeClients } from "./client_events.ts";
import { CLIENT_EVENTS_MAX, SessionTimeline } from "./session_timeline.ts";

function event(clientId: string, n: number): ClientEvent {
  return { at: n, type: "subscribed", clientId, detail: { n } };
}

Deno.test("SessionTimeline keeps the last events of a client", () => {
  const timeline = new SessionTimeline(new FakeClock());
  for (let n = 0; n < CLIENT_EVENTS_MAX + 3; n++) timeline.add(event("c", n));
  const events = timeline.events("c");
  assert.equal(events.length, CLIENT_EVENTS_MAX);
  assert.deepEqual([events[0]!.at, events.at(-1)!.at], [3, CLIENT_EVENTS_MAX + 2]);
  assert.equal(timeline.size, CLIENT_EVENTS_MAX);
  assert.deepEqual(timeline.events("nobody"), []);
});

Deno.test("SessionTimeline forgets the client that nothing happened to for longest", () => {
  const timeline = new SessionTimeline(new FakeClock(), 5);
  for (const [at, clientId] of ["a", "a", "b", "b", "a"].entries()) {
    timeline.add(event(clientId, at));
  }
  timeline.add(event("c", 9));
  assert.deepEqual(timeline.events("b"), []);
  assert.equal(timeline.events("a").length, 3);
  assert.equal(timeline.size, 4);
});

Deno.test("SessionTimeline counts drops of one reason in a row as one event", async () => {
  const clock = new FakeClock();
  const timeline = new SessionTimeline(clock);
  for (let n = 0; n < 100; n++) timeline.messageDropped("c", undefined, "queue_full");
  await clock.advance(5);
  timeline.messageDropped("c", undefined, "queue_full");
  timeline.messageDropped("c", undefined, "slow_receiver");
  timeline.messageDropped("c", undefined, "queue_full");
  assert.deepEqual(
    timeline.events("c").map(({ detail, count, at }) => [detail.reason, count, at]),
    [
      ["queue_full", 101, clock.now()],
      ["slow_receiver", 1, clock.now()],
      ["queue_full", 1, clock.now()],
    ],
  );
});

Deno.test("observeClients() tells the story of a session", async () => {
  const clock = new FakeClock();
  const timeline = new SessionTimeline(clock);
  const observer = observerFanOut([observeClients(clock, (each) => timeline.add(each))]);
  await using broker = await TestBroker.start({ clock, observer });
  const client = await broker.connect({ ...durable(5, "c"), username: "alice" });
  await client.subscribe("t", { qos: 1 });
  await client.unsubscribe("t");
  const other = await broker.connect(durable(5, "c"));
  await expectEnded(client, 0x8e);
  await broker.broker.inspector.removeSession("c", ReasonCode.AdministrativeAction, "enough");
  await expectEnded(other, 0x98);
  const events = timeline.events("c");
  assert.deepEqual(events.map(({ type }) => type), [
    "connected",
    "subscribed",
    "unsubscribed",
    "taken_over",
    "disconnected",
    "connected",
    "disconnected",
    "session_ended",
  ]);
  const [connected, subscribed] = events;
  assert.deepEqual(
    [connected!.detail.username, connected!.detail.protocolVersion, connected!.at],
    ["alice", 5, clock.now()],
  );
  assert.deepEqual(subscribed!.detail, { topicFilter: "t", qos: 1 });
  assert.deepEqual([events[6]!.detail.reasonCode, events[6]!.detail.reason], [0x98, "enough"]);
  assert.equal(events[7]!.detail.cause, "removed");
});
