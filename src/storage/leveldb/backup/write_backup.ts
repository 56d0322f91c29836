import { VERSION } from "../../../base/version.ts";
import { type Database, EVERYTHING } from "../database.ts";
import { FORMAT_VERSION } from "../format.ts";
import { BackupWriter } from "./backup_format.ts";

/** Parts that are gathered before they are handed on. */
const CHUNK_SIZE = 256 * 1024;

/**
 * Writes a backup of `database` as it is at this moment, whatever is written to it meanwhile. The
 * bytes are given to `write`, which takes its time: no more than a few pages are in memory. `now`:
 * milliseconds since the epoch.
 */
export async function writeBackup(
  database: Database,
  now: number,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  const chunks = new Chunks(write);
  const backup = new BackupWriter();
  await database.reading(async (snapshot) => {
    const createdAt = Math.floor(now);
    await chunks.add(backup.begin({ version: VERSION, createdAt, format: FORMAT_VERSION }));
    for await (const entries of snapshot.pages(EVERYTHING)) {
      await chunks.add(backup.entries(entries));
    }
    await chunks.add(backup.end());
    await chunks.flush();
  });
}

/** Joins small parts: each write costs a round through the event loop. */
class Chunks {
  readonly #write: (bytes: Uint8Array) => Promise<void>;
  #chunk = new Uint8Array(CHUNK_SIZE);
  #length = 0;

  constructor(write: (bytes: Uint8Array) => Promise<void>) {
    this.#write = write;
  }

  async add(parts: Iterable<Uint8Array>): Promise<void> {
    for (const part of parts) {
      if (this.#length + part.length > CHUNK_SIZE) await this.flush();
      this.#chunk.set(part, this.#length);
      this.#length += part.length;
    }
  }

  async flush(): Promise<void> {
    if (this.#length > 0) await this.#write(this.#chunk.subarray(0, this.#length));
    this.#length = 0;
  }
}
