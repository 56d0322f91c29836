/** What is done to a database by hand, while no broker uses it. */
import { type Contents, ContentsCounter } from "../contents.ts";
import { type Database, EVERYTHING, withDatabase } from "../database.ts";
import { DirectoryLock } from "../directory_lock.ts";
import { ReadError, StoreOpenError } from "../errors.ts";
import { requireOwnDatabase } from "../ownership.ts";
import { exists } from "../scan/directory.ts";
import { scanDatabase, type ScanOptions, type ScanReport, WHOLE } from "../scan/scan.ts";
import { FORMAT_VERSION, newerFormat } from "../format.ts";
import { BATCH_NUMBER_KEY, FORMAT_KEY } from "../keys.ts";
import { decodeNumber } from "../records.ts";
import { unsealed } from "../sealing.ts";
import { findValue } from "../scan/find_value.ts";
import { agrees, reconcile, type Reconciled } from "./reconcile.ts";
import { type Repair, repairDatabase, setAllAside } from "./repair.ts";

const NO_CONTENTS = new ContentsCounter().contents;

export interface RepairedDirectory extends Repair {
  /** What could be read afterwards. */
  readonly contents: Contents;
}

/**
 * Scans the database in `directory`. Rejects with {@linkcode StoreOpenError} when it is in use, not of
 * TideMQ, or newer.
 */
export async function checkDirectory(
  directory: string,
  options: ScanOptions,
): Promise<ScanReport> {
  if (!await exists(directory)) return await scanDatabase(directory, options);
  await requireOwnDatabase(directory);
  using _lock = await lockForReading(directory);
  const report = await scanDatabase(directory, options);
  await refuseNewer(report);
  return report;
}

/**
 * Repairs the database in `directory` and opens it, to see what is there. Rejects with
 * {@linkcode StoreOpenError} when it is in use, not of TideMQ, or cannot be repaired. `now`:
 * milliseconds since the epoch.
 */
export async function repairDirectory(directory: string, now: number): Promise<RepairedDirectory> {
  if (!await exists(directory)) {
    const before = await scanDatabase(directory, WHOLE);
    return { before, aside: undefined, done: [], contents: NO_CONTENTS };
  }
  await requireOwnDatabase(directory);
  using _lock = await DirectoryLock.take(directory);
  const repair = await repairDatabase(directory, now);
  if (repair.before.state === "none") return { ...repair, contents: NO_CONTENTS };
  if (repair.aside === undefined) {
    const contents = await withDatabase(directory, async (database) => {
      await requireKnownFormat(database);
      return await recordsAgree(database) ? await contentsOf(database) : undefined;
    });
    if (contents !== undefined) return { ...repair, contents };
  }
  const aside = repair.aside ?? await setAllAside(directory, now);
  return await withDatabase(directory, async (database) => {
    const done = [...repair.done, ...await reconciliation(database)];
    return { ...repair, aside, done, contents: await contentsOf(database) };
  });
}

/** A repair that was interrupted, or a merge of damaged tables, leaves intact files with wrong records. */
async function recordsAgree(database: Database): Promise<boolean> {
  return await whyLeftAlone(database) !== undefined || await agrees(database);
}

/** The database is not opened: a check changes nothing. */
async function refuseNewer(report: ScanReport): Promise<void> {
  const stored = await findValue(report, FORMAT_KEY);
  const value = stored && unsealed(FORMAT_KEY, stored);
  const format = value === undefined ? FORMAT_VERSION : decodeNumber("format version", value);
  if (format > FORMAT_VERSION) throw newerFormat(report.directory, format);
}

async function requireKnownFormat(database: Database): Promise<void> {
  const format = await readFormat(database);
  if (format > FORMAT_VERSION) throw newerFormat(database.directory, format);
}

/** Why the records of a database are left as they are; undefined: they are ours. */
async function whyLeftAlone(database: Database): Promise<string | undefined> {
  if (!await isOurs(database)) {
    return "it is no database of TideMQ: its records were left as they are";
  }
  return await readFormat(database) > FORMAT_VERSION
    ? "a newer version of TideMQ wrote it: its records were left as they are"
    : undefined;
}

/** Its own records may be lost; but every record has a seal, and where there is none nothing is spoilt. */
async function isOurs(database: Database): Promise<boolean> {
  if (await database.has(FORMAT_KEY) || await database.has(BATCH_NUMBER_KEY)) return true;
  let empty = true;
  for await (const keys of database.keys(EVERYTHING)) {
    empty = false;
    for (const key of keys) if (await isSealed(database, key)) return true;
  }
  return empty;
}

async function isSealed(database: Database, key: Uint8Array): Promise<boolean> {
  try {
    return await database.get(key) !== undefined;
  } catch (error) {
    if (error instanceof ReadError) return false;
    throw error;
  }
}

/** The format; that of this version when the database does not say, or says it no more. */
async function readFormat(database: Database): Promise<number> {
  try {
    const value = await database.get(FORMAT_KEY);
    return value === undefined ? FORMAT_VERSION : decodeNumber("format version", value);
  } catch (error) {
    if (error instanceof ReadError) return FORMAT_VERSION;
    throw error;
  }
}

async function reconciliation(database: Database): Promise<string[]> {
  const reason = await whyLeftAlone(database);
  return reason === undefined ? steps(await reconcile(database)) : [reason];
}

/** What was done, in plain words. */
function steps(reconciled: Reconciled): string[] {
  const { damaged, damagedNamed, sessionsWithoutRecord, deliveries, corrections } = reconciled;
  const done = damagedNamed.map((what) => `damaged and gone: ${what}`);
  if (damaged > done.length) done.push(`damaged and gone: ${damaged - done.length} more records`);
  if (sessionsWithoutRecord > 0) {
    done.push(`${sessionsWithoutRecord} sessions whose record was lost are gone`);
  }
  if (deliveries > 0) done.push(`${deliveries} messages whose contents were lost are gone`);
  if (corrections > 0) done.push(`${corrections} counts and index entries were corrected`);
  return done;
}

async function contentsOf(database: Database): Promise<Contents> {
  const counter = new ContentsCounter();
  for await (const keys of database.keys(EVERYTHING)) {
    for (const key of keys) counter.count(key);
  }
  return counter.contents;
}

/** Where nothing can be written, nobody can be writing either. */
async function lockForReading(directory: string): Promise<Disposable> {
  try {
    return await DirectoryLock.take(directory);
  } catch (error) {
    const { cause } = error as StoreOpenError & { cause?: { code?: string } };
    if (cause?.code === "EROFS") return { [Symbol.dispose]: () => {} };
    throw error;
  }
}
