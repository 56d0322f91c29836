import { COVERED_VERSIONS, type Evidence, isDue, missingFrom, testsOf } from "./coverage.ts";
import type { Statement } from "./statements.ts";

/** The text of `docs/conformance.md`. */
export function conformanceDocument(
  statements: readonly Statement[],
  evidence: readonly Evidence[],
): string {
  const lines = [
    "# Conformance",
    "",
    "<!-- Generated from the names of the tests by `deno task conformance`: edit those. -->",
    "",
    "Every normative statement of MQTT 5.0, by its id, and the test files that show it, with the number",
    "of their tests. A statement that binds only the client has nothing for a broker to do; one that",
    "binds both is a duty of either side, or one of the client that the broker has to enforce. In the",
    "column of MQTT 3.1.1 are the statements whose behaviour exists there too; a dash is for one that is",
    "new in 5.0.",
    "",
    ...summary(statements, evidence),
  ];
  for (const [section, members] of Map.groupBy(statements, ({ id }) => sectionOf(id))) {
    lines.push("", `## Section ${section}`, "", ...table(members, evidence));
  }
  return lines.join("\n") + "\n";
}

function summary(statements: readonly Statement[], evidence: readonly Evidence[]): string[] {
  const missing = missingFrom(statements, evidence);
  const clientOnly = statements.filter(({ binds }) => binds === "client").length;
  return [
    `There are ${statements.length} statements, ${clientOnly} of them for clients only.`,
    "",
    "| version | statements for a server | with a test | without |",
    "| --- | --- | --- | --- |",
    ...COVERED_VERSIONS.map((version) => {
      const due = statements.filter((statement) => isDue(statement, version)).length;
      const without = missing[version].length;
      return `| ${version} | ${due} | ${due - without} | ${without} |`;
    }),
  ];
}

/** `MQTT-3.1.2-5` is in section 3.1. */
function sectionOf(id: string): string {
  return id.replace("MQTT-", "").split(".", 2).join(".");
}

function table(statements: readonly Statement[], evidence: readonly Evidence[]): string[] {
  return [
    "| statement | binds | 5.0 | 3.1.1 |",
    "| --- | --- | --- | --- |",
    ...statements.map((statement) => {
      const cells = COVERED_VERSIONS.map((version) => {
        if (version === "3.1.1" && !statement.twin) return "–";
        const tests = testsOf(statement, version, evidence);
        if (tests.length > 0) return files(tests);
        return isDue(statement, version) ? "**none**" : "";
      });
      return `| ${statement.id} | ${statement.binds} | ${cells.join(" | ")} |`;
    }),
  ];
}

/** Links to the files of `tests`, each with how many of them it has. */
function files(tests: readonly Evidence[]): string {
  const byFile = Map.groupBy(tests, ({ file }) => file);
  const names = [...byFile.keys()].sort();
  return names.map((file) => {
    const short = file.slice(file.lastIndexOf("/") + 1).replace("_test.ts", "");
    return `[${short}](../${file}) ${byFile.get(file)!.length}`;
  }).join(", ");
}
