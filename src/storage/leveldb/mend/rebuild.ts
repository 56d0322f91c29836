import { ClassicLevel } from "classic-level";
import { exists } from "../scan/directory.ts";

/** Behind every key. */
const BEHIND_ALL = new Uint8Array(1024).fill(0xff);

/**
 * Has LevelDB make a new MANIFEST from the tables and logs of `directory`. Its repair looks at no
 * checksums: what is damaged has been cut out before.
 *
 * It puts all tables on one level, where LevelDB takes the table with the larger number for the
 * newer one, which a table that was only merged again is not. Compacting everything brings the
 * entries into their order before anybody reads one.
 */
export async function rebuildManifest(directory: string): Promise<void> {
  const lost = `${directory}/lost`;
  const hadLost = await exists(lost);
  await ClassicLevel.repair(directory);
  const level = new ClassicLevel<Uint8Array, Uint8Array>(directory, {
    keyEncoding: "view",
    valueEncoding: "view",
    createIfMissing: false,
  });
  await level.open();
  try {
    await level.compactRange(new Uint8Array(0), BEHIND_ALL);
  } finally {
    await level.close();
  }
  // What LevelDB's repair replaced, which was copied aside before as well.
  if (!hadLost && await exists(lost)) await Deno.remove(lost, { recursive: true });
}
