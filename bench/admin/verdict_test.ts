import assert from "#assert";
import { judge, quantile, table } from "./verdict.ts";

function latencies(p50: number, p99: number) {
  return { p50, p90: p99, p99, p999: p99, max: p99 };
}

function measured(given: { p50?: number; p99?: number; listMs?: number } = {}) {
  const { p50 = 110, p99 = 1_000, listMs = 20 } = given;
  return {
    quiet: latencies(100, 500),
    busy: latencies(p50, p99),
    brokerWaited: 0,
    lists: Array.from({ length: 100 }, (_, n) => ({ list: `/l${n % 3}`, ms: listMs })),
  };
}

const missed = (given: Parameters<typeof measured>[0], tolerance = 1) =>
  judge(measured(given), tolerance).filter(({ ok }) => !ok).map(({ what }) => what);

Deno.test("judge: each limit by itself", () => {
  assert.deepEqual(missed({}), []);
  assert.deepEqual(missed({ listMs: 100 }), ["lists, p99, ms"]);
  assert.deepEqual(missed({ p50: 121 }), ["messages, p50 grows by"]);
  assert.deepEqual(missed({ p99: 5_001 }), ["messages, p99, ms"]);
  assert.deepEqual(missed({ p99: 5_001, p50: 121, listMs: 101 }, 2), []);
});

Deno.test("judge: lists that were never asked for are not quick", () => {
  assert.equal(judge({ ...measured(), lists: [] }, 1)[0]!.ok, false);
});

Deno.test("table: says what was missed, and which lists are slow", () => {
  const found = measured({ listMs: 200 });
  const text = table(judge(found, 1), found);
  assert.match(text, /lists, p99, ms +200 +100 +MISSED/);
  assert.match(text, /beside lists: {2}p50 110 µs, p99 1000 µs/);
  assert.match(text, /100 lists;[^]*200\.0 {2}\/l0/);
});

Deno.test("quantile: of a few", () => {
  assert.equal(quantile([3, 1, 2], 0.5), 2);
  assert.equal(quantile([3, 1, 2], 0.99), 3);
});
