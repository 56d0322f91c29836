import assert from "#assert";
import { tally } from "./junit.ts";

const REPORT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="4" failures="1" errors="0" time="0.030">
    <testsuite name="./a_test.ts" tests="4" disabled="1" errors="0" failures="1">
        <testcase name="fails" classname="./a_test.ts" time="0.008" line="1" col="6">
            <failure message="Uncaught Error: x">Error: &lt;skipped/&gt;</failure>
        </testcase>
        <testcase name="passes &lt;failure&gt;" classname="./a_test.ts" time="0.000">
        </testcase>
        <testcase name="passes" classname="./a_test.ts" time="0.000">
        </testcase>
        <testcase name="ignored" classname="./a_test.ts" time="0.000" line="3" col="6">
            <skipped/>
        </testcase>
    </testsuite>
</testsuites>`;

Deno.test("tally() counts passed, failed and ignored cases", () => {
  assert.deepEqual(tally(REPORT), { passed: 2, failed: 1, ignored: 1 });
});

Deno.test("tally() counts nothing in an empty report", () => {
  assert.deepEqual(tally(""), { passed: 0, failed: 0, ignored: 0 });
});
