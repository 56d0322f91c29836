/** Not searched: nothing in them is ours. */
const SKIPPED_FOLDERS = new Set(["node_modules", "coverage", "data"]);

/** Test files below `root`, relative to it, sorted. */
export async function testFiles(root: string): Promise<string[]> {
  const found: string[] = [];
  await collect(root, "", found);
  return found.sort();
}

async function collect(root: string, folder: string, found: string[]): Promise<void> {
  for await (const entry of Deno.readDir(`${root}/${folder}`)) {
    if (entry.name.startsWith(".")) continue;
    if (entry.isDirectory) {
      if (!SKIPPED_FOLDERS.has(entry.name)) {
        await collect(root, `${folder}${entry.name}/`, found);
      }
    } else if (entry.name.endsWith("_test.ts")) {
      found.push(`${folder}${entry.name}`);
    }
  }
}
