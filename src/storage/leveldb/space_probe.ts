import { logSize } from "./log_files.ts";
import { writeAll } from "./mend/files.ts";

/** Free space, beyond what the log takes once more, without which opening is not tried. */
const SPARE_BYTES = 1024 * 1024;

/** What a probe writes, and removes when it is done. */
export const PROBE_FILE = "space.probe";

/** Rejects when the disk has no room for what opening the database writes. */
export async function probeSpace(directory: string): Promise<void> {
  const path = `${directory}/${PROBE_FILE}`;
  try {
    using file = await Deno.open(path, { write: true, create: true, truncate: true });
    const chunk = new Uint8Array(SPARE_BYTES);
    for (let left = await logSize(directory) + SPARE_BYTES; left > 0; left -= chunk.length) {
      await writeAll(file, chunk);
    }
    await file.syncData();
  } finally {
    await Deno.remove(path).catch(() => {});
  }
}
