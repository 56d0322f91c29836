import assert from "#assert";
import { nextTurn } from "../../../tests/support/test_broker.ts";
import type { Clock } from "../../base/clock.ts";
import { FakeClock } from "../../base/fake_clock.ts";
import { RowGate, ROWS_PER_TURN } from "./row_gate.ts";

async function passAll(gate: RowGate, rows: number, passed: string[], name: string): Promise<void> {
  for (let row = 0; row < rows; row++) {
    const wait = gate.pass();
    if (wait !== undefined) await wait;
    if (row % ROWS_PER_TURN === 0) passed.push(name);
  }
}

Deno.test("RowGate lets queries through in turns, each so many rows", async () => {
  const clock = new FakeClock();
  const gate = new RowGate(clock);
  const passed: string[] = [];
  const both = Promise.all([
    passAll(gate, ROWS_PER_TURN * 3, passed, "a"),
    passAll(gate, ROWS_PER_TURN * 2, passed, "b"),
  ]);
  assert.deepEqual(passed, ["a"]);
  await nextTurn();
  await both;
  assert.deepEqual(passed, ["a", "a", "b", "a", "b"]);
  while (clock.pending > 0) await nextTurn();
  assert.equal(gate.pass(), undefined);
  while (clock.pending > 0) await nextTurn();
});

Deno.test("RowGate ends a turn early when its rows take long", async () => {
  const inner = new FakeClock();
  let slowness = 0;
  const clock: Clock = {
    now: () => inner.now() + (slowness += 0.4),
    after: (delayMs, callback) => inner.after(delayMs, callback),
  };
  const gate = new RowGate(clock);
  let rows = 0;
  while (gate.pass() === undefined) rows++;
  assert.ok(rows > 0 && rows < ROWS_PER_TURN / 4, `${rows}`);
  while (inner.pending > 0) await nextTurn();
});
