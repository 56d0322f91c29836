/**
 * Runs the tests: `deno task test [suite ...] [--filter=TEXT]`. Ends with the line
 * `N passed, N failed`; the exit code is 0 only when something ran and nothing failed. Under
 * CI=true an ignored test counts as a failed one: a skip is not a pass.
 */
import { testFiles } from "./runner/files.ts";
import { provide } from "./runner/needs.ts";
import { runSuite, type SuiteRun } from "./runner/suite_run.ts";
import { type Suite, suiteOf, SUITES } from "./runner/suites.ts";

const ROOT = `${import.meta.dirname}/..`;
const REPORT_FOLDER = `${ROOT}/.cache/test`;

interface Wanted {
  suites: readonly Suite[];
  denoArgs: string[];
}

/** Suites and flags from the command line. Throws when a suite does not exist. */
function wantedFrom(args: readonly string[], ci: boolean): Wanted {
  const names = args.filter((arg) => !arg.startsWith("--"));
  const denoArgs = args.filter((arg) => arg.startsWith("--"));
  for (const flag of denoArgs) {
    if (!flag.startsWith("--filter=")) throw new Error(`Unknown flag ${flag}: expected --filter=`);
  }
  for (const name of names) {
    if (!SUITES.some((suite) => suite.name === name)) {
      const known = SUITES.map((suite) => suite.name).join(", ");
      throw new Error(`No suite is called "${name}": there are ${known}`);
    }
  }
  if (ci) denoArgs.push("--frozen");
  const suites = names.length === 0 ? SUITES : SUITES.filter(({ name }) => names.includes(name));
  return { suites, denoArgs };
}

/** The test files of each suite. Throws when a file belongs to none: nobody would run it. */
async function filesBySuite(): Promise<Map<Suite, string[]>> {
  const files = new Map<Suite, string[]>(SUITES.map((suite) => [suite, []]));
  for (const file of await testFiles(ROOT)) {
    const suite = suiteOf(file);
    if (suite === undefined) throw new Error(`No suite in tests/runner/suites.ts runs ${file}`);
    files.get(suite)!.push(file);
  }
  return files;
}

/** A suite whose needs cannot be met counts as one failure; the others run all the same. */
async function provideAndRun(
  suite: Suite,
  files: readonly string[],
  denoArgs: readonly string[],
): Promise<SuiteRun> {
  try {
    await provide(suite.needs);
  } catch (error) {
    const trouble = error instanceof Error ? error.message : String(error);
    console.error(trouble);
    return { passed: 0, failed: 1, ignored: 0, seconds: 0, exceeded: false, trouble };
  }
  const reportFile = `${REPORT_FOLDER}/${suite.name}.xml`;
  return await runSuite(suite, { files, denoArgs, reportFile });
}

function describe(name: string, run: SuiteRun): string {
  const counts = `${run.passed} passed, ${run.failed} failed, ${run.ignored} ignored`;
  const trouble = run.trouble === undefined ? "" : `; ${run.trouble}`;
  return `suite ${name}: ${counts} in ${run.seconds.toFixed(1)} s${trouble}`;
}

async function main(args: readonly string[], ci: boolean): Promise<number> {
  const { suites, denoArgs } = wantedFrom(args, ci);
  const files = await filesBySuite();
  const present = suites.filter((suite) => files.get(suite)!.length > 0);
  await Deno.mkdir(REPORT_FOLDER, { recursive: true });

  const summary: string[] = [];
  const total = { passed: 0, failed: 0, ignored: 0 };
  for (const suite of present) {
    console.log(`\n--- suite ${suite.name}`);
    const run = await provideAndRun(suite, files.get(suite)!, denoArgs);
    summary.push(describe(suite.name, run));
    total.passed += run.passed;
    total.failed += run.failed;
    total.ignored += run.ignored;
  }
  console.log(`\n${summary.join("\n")}`);
  if (total.ignored > 0) {
    console.log(`${total.ignored} ignored${ci ? ", counted as failed" : ""}`);
    if (ci) total.failed += total.ignored;
  }
  if (total.passed + total.failed === 0) console.log("No test ran: that is a failure.");
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

if (import.meta.main) {
  Deno.chdir(ROOT);
  try {
    Deno.exit(await main(Deno.args, Deno.env.get("CI") === "true"));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.log("0 passed, 1 failed");
    Deno.exit(1);
  }
}
