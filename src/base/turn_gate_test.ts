import assert from "#assert";
import { FakeClock } from "./fake_clock.ts";
import { TurnGate } from "./turn_gate.ts";

Deno.test("TurnGate lets so many through in one turn, the others in the next ones, in order", async () => {
  const clock = new FakeClock();
  const gate = new TurnGate(clock, 2);
  const passed: number[] = [];
  const waits = [1, 2, 3, 4, 5].map(async (caller) => {
    const wait = gate.pass();
    if (wait !== undefined) await wait;
    passed.push(caller);
  });
  assert.deepEqual(passed, [1, 2], "at once");
  await waits[2];
  assert.deepEqual(passed, [1, 2, 3, 4]);
  assert.notEqual(gate.pass(), undefined, "this turn is full");
  await Promise.all(waits);
  assert.deepEqual(passed, [1, 2, 3, 4, 5]);
  await clock.advance(0);
});

Deno.test("TurnGate is open again, and asks nothing of the clock, once nobody waits", async () => {
  const clock = new FakeClock();
  const gate = new TurnGate(clock, 1);
  assert.equal(gate.pass(), undefined);
  await gate.pass();
  await clock.advance(0);
  assert.equal(clock.pending, 0);
  assert.equal(gate.pass(), undefined);
  await clock.advance(0);
});
