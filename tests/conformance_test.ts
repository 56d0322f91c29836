import assert from "#assert";
import { type ConformanceResult, DOCUMENT_FILE, MISSING_FILE } from "./conformance/result.ts";

/** Collecting the names loads every test file with another `Deno.test`: not in this process. */
async function generate(): Promise<ConformanceResult> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--allow-read",
      "--allow-env",
      // Some load LevelDB, a native library.
      "--allow-ffi",
      new URL("conformance.ts", import.meta.url).href,
      "--json",
    ],
  }).output();
  const text = new TextDecoder();
  assert.ok(success, text.decode(stderr) + text.decode(stdout));
  return JSON.parse(text.decode(stdout));
}

let generated: Promise<ConformanceResult> | undefined;
const result = () => generated ??= generate();
const RUN = "run: deno task conformance";

Deno.test("docs/conformance.md is what the names of the tests say", async () => {
  assert.equal(await Deno.readTextFile(DOCUMENT_FILE), (await result()).document, RUN);
});

Deno.test("tests/conformance/missing.json lists exactly the statements without a test", async () => {
  const listed = JSON.parse(await Deno.readTextFile(MISSING_FILE));
  assert.deepEqual(listed, (await result()).missing, `when a statement has got its test, ${RUN}`);
});

Deno.test("test names hold only ids and versions that exist", async () => {
  assert.deepEqual((await result()).slips, []);
});
