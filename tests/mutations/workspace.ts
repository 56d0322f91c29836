import { repositoryFiles } from "../runner/files.ts";
import { runSuite, type SuiteRun } from "../runner/suite_run.ts";
import { type Suite, suiteOf } from "../runner/suites.ts";
import { mutate, type Mutation } from "./mutation.ts";

/** How long the tests of one statement may take before a mutation counts as one that hangs. */
const BUDGET_MS = 120_000;

/** `passed`: all tests of the id passed; `failed`: one did not; `broken`: they could not run. */
export type TestsOutcome = "passed" | "failed" | "broken" | "none";

/** A copy of the repository in which lines are broken one at a time. */
export class Workspace implements AsyncDisposable {
  readonly #root: string;
  readonly #folder: string;

  private constructor(root: string, folder: string) {
    this.#root = root;
    this.#folder = folder;
  }

  static async copyOf(root: string): Promise<Workspace> {
    const folder = await Deno.makeTempDir({ prefix: "tidemq-mutations-" });
    for (const file of await repositoryFiles(root)) {
      const slash = file.lastIndexOf("/");
      await Deno.mkdir(`${folder}/${file.slice(0, Math.max(0, slash))}`, { recursive: true });
      await Deno.copyFile(`${root}/${file}`, `${folder}/${file}`);
    }
    return new Workspace(root, folder);
  }

  /** Runs the tests of the mutation's statement that are in `files`, with the line broken. */
  async testMutated(mutation: Mutation, files: readonly string[]): Promise<TestsOutcome> {
    const source = await Deno.readTextFile(`${this.#root}/${mutation.file}`);
    const target = `${this.#folder}/${mutation.file}`;
    await Deno.writeTextFile(target, mutate(source, mutation));
    try {
      return await this.test(mutation.id, files);
    } finally {
      await Deno.writeTextFile(target, source);
    }
  }

  /** Runs the tests whose names contain `[id]`, suite by suite until one fails. */
  async test(id: string, files: readonly string[]): Promise<TestsOutcome> {
    let outcome: TestsOutcome = "none";
    for (const [suite, members] of Map.groupBy(files, (file) => suiteOf(file)!)) {
      const run = await this.#run(suite, id, members);
      if (run.exceeded) return "failed";
      if (run.trouble !== undefined) return "broken";
      if (run.failed > 0) return "failed";
      if (run.passed > 0) outcome = "passed";
    }
    return outcome;
  }

  #run(suite: Suite, id: string, files: readonly string[]): Promise<SuiteRun> {
    return runSuite({ ...suite, budgetMs: BUDGET_MS }, {
      files,
      denoArgs: ["--no-check", `--filter=[${id}]`],
      reportFile: `${this.#folder}/report.xml`,
      folder: this.#folder,
      quiet: true,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }
}
