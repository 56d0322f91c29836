import { StoreOpenError } from "./errors.ts";
import { syncDirectory } from "./mend/files.ts";

/** The file whose lock says that somebody uses the directory. */
export const LOCK_FILE = "tidemq.lock";

/** Longer than a process id. */
const OWNER_LENGTH_MAX = 32;

/**
 * The right to use a directory. LevelDB has a lock of its own, but takes it only when it opens the
 * database, and opening already does what must not be done to a damaged one; so what looks through
 * the files before, and mends them, holds this lock. It goes with the process, whatever ends it.
 */
export class DirectoryLock implements Disposable {
  readonly #file: Deno.FsFile;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /**
   * Takes the lock of `directory`, which exists. Rejects with {@linkcode StoreOpenError} when
   * somebody has it.
   */
  static async take(directory: string): Promise<DirectoryLock> {
    const file = await openLockFile(directory);
    try {
      if (!await file.tryLock(true)) throw inUse(directory, await readOwner(file));
      await writeOwner(file);
      // It says whose the database is as well (`ownership.ts`): it must not be lost before that is.
      await syncDirectory(directory);
      return new DirectoryLock(file);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Gives the directory free. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}

async function openLockFile(directory: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(`${directory}/${LOCK_FILE}`, { read: true, write: true, create: true });
  } catch (error) {
    const { message } = error as Error;
    const text = `cannot use the storage directory ${directory}: ${message}`;
    throw new StoreOpenError("failed", text, { cause: error });
  }
}

function inUse(directory: string, owner: string): StoreOpenError {
  const by = owner === "" ? "another process" : `process ${owner}`;
  return new StoreOpenError("in_use", `the storage directory ${directory} is in use by ${by}`);
}

/** Who has the lock: only for the message. */
async function readOwner(file: Deno.FsFile): Promise<string> {
  const buffer = new Uint8Array(OWNER_LENGTH_MAX);
  const length = await file.read(buffer) ?? 0;
  return /^\d+/.exec(new TextDecoder().decode(buffer.subarray(0, length)))?.[0] ?? "";
}

/** The lock holds without it, and whoever looks for the reason of a full disk must get by. */
async function writeOwner(file: Deno.FsFile): Promise<void> {
  try {
    await file.truncate(0);
    await file.write(new TextEncoder().encode(`${Deno.pid}\n`));
  } catch {
    // Others are told that another process has the directory, but not which.
  }
}
