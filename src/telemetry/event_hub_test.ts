import assert from "#assert";
import { FakeClock } from "../base/fake_clock.ts";
import {
  EventHub,
  EVENTS_KEPT,
  type HubEvent,
  type Watcher,
  WATCHER_QUEUE_MAX,
  WATCHERS_MAX,
} from "./event_hub.ts";

async function take(watcher: Watcher, count: number): Promise<HubEvent[]> {
  const events: HubEvent[] = [];
  for (let n = 0; n < count; n++) events.push((await watcher.next()).value as HubEvent);
  return events;
}

Deno.test("EventHub gives events to all who watch, in order", async () => {
  const clock = new FakeClock();
  const hub = new EventHub(clock);
  const [first, second] = [hub.watch()!, hub.watch({ types: new Set(["b"]) })!];
  const waiting = first.next();
  hub.publish("a", 1);
  hub.publish("b", 2);
  assert.deepEqual((await waiting).value.data, 1);
  const [b] = await take(first, 1);
  assert.deepEqual([b!.type, b!.data, b!.at], ["b", 2, clock.now()]);
  assert.deepEqual((await take(second, 1)).map(({ data }) => data), [2]);
  assert.ok(b!.id > (await waiting).value.id);
});

Deno.test("EventHub: who does not keep up loses events, and is told how many", async () => {
  const hub = new EventHub(new FakeClock());
  const watcher = hub.watch()!;
  for (let n = 0; n < WATCHER_QUEUE_MAX + 5; n++) hub.publish("e", n);
  const events = await take(watcher, WATCHER_QUEUE_MAX);
  hub.publish("e", "lost as well: order is kept");
  assert.equal(events.at(-1)!.data, WATCHER_QUEUE_MAX - 1);
  const [dropped] = await take(watcher, 1);
  assert.deepEqual([dropped!.type, dropped!.data], ["dropped", { count: 6 }]);
  hub.publish("e", "next");
  const [next] = await take(watcher, 1);
  assert.deepEqual([next!.data, next!.id], ["next", dropped!.id + 1]);
});

Deno.test("EventHub: a watcher goes on behind the last event that it has seen", async () => {
  const hub = new EventHub(new FakeClock());
  const before = hub.watch()!;
  for (let n = 0; n < 5; n++) hub.publish("e", n);
  const [, , third] = await take(before, 3);
  before.close();
  const again = hub.watch({ lastEventId: third!.id })!;
  assert.deepEqual((await take(again, 2)).map(({ data }) => data), [3, 4]);
});

Deno.test("EventHub: what is too long ago is said to be dropped", async () => {
  const clock = new FakeClock();
  const hub = new EventHub(clock);
  const before = hub.watch()!;
  hub.publish("e", "seen");
  const [seen] = await take(before, 1);
  before.close();
  for (let n = 0; n < EVENTS_KEPT + 3; n++) hub.publish("e", n);
  const again = hub.watch({ lastEventId: seen!.id })!;
  const [dropped, oldest] = await take(again, 2);
  assert.deepEqual([dropped!.type, oldest!.data], ["dropped", 3]);
  await clock.advance(1);
  const restarted = new EventHub(clock).watch({ lastEventId: seen!.id })!;
  assert.deepEqual((await take(restarted, 1)).map(({ type }) => type), ["dropped"]);
});

Deno.test("EventHub: a watcher ends when it is closed, and makes room for another", async () => {
  const hub = new EventHub(new FakeClock());
  const watchers = Array.from({ length: WATCHERS_MAX }, () => hub.watch()!);
  assert.equal(hub.watch(), undefined);
  const waiting = watchers[0]!.next();
  watchers[0]!.close();
  assert.equal((await waiting).done, true);
  assert.equal((await watchers[0]!.next()).done, true);
  assert.equal(hub.watchers, WATCHERS_MAX - 1);
  assert.ok(hub.watch());
  hub.publish("e", 1);
  for await (const _event of watchers[1]!) break;
  assert.equal(hub.watchers, WATCHERS_MAX - 1);
});
