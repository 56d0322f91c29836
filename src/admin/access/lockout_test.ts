import assert from "#assert";
import { FakeClock } from "../../base/fake_clock.ts";
import { FIRST_LOCK_MS, FORGET_MS, LOCK_MAX_MS, Lockout, LOCKOUT_KEYS_MAX } from "./lockout.ts";

function failing(lockout: Lockout, times: number, key = "k"): void {
  for (let i = 0; i < times; i++) lockout.begin(key);
}

Deno.test("Lockout: clean, then counted: the free failures do not lock", () => {
  const lockout = new Lockout(new FakeClock(), 3);
  assert.equal(lockout.lockedFor("k"), 0);
  failing(lockout, 2);
  assert.equal(lockout.lockedFor("k"), 0);
  assert.equal(lockout.lockedFor("other"), 0);
});

Deno.test("Lockout: counted to locked: each further failure doubles the wait, up to a maximum", async () => {
  const clock = new FakeClock();
  const lockout = new Lockout(clock, 3);
  failing(lockout, 3);
  for (const factor of [1, 2, 4, 8]) {
    assert.equal(lockout.lockedFor("k"), FIRST_LOCK_MS * factor);
    await clock.advance(FIRST_LOCK_MS * factor - 1);
    assert.equal(lockout.lockedFor("k"), 1);
    await clock.advance(1);
    assert.equal(lockout.lockedFor("k"), 0);
    lockout.begin("k");
  }
  failing(lockout, 50);
  assert.equal(lockout.lockedFor("k"), LOCK_MAX_MS);
});

Deno.test("Lockout: a success takes its own attempt back, no other", () => {
  const lockout = new Lockout(new FakeClock(), 3);
  failing(lockout, 3);
  lockout.succeeded("k");
  assert.equal(lockout.lockedFor("k"), 0);
  lockout.begin("k");
  assert.equal(lockout.lockedFor("k"), FIRST_LOCK_MS);
  lockout.clear("k");
  assert.equal(lockout.lockedFor("k"), 0);
  assert.equal(lockout.size, 0);
});

Deno.test("Lockout: one attempt that succeeded leaves nothing", () => {
  const lockout = new Lockout(new FakeClock(), 3);
  lockout.begin("k");
  lockout.succeeded("k");
  lockout.succeeded("k");
  assert.equal(lockout.size, 0);
});

Deno.test("Lockout: counted to clean: after an hour of quiet nothing is known", async () => {
  const clock = new FakeClock();
  const lockout = new Lockout(clock, 3);
  failing(lockout, 5);
  await clock.advance(FORGET_MS);
  failing(lockout, 2);
  assert.equal(lockout.lockedFor("k"), 0);
});

Deno.test("Lockout: remembers a bounded number of keys, and forgets the quietest", () => {
  const lockout = new Lockout(new FakeClock(), 1);
  for (let i = 0; i < LOCKOUT_KEYS_MAX; i++) lockout.begin(`${i}`);
  lockout.begin("1");
  lockout.begin("new");
  lockout.begin("newer");
  assert.equal(lockout.size, LOCKOUT_KEYS_MAX);
  assert.equal(lockout.lockedFor("0"), 0);
  assert.equal(lockout.lockedFor("2"), 0);
  assert.equal(lockout.lockedFor("1"), 2 * FIRST_LOCK_MS);
});
