import { LOG_BLOCK_SIZE } from "./log_format.ts";
import { type LogOutcome, LogScan, type RecordSink } from "./log_scan.ts";

/** Blocks that are read at once. */
const BLOCKS_PER_READ = 32;

/** Reads the log at `path` from the byte `from` on; offsets count from there. */
export async function scanLogFile(path: string, sink: RecordSink, from = 0): Promise<LogOutcome> {
  const scan = new LogScan(sink);
  using file = await Deno.open(path);
  await file.seek(from, Deno.SeekMode.Start);
  const buffer = new Uint8Array(BLOCKS_PER_READ * LOG_BLOCK_SIZE);
  for (let filled = buffer.length; filled === buffer.length;) {
    filled = await fill(file, buffer);
    for (let at = 0; at < filled; at += LOG_BLOCK_SIZE) {
      scan.push(buffer.subarray(at, Math.min(at + LOG_BLOCK_SIZE, filled)));
    }
  }
  return scan.finish();
}

/** Reads until `buffer` is full or the file ends; how many bytes there were. */
export async function fill(file: Deno.FsFile, buffer: Uint8Array): Promise<number> {
  let filled = 0;
  while (filled < buffer.length) {
    const count = await file.read(buffer.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return filled;
}
