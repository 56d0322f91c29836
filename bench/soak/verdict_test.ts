import assert from "#assert";
import { judge, type Sample } from "./verdict.ts";

const TEN_MINUTES = 600;

/** A sample every ten seconds, with figures that may depend on the time. */
function run(
  totalSeconds: number,
  at: (seconds: number) => Partial<Omit<Sample, "seconds">>,
): Sample[] {
  return Array.from({ length: totalSeconds / 10 }, (_, index) => {
    const seconds = 10 * (index + 1);
    return { seconds, residentBytes: 1e8, p99Us: 500, counts: { sessions: 100 }, ...at(seconds) };
  });
}

function failures(samples: Sample[], totalSeconds = TEN_MINUTES): string[] {
  return judge(samples, totalSeconds).filter(({ ok }) => !ok).map(({ what }) => what);
}

Deno.test("judge() is content with a run that stays as it is", () => {
  assert.deepEqual(failures(run(TEN_MINUTES, () => ({}))), []);
});

Deno.test("judge() lets the first two minutes warm up", () => {
  const samples = run(TEN_MINUTES, (seconds) => seconds < 120 ? { residentBytes: 5e7 } : {});
  assert.deepEqual(failures(samples), []);
});

Deno.test("judge() names what has grown", () => {
  const growing = run(TEN_MINUTES, (seconds) => ({
    residentBytes: 1e8 + 2e4 * seconds,
    p99Us: 500 + seconds,
    counts: { sessions: 100 + seconds },
  }));
  assert.deepEqual(failures(growing), ["resident memory, bytes", "latency p99, µs", "sessions"]);
});

Deno.test("judge() allows 5 % of memory and 20 % of latency", () => {
  const samples = run(
    TEN_MINUTES,
    (seconds) => seconds > 540 ? { residentBytes: 1.049e8, p99Us: 599 } : {},
  );
  assert.deepEqual(failures(samples), []);
});

Deno.test("judge() compares the last two quarters of a short run", () => {
  const samples = run(120, (seconds) => seconds > 90 ? { residentBytes: 2e8 } : {});
  assert.deepEqual(failures(samples, 120), ["resident memory, bytes"]);
  assert.throws(() => judge([], 120), /too few samples/);
});
