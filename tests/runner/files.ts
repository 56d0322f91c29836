/** Folders in which nothing is ours, or nothing is source. */
const SKIPPED_FOLDERS = new Set([".cache", ".git", "coverage", "data", "node_modules", "out"]);

/** Every file of the repository below `root`, relative to it, sorted. */
export async function repositoryFiles(root: string): Promise<string[]> {
  const found: string[] = [];
  await collect(root, "", found);
  return found.sort();
}

/** The test files among them. */
export async function testFiles(root: string): Promise<string[]> {
  return (await repositoryFiles(root)).filter((file) => file.endsWith("_test.ts"));
}

async function collect(root: string, folder: string, found: string[]): Promise<void> {
  for await (const entry of Deno.readDir(`${root}/${folder}`)) {
    if (entry.isFile) found.push(`${folder}${entry.name}`);
    if (entry.isDirectory && !SKIPPED_FOLDERS.has(entry.name)) {
      await collect(root, `${folder}${entry.name}/`, found);
    }
  }
}
