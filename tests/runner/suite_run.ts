import { type Tally, tally } from "./junit.ts";
import type { Suite } from "./suites.ts";

export interface SuiteRun extends Tally {
  readonly seconds: number;
  /** What went wrong beside the failed tests, and counts as one more: budget, crash, type error. */
  readonly trouble: string | undefined;
  /** Whether the trouble is that the budget was exceeded. */
  readonly exceeded: boolean;
}

export interface SuiteRunOptions {
  readonly files: readonly string[];
  /** Passed on to `deno test`. */
  readonly denoArgs: readonly string[];
  /** Where the report of the run is written. */
  readonly reportFile: string;
  /** Where the files are; here by default. */
  readonly folder?: string;
  /** Drops what the tests print. */
  readonly quiet?: boolean;
}

/** Runs one suite in a process of its own; what it prints is passed on as it comes. */
export async function runSuite(suite: Suite, options: SuiteRunOptions): Promise<SuiteRun> {
  const started = performance.now();
  const output = options.quiet ? "null" : "inherit";
  await Deno.remove(options.reportFile).catch(() => {});
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "--no-prompt",
      "--quiet",
      `--junit-path=${options.reportFile}`,
      ...suite.permissions,
      ...options.denoArgs,
      ...options.files,
    ],
    ...(options.folder !== undefined && { cwd: options.folder }),
    stdin: "null",
    stdout: output,
    stderr: output,
    // A process group of its own, so that what the tests have started ends with them.
    detached: true,
  }).spawn();
  const { exceeded, status } = await withinBudget(child, suite.budgetMs);
  const counts = await readTally(options.reportFile);
  let trouble: string | undefined;
  if (exceeded) {
    trouble = `ran for longer than its budget of ${suite.budgetMs / 1000} s and was ended`;
  } else if (!status.success && counts.failed === 0) {
    trouble = `deno test ended with exit code ${status.code}, though no test failed`;
  }
  if (trouble !== undefined) counts.failed++;
  return { ...counts, trouble, exceeded, seconds: (performance.now() - started) / 1000 };
}

async function withinBudget(child: Deno.ChildProcess, budgetMs: number) {
  let exceeded = false;
  const budget = setTimeout(() => {
    exceeded = true;
    endGroup(child);
  }, budgetMs);
  // The child is in another process group: what the terminal sends to ours has to be passed on.
  const interrupted = () => {
    endGroup(child);
    Deno.exit(130);
  };
  Deno.addSignalListener("SIGINT", interrupted);
  Deno.addSignalListener("SIGTERM", interrupted);
  const status = await child.status;
  clearTimeout(budget);
  Deno.removeSignalListener("SIGINT", interrupted);
  Deno.removeSignalListener("SIGTERM", interrupted);
  // Also after an orderly end: a test that failed may have left a process behind.
  endGroup(child);
  return { exceeded, status };
}

function endGroup(child: Deno.ChildProcess): void {
  try {
    Deno.kill(-child.pid, "SIGKILL");
  } catch {
    // Nobody is left in it.
  }
}

async function readTally(reportFile: string): Promise<Tally> {
  try {
    return tally(await Deno.readTextFile(reportFile));
  } catch {
    return { passed: 0, failed: 0, ignored: 0 }; // Ended before it could write the report.
  }
}
