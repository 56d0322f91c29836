import { Database } from "../database.ts";
import { requestBackup } from "../control/control_client.ts";
import { DirectoryLock } from "../directory_lock.ts";
import { StoreOpenError } from "../errors.ts";
import { parentOf, removeFile, syncDirectory, writeAll } from "../mend/files.ts";
import { describeFinding } from "../scan/finding.ts";
import { scanDatabase, WHOLE, WITHOUT_TABLE_DATA } from "../scan/scan.ts";
import { BackupError, looksLikeBackup } from "./read_backup.ts";
import { type CheckedBackup, verifyBackup } from "./restore.ts";
import { writeBackup } from "./write_backup.ts";

/**
 * Saves a backup of the store in `directory` to `path`: of the running broker that uses it or, when
 * none does, of the database as it lies there. It is read again to its end before it gets its name;
 * until then a backup that has the name stays. `now`: milliseconds since the epoch.
 */
export async function saveBackup(
  path: string,
  directory: string,
  now: number,
): Promise<CheckedBackup> {
  if (await looksLikeBackup(path) === false) {
    throw new BackupError(`${path} exists and is no backup: it is not overwritten`);
  }
  const temporary = `${path}.part`;
  try {
    await writeFile(temporary, directory, now);
    const checked = await verifyBackup(temporary);
    await Deno.rename(temporary, path);
    await syncDirectory(parentOf(path));
    return checked;
  } catch (error) {
    await removeFile(temporary).catch(() => {});
    throw error;
  }
}

async function writeFile(path: string, directory: string, now: number): Promise<void> {
  // It holds messages and, one day, what people may do.
  const options = { write: true, create: true, truncate: true, mode: 0o600 };
  using file = await Deno.open(path, options);
  const write = (bytes: Uint8Array) => writeAll(file, bytes);
  const running = await requestBackup(directory, write);
  if (!running) await backUpStopped(directory, now, write);
  await file.sync();
}

async function backUpStopped(
  directory: string,
  now: number,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  await requireDatabase(directory);
  using _lock = await DirectoryLock.take(directory);
  // LevelDB would leave out without a word what it does not find.
  const { findings } = await scanDatabase(directory, WHOLE);
  const problem = findings.find(({ mend }) => mend !== "nothing");
  if (problem !== undefined) {
    const message = `the database in ${directory} is damaged: ${describeFinding(problem)}`;
    throw new StoreOpenError("damaged", message);
  }
  const database = await Database.open(directory);
  try {
    await writeBackup(database, now, write);
  } finally {
    await database.close();
  }
}

/** Opening would make one. */
async function requireDatabase(directory: string): Promise<void> {
  const { state } = await scanDatabase(directory, WITHOUT_TABLE_DATA);
  if (state === "none") throw new BackupError(`there is no database in ${directory}`);
}
