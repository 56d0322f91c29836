/** Kept in memory: a sync there costs nothing. */
const IN_MEMORY = new Set(["tmpfs", "ramfs", "devtmpfs"]);

/**
 * The file system that `directory` is on, in words. Throws where it is memory, so that what is
 * measured would be no disk. Asks `df`: Deno gives nobody /proc/mounts without all permissions.
 */
export async function requireDisk(directory: string): Promise<string> {
  const { stdout } = await new Deno.Command("df", {
    args: ["--output=fstype,source,target", directory],
  }).output();
  const [, row = ""] = new TextDecoder().decode(stdout).split("\n");
  const [type = "unknown", source, target] = row.trim().split(/\s+/);
  if (IN_MEMORY.has(type)) {
    throw new Error(`${directory} is on ${type} (${target}), which is memory: name one on a disk`);
  }
  return `${type} on ${source}, mounted at ${target}`;
}
