import assert from "#assert";
import type { Clock } from "../base/clock.ts";
import { Deadlines } from "../base/deadlines.ts";
import { FakeClock } from "../base/fake_clock.ts";
import { KeepAlive } from "./keep_alive.ts";

const STALL_MS = 60_000;

/** `lateMs`: how late every call of the clock comes, as in a process that is busy. */
function start(lateMs = 0) {
  const clock = new FakeClock();
  const late: Clock = {
    now: () => clock.now(),
    after: (delayMs, callback) => clock.after(delayMs + lateMs, callback),
  };
  const events: string[] = [];
  const keepAlive = new KeepAlive({
    clock,
    deadlines: new Deadlines(late),
    stallMs: STALL_MS,
    onSilence: () => events.push("silence"),
    onStall: () => events.push("stall"),
  });
  return { clock, events, keepAlive };
}

Deno.test("[MQTT-3.1.2-22] KeepAlive calls for silence at one and a half times, not earlier", async () => {
  const { clock, events, keepAlive } = start();
  keepAlive.start(10);
  await clock.advance(14_999);
  assert.deepEqual(events, []);
  await clock.advance(1);
  assert.deepEqual(events, ["silence"]);
});

Deno.test("KeepAlive counts from the last whole packet", async () => {
  const { clock, events, keepAlive } = start();
  keepAlive.start(10);
  for (let i = 0; i < 5; i++) {
    await clock.advance(14_000);
    keepAlive.packetReceived(clock.now());
  }
  assert.deepEqual(events, []);
  await clock.advance(14_999);
  assert.deepEqual(events, []);
  await clock.advance(1);
  assert.deepEqual(events, ["silence"]);
});

Deno.test("KeepAlive of 0 seconds never calls for silence", async () => {
  const { clock, events, keepAlive } = start();
  keepAlive.start(0);
  await clock.advance(10 * 365 * 24 * 3600 * 1000);
  assert.deepEqual(events, []);
});

Deno.test("KeepAlive takes the longest interval that a client can ask for", async () => {
  const { clock, events, keepAlive } = start();
  keepAlive.start(65_535);
  await clock.advance(65_535 * 1500 - 1);
  assert.deepEqual(events, []);
  await clock.advance(1);
  assert.deepEqual(events, ["silence"]);
});

Deno.test("KeepAlive does not hold silence against a peer that is not read", async () => {
  const { clock, events, keepAlive } = start();
  keepAlive.start(10);
  keepAlive.held = true;
  await clock.advance(100_000);
  assert.deepEqual(events, []);
  keepAlive.held = false;
  await clock.advance(14_999);
  assert.deepEqual(events, []);
  await clock.advance(1);
  assert.deepEqual(events, ["silence"]);
});

Deno.test("KeepAlive calls for a stall after its length, once", async () => {
  const { clock, events, keepAlive } = start();
  keepAlive.expectProgress();
  await clock.advance(STALL_MS - 1);
  assert.deepEqual(events, []);
  await clock.advance(1);
  assert.deepEqual(events, ["stall"]);
  await clock.advance(10 * STALL_MS);
  assert.deepEqual(events, ["stall"]);
});

Deno.test("KeepAlive moves the stall with each piece and drops it when all is there", async () => {
  const { clock, events, keepAlive } = start();
  for (let i = 0; i < 3; i++) {
    keepAlive.expectProgress();
    await clock.advance(STALL_MS - 1);
  }
  keepAlive.settle();
  await clock.advance(10 * STALL_MS);
  assert.deepEqual(events, []);
  keepAlive.expectProgress();
  await clock.advance(STALL_MS);
  assert.deepEqual(events, ["stall"]);
});

Deno.test("KeepAlive does not call a peer stalled that is not read", async () => {
  const { clock, events, keepAlive } = start();
  keepAlive.expectProgress();
  keepAlive.held = true;
  await clock.advance(10 * STALL_MS);
  assert.deepEqual(events, []);
});

Deno.test("KeepAlive.stop() leaves nothing pending", async () => {
  const { clock, events, keepAlive } = start();
  keepAlive.start(10);
  keepAlive.expectProgress();
  keepAlive.stop();
  await clock.advance(10 * STALL_MS);
  assert.deepEqual(events, []);
  assert.equal(clock.pending, 0);
});

Deno.test("KeepAlive looks at the input once more when its own call came late", async () => {
  const { clock, events, keepAlive } = start(500);
  keepAlive.start(10);
  await clock.advance(15_500);
  assert.deepEqual(events, [], "the broker was late, which says nothing about the client");
  keepAlive.packetReceived(clock.now()); // It had been waiting to be read.
  await clock.advance(15_500);
  assert.deepEqual(events, []);
  await clock.advance(600);
  assert.deepEqual(events, ["silence"], "a second look finds nothing either");
});
