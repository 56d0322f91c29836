import assert from "#assert";
import fc from "fast-check";
import { type Deadline, Deadlines } from "./deadlines.ts";
import { FakeClock } from "./fake_clock.ts";

Deno.test("Deadlines makes each call once, at its time", async () => {
  const clock = new FakeClock(0);
  const deadlines = new Deadlines(clock);
  const calls: string[] = [];
  const call = (name: string) => () => calls.push(`${name}@${clock.now()}`);
  deadlines.at(30, call("c"));
  deadlines.after(10, call("a"));
  deadlines.at(20, call("b"));
  deadlines.at(-7, call("past"));
  assert.equal(deadlines.size, 4);
  await clock.advance(100);
  assert.deepEqual(calls, ["past@0", "a@10", "b@20", "c@30"]);
  assert.equal(deadlines.size, 0);
});

Deno.test("Deadlines makes no call before its time", async () => {
  const clock = new FakeClock(0);
  const deadlines = new Deadlines(clock);
  let called = false;
  deadlines.at(172_800_000, () => called = true);
  await clock.advance(172_799_999.999);
  assert.equal(called, false);
  await clock.advance(0.001);
  assert.equal(called, true);
});

Deno.test("Deadlines holds one timer of the clock however many deadlines there are", () => {
  const clock = new FakeClock(0);
  const deadlines = new Deadlines(clock);
  for (let due = 1_000; due > 0; due--) deadlines.at(due, () => {});
  assert.equal(clock.pending, 1);
  assert.equal(deadlines.size, 1_000);
  deadlines[Symbol.dispose]();
});

Deno.test("Deadline.cancel() prevents the call, also from within another", async () => {
  const clock = new FakeClock(0);
  const deadlines = new Deadlines(clock);
  const calls: string[] = [];
  const cancelled = deadlines.at(10, () => calls.push("cancelled"));
  const sameTime = deadlines.at(20, () => calls.push("same time"));
  deadlines.at(19, () => sameTime.cancel());
  const kept = deadlines.at(20, () => calls.push("kept"));
  cancelled.cancel();
  cancelled.cancel();
  assert.deepEqual([cancelled.pending, kept.pending, deadlines.size], [false, true, 3]);
  await clock.advance(50);
  assert.deepEqual(calls, ["kept"]);
  assert.equal(kept.pending, false);
});

Deno.test("Deadline.moveTo() moves the call forward, back, and sets it again", async () => {
  const clock = new FakeClock(0);
  const deadlines = new Deadlines(clock);
  const calls: number[] = [];
  const deadline = deadlines.at(100, () => calls.push(clock.now()));
  deadline.moveTo(10);
  await clock.advance(20);
  deadline.moveTo(50);
  deadline.moveTo(80);
  await clock.advance(100);
  assert.deepEqual(calls, [10, 80]);
  deadline.moveTo(130);
  deadline.cancel();
  deadline.moveTo(140);
  await clock.advance(100);
  assert.deepEqual(calls, [10, 80, 140]);
});

Deno.test("Deadlines lives on when a call throws", async () => {
  const clock = new FakeClock(0);
  const deadlines = new Deadlines(clock);
  const calls: string[] = [];
  deadlines.at(10, () => {
    throw new Error("a bug in a callback");
  });
  deadlines.at(10.5, () => calls.push("later"));
  await assert.rejects(clock.advance(10), /a bug in a callback/);
  await clock.advance(5);
  assert.deepEqual(calls, ["later"]);
});

Deno.test("Deadlines takes new deadlines from within a call", async () => {
  const clock = new FakeClock(0);
  const deadlines = new Deadlines(clock);
  const calls: number[] = [];
  deadlines.at(10, () => {
    calls.push(clock.now());
    deadlines.at(5, () => calls.push(clock.now()));
    deadlines.after(7, () => calls.push(clock.now()));
  });
  await clock.advance(100);
  assert.deepEqual(calls, [10, 10, 17]);
});

Deno.test("Deadlines cancels everything when it is disposed of", async () => {
  const clock = new FakeClock(0);
  let called = false;
  const deadlines = new Deadlines(clock);
  const deadline = deadlines.at(10, () => called = true);
  deadlines[Symbol.dispose]();
  assert.deepEqual([deadline.pending, deadlines.size, clock.pending], [false, 0, 0]);
  const late = deadlines.at(15, () => called = true);
  deadline.moveTo(15);
  assert.deepEqual([late.pending, deadlines.size, clock.pending], [false, 0, 0]);
  await clock.advance(20);
  assert.equal(called, false);
});

const step = fc.record({
  kind: fc.constantFrom("set", "set", "cancel", "move", "advance"),
  which: fc.nat(),
  time: fc.integer({ min: -20, max: 200 }),
});

Deno.test("Deadlines agrees with a naive list through any steps", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80, size: "max" }), async (steps) => {
      const clock = new FakeClock(0);
      const deadlines = new Deadlines(clock);
      /** Every deadline ever set, and when it is due; undefined when nothing is pending. */
      const naive: { deadline: Deadline; due: number | undefined }[] = [];
      const fired: number[] = [];
      for (const { kind, which, time } of steps) {
        const entry = naive[which % Math.max(1, naive.length)];
        const due = clock.now() + time;
        if (kind === "set") {
          const index = naive.length;
          const deadline = deadlines.at(due, () => {
            assert.ok(clock.now() >= naive[index]!.due!, "early");
            naive[index]!.due = undefined;
            fired.push(index);
          });
          naive.push({ deadline, due });
        } else if (kind === "cancel") {
          entry?.deadline.cancel();
          if (entry) entry.due = undefined;
        } else if (kind === "move") {
          entry?.deadline.moveTo(due);
          if (entry) entry.due = due;
        } else {
          const expected = new Set<number>();
          for (const [index, { due }] of naive.entries()) {
            if (due !== undefined && due <= clock.now() + Math.abs(time)) expected.add(index);
          }
          fired.length = 0;
          await clock.advance(Math.abs(time));
          assert.deepEqual(new Set(fired), expected);
          assert.equal(fired.length, expected.size);
        }
        assert.equal(deadlines.size, naive.filter(({ due }) => due !== undefined).length);
        for (const { deadline, due } of naive) assert.equal(deadline.pending, due !== undefined);
      }
      deadlines[Symbol.dispose]();
      assert.equal(clock.pending, 0);
    }),
    { numRuns: 40 },
  );
});

/** Deadlines on a clock whose timer is late: what is due when it fires only the heap can order. */
function lateDeadlines() {
  let now = 0;
  let fire = () => {};
  const deadlines = new Deadlines({
    now: () => now,
    after(_delayMs, callback) {
      fire = callback;
      return { cancel: () => {} };
    },
  });
  const fireAt = (time: number) => {
    now = time;
    fire();
  };
  return { deadlines, fireAt };
}

Deno.test("Deadlines makes overdue calls in the order of their times", () => {
  const { deadlines, fireAt } = lateDeadlines();
  const fired: number[] = [];
  for (let index = 0; index < 1_000; index++) {
    const due = (index * 7_919) % 1_000;
    deadlines.at(due, () => fired.push(due));
  }
  fireAt(5_000);
  assert.equal(fired.length, 1_000);
  assert.deepEqual(fired, [...fired].sort((a, b) => a - b));
});

Deno.test("Deadlines keeps the order of the others when any are cancelled or moved", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(99), { maxLength: 60, size: "max" }), fc.nat(), (times, salt) => {
      const { deadlines, fireAt } = lateDeadlines();
      const fired: number[] = [];
      const all = times.map((due) => {
        const deadline = deadlines.at(due, () => fired.push(deadline.due));
        return deadline;
      });
      const kept = all.filter((deadline, index) => {
        const choice = (index * 31 + salt) % 5;
        if (choice < 2) deadline.cancel();
        else if (choice === 2) deadline.moveTo(99 - deadline.due);
        return choice >= 2;
      });
      fireAt(100);
      assert.deepEqual(fired, kept.map(({ due }) => due).sort((a, b) => a - b));
    }),
  );
});

Deno.test("Deadlines makes no call that is due a fraction later", () => {
  const { deadlines, fireAt } = lateDeadlines();
  const fired: number[] = [];
  for (const due of [10, 10.001, 10.5]) deadlines.at(due, () => fired.push(due));
  fireAt(10);
  assert.deepEqual(fired, [10]);
  fireAt(10.25);
  assert.deepEqual(fired, [10, 10.001]);
});
