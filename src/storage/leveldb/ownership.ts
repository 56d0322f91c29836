import { LOCK_FILE } from "./directory_lock.ts";
import { StoreOpenError } from "./errors.ts";
import { type DatabaseFiles, exists, holdsData, listDatabase } from "./scan/directory.ts";

/**
 * Rejects with {@linkcode StoreOpenError} when `directory` holds a database that TideMQ did not make.
 * Only reads, and comes before anything that does more: taking the lock makes a file, and opening a
 * database changes it. Whoever makes a database here takes the lock first, so its file is beside
 * every database that is ours.
 */
export async function requireOwnDatabase(directory: string): Promise<void> {
  const files = await listFiles(directory);
  if (files === undefined || !files.hasCurrent && !holdsData(files)) return;
  // Looked for last: a broker that starts meanwhile makes the lock before the database.
  const path = `${directory}/${LOCK_FILE}`;
  if (await exists(path)) return;
  throw new StoreOpenError(
    "foreign",
    `${directory} holds a LevelDB database of another program: ${LOCK_FILE} is not there, which ` +
      "TideMQ puts beside its own; nothing was changed: choose another directory or, if the " +
      `database is TideMQ's all the same, create an empty file ${path}`,
  );
}

async function listFiles(directory: string): Promise<DatabaseFiles | undefined> {
  try {
    return await listDatabase(directory);
  } catch (error) {
    const reason = error instanceof Deno.errors.NotADirectory
      ? "is not a directory"
      : `cannot be read: ${(error as Error).message}`;
    throw new StoreOpenError("failed", `the storage directory ${directory} ${reason}`, {
      cause: error,
    });
  }
}
