/** What is done to a database by hand, while no broker uses it. */
import { type Contents, ContentsCounter } from "../contents.ts";
import { Database } from "../database.ts";
import { DirectoryLock } from "../directory_lock.ts";
import { StoreOpenError } from "../errors.ts";
import { scanDatabase, type ScanOptions, type ScanReport } from "../scan/scan.ts";
import { FORMAT_VERSION } from "../format.ts";
import { BATCH_NUMBER_KEY, FORMAT_KEY } from "../keys.ts";
import { decodeNumber } from "../records.ts";
import { reconcile } from "./reconcile.ts";
import { type Repair, repairDatabase } from "./repair.ts";

/** All keys. */
const EVERYTHING = { gte: new Uint8Array(0), lt: Uint8Array.of(0xff) };

const NO_CONTENTS = new ContentsCounter().contents;

export interface RepairedDirectory extends Repair {
  /** What could be read afterwards. */
  readonly contents: Contents;
}

/** Scans the database in `directory`. Rejects with {@linkcode StoreOpenError} when it is in use. */
export async function checkDirectory(
  directory: string,
  options: ScanOptions,
): Promise<ScanReport> {
  if (!await exists(directory)) return await scanDatabase(directory, options);
  using _lock = await lockForReading(directory);
  return await scanDatabase(directory, options);
}

/**
 * Repairs the database in `directory` and opens it, to see what is there. Rejects with
 * {@linkcode StoreOpenError} when it is in use or cannot be repaired. `now`: milliseconds since the
 * epoch.
 */
export async function repairDirectory(directory: string, now: number): Promise<RepairedDirectory> {
  if (!await exists(directory)) {
    const before = await scanDatabase(directory, { full: true });
    return { before, aside: undefined, done: [], contents: NO_CONTENTS };
  }
  using _lock = await DirectoryLock.take(directory);
  const repair = await repairDatabase(directory, now);
  if (repair.before.state === "none") return { ...repair, contents: NO_CONTENTS };
  const database = await Database.open(directory);
  try {
    const done = repair.aside === undefined ? [] : await reconciliation(database);
    const contents = await contentsOf(database);
    return { ...repair, done: [...repair.done, ...done], contents };
  } finally {
    await database.close();
  }
}

async function reconciliation(database: Database): Promise<string[]> {
  const format = await database.get(FORMAT_KEY);
  if (format === undefined && await database.get(BATCH_NUMBER_KEY) === undefined) {
    return ["it is no database of TideMQ: its records were left as they are"];
  }
  if (format !== undefined && decodeNumber("format version", format) > FORMAT_VERSION) {
    return ["a newer version of TideMQ wrote it: its records were left as they are"];
  }
  const { sessionsWithoutRecord, deliveries, corrections } = await reconcile(database);
  const done: string[] = [];
  if (sessionsWithoutRecord > 0) {
    done.push(`${sessionsWithoutRecord} sessions whose record was lost are gone`);
  }
  if (deliveries > 0) done.push(`${deliveries} messages whose contents were lost are gone`);
  if (corrections > 0) done.push(`${corrections} counts and index entries were corrected`);
  return done;
}

async function contentsOf(database: Database): Promise<Contents> {
  const counter = new ContentsCounter();
  for await (const entries of database.pages(EVERYTHING)) {
    for (const [key] of entries) counter.count(key);
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

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
