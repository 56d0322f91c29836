import assert from "#assert";
import { nextTurn } from "../../../tests/support/test_broker.ts";
import type { Clock } from "../../base/clock.ts";
import { FakeClock } from "../../base/fake_clock.ts";
import { REST_TURNS, RowGate, ROWS_PER_SLICE } from "./row_gate.ts";

async function passAll(gate: RowGate, rows: number, passed: string[], name: string): Promise<void> {
  for (let row = 0; row < rows; row++) {
    const wait = gate.pass();
    if (wait !== undefined) await wait;
    if (row % ROWS_PER_SLICE === 0) passed.push(name);
  }
}

async function turnsUntil(clock: FakeClock, done: () => boolean): Promise<void> {
  while (!done()) await nextTurn();
  while (clock.pending > 0) await nextTurn();
}

Deno.test("RowGate lets queries through in slices, each so many rows", async () => {
  const clock = new FakeClock();
  const gate = new RowGate(clock);
  const passed: string[] = [];
  let done = false;
  void Promise.all([
    passAll(gate, ROWS_PER_SLICE * 3, passed, "a"),
    passAll(gate, ROWS_PER_SLICE * 2, passed, "b"),
  ]).then(() => done = true);
  assert.deepEqual(passed, ["a"]);
  await turnsUntil(clock, () => done);
  assert.deepEqual(passed, ["a", "a", "b", "a", "b"]);
  assert.equal(gate.pass(), undefined);
  await turnsUntil(clock, () => true);
});

Deno.test("RowGate leaves turns to the others after each slice", async () => {
  const clock = new FakeClock();
  const gate = new RowGate(clock);
  let turns = 0;
  let done = false;
  void passAll(gate, ROWS_PER_SLICE * 2, [], "a").then(() => done = true);
  const count = () => {
    turns++;
    if (!done) clock.after(0, count);
  };
  count();
  await turnsUntil(clock, () => done);
  assert.ok(turns > REST_TURNS, `${turns}`);
});

Deno.test("RowGate: one turn is enough when it takes long", async () => {
  const inner = new FakeClock();
  let turns = 0;
  const clock: Clock = {
    now: () => inner.now() + turns * 10,
    after: (delayMs, callback) =>
      inner.after(delayMs, () => {
        turns++;
        callback();
      }),
  };
  let done = false;
  void passAll(new RowGate(clock), ROWS_PER_SLICE + 1, [], "a").then(() => done = true);
  while (!done) await nextTurn();
  assert.equal(turns, 2);
  await turnsUntil(inner, () => true);
});

Deno.test("RowGate: a query that comes while the others have their turns waits behind the first", async () => {
  const clock = new FakeClock();
  const gate = new RowGate(clock);
  const passed: string[] = [];
  let done = false;
  const first = passAll(gate, ROWS_PER_SLICE + 1, passed, "a");
  await nextTurn();
  const second = passAll(gate, 1, passed, "b");
  assert.deepEqual(passed, ["a"]);
  void Promise.all([first, second]).then(() => done = true);
  await turnsUntil(clock, () => done);
  assert.deepEqual(passed, ["a", "a", "b"]);
});

Deno.test("RowGate ends a slice early when its rows take long", async () => {
  const inner = new FakeClock();
  let slowness = 0;
  const clock: Clock = {
    now: () => inner.now() + (slowness += 0.4),
    after: (delayMs, callback) => inner.after(delayMs, callback),
  };
  const gate = new RowGate(clock);
  let rows = 0;
  while (gate.pass() === undefined) rows++;
  assert.ok(rows > 0 && rows < ROWS_PER_SLICE / 4, `${rows}`);
  while (inner.pending > 0) await nextTurn();
});
