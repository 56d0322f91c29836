/** The library that records what a program makes durable, and what it has recorded. */

const SOURCE = new URL("sync_shim.c", import.meta.url).pathname;

/** A change of the names in the directory, in the order in which they happened. */
export type NameChange =
  | { readonly kind: "created"; readonly inode: string; readonly name: string }
  | { readonly kind: "renamed"; readonly from: string; readonly to: string }
  | { readonly kind: "deleted"; readonly name: string };

/** Everything that was recorded of one directory. */
export interface Recording {
  readonly events: number;
  /** The last mark that the program has made among its events, if any. */
  readonly mark: number;
  readonly changes: readonly NameChange[];
  /** How many of the changes had been made when the directory, or any file in it, was last synced. */
  readonly durableChanges: number;
  /** The same, but without the files: as far as POSIX promises. */
  readonly promisedChanges: number;
  /** How many bytes of each file, by inode, were synced. */
  readonly synced: ReadonlyMap<string, number>;
}

/** Compiles the library into `folder`. */
export async function buildSyncShim(folder: string): Promise<string> {
  const library = `${folder}/sync_shim.so`;
  const { success, stderr } = await new Deno.Command("cc", {
    args: [
      ...["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-pthread"],
      ...["-o", library, SOURCE, "-ldl"],
    ],
    stdin: "null",
  }).output();
  if (!success) throw new Error(`cc failed:\n${new TextDecoder().decode(stderr)}`);
  return library;
}

/** The environment of a program that is watched. */
export function watchedBy(library: string, directory: string, keep: string) {
  return { LD_PRELOAD: library, SYNC_SHIM_WATCH: directory, SYNC_SHIM_KEEP: keep };
}

/** For a program: notes among its own events that it has come so far. */
export function noteMark(keep: string, mark: number): void {
  Deno.writeTextFileSync(`${keep}/events`, `M ${mark}\n`, { append: true });
}

/**
 * Reads what was recorded in `keep`, or the first `events` of it; nothing when the program did not
 * come that far. `lengths` are those of the files that were there before, by inode.
 */
export async function readRecording(
  keep: string,
  lengths: ReadonlyMap<string, number> = new Map(),
  events = Infinity,
): Promise<Recording> {
  const changes: NameChange[] = [];
  const synced = new Map(lengths);
  let mark = 0;
  let durableChanges = 0;
  let promisedChanges = 0;
  const lines = (await eventsIn(keep)).split("\n").slice(0, -1).slice(0, events);
  for (const line of lines) {
    const [kind, first = "", second = "", third = ""] = line.split(" ");
    switch (kind) {
      case "C":
        changes.push({ kind: "created", inode: first, name: second });
        break;
      case "R":
        changes.push({ kind: "renamed", from: first, to: second });
        break;
      case "U":
        changes.push({ kind: "deleted", name: first });
        break;
      case "T":
        synced.set(first, Math.min(synced.get(first) ?? 0, Number(second)));
        break;
      case "S":
        // Two threads may report in another order than they have synced.
        synced.set(first, Math.max(synced.get(first) ?? 0, Number(second)));
        durableChanges = Math.max(durableChanges, Number(third));
        break;
      case "D":
        durableChanges = Math.max(durableChanges, Number(first));
        promisedChanges = Math.max(promisedChanges, Number(first));
        break;
      case "M":
        mark = Number(first);
        break;
      default:
        throw new Error(`the program did what a loss of power cannot be played for: ${line}`);
    }
  }
  return { events: lines.length, mark, changes, durableChanges, promisedChanges, synced };
}

async function eventsIn(keep: string): Promise<string> {
  try {
    return await Deno.readTextFile(`${keep}/events`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
