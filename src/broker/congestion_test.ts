import assert from "#assert";
import { Deadlines } from "../base/deadlines.ts";
import { FakeClock } from "../base/fake_clock.ts";
import { Congestion, type CongestionState } from "./congestion.ts";

const GRACE_MS = 1000;

function make(): { congestion: Congestion; clock: FakeClock; deadlines: Deadlines } {
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock);
  return { congestion: new Congestion(deadlines, GRACE_MS), clock, deadlines };
}

type Event =
  | "over the high mark"
  | "under the low mark"
  | "grace period passes"
  | "connection ends";

async function apply(event: Event, congestion: Congestion, clock: FakeClock): Promise<void> {
  if (event === "over the high mark") congestion.overHighMark();
  else if (event === "under the low mark") congestion.underLowMark();
  else if (event === "grace period passes") await clock.advance(GRACE_MS);
  else congestion.end();
}

const PATHS: Record<CongestionState, Event[]> = {
  clear: [],
  congested: ["over the high mark"],
  slow: ["over the high mark", "grace period passes"],
  ended: ["connection ends"],
};

const TABLE: Record<CongestionState, Record<Event, CongestionState>> = {
  clear: {
    "over the high mark": "congested",
    "under the low mark": "clear",
    "grace period passes": "clear",
    "connection ends": "ended",
  },
  congested: {
    "over the high mark": "congested",
    "under the low mark": "clear",
    "grace period passes": "slow",
    "connection ends": "ended",
  },
  slow: {
    "over the high mark": "slow",
    "under the low mark": "clear",
    "grace period passes": "slow",
    "connection ends": "ended",
  },
  ended: {
    "over the high mark": "ended",
    "under the low mark": "ended",
    "grace period passes": "ended",
    "connection ends": "ended",
  },
};

for (const [state, row] of Object.entries(TABLE)) {
  for (const [event, next] of Object.entries(row)) {
    Deno.test(`Congestion: ${state}, ${event}: ${next}`, async () => {
      const { congestion, clock } = make();
      for (const step of PATHS[state as CongestionState]) await apply(step, congestion, clock);
      assert.equal(congestion.state, state);
      await apply(event as Event, congestion, clock);
      assert.equal(congestion.state, next);
      assert.equal(congestion.holdsPublishers, next === "congested");
    });
  }
}

for (const event of ["under the low mark", "grace period passes", "connection ends"] as const) {
  Deno.test(`Congestion: publishers that wait go on, once, when ${event}`, async () => {
    const { congestion, clock } = make();
    congestion.overHighMark();
    let resumed = 0;
    for (let publisher = 0; publisher < 3; publisher++) congestion.holdPublisher(() => resumed++);
    await clock.advance(GRACE_MS - 1);
    assert.equal(resumed, 0);
    await apply(event, congestion, clock);
    assert.equal(resumed, 3);
    congestion.end();
    assert.equal(resumed, 3);
  });
}

Deno.test("Congestion: the grace period runs anew each time it becomes congested, and not on", async () => {
  const { congestion, clock, deadlines } = make();
  congestion.overHighMark();
  await clock.advance(GRACE_MS - 1);
  congestion.overHighMark();
  congestion.underLowMark();
  assert.equal(deadlines.size, 0, "the old period is over");
  congestion.overHighMark();
  await clock.advance(GRACE_MS - 1);
  assert.equal(congestion.state, "congested");
  await clock.advance(1);
  assert.equal(congestion.state, "slow");
});

Deno.test("Congestion.untilClear waits through slow, unlike a publisher", async () => {
  const { congestion, clock } = make();
  await congestion.untilClear();
  congestion.overHighMark();
  let clear = false;
  const waiting = congestion.untilClear().then(() => clear = true);
  await clock.advance(2 * GRACE_MS);
  assert.deepEqual([congestion.state, clear], ["slow", false]);
  congestion.underLowMark();
  await waiting;
});

Deno.test("Congestion.untilClear resolves when the connection ends, also afterwards", async () => {
  const { congestion, deadlines } = make();
  congestion.overHighMark();
  const waiting = congestion.untilClear();
  congestion.end();
  await waiting;
  await congestion.untilClear();
  assert.equal(deadlines.size, 0);
});
