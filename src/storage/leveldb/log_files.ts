/** LevelDB's log as files. */

/** The files of the log in `directory`, oldest first: one, or two while a table is being written. */
export async function logFiles(directory: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(directory)) {
    if (/^\d+\.log$/.test(name)) names.push(name);
  }
  return names.sort((a, b) => parseInt(a) - parseInt(b)).map((name) => `${directory}/${name}`);
}

/** Bytes of all of them. */
export async function logSize(directory: string): Promise<number> {
  let size = 0;
  for (const file of await logFiles(directory)) {
    size += await unlessGone(async () => (await Deno.stat(file)).size) ?? 0;
  }
  return size;
}

/**
 * Brings everything to the disk that was written. What is not in the log any more is in a table,
 * which LevelDB has synced.
 */
export async function syncLog(directory: string): Promise<void> {
  for (const path of await logFiles(directory)) {
    await unlessGone(async () => {
      using file = await Deno.open(path);
      await file.syncData();
    });
  }
}

/** LevelDB deletes a file of the log once it is in a table. */
export async function unlessGone<T>(use: () => Promise<T>): Promise<T | undefined> {
  try {
    return await use();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
