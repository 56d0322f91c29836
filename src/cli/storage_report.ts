import type { CheckedBackup, CheckedStorage, StorageFinding } from "./storage_tools.ts";

/** What a check found, for a person. */
export function checkReport(checked: CheckedStorage): string {
  const { directory, state, findings, omitted } = checked;
  if (state === "none") return `there is no database in ${directory}\n`;
  const lines = [`${directory} is ${state}: ${extent(checked)}`, ...findings.flatMap(findingLines)];
  if (omitted > 0) lines.push(`  and ${omitted} more`);
  return lines.map((line) => `${line}\n`).join("");
}

/** What can be done about it; empty when nothing has to. */
export function checkAdvice({ directory, state, findings }: CheckedStorage): string {
  if (state !== "damaged") return "";
  return findings.every(({ mend }) => mend !== "repair")
    ? "tidemq start cuts this off by itself and keeps a copy; so does " +
      `tidemq storage repair ${directory}\n`
    : `tidemq storage repair ${directory} keeps a copy and saves what can be saved\n`;
}

/** What a backup holds, for a person. */
export function backupReport(file: string, what: string, backup: CheckedBackup): string {
  const { createdAt, version, entries, bytes, contents } = backup;
  const made = `made at ${new Date(createdAt).toISOString()} by TideMQ ${version}`;
  return `${file} ${what}: ${made}, ${entries} entries in ${size(bytes)}\n  ${contents}\n`;
}

function extent({ checked: { logs, tables, bytes }, full }: CheckedStorage): string {
  const contents = full ? "" : ", data of tables not checked (--full checks it)";
  return `${counted(logs, "log")} and ${counted(tables, "table")}, ${size(bytes)} read${contents}`;
}

function findingLines(finding: StorageFinding): string[] {
  const { file, offset, reason, consequence, keys } = finding;
  const lines = [`  ${file} at byte ${offset}: ${reason}`, `    ${consequence}`];
  if (keys !== undefined) lines.push(`    keys: ${keys}`);
  return lines;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** `512 B`, `1.5 MiB`. */
function size(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
