/**
 * Writes `docs/conformance.md` from the names of the tests, and takes out of
 * `tests/conformance/missing.json` what has got a test. With `--json` nothing is written: what
 * would be goes to standard output.
 */
import { conformanceDocument } from "./conformance/document.ts";
import {
  COVERED_VERSIONS,
  evidenceFrom,
  type Missing,
  missingFrom,
  slips,
} from "./conformance/coverage.ts";
import { STATEMENTS } from "./conformance/statements.ts";
import { type ConformanceResult, DOCUMENT_FILE, MISSING_FILE } from "./conformance/result.ts";
import { testNames } from "./conformance/test_names.ts";
import { testFiles } from "./runner/files.ts";

const ROOT = new URL("../", import.meta.url);

async function conformance(): Promise<ConformanceResult> {
  const root = ROOT.pathname.slice(0, -1);
  const evidence = evidenceFrom(await testNames(root, await testFiles(root)));
  return {
    document: conformanceDocument(STATEMENTS, evidence),
    missing: missingFrom(STATEMENTS, evidence),
    slips: slips(STATEMENTS, evidence),
  };
}

/** The list shrinks by itself, but never grows: a statement that has lost its test is an error. */
async function shrinkMissing(missing: Missing): Promise<void> {
  const listed: Missing = JSON.parse(await Deno.readTextFile(MISSING_FILE));
  const kept = COVERED_VERSIONS.map((version) => {
    return [version, listed[version].filter((id) => missing[version].includes(id))];
  });
  const text = JSON.stringify(Object.fromEntries(kept), null, 2) + "\n";
  await Deno.writeTextFile(MISSING_FILE, text);
}

if (import.meta.main) {
  const result = await conformance();
  if (Deno.args.includes("--json")) {
    console.log(JSON.stringify(result));
  } else {
    await Deno.writeTextFile(DOCUMENT_FILE, result.document);
    await shrinkMissing(result.missing);
    for (const slip of result.slips) console.log(slip);
    for (const version of COVERED_VERSIONS) {
      console.log(`${result.missing[version].length} statements without a test for ${version}`);
    }
  }
  Deno.exit(result.slips.length === 0 ? 0 : 1);
}
