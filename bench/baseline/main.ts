/**
 * Runs the in-process benchmarks and compares them with those that are committed:
 * `deno task bench:baseline [--save] [FILE ...]`. Files are relative to the repository; with none
 * all of them run. `--save` replaces what the baseline says of those that ran.
 */
import { ROOT } from "../support/broker_process.ts";
import { describeMachine, type Machine } from "../support/machine.ts";
import { type Measured, parseBenchmarks } from "./benchmark_json.ts";
import { compareWithBaseline, formatComparison } from "./comparison.ts";

const BASELINE = `${ROOT}bench/results/baseline.json`;

interface Baseline {
  readonly date: string;
  readonly runtime: string;
  readonly machine: Machine;
  readonly benchmarks: readonly Measured[];
}

async function main(args: readonly string[]): Promise<void> {
  const save = args.includes("--save");
  const files = args.filter((arg) => arg !== "--save");
  const unknown = files.find((file) => file.startsWith("--"));
  if (unknown !== undefined) throw new Error(`Unknown flag ${unknown}: expected --save`);
  const measured = parseBenchmarks(await runBenchmarks(files));
  const baseline = await readBaseline();
  console.log(formatComparison(compareWithBaseline(measured, baseline?.benchmarks ?? [])));
  if (baseline !== undefined) {
    console.log(`\nThe baseline is of ${baseline.date}: ${baseline.machine.cpu}`);
  }
  if (save) await saveBaseline(measured, baseline);
}

async function runBenchmarks(files: readonly string[]): Promise<string> {
  const { tasks } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  const [, ...flags] = (tasks.bench as string).split(" ");
  const all = flags.pop()!;
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [...flags, "--json", ...(files.length === 0 ? [all] : files)],
    cwd: ROOT,
    stdin: "null",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("the benchmarks have failed");
  return new TextDecoder().decode(stdout);
}

async function readBaseline(): Promise<Baseline | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(BASELINE));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function saveBaseline(measured: readonly Measured[], old: Baseline | undefined) {
  const benchmarks = new Map(old?.benchmarks.map((benchmark) => [benchmark.key, benchmark]));
  for (const benchmark of measured) benchmarks.set(benchmark.key, benchmark);
  const baseline: Baseline = {
    date: new Date().toISOString().slice(0, 10),
    runtime: `Deno ${Deno.version.deno}`,
    machine: await describeMachine(),
    benchmarks: [...benchmarks.values()].sort((a, b) => a.key < b.key ? -1 : 1),
  };
  await Deno.writeTextFile(BASELINE, `${JSON.stringify(baseline, null, 2)}\n`);
}

try {
  await main(Deno.args);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exit(1);
}
