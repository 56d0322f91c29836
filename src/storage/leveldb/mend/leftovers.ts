import { CURRENT, manifestNumber } from "../scan/directory.ts";
import { PROBE_FILE } from "../space_probe.ts";
import { fileNames } from "./aside.ts";
import { removeFile, TEMPORARY_SUFFIX } from "./files.ts";

/**
 * Removes what a process that ended in between has left: the file of a probe for space, and files
 * that were to replace others and did not come to it. Nobody would read them again, and a probe may
 * hold the space that a full disk lacks. The caller holds the directory's lock.
 */
export async function removeLeftovers(directory: string): Promise<void> {
  for (const name of await fileNames(directory)) {
    if (isLeftover(name)) await removeFile(`${directory}/${name}`);
  }
}

function isLeftover(name: string): boolean {
  if (name === PROBE_FILE) return true;
  if (!name.endsWith(TEMPORARY_SUFFIX)) return false;
  const replaced = name.slice(0, -TEMPORARY_SUFFIX.length);
  return replaced === CURRENT || manifestNumber(replaced) !== undefined ||
    /^\d+\.(ldb|sst)$/.test(replaced);
}
