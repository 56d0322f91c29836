import assert from "#assert";
import { sleep } from "./clock.ts";
import { SystemClock } from "./system_clock.ts";

/** Runtime timers take no more than 2^31 - 1 ms. */
const THIRTY_DAYS_MS = 30 * 86_400_000;

Deno.test("SystemClock.now() is the wall clock and never goes back", () => {
  const clock = new SystemClock();
  assert.ok(Math.abs(clock.now() - Date.now()) < 60_000);
  let last = clock.now();
  for (let reading = 0; reading < 10_000; reading++) {
    const now = clock.now();
    assert.ok(now >= last);
    last = now;
  }
});

Deno.test("SystemClock.after() is never early", async () => {
  const clock = new SystemClock();
  const delays = [-5, 0, 0.2, 0.5, 1, 1.001, 1.9, 2, 3.3, 5, 7.7];
  for (let round = 0; round < 5; round++) {
    await Promise.all(delays.map(async (delayMs) => {
      const due = clock.now() + delayMs;
      await sleep(clock, delayMs);
      assert.ok(clock.now() >= due, `${delayMs} ms: ${due - clock.now()} ms early`);
    }));
  }
});

Deno.test("SystemClock.after() waits for longer than a runtime timer can", async () => {
  const clock = new SystemClock();
  let called = false;
  const timer = clock.after(THIRTY_DAYS_MS, () => called = true);
  await sleep(clock, 5);
  timer.cancel();
  assert.equal(called, false);
});

Deno.test("SystemClock.after() waits again when the runtime's timer is early", () => {
  const timers: { callback: () => void; delayMs: number }[] = [];
  const original = globalThis.setTimeout;
  const recorder = (callback: () => void, delayMs: number) => timers.push({ callback, delayMs });
  globalThis.setTimeout = recorder as unknown as typeof setTimeout;
  try {
    let called = false;
    new SystemClock().after(THIRTY_DAYS_MS, () => called = true);
    assert.equal(timers[0]?.delayMs, 2 ** 31 - 1);
    timers[0]!.callback();
    assert.equal(called, false);
    assert.equal(timers.length, 2);
  } finally {
    globalThis.setTimeout = original;
  }
});

Deno.test("SystemClock.after() makes no call once it is cancelled", async () => {
  const clock = new SystemClock();
  let calls = 0;
  const timer = clock.after(1, () => calls++);
  timer.cancel();
  timer.cancel();
  const made = clock.after(0, () => calls++);
  await sleep(clock, 5);
  made.cancel();
  assert.equal(calls, 1);
});
