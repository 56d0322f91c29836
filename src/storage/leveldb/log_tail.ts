/**
 * The end of LevelDB's log. A batch that failed may all the same be in the log, whole or in part,
 * and would be there again after the next start: it is cut off before anything else happens. Every
 * batch starts with its number (`BATCH_NUMBER_KEY`), so it can be found.
 *
 * The format (LevelDB, `doc/log_format.md`): blocks of 32 KiB with records of a checksum (4 bytes),
 * a length (2), a type (1) and data; a batch that does not fit is split into FIRST, MIDDLE, LAST. A
 * batch is a sequence number (8 bytes), a count (4) and its operations: 01 key value, or 00 key.
 */
import { BATCH_NUMBER_KEY } from "./keys.ts";
import { logFiles, unlessGone } from "./log_files.ts";
import { decodeNumber } from "./records.ts";

const BLOCK_BYTES = 32 * 1024;
const HEADER_BYTES = 7;

const FULL = 1;
const FIRST = 2;
const LAST = 4;

const BATCH_HEADER_BYTES = 12;
const PUT = 1;

/** What stands in front of the batch number: header, PUT, length of the key, key. */
const NUMBER_AT = BATCH_HEADER_BYTES + 2 + BATCH_NUMBER_KEY.length;
/** The beginning of a batch, up to its number: length and at most nine bytes. */
const BEGINNING_BYTES = NUMBER_AT + 10;

/**
 * Cuts off every batch with a larger number than `lastBatch`. Nobody writes to the database, now or
 * until it is opened again.
 */
export async function cutLogAfter(directory: string, lastBatch: number): Promise<void> {
  for (const file of await logFiles(directory)) {
    await unlessGone(async () => {
      const bytes = await Deno.readFile(file);
      const end = endOfBatch(bytes, lastBatch);
      if (end < bytes.length) await Deno.truncate(file, end);
    });
  }
}

/**
 * Where the first batch starts that has a larger number than `lastBatch` or is not there as a whole;
 * the length when there is none.
 */
export function endOfBatch(bytes: Uint8Array, lastBatch: number): number {
  for (const { start, beginning, whole } of batchesIn(bytes)) {
    if (!whole || numberOf(beginning) > lastBatch) return start;
  }
  return bytes.length;
}

interface LoggedBatch {
  /** Where it starts in the file. */
  readonly start: number;
  /** Its first bytes. */
  readonly beginning: Uint8Array;
  /** False when the file ends before it does. */
  readonly whole: boolean;
}

/** The batches in the bytes of a log file, in order. */
function* batchesIn(bytes: Uint8Array): Generator<LoggedBatch> {
  let start = 0;
  let beginning = new Uint8Array(0);
  let open = false;
  for (let at = 0; at + HEADER_BYTES <= bytes.length;) {
    const left = BLOCK_BYTES - at % BLOCK_BYTES;
    if (left < HEADER_BYTES) {
      at += left; // the rest of a block that is too short for a header is filled with zeros
      continue;
    }
    const type = bytes[at + 6]!;
    const dataStart = at + HEADER_BYTES;
    const dataEnd = dataStart + (bytes[at + 4]! | bytes[at + 5]! << 8);
    if (type === FULL || type === FIRST) {
      start = at;
      beginning = new Uint8Array(0);
    }
    open = type !== 0 && (type !== LAST && type !== FULL || dataEnd > bytes.length);
    beginning = firstBytes(beginning, bytes.subarray(dataStart, dataEnd));
    if (type === FULL || type === LAST || dataEnd > bytes.length) {
      yield { start, beginning, whole: dataEnd <= bytes.length };
    }
    at = dataEnd;
  }
  if (open) yield { start, beginning, whole: false };
}

/** A batch may be split before its number is complete: at the end of a block. */
function firstBytes(beginning: Uint8Array<ArrayBuffer>, more: Uint8Array) {
  const wanted = more.subarray(0, BEGINNING_BYTES - beginning.length);
  const joined = new Uint8Array(beginning.length + wanted.length);
  joined.set(beginning);
  joined.set(wanted, beginning.length);
  return joined;
}

/** The number of the batch that starts with `beginning`; 0 for one of somebody else. */
function numberOf(beginning: Uint8Array): number {
  if (beginning[BATCH_HEADER_BYTES] !== PUT) return 0;
  for (const [index, byte] of BATCH_NUMBER_KEY.entries()) {
    if (beginning[NUMBER_AT - BATCH_NUMBER_KEY.length + index] !== byte) return 0;
  }
  const value = beginning.subarray(NUMBER_AT + 1, NUMBER_AT + 1 + beginning[NUMBER_AT]!);
  return decodeNumber("batch number", value);
}
