import type { Clock } from "../../../base/clock.ts";
import { withWayOut } from "../damage_text.ts";
import { Database } from "../database.ts";
import { requestBackup } from "../control/control_client.ts";
import { DirectoryLock } from "../directory_lock.ts";
import { readFormat } from "../format.ts";
import { damaged } from "../mend/prepare.ts";
import { parentOf, removeFile, syncDirectory, writeAll } from "../mend/files.ts";
import { requireOwnDatabase } from "../ownership.ts";
import { scanDatabase, WHOLE, WITHOUT_TABLE_DATA } from "../scan/scan.ts";
import { BackupError, looksLikeBackup } from "./read_backup.ts";
import { type CheckedBackup, verifyBackup } from "./restore.ts";
import { writeBackup } from "./write_backup.ts";

/** Unfinished backups to one file, of commands that run or were killed. */
const PARTS_MAX = 100;

/**
 * Saves a backup of the store in `directory` to `path`: of the running broker that uses it or, when
 * none does, of the database as it lies there. It is read again to its end before it gets its name;
 * until then a backup that has the name stays.
 */
export async function saveBackup(
  path: string,
  directory: string,
  clock: Clock,
): Promise<CheckedBackup> {
  if (await looksLikeBackup(path) === false) {
    throw new BackupError(`${path} exists and is no backup: it is not overwritten`);
  }
  const { temporary, file } = await createBeside(path);
  try {
    using _file = file;
    await writeFile(file, directory, clock);
    const checked = await verifyBackup(temporary);
    await Deno.rename(temporary, path);
    await syncDirectory(parentOf(path));
    return checked;
  } catch (error) {
    await removeFile(temporary).catch(() => {});
    throw error;
  }
}

/** A new file with a name of its own: there may be another backup to `path` under way. */
async function createBeside(path: string): Promise<{ temporary: string; file: Deno.FsFile }> {
  for (let attempt = 1;; attempt++) {
    const temporary = `${path}.part${attempt === 1 ? "" : `-${attempt}`}`;
    try {
      // It holds messages and, one day, what people may do.
      const file = await Deno.open(temporary, { write: true, createNew: true, mode: 0o600 });
      return { temporary, file };
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists) || attempt === PARTS_MAX) throw error;
    }
  }
}

async function writeFile(file: Deno.FsFile, directory: string, clock: Clock): Promise<void> {
  const write = (bytes: Uint8Array) => writeAll(file, bytes);
  const running = await requestBackup(directory, write, clock);
  if (!running) await backUpStopped(directory, clock.now(), write);
  await file.sync();
}

async function backUpStopped(
  directory: string,
  now: number,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  await requireOwnDatabase(directory);
  await requireDatabase(directory);
  using _lock = await DirectoryLock.take(directory);
  // LevelDB would leave out without a word what it does not find.
  const { findings } = await scanDatabase(directory, WHOLE);
  const problems = findings.filter(({ mend }) => mend !== "nothing");
  if (problems.length > 0) throw damaged(directory, problems);
  const database = await Database.open(directory);
  try {
    await readFormat(database);
    await writeBackup(database, now, write);
  } catch (error) {
    throw withWayOut(directory, error);
  } finally {
    await database.close();
  }
}

/** Opening would make one. */
async function requireDatabase(directory: string): Promise<void> {
  const { state } = await scanDatabase(directory, WITHOUT_TABLE_DATA);
  if (state === "none") throw new BackupError(`there is no database in ${directory}`);
}
