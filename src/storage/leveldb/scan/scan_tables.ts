import type { DatabaseFiles } from "./directory.ts";
import { tableName } from "./directory.ts";
import type { Finding } from "./finding.ts";
import { checkTable, type LostIndex, type TableCheck, UnusableTable } from "./table_check.ts";
import { userKey } from "./table_format.ts";
import type { Version } from "./version_edit.ts";

/** A table that belongs to the database, or may. */
interface ExpectedTable {
  readonly number: number;
  /** Undefined: as long as it is. */
  readonly size: number | undefined;
}

/** Finds tables that are missing or too short and, when `full`, those with damaged contents. */
export async function scanTables(
  directory: string,
  files: DatabaseFiles,
  version: Version | undefined,
  { full }: { full: boolean },
  findings: { add(finding: Finding): void },
  checked: { tables: number; bytes: number },
): Promise<void> {
  for (const { number, size } of expectedTables(files, version)) {
    const file = files.tables.get(number);
    if (file === undefined) {
      findings.add(lostTable(tableName(number), 0, "table-missing", "the file is missing"));
      continue;
    }
    const path = `${directory}/${file}`;
    const found = (await Deno.stat(path)).size;
    checked.tables++;
    if (full) {
      checked.bytes += found;
      for (const finding of tableFindings(file, await checkTable(path, size ?? found))) {
        findings.add(finding);
      }
    } else if (size !== undefined && found < size) {
      const reason = `it has ${found} bytes instead of ${size}`;
      findings.add(lostTable(file, found, "table-size", reason));
    }
  }
}

function expectedTables(files: DatabaseFiles, version: Version | undefined): ExpectedTable[] {
  if (version !== undefined) return [...version.tables.values()];
  return [...files.tables.keys()].map((number) => ({ number, size: undefined }));
}

function* tableFindings(
  file: string,
  check: TableCheck | UnusableTable,
): Generator<Finding> {
  if (check instanceof UnusableTable) {
    yield lostTable(file, check.offset, "table-damaged", check.reason);
    return;
  }
  const { index, damaged, filters, lostIndex } = check;
  if (lostIndex !== undefined) yield indexDamaged(file, check, lostIndex);
  for (const at of damaged) {
    const { key, block } = index[at]!;
    const before = index[at - 1];
    yield {
      kind: "table-block-damaged",
      severity: "damage",
      file,
      offset: block.offset,
      reason: "a block whose checksum is wrong",
      consequence: "older data of a range of keys is lost; what it had replaced may come back",
      mend: "repair",
      keys: { after: before === undefined ? undefined : userKey(before.key), to: userKey(key) },
    };
  }
  if (filters.damagedAt !== undefined) {
    yield {
      kind: "table-filter-damaged",
      severity: "damage",
      file,
      offset: filters.damagedAt,
      reason: "its filter is damaged",
      consequence: "nothing is lost, but keys that are there may not be found",
      mend: "repair",
    };
  }
}

/** What is behind the last block that was found is lost, whatever it was. */
function indexDamaged(
  file: string,
  { bodySize }: TableCheck,
  { offset, reason, complete }: LostIndex,
): Finding {
  const consequence = complete
    ? "nothing is lost: its data was found without it"
    : `older data is lost: what was behind byte ${bodySize} of this table; what it had replaced ` +
      "may come back";
  const kind = "table-index-damaged";
  return { kind, severity: "damage", file, offset, reason, consequence, mend: "repair" };
}

function lostTable(
  file: string,
  offset: number,
  kind: "table-missing" | "table-size" | "table-damaged",
  reason: string,
): Finding {
  const what = kind === "table-size" ? "the end of this table" : "all that was in this table";
  const consequence = `older data is lost: ${what}; what it had replaced may come back`;
  return { kind, severity: "damage", file, offset, reason, consequence, mend: "repair" };
}
