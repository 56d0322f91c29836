import assert from "#assert";
import { HELD_MS_MAX, heldTooLong, type Measured, tableHead, tableRow } from "./report.ts";

function measured(brokerMax: number): Measured {
  const times = { count: 1000, p50: 0.1, p99: 0.5, max: 100 };
  return {
    baseline: { ...times, brokerMax: 0 },
    busy: { ...times, brokerMax },
    seconds: 1,
    waitedMs: 3,
  };
}

Deno.test("heldTooLong() counts what the broker has run, not what the machine took", () => {
  assert.equal(heldTooLong(measured(HELD_MS_MAX)), false);
  assert.equal(heldTooLong(measured(HELD_MS_MAX + 1)), true);
});

Deno.test("tableRow() stands below its head and marks who was late", () => {
  assert.equal(tableRow("fan-out", measured(2)).length, tableHead().length);
  assert.match(tableRow("fan-out", measured(50)), /LATE$/);
});
