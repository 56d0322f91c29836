import { Database } from "../database.ts";
import type { Entry } from "../database.ts";
import { DirectoryLock } from "../directory_lock.ts";
import { FORMAT_VERSION } from "../format.ts";
import { type Contents, ContentsCounter } from "../contents.ts";
import { syncLog } from "../log_files.ts";
import { removeFile, replaceFile, syncDirectory } from "../mend/files.ts";
import { RESTORE_MARKER } from "../scan/scan.ts";
import type { BackupHeader } from "./backup_format.ts";
import { BackupError, type BackupSummary, readBackup } from "./read_backup.ts";

/** What a file system puts into its topmost folder. */
const OF_THE_FILE_SYSTEM = new Set(["lost+found"]);

export interface CheckedBackup extends BackupSummary {
  readonly contents: Contents;
}

/** Reads a backup to its end. Rejects with {@linkcode BackupError} when it is not whole. */
export async function verifyBackup(path: string): Promise<CheckedBackup> {
  const counter = new ContentsCounter();
  const summary = await readBackup(path, (entries, header) => {
    requireFormat(path, header);
    for (const [key] of entries) counter.count(key);
  });
  requireFormat(path, summary.header);
  return { ...summary, contents: counter.contents };
}

/**
 * Restores the backup at `path` to `directory`, which is empty or missing. The backup is read to its
 * end before anything is written; what is then restored is a database when all of it is there, and
 * never before: a file in the directory says so until then. Rejects with {@linkcode BackupError}.
 */
export async function restoreBackup(path: string, directory: string): Promise<CheckedBackup> {
  const checked = await verifyBackup(path);
  await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  await requireEmpty(directory);
  using _lock = await DirectoryLock.take(directory);
  try {
    await fillDirectory(path, directory);
  } catch (error) {
    await emptyDirectory(directory);
    throw error;
  }
  return checked;
}

async function fillDirectory(path: string, directory: string): Promise<void> {
  await replaceFile(`${directory}/${RESTORE_MARKER}`, []);
  const database = await Database.open(directory);
  try {
    await readBackup(path, (entries) => database.write(operations(entries), false));
    await syncLog(directory);
  } finally {
    await database.close();
  }
  await syncDirectory(directory);
  await removeFile(`${directory}/${RESTORE_MARKER}`);
}

/** The marker goes last: what cannot be removed must not pass for a database. */
async function emptyDirectory(directory: string): Promise<void> {
  const names = [...Deno.readDirSync(directory)].map(({ name }) => name);
  const ours = names.filter((name) => !OF_THE_FILE_SYSTEM.has(name) && name !== RESTORE_MARKER);
  for (const name of ours) await Deno.remove(`${directory}/${name}`, { recursive: true });
  await removeFile(`${directory}/${RESTORE_MARKER}`);
}

function operations(entries: readonly Entry[]) {
  return entries.map(([key, value]) => ({ key, value }));
}

async function requireEmpty(directory: string): Promise<void> {
  for await (const { name } of Deno.readDir(directory)) {
    if (OF_THE_FILE_SYSTEM.has(name)) continue;
    throw new BackupError(`${directory} is not empty: a backup is restored to an empty directory`);
  }
}

function requireFormat(path: string, { format, version }: BackupHeader): void {
  if (format <= FORMAT_VERSION) return;
  throw new BackupError(
    `${path} was made by TideMQ ${version} with database format ${format}; this version reads ` +
      `formats up to ${FORMAT_VERSION}`,
  );
}
