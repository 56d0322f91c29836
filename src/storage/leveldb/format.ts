/**
 * The format of the database as a whole: which keys there are and what they mean. Records carry
 * versions of their own, so most changes do not touch it. A new format is one more step at the end
 * of `STEPS`, with a test that opens a database of the old one.
 */
import type { Logger } from "../../base/log.ts";
import { type Database, EVERYTHING, type Operation } from "./database.ts";
import { StoreOpenError } from "./errors.ts";
import {
  clientIdOf,
  clientPart,
  expiryKey,
  FORMAT_KEY,
  SessionPart,
  sessionPartOf,
} from "./keys.ts";
import { Tag, tagRange } from "./keys.ts";
import { decodeNumber, decodeSession, encodeNumber, PRESENT } from "./records.ts";
import { expiryOf } from "./session_expiry.ts";

/**
 * Takes a database one format further. May be cut short and run again: what it has written by then
 * must not disturb.
 */
type Step = (database: Database) => Promise<void>;

/** Step `n` (from 1) leads from format `n` to `n + 1`. */
const STEPS: readonly Step[] = [indexExpiries];

/** The format that this version of TideMQ reads and writes. */
export const FORMAT_VERSION = STEPS.length + 1;

/**
 * Makes sure that the database has the format of this version: marks a new one, takes an older one
 * further. Rejects with `StoreOpenError` for a newer one and for one that is not of TideMQ.
 */
export async function prepareFormat(database: Database, log: Logger): Promise<void> {
  const found = await readFormat(database);
  if (found === undefined) return await writeVersion(database, FORMAT_VERSION);
  for (let version = found; version < FORMAT_VERSION; version++) {
    log.info("database gets a new format", { from: version, to: version + 1 });
    await STEPS[version - 1]!(database);
    await writeVersion(database, version + 1);
  }
}

/**
 * The format of the database; undefined: it is empty. Rejects with `StoreOpenError` for one that is
 * newer than this version of TideMQ and for one that is not of TideMQ.
 */
export async function readFormat(database: Database): Promise<number | undefined> {
  const value = await database.get(FORMAT_KEY);
  if (value === undefined) {
    await requireEmpty(database);
    return undefined;
  }
  const format = decodeNumber("format version", value);
  if (format > FORMAT_VERSION) throw newerFormat(database.directory, format);
  return format;
}

export function newerFormat(directory: string, format: number): StoreOpenError {
  return new StoreOpenError(
    "newer_format",
    `the database in ${directory} has format ${format}, and this version of TideMQ reads formats ` +
      `up to ${FORMAT_VERSION}: use the version that wrote it, or a newer one`,
  );
}

async function requireEmpty(database: Database): Promise<void> {
  if (await database.lastKey(EVERYTHING) === undefined) return;
  throw new StoreOpenError(
    "foreign",
    `the database in ${database.directory} was not made by TideMQ: choose another directory`,
  );
}

function writeVersion(database: Database, version: number): Promise<void> {
  return database.write([{ key: FORMAT_KEY, value: encodeNumber(version) }], true);
}

/** Format 1 did not enter sessions in the index of expiries. */
async function indexExpiries(database: Database): Promise<void> {
  for await (const entries of database.pages(tagRange(Tag.SESSION))) {
    const operations: Operation[] = [];
    for (const [key, value] of entries) {
      if (sessionPartOf(key) !== SessionPart.RECORD) continue;
      const clientId = clientIdOf(key);
      const due = expiryOf(decodeSession(clientId, value));
      if (due === undefined) continue;
      operations.push({ key: expiryKey(due, clientPart(clientId)), value: PRESENT });
    }
    // The sync of the new version does not bring older files of the log to the disk.
    await database.write(operations, true);
  }
}
