import assert from "#assert";
import { suiteOf, SUITES } from "./suites.ts";

Deno.test("suiteOf() takes the suite with the longest path", () => {
  assert.equal(suiteOf("src/base/clock_test.ts")?.name, "unit");
  assert.equal(suiteOf("tests/codec/differential_test.ts")?.name, "codec");
  assert.equal(suiteOf("tests/tidy_test.ts")?.name, "repository");
  assert.equal(suiteOf("tests/tidy_test.ts/other_test.ts")?.name, "integration");
});

Deno.test("suiteOf() finds no suite for a file outside of all paths", () => {
  assert.equal(suiteOf("elsewhere/a_test.ts"), undefined);
  assert.equal(suiteOf("srcs/a_test.ts"), undefined);
});

Deno.test("SUITES have distinct names and together stay within half an hour", () => {
  assert.equal(new Set(SUITES.map(({ name }) => name)).size, SUITES.length);
  const budgetMs = SUITES.reduce((sum, suite) => sum + suite.budgetMs, 0);
  assert.ok(budgetMs <= 28 * 60_000, `${budgetMs} ms leave no room for the other checks`);
});
