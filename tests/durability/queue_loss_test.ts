/** What is lost of messages that wait for clients, when more than a process is lost. */
import assert from "#assert";
import { type Acknowledged, emptyQueues, fillQueues, startLife } from "./queue_run.ts";
import { NOTHING_LEFT, PowerLoss } from "./power_loss.ts";
import { buildSyncShim, watchedBy } from "./sync_shim.ts";

const SYNC_INTERVAL_MS = 200;
/** What a sync takes, and how late a timer may be on a busy machine. */
const TOLERANCE_MS = 800;
const LOAD_MS = 2_500;

Deno.test("sync: interval loses nothing that was acknowledged before the interval", async () => {
  const { lost, killedAt } = await losePower("interval");
  const oldest = Math.min(...lost);
  assert.ok(
    oldest >= killedAt - SYNC_INTERVAL_MS - TOLERANCE_MS,
    `${lost.length} lost, one was acknowledged ${killedAt - oldest} ms before`,
  );
});

Deno.test("sync: never loses what was acknowledged long before", async () => {
  const { lost, killedAt } = await losePower("never");
  assert.ok(Math.min(...lost) < killedAt - SYNC_INTERVAL_MS - TOLERANCE_MS, `${lost.length} lost`);
});

/** When each message was acknowledged that is lost, once for each client that it was for. */
async function losePower(sync: "interval" | "never") {
  const folder = await Deno.makeTempDir({ prefix: "tidemq-power-" });
  try {
    const power = new PowerLoss(`${folder}/data`, `${folder}/keep`);
    const shim = await buildSyncShim(folder);
    const options = {
      folder,
      directory: power.directory,
      storage: { sync, sync_interval: `${SYNC_INTERVAL_MS}ms` },
      ms: LOAD_MS,
      seed: 1,
    };
    const watched = {
      ...options,
      env: watchedBy(shim, power.directory, power.keep),
      beforeLoad: () => power.prepare(),
    };
    await Deno.mkdir(power.keep);
    const { acknowledged, killedAt } = await fillQueues(watched, pause);
    const recording = await power.recording();
    await power.leave(recording, recording.durableChanges, () => NOTHING_LEFT);
    await using life = await startLife(options);
    const queues = await emptyQueues(await life.ready());
    const lost = queues.flatMap((found) => timesOfLost(acknowledged, found));
    const count = queues.length * [...acknowledged.values()].flat().length;
    const oldest = killedAt - Math.min(killedAt, ...lost);
    console.log(
      `sync ${sync}: ${lost.length} of ${count} lost, ${Math.round(oldest)} ms old at most`,
    );
    return { killedAt, lost };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function timesOfLost(acknowledged: Acknowledged, found: Map<string, number[]>): number[] {
  return [...acknowledged].flatMap(([name, times]) => {
    const there = new Set(found.get(name));
    return times.filter((_time, seq) => seq > 0 && !there.has(seq));
  });
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
