/**
 * Saves what can be saved of a damaged database. Everything is copied aside first; then each kind
 * of damage is mended by itself, so that nothing is lost that is not damaged: logs are cut at their
 * first damage, tables lose their damaged blocks and get a new index, CURRENT is made to point to a MANIFEST that is
 * whole. Only where none is left does LevelDB's own repair make up a new one from the tables.
 */
import { StoreOpenError } from "../errors.ts";
import { listDatabase, logName, manifestName, tableName } from "../scan/directory.ts";
import type { DatabaseFiles } from "../scan/directory.ts";
import { type Finding, isDamage } from "../scan/finding.ts";
import { scanDatabase, type ScanReport, WHOLE } from "../scan/scan.ts";
import { liveLogs } from "../scan/scan_logs.ts";
import { filesArePresent, readManifest } from "../scan/scan_manifest.ts";
import type { TableEntry, Version } from "../scan/version_edit.ts";
import { fileNames, setAside } from "./aside.ts";
import { removeFile } from "./files.ts";
import { pointToManifest, writeManifest } from "./manifest.ts";
import { mendTable } from "./mend_table.ts";
import { cutAll } from "./prepare.ts";
import { rebuildManifest } from "./rebuild.ts";

/** Not copied aside: locks, and what belongs to the process that has them. */
const NOT_DATA = /^(LOCK|tidemq\.lock|control\.sock)$/;

export interface Repair {
  /** What was found before. */
  readonly before: ScanReport;
  /** The folder with all files as they were, in the directory; undefined: nothing was to be done. */
  readonly aside: string | undefined;
  /** What was done, in plain words. */
  readonly done: readonly string[];
}

/**
 * Repairs the database in `directory`; the caller holds the directory's lock. Rejects with
 * {@linkcode StoreOpenError} when that is not possible. `now`: milliseconds since the epoch.
 */
export async function repairDatabase(directory: string, now: number): Promise<Repair> {
  const before = await scanDatabase(directory, WHOLE);
  const unfinished = before.findings.find(({ kind }) => kind === "restore-unfinished");
  if (unfinished !== undefined) {
    throw new StoreOpenError("damaged", `${directory}: ${unfinished.reason}; restore it again`);
  }
  const toMend = before.findings.filter(({ mend }) => mend !== "nothing");
  if (toMend.length === 0) return { before, aside: undefined, done: [] };
  const aside = await setAllAside(directory, now);
  const done: string[] = [];
  const cuts = toMend.filter(({ mend }) => mend === "cut");
  await cutAll(directory, cuts);
  for (const { file, offset } of cuts) done.push(`${file} was cut at byte ${offset}`);
  await mendFiles(before, toMend, done);
  await requireIntact(directory, aside);
  return { before, aside, done };
}

/** Copies all files aside: the name of the folder. */
export async function setAllAside(directory: string, now: number): Promise<string> {
  const names = (await fileNames(directory)).filter((name) => !NOT_DATA.test(name));
  return await setAside(directory, names, now);
}

async function mendFiles(
  before: ScanReport,
  toMend: readonly Finding[],
  done: string[],
): Promise<void> {
  const { directory, version } = before;
  const sizes = await mendTables(before, toMend, done);
  const brokenManifest = toMend.some(({ kind, mend }) =>
    mend === "repair" && (kind.startsWith("manifest-") || kind.startsWith("current-"))
  );
  if (brokenManifest) return await mendManifest(directory, sizes, done);
  const missingLog = toMend.some(({ kind }) => kind === "log-missing");
  if (sizes.size === 0 && !missingLog) return;
  await removeDoneLogs(directory, before);
  await writeManifest(directory, mended(version!, sizes, before.files));
  done.push("a MANIFEST was written that names what is left");
}

/** Mends each damaged table; the sizes that they have now, undefined for those that are gone. */
async function mendTables(
  { directory, version, files }: ScanReport,
  toMend: readonly Finding[],
  done: string[],
): Promise<Map<number, number | undefined>> {
  const sizes = new Map<number, number | undefined>();
  const damaged = new Set(
    toMend.filter(({ kind }) => kind.startsWith("table-")).map(({ file }) => file),
  );
  const numbers = new Set([...files.tables.keys(), ...version?.tables.keys() ?? []]);
  for (const number of numbers) {
    const file = files.tables.get(number) ?? tableName(number);
    if (!damaged.has(file)) continue;
    const path = `${directory}/${file}`;
    const size = files.tables.has(number)
      ? await mendTable(path, version?.tables.get(number)?.size ?? (await Deno.stat(path)).size)
      : undefined;
    sizes.set(number, size);
    done.push(
      size === undefined
        ? `${file} was given up`
        : `${file} was mended, without what is damaged in it`,
    );
  }
  return sizes;
}

/** The version with the tables that there are now. */
function mended(
  version: Version,
  sizes: ReadonlyMap<number, number | undefined>,
  files: DatabaseFiles,
): Version {
  const tables = new Map<number, TableEntry>();
  for (const [number, table] of version.tables) {
    const size = sizes.has(number) ? sizes.get(number) : table.size;
    if (size !== undefined) tables.set(number, { ...table, size });
  }
  const logNumber = files.logs.includes(version.logNumber)
    ? version.logNumber
    : liveLogs(files, version)[0] ?? 0;
  return { ...version, logNumber, tables };
}

/** A new MANIFEST may name an older log than the old one did: logs that are done with must be gone. */
async function removeDoneLogs(directory: string, { files, version }: ScanReport): Promise<void> {
  const live = new Set(liveLogs(files, version));
  for (const number of files.logs) {
    if (!live.has(number)) await removeFile(`${directory}/${logName(number)}`);
  }
}

/** Finds a MANIFEST that is whole, or has LevelDB make one. */
async function mendManifest(
  directory: string,
  sizes: ReadonlyMap<number, number | undefined>,
  done: string[],
): Promise<void> {
  const files = (await listDatabase(directory))!;
  for (const number of files.manifests.toReversed()) {
    const file = manifestName(number);
    const { version, outcome } = await readManifest(`${directory}/${file}`);
    if (outcome.break !== undefined || version === undefined) continue;
    if (!filesArePresent(version, files)) continue;
    if (sizes.size > 0) await writeManifest(directory, mended(version, sizes, files));
    else await pointToManifest(directory, number);
    done.push(`CURRENT names ${file} again, which is whole`);
    return;
  }
  await rebuildManifest(directory);
  done.push("LevelDB's own repair made a new MANIFEST from the tables and logs that there are");
}

async function requireIntact(directory: string, aside: string): Promise<void> {
  const { findings } = await scanDatabase(directory, WHOLE);
  const left = findings.find(isDamage);
  if (left === undefined) return;
  throw new StoreOpenError(
    "damaged",
    `the database in ${directory} could not be repaired (${left.file}: ${left.reason}); all files ` +
      `as they were are in ${aside}`,
  );
}
