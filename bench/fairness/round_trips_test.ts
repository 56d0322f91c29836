import assert from "#assert";
import { summarizeRoundTrips } from "./round_trips.ts";

Deno.test("summarizeRoundTrips() sorts what came in any order", () => {
  const roundTrips = Array.from({ length: 101 }, (_, i) => ({ ms: 100 - i, brokerMs: i % 7 }));
  assert.deepEqual(
    summarizeRoundTrips(roundTrips),
    { count: 101, p50: 50, p99: 99, max: 100, brokerMax: 6 },
  );
});

Deno.test("summarizeRoundTrips() of nothing is 0", () => {
  assert.deepEqual(summarizeRoundTrips([]), { count: 0, p50: 0, p99: 0, max: 0, brokerMax: 0 });
});
