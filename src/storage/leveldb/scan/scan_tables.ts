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

/** Finds tables that are missing or damaged, as far as `options` let it look. */
export async function scanTables(
  directory: string,
  files: DatabaseFiles,
  version: Version | undefined,
  { tableBytesMax }: { tableBytesMax: number },
  findings: { add(finding: Finding): void },
  checked: { tables: number; tablesUnread: number; bytes: number },
): Promise<void> {
  let bytesLeft = tableBytesMax;
  for (const { number, size } of expectedTables(files, version)) {
    const file = files.tables.get(number);
    if (file === undefined) {
      findings.add(lostTable(tableName(number), 0, "table-missing", "the file is missing"));
      continue;
    }
    const path = `${directory}/${file}`;
    const found = (await Deno.stat(path)).size;
    const data = found <= bytesLeft;
    // Older ones that would fit do not count: what was checked is to be one stretch of time.
    bytesLeft = data ? bytesLeft - found : 0;
    checked.tables++;
    if (data) checked.bytes += found;
    else checked.tablesUnread++;
    for (const finding of tableFindings(file, await checkTable(path, size ?? found, { data }))) {
      findings.add(finding);
    }
  }
}

/** The newest first. */
function expectedTables(files: DatabaseFiles, version: Version | undefined): ExpectedTable[] {
  const tables = version !== undefined
    ? [...version.tables.values()]
    : [...files.tables.keys()].map((number) => ({ number, size: undefined }));
  return tables.sort((a, b) => b.number - a.number);
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
  kind: "table-missing" | "table-damaged",
  reason: string,
): Finding {
  const consequence =
    "older data is lost: all that was in this table; what it had replaced may come back";
  return { kind, severity: "damage", file, offset, reason, consequence, mend: "repair" };
}
