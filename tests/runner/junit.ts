/** Counts of one run; steps of a test count as tests of their own, as Deno reports them. */
export interface Tally {
  passed: number;
  failed: number;
  ignored: number;
}

/** Counts the test cases of a JUnit report as `deno test --junit-path` writes it. */
export function tally(report: string): Tally {
  const counts: Tally = { passed: 0, failed: 0, ignored: 0 };
  for (const [, body = ""] of report.matchAll(/<testcase\b[^>]*>([\s\S]*?)<\/testcase>/g)) {
    // Names and messages are escaped, so a tag in the text is one that the reporter wrote.
    if (/<(failure|error)\b/.test(body)) counts.failed++;
    else if (/<skipped\b/.test(body)) counts.ignored++;
    else counts.passed++;
  }
  return counts;
}
