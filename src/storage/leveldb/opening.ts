import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import { DirectoryLock } from "./directory_lock.ts";
import { StoreOpenError } from "./errors.ts";
import { requireOwnDatabase } from "./ownership.ts";
import { removeLeftovers } from "./mend/leftovers.ts";
import { prepareDatabase } from "./mend/prepare.ts";
import { describeFinding } from "./scan/finding.ts";

export interface DirectoryOptions {
  readonly directory: string;
  /** Tables whose data is checked before the database is opened have at most so many bytes. */
  readonly checkOnStartBytes: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A storage directory that is ours, and whose database can be opened. */
export interface ReadyDirectory {
  /** Held for as long as the database is in use. */
  readonly lock: DirectoryLock;
  /** What was found damaged and cut off, in plain words, and where its copy is; empty: nothing. */
  readonly damage: readonly string[];
}

/**
 * Makes the directory when it is missing and leaves it alone when its database is not ours, takes
 * its lock, clears what an earlier process left unfinished, and looks through the database before
 * LevelDB does: see `mend/prepare.ts`. Rejects with {@linkcode StoreOpenError}.
 */
export async function openDirectory(options: DirectoryOptions): Promise<ReadyDirectory> {
  const { directory, clock, checkOnStartBytes: tableBytesMax } = options;
  await requireOwnDatabase(directory);
  await makeDirectory(directory);
  const lock = await DirectoryLock.take(directory);
  try {
    await removeLeftovers(directory);
    const preparation = await prepareDatabase(directory, clock.now(), { tableBytesMax });
    const { lost, notes, aside, tablesUnread } = preparation;
    for (const note of notes) options.log.info("storage", { found: describeFinding(note) });
    if (tablesUnread > 0) {
      const text = "the data of some tables was not checked: there is more than check_on_start";
      options.log.info(text, { tables: tablesUnread, checkOnStartBytes: tableBytesMax });
    }
    for (const { file, offset, reason, consequence } of lost) {
      const fields = { file, offset, reason, consequence, copy: `${directory}/${aside}` };
      options.log.error("storage was damaged: the damage was cut off", fields);
    }
    if (lost.length === 0) return { lock, damage: [] };
    const copy = `the files as they were are in ${directory}/${aside}`;
    return { lock, damage: [...lost.map(describeFinding), copy] };
  } catch (error) {
    lock[Symbol.dispose]();
    if (error instanceof StoreOpenError) throw error;
    throw notPossible(`cannot look through the storage directory ${directory}`, error);
  }
}

async function makeDirectory(directory: string): Promise<void> {
  try {
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw notPossible(`cannot make the storage directory ${directory}`, error);
  }
}

function notPossible(what: string, error: unknown): StoreOpenError {
  return new StoreOpenError("failed", `${what}: ${(error as Error).message}`, { cause: error });
}
