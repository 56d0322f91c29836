import type { Statement } from "./statements.ts";
import type { NamedTest } from "./test_names.ts";

/** The versions for which every statement that exists there needs a test. */
export const COVERED_VERSIONS = ["5.0", "3.1.1"] as const;
export type CoveredVersion = (typeof COVERED_VERSIONS)[number];

const VERSION_SUFFIX = / \((\d[\d., ]*)\)$/;
const STATEMENT_ID = /\[(MQTT-[^\]\s]+)\]/g;

/** A test, the statements that it shows, and for which versions. */
export interface Evidence extends NamedTest {
  readonly ids: readonly string[];
  /** As named at the end of the test's name; undefined: it counts for all. */
  readonly versions: readonly string[] | undefined;
}

/** What the tests show, taken from their names: `[MQTT-x.y.z-n] symbol: behaviour (5.0)`. */
export function evidenceFrom(tests: readonly NamedTest[]): Evidence[] {
  const evidence: Evidence[] = [];
  for (const { file, name } of tests) {
    const ids = [...name.matchAll(STATEMENT_ID)].map(([, id]) => id!);
    if (ids.length === 0) continue;
    const versions = VERSION_SUFFIX.exec(name)?.[1]?.split(/,\s*/);
    evidence.push({ file, name, ids, versions });
  }
  return evidence;
}

/** The tests that show `statement` for `version`. */
export function testsOf(
  statement: Statement,
  version: CoveredVersion,
  evidence: readonly Evidence[],
): Evidence[] {
  return evidence.filter(({ ids, versions }) => {
    return ids.includes(statement.id) && (versions === undefined || versions.includes(version));
  });
}

/** Whether a server needs a test of `statement` for `version`. */
export function isDue({ binds, twin }: Statement, version: CoveredVersion): boolean {
  return binds !== "client" && (version === "5.0" || twin);
}

/** Statement ids without a test, for each version. */
export type Missing = Readonly<Record<CoveredVersion, readonly string[]>>;

/** What has no test, though it should have. */
export function missingFrom(
  statements: readonly Statement[],
  evidence: readonly Evidence[],
): Missing {
  const missingIn = (version: CoveredVersion) => {
    const due = statements.filter((statement) => isDue(statement, version));
    return due.filter((statement) => testsOf(statement, version, evidence).length === 0)
      .map(({ id }) => id);
  };
  return { "5.0": missingIn("5.0"), "3.1.1": missingIn("3.1.1") };
}

/** Ids and versions in test names that do not exist: most likely a slip of the pen. */
export function slips(
  statements: readonly Statement[],
  evidence: readonly Evidence[],
): string[] {
  const known = new Set(statements.map(({ id }) => id));
  return evidence.flatMap(({ file, name, ids, versions = [] }) => {
    const wrong = [
      ...ids.filter((id) => !known.has(id)),
      ...versions.filter((version) => !["5.0", "3.1.1", "3.1"].includes(version)),
    ];
    return wrong.map((what) => `${file}: ${what} in "${name}"`);
  });
}
