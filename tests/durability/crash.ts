/**
 * Runs the crash test for as long as wanted: `deno task test:crash [--rounds=N] [--seed=N]
 * [--sync=always|interval|never] [--names=journal|posix]`.
 */
import { buildSyncShim } from "./sync_shim.ts";
import { runCrashes } from "./crash_run.ts";

const options = {
  rounds: "1000",
  seed: `${Date.now() % 1_000_000_007}`,
  sync: "always",
  names: "journal",
};
for (const argument of Deno.args) {
  if (argument === "--") continue;
  const [, name = "", value = ""] = /^--(rounds|seed|sync|names)=(\w+)$/.exec(argument) ?? [];
  if (name === "") throw new Error(`unknown argument ${argument}`);
  options[name as keyof typeof options] = value;
}
const folder = await Deno.makeTempDir({ prefix: "tidemq-crash-" });
console.log(`seed ${options.seed}, in ${folder}`);
const report = await runCrashes({
  folder,
  shim: await buildSyncShim(folder),
  rounds: Number(options.rounds),
  seed: Number(options.seed),
  sync: options.sync as "always" | "interval" | "never",
  names: options.names as "journal" | "posix",
});
const { findings, story, ...figures } = report;
console.log(figures);
if (!findings.none) {
  console.error(`${findings}\n\n  ${story}\nThe database is in ${folder}.`);
  Deno.exit(1);
}
await Deno.remove(folder, { recursive: true });
