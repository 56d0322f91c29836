/**
 * Nothing that was acknowledged is lost when the broker is killed at any moment, and the power with
 * it. `deno task test:crash` runs the same for longer.
 */
import assert from "#assert";
import { type CrashReport, type CrashRunOptions, runCrashes } from "./crash_run.ts";
import { buildSyncShim } from "./sync_shim.ts";

const ROUNDS = 100;
/** With `sync: never` the first loss of power takes something, unless all of it was written by luck. */
const ROUNDS_UNTIL_LOSS = 20;

async function crash(options: Pick<CrashRunOptions, "rounds" | "sync">): Promise<CrashReport> {
  const folder = await Deno.makeTempDir({ prefix: "tidemq-crash-" });
  const seed = crypto.getRandomValues(new Uint32Array(1))[0]!;
  try {
    const shim = await buildSyncShim(folder);
    const report = await runCrashes({ ...options, folder, shim, seed });
    const { findings: _findings, story: _story, ...figures } = report;
    console.log(`sync ${options.sync}, seed ${seed}: ${JSON.stringify(figures)}`);
    return report;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test(`crash: ${ROUNDS} rounds of SIGKILL and loss of power take nothing`, async () => {
  const { findings, story, rounds, ...figures } = await crash({ rounds: ROUNDS, sync: "always" });
  assert.ok(findings.none, `${findings}\n\n  ${story}`);
  assert.equal(rounds, ROUNDS);
  // What was not tried has not been shown.
  for (const [name, figure] of Object.entries(figures)) assert.ok(figure > 0, `${name}: ${figure}`);
});

Deno.test("crash: with sync: never the same rounds take what was acknowledged", async () => {
  const { findings } = await crash({ rounds: ROUNDS_UNTIL_LOSS, sync: "never" });
  // What is gone with the power shows in queues, in retained messages that are old again, or in wills.
  const losses = (["lost", "retained", "will"] as const).reduce(
    (sum, kind) => sum + findings.count(kind),
    0,
  );
  assert.ok(losses > 0, `nothing was lost; ${findings}`);
});
