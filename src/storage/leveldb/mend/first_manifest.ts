import { CURRENT, listDatabase, manifestName } from "../scan/directory.ts";
import { readManifest } from "../scan/scan_manifest.ts";
import { encodeVersion, type Version } from "../scan/version_edit.ts";
import { replaceFile } from "./files.ts";
import { LogWriter } from "./log_writer.ts";

/** LevelDB makes a database with this number, and gives itself a new one when it opens it. */
const FIRST = 1;

const EMPTY: Version = {
  logNumber: 0,
  previousLogNumber: 0,
  nextFileNumber: FIRST + 1,
  lastSequence: 0,
  tables: new Map(),
};

/**
 * Mends a database whose very first start was cut short by a loss of power. LevelDB does not sync
 * the MANIFEST with which it makes a database, though it syncs CURRENT, which names it: so its
 * bytes may be missing afterwards. What belongs in it is always the same, and all that was stored
 * since is in logs. Returns whether there was something to mend.
 */
export async function mendFirstManifest(directory: string): Promise<boolean> {
  const files = await listDatabase(directory);
  if (files === undefined || !files.hasCurrent || files.tables.size > 0) return false;
  const name = manifestName(FIRST);
  if (await Deno.readTextFile(`${directory}/${CURRENT}`) !== `${name}\n`) return false;
  const path = `${directory}/${name}`;
  if (files.manifests.includes(FIRST) && await isIntact(path)) return false;
  await replaceFile(path, new LogWriter().record(encodeVersion(EMPTY)));
  return true;
}

async function isIntact(path: string): Promise<boolean> {
  const { version, outcome } = await readManifest(path);
  return version !== undefined && outcome.break === undefined;
}
