/**
 * Brings a directory into a state in which a loss of power could have left it.
 *
 * A SIGKILL ends the program but keeps the page cache: everything that was written is there
 * afterwards, synced or not, so a kill alone proves nothing about syncs. Here the files are cut back
 * to what was made durable. What that is:
 *
 * - Bytes of a file: those that it had when it was last synced (fsync, fdatasync). POSIX says
 *   nothing about what came later: it may be there or not, in part, or as zeros where the length
 *   was written and the data was not, from the beginning of some sector on. All four are played.
 * - Names (creations, renames, deletions): those that were there when the directory was last
 *   synced. LevelDB relies on more. It syncs the directory only before it writes its manifest; a
 *   new file of the log, to which it writes what is acknowledged at once, may not be in a synced
 *   directory until megabytes later. Nor does it sync the directory after it has renamed CURRENT
 *   and before it deletes the manifest that the old CURRENT names. Both are sound on file systems
 *   that keep a journal of names (ext4, XFS, Btrfs, F2FS): there a sync of a file brings its own
 *   name along, and changes of names become durable in their order. These are the file systems
 *   that are played here; on one without a journal (ext2, FAT) LevelDB promises nothing.
 * - So after a loss of power the names are those of some moment between the last sync, of the
 *   directory or of a file in it, and the end; which moment, is drawn.
 *
 * LevelDB writes its files once, from the beginning to the end. A program that overwrites what it
 * has synced (pwrite, a shared mapping) cannot be played, and is told so by {@link readRecording}.
 */
import type { Random } from "../../src/base/random.ts";
import { type NameChange, readRecording, type Recording } from "./sync_shim.ts";

/**
 * When names are durable: `journal`, as above, or only as far as POSIX promises, when the directory
 * was synced. LevelDB does not survive the latter.
 */
export type NameRules = "journal" | "posix";

export class PowerLoss {
  /** Where the program is watched from, and what is needed for going back is kept. */
  readonly keep: string;
  readonly directory: string;
  /** The names before the program started, and how many bytes each file had. */
  #before = new Map<string, string>();
  #lengths = new Map<string, number>();

  /** `keep` is on the same file system as `directory`, and may be deleted. */
  constructor(directory: string, keep: string) {
    this.directory = directory;
    this.keep = keep;
  }

  /** Call before each start of the program: what is there now counts as durable. */
  async prepare(): Promise<void> {
    await Deno.remove(this.keep, { recursive: true }).catch(unlessMissing);
    await Deno.mkdir(this.keep, { recursive: true });
    this.#before = new Map();
    this.#lengths = new Map();
    for (const name of await fileNames(this.directory)) {
      const path = `${this.directory}/${name}`;
      const { ino, size } = await Deno.stat(path);
      await Deno.link(path, `${this.keep}/${ino}`);
      this.#before.set(name, `${ino}`);
      this.#lengths.set(`${ino}`, size);
    }
  }

  /** The program is dead: now the power goes. Returns what was played, in words. */
  async strike(random: Random, rules: NameRules = "journal"): Promise<string> {
    const recording = await this.recording();
    const { changes } = recording;
    const durable = rules === "posix" ? recording.promisedChanges : recording.durableChanges;
    const made = durable + random.below(changes.length - durable + 1);
    const { kind, leftOf } = drawLeft(random);
    const gone = await this.leave(recording, made, leftOf);
    return `${made} of ${changes.length} names changed (${durable} durable), unsynced bytes ` +
      `${kind}: ${gone} gone`;
  }

  /** What the program has done, or the first `events` things of it. */
  recording(events?: number): Promise<Recording> {
    return readRecording(this.keep, this.#lengths, events);
  }

  /**
   * Leaves the first `made` changes of names, and of each file the bytes that were synced and those
   * that `leftOf` says. Returns how many are gone. May be called again.
   */
  async leave(
    { changes, synced }: Recording,
    made: number,
    leftOf: (part: Unsynced) => Left,
  ): Promise<number> {
    const names = namesAfter(this.#before, changes.slice(0, made));
    for (const name of await fileNames(this.directory)) {
      await Deno.remove(`${this.directory}/${name}`);
    }
    let gone = 0;
    for (const [name, inode] of names) {
      const path = `${this.directory}/${name}`;
      await Deno.copyFile(`${this.keep}/${inode}`, path);
      const { size } = await Deno.stat(path);
      const sure = Math.min(size, synced.get(inode) ?? 0);
      const { bytes, zeros } = leftOf({ from: sure, length: size - sure });
      if (sure + bytes < size) await Deno.truncate(path, sure + bytes);
      if (zeros > 0) await Deno.truncate(path, sure + bytes + zeros);
      gone += size - sure - bytes;
    }
    return gone;
  }
}

/** The end of a file that was written and not synced. */
export interface Unsynced {
  readonly from: number;
  readonly length: number;
}

/** What is left of it: so many bytes, and so many zeros behind them. */
export interface Left {
  readonly bytes: number;
  readonly zeros: number;
}

export const NOTHING_LEFT: Left = { bytes: 0, zeros: 0 };

/** What can be left of bytes that were not synced; `gone` is what shows most. */
const KINDS = ["gone", "gone", "partly", "zeros", "all"] as const;

/** What a disk writes at once. */
const SECTOR_BYTES = 512;

export function drawLeft(random: Random): { kind: string; leftOf: (part: Unsynced) => Left } {
  const kind = KINDS[random.below(KINDS.length)]!;
  return { kind, leftOf: (part) => leftOf(kind, part, random) };
}

function leftOf(kind: typeof KINDS[number], { from, length }: Unsynced, random: Random): Left {
  const some = random.below(length + 1);
  switch (kind) {
    case "gone":
      return NOTHING_LEFT;
    case "all":
      return { bytes: length, zeros: 0 };
    case "partly":
      return { bytes: some, zeros: 0 };
    case "zeros": {
      const sector = Math.ceil((from + some) / SECTOR_BYTES) * SECTOR_BYTES - from;
      const bytes = Math.min(sector, length);
      return { bytes, zeros: length - bytes };
    }
  }
}

function namesAfter(
  before: ReadonlyMap<string, string>,
  changes: readonly NameChange[],
): Map<string, string> {
  const names = new Map(before);
  for (const change of changes) {
    if (change.kind === "created") names.set(change.name, change.inode);
    else if (change.kind === "deleted") names.delete(change.name);
    else {
      const inode = names.get(change.from);
      names.delete(change.from);
      if (inode !== undefined) names.set(change.to, inode);
    }
  }
  return names;
}

/** Files of the directory; folders in it are not watched. */
async function fileNames(directory: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name, isFile } of Deno.readDir(directory)) if (isFile) names.push(name);
  } catch (error) {
    unlessMissing(error);
  }
  return names;
}

function unlessMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
