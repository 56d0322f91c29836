/**
 * Copies the files of a database that is open, as they are now: what a crash would leave. Starts
 * over when LevelDB replaces files meanwhile, since old and new ones do not go together.
 */
export async function copyDatabase(from: string, to: string): Promise<void> {
  for (;;) {
    await Deno.mkdir(to);
    const names = await fileNames(from);
    if (await copyFiles(names, from, to) && `${names}` === `${await fileNames(from)}`) return;
    await Deno.remove(to, { recursive: true });
  }
}

async function fileNames(directory: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(directory)) if (isFile) names.push(name);
  return names.sort();
}

/** False when one of them is gone. */
async function copyFiles(names: readonly string[], from: string, to: string): Promise<boolean> {
  try {
    for (const name of names) await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
