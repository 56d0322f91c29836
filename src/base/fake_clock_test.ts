import assert from "#assert";
import { sleep } from "./clock.ts";
import { FakeClock } from "./fake_clock.ts";

Deno.test("FakeClock stands still until it is moved", async () => {
  const clock = new FakeClock(1_000);
  assert.equal(clock.now(), 1_000);
  await clock.advance(250.5);
  assert.equal(clock.now(), 1_250.5);
});

Deno.test("FakeClock makes calls at their due time, in the order of due time and call", async () => {
  const clock = new FakeClock(0);
  const calls: string[] = [];
  const call = (name: string) => () => calls.push(`${name}@${clock.now()}`);
  clock.after(20, call("late"));
  clock.after(10, call("first"));
  clock.after(10, call("second"));
  clock.after(-5, call("negative"));
  clock.after(31, call("never"));
  await clock.advance(30);
  assert.deepEqual(calls, ["negative@0", "first@10", "second@10", "late@20"]);
  assert.equal(clock.now(), 30);
  assert.equal(clock.pending, 1);
});

Deno.test("FakeClock makes no call before its time", async () => {
  const clock = new FakeClock(0);
  let called = false;
  clock.after(10, () => called = true);
  await clock.advance(9.999);
  assert.equal(called, false);
  await clock.advance(0.001);
  assert.equal(called, true);
});

Deno.test("FakeClock makes calls that are set on the way", async () => {
  const clock = new FakeClock(0);
  const calls: number[] = [];
  const again = () => {
    calls.push(clock.now());
    if (calls.length < 5) clock.after(10, again);
  };
  clock.after(10, again);
  await clock.advance(35);
  assert.deepEqual(calls, [10, 20, 30]);
});

Deno.test("FakeClock lets promises run between two calls", async () => {
  const clock = new FakeClock(0);
  const order: string[] = [];
  void sleep(clock, 10).then(async () => {
    await Promise.resolve();
    order.push("promise of 10");
  });
  clock.after(11, () => order.push("call at 11"));
  await clock.advance(20);
  assert.deepEqual(order, ["promise of 10", "call at 11"]);
});

Deno.test("FakeClock forgets a call that is cancelled, before or after it was made", async () => {
  const clock = new FakeClock(0);
  let calls = 0;
  const cancelled = clock.after(5, () => calls++);
  const made = clock.after(5, () => calls++);
  cancelled.cancel();
  cancelled.cancel();
  await clock.advance(10);
  made.cancel();
  assert.equal(calls, 1);
  assert.equal(clock.pending, 0);
});

Deno.test("FakeClock makes a call that is due at once in the next turn, once", async () => {
  const clock = new FakeClock(0);
  const calls: string[] = [];
  const turn = () => new Promise((resolve) => setTimeout(resolve, 0));
  clock.after(0, () => calls.push("at once"));
  clock.after(-1, () => calls.push("cancelled")).cancel();
  clock.after(1, () => calls.push("later"));
  assert.deepEqual(calls, []);
  await turn();
  assert.deepEqual(calls, ["at once"]);
  clock.after(0, () => calls.push("moved"));
  await clock.advance(0);
  await turn();
  assert.deepEqual(calls, ["at once", "moved"]);
  assert.equal(clock.pending, 1);
});
