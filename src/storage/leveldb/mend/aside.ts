import { copySynced, syncDirectory } from "./files.ts";

/** Folders beside the damaged files are named so, with the time in UTC behind it. */
const ASIDE_PREFIX = "damaged-";

/** Names for folders that were made within the same second. */
const SAME_SECOND_MAX = 100;

/** Tables are never changed, only replaced: a second name for one keeps it as well as a copy. */
const UNCHANGING = /\.(ldb|sst)$/;

/**
 * Copies files of `directory` into a new folder in it, and returns when they are on the disk: the
 * name of the folder. `now`: milliseconds since the epoch.
 */
export async function setAside(
  directory: string,
  names: readonly string[],
  now: number,
): Promise<string> {
  const folder = await newFolder(directory, now);
  for (const name of names) {
    const to = `${directory}/${folder}/${name}`;
    if (!UNCHANGING.test(name) || !await linked(`${directory}/${name}`, to)) {
      await copySynced(`${directory}/${name}`, to);
    }
  }
  await syncDirectory(`${directory}/${folder}`);
  await syncDirectory(directory);
  return folder;
}

/** The files of a directory, without those of folders in it. */
export async function fileNames(directory: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(directory)) {
    if (isFile) names.push(name);
  }
  return names.sort();
}

async function newFolder(directory: string, now: number): Promise<string> {
  const time = new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, "");
  for (let attempt = 1;; attempt++) {
    const folder = `${ASIDE_PREFIX}${time}Z${attempt === 1 ? "" : `-${attempt}`}`;
    try {
      await Deno.mkdir(`${directory}/${folder}`, { mode: 0o700 });
      return folder;
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists) || attempt === SAME_SECOND_MAX) throw error;
    }
  }
}

/** False where the file system has no hard links. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await Deno.link(from, to);
    return true;
  } catch {
    return false;
  }
}
