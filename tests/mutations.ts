/**
 * Shows that the tests test: `deno task mutate [id ...]` breaks one line after the other in a copy
 * of the repository, runs the tests of the statement that the line is for, and wants them to fail.
 * Ends with `N killed, N survived`; the exit code is 0 only when none survived and all could run.
 */
import { evidenceFrom } from "./conformance/coverage.ts";
import { testNames } from "./conformance/test_names.ts";
import type { Mutation } from "./mutations/mutation.ts";
import { MUTATIONS } from "./mutations/table.ts";
import { Workspace } from "./mutations/workspace.ts";
import { testFiles } from "./runner/files.ts";

const ROOT = new URL("../", import.meta.url).pathname.slice(0, -1);
const PARALLEL = 2;

type Verdict = "killed" | "survived" | "invalid";

interface Result {
  readonly mutation: Mutation;
  readonly verdict: Verdict;
  readonly note: string;
}

/** Which test files have tests of each statement. */
async function filesById(): Promise<Map<string, string[]>> {
  const files = new Map<string, Set<string>>();
  for (const { file, ids } of evidenceFrom(await testNames(ROOT, await testFiles(ROOT)))) {
    for (const id of ids) files.set(id, (files.get(id) ?? new Set()).add(file));
  }
  return new Map([...files].map(([id, members]) => [id, [...members]]));
}

async function judge(
  workspace: Workspace,
  mutation: Mutation,
  files: readonly string[],
): Promise<Result> {
  const before = await workspace.test(mutation.id, files);
  if (before === "none") return { mutation, verdict: "invalid", note: "there is no such test" };
  if (before !== "passed") {
    return { mutation, verdict: "invalid", note: `unbroken, the tests are ${before}` };
  }
  const after = await workspace.testMutated(mutation, files);
  if (after === "failed") return { mutation, verdict: "killed", note: "" };
  if (after === "passed") return { mutation, verdict: "survived", note: "the tests still pass" };
  return { mutation, verdict: "invalid", note: "the broken source does not load" };
}

/** Works through the mutations in {@linkcode PARALLEL} copies of the repository. */
async function judgeAll(mutations: readonly Mutation[]): Promise<Result[]> {
  const files = await filesById();
  const left = [...mutations];
  const results: Result[] = [];
  await Promise.all(Array.from({ length: Math.min(PARALLEL, left.length) }, async () => {
    await using workspace = await Workspace.copyOf(ROOT);
    for (let mutation = left.shift(); mutation !== undefined; mutation = left.shift()) {
      const result = await judge(workspace, mutation, files.get(mutation.id) ?? []);
      console.log(describe(result));
      results.push(result);
    }
  }));
  return results;
}

function describe({ mutation, verdict, note }: Result): string {
  const { id, file, find, replace } = mutation;
  const change = `${file}: ${find} → ${replace || "(nothing)"}`;
  return `${verdict.padEnd(8)} ${id.padEnd(14)} ${change}${note === "" ? "" : ` (${note})`}`;
}

if (import.meta.main) {
  const ids = Deno.args;
  const wanted = MUTATIONS.filter(({ id }) => ids.length === 0 || ids.includes(id));
  const results = await judgeAll(wanted);
  const count = (verdict: Verdict) => results.filter((result) => result.verdict === verdict).length;
  const invalid = count("invalid");
  if (invalid > 0) console.log(`${invalid} could not be judged`);
  console.log(`${count("killed")} killed, ${count("survived")} survived`);
  Deno.exit(results.length > 0 && count("killed") === results.length ? 0 : 1);
}
