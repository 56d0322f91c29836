import assert from "#assert";
import { runSuite } from "./suite_run.ts";
import type { Suite } from "./suites.ts";

async function run(source: string, budgetMs = 60_000) {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/sample_test.ts`;
    await Deno.writeTextFile(file, source);
    const suite: Suite = { name: "sample", paths: [], budgetMs, permissions: [], needs: [] };
    return await runSuite(suite, {
      files: [file],
      denoArgs: ["--no-config"],
      reportFile: `${folder}/report.xml`,
      quiet: true,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("runSuite() counts what the suite reports", async () => {
  const { passed, failed, ignored, trouble } = await run(
    `Deno.test("a", () => {}); Deno.test["ignore"]("b", () => {});`,
  );
  assert.deepEqual({ passed, failed, ignored, trouble }, {
    passed: 1,
    failed: 0,
    ignored: 1,
    trouble: undefined,
  });
});

Deno.test("runSuite() counts a file that does not compile as failed", async () => {
  const { passed, failed, trouble } = await run(
    `const n: number = "text"; Deno.test("a", () => {});`,
  );
  assert.deepEqual([passed, failed], [0, 1]);
  assert.match(trouble ?? "", /exit code 1/);
});

Deno.test("runSuite() ends a suite that exceeds its budget and counts it as failed", async () => {
  const { failed, trouble } = await run(
    `Deno.test("hangs", () => new Promise(() => setInterval(() => {}, 1000)));`,
    3_000,
  );
  assert.equal(failed, 1);
  assert.match(trouble ?? "", /budget of 3 s/);
});
