import type { ClientLoop } from "../load/client_loop.ts";
import type { Meters } from "../load/meters.ts";
import { pollFor } from "../support/crowd.ts";

/** Long enough for garbage to be collected, as far as the broker does so, and for the disk to be written. */
const SETTLE_SECONDS = 5;

/** What the broker holds at a moment, in bytes. */
export interface Holding {
  readonly memory: number;
  readonly disk: number;
}

/** Lets the broker come to rest, then looks what it holds. */
export async function settledHolding(
  loop: ClientLoop,
  meters: Meters,
  directory: string,
): Promise<Holding> {
  pollFor(loop, SETTLE_SECONDS);
  return { memory: meters.residentBytes(), disk: await bytesBelow(directory) };
}

/** The sum of the lengths of all files. */
export async function bytesBelow(directory: string): Promise<number> {
  let bytes = 0;
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    const path = `${directory}/${name}`;
    if (isDirectory) bytes += await bytesBelow(path);
    else bytes += (await Deno.stat(path).catch(() => ({ size: 0 }))).size; // compaction removes files
  }
  return bytes;
}
