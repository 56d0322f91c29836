import assert from "#assert";
import { FakeClock } from "../base/fake_clock.ts";
import { silentLogger } from "../base/log.ts";
import { MemoryStore } from "../storage/memory.ts";
import type { AdminStore } from "../storage/store.ts";
import { MetricRing } from "./metric_ring.ts";
import { COARSE_STEP_MS, FINE_STEP_MS, MetricsHistory } from "./metrics_history.ts";

const KIND = "metrics_history";
const HOUR_MS = 3_600_000;

interface Figures {
  gauge: number;
  counter: number;
}

function historyOf(
  clock: FakeClock,
  figures: Figures,
  store: AdminStore = new MemoryStore().admin,
): MetricsHistory {
  return new MetricsHistory({
    clock,
    log: silentLogger,
    store,
    series: [
      { name: "gauge", kind: "gauge", read: () => figures.gauge },
      { name: "counter", kind: "counter", read: () => figures.counter },
    ],
  });
}

Deno.test("MetricRing keeps the latest samples and shows gaps as missing", () => {
  const ring = new MetricRing(10, 4);
  ring.set(0, 1);
  ring.set(15, 2);
  ring.set(30, 4);
  assert.deepEqual(ring.points(0, 100), [[0, 1], [10, 2], [30, 4]]);
  ring.set(50, 6);
  assert.deepEqual(ring.points(0, 100), [[30, 4], [50, 6]]);
  assert.deepEqual(ring.points(31, 50), []);
  ring.set(20, 9); // behind, but still within
  assert.deepEqual(ring.points(0, 100), [[20, 9], [30, 4], [50, 6]]);
  ring.set(10, 9);
  assert.equal(ring.points(0, 100).length, 3);
  ring.set(10_000, 7);
  assert.deepEqual(ring.points(0, Infinity), [[10_000, 7]]);
});

Deno.test("MetricsHistory keeps gauges as they are and counters as rates", async () => {
  const clock = new FakeClock();
  const figures = { gauge: 5, counter: 100 };
  await using history = historyOf(clock, figures);
  await history.start();
  const start = clock.now();
  figures.counter += 30;
  await clock.advance(FINE_STEP_MS);
  figures.gauge = 11;
  await clock.advance(FINE_STEP_MS);
  assert.deepEqual(history.names, ["gauge", "counter"]);
  assert.deepEqual(history.points("gauge", FINE_STEP_MS, 0, Infinity), [[start, 5], [
    start + FINE_STEP_MS,
    11,
  ]]);
  const counted = history.points("counter", FINE_STEP_MS, 0, Infinity)!;
  assert.deepEqual(counted.map(([, value]) => value), [3, 0]);
  assert.equal(history.points("other", FINE_STEP_MS, 0, Infinity), undefined);
  await clock.advance(4 * FINE_STEP_MS);
  assert.deepEqual(history.points("gauge", COARSE_STEP_MS, 0, Infinity), [[start, 10]]);
  assert.deepEqual(history.points("counter", COARSE_STEP_MS, 0, Infinity), [[start, 0.5]]);
});

Deno.test("MetricsHistory is there again after a restart, in chunks of an hour", async () => {
  const clock = new FakeClock();
  const { admin } = new MemoryStore();
  const figures = { gauge: 7, counter: 0 };
  const first = historyOf(clock, figures, admin);
  await first.start();
  const start = clock.now();
  await clock.advance(5 * 60_000);
  assert.equal((await admin.list(KIND)).length, 1);
  await clock.advance(HOUR_MS);
  await first[Symbol.asyncDispose]();
  assert.equal((await admin.list(KIND)).length, 2);
  await clock.advance(60_000);
  await using second = historyOf(clock, figures, admin);
  await second.start();
  const points = second.points("gauge", COARSE_STEP_MS, 0, Infinity)!;
  assert.deepEqual([points.length, points[0], points.at(-1)], [
    65,
    [start, 7],
    [start + 64 * 60_000, 7],
  ]);
});

Deno.test("MetricsHistory forgets what is older than a day", async () => {
  const clock = new FakeClock();
  const { admin } = new MemoryStore();
  await using history = historyOf(clock, { gauge: 1, counter: 0 }, admin);
  await history.start();
  await clock.advance(26 * HOUR_MS);
  assert.equal(history.points("gauge", COARSE_STEP_MS, 0, Infinity)!.length, 1440);
  assert.equal(history.points("gauge", FINE_STEP_MS, 0, Infinity)!.length, 360);
  const keys = (await admin.list(KIND)).map(({ key }) => Number(key));
  assert.ok(keys.length <= 25, `${keys.length}`);
  assert.ok(Math.min(...keys) >= clock.now() - 25 * HOUR_MS);
});

Deno.test("MetricsHistory goes on when the store fails", async () => {
  const clock = new FakeClock();
  const broken = () => Promise.reject(new Error("broken"));
  const store: AdminStore = { get: broken, put: broken, delete: broken, list: broken };
  await using history = historyOf(clock, { gauge: 1, counter: 0 }, store);
  await history.start();
  await clock.advance(10 * 60_000);
  assert.equal(history.points("gauge", COARSE_STEP_MS, 0, Infinity)!.length, 10);
});
