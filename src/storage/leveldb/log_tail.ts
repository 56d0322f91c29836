/**
 * The end of LevelDB's log. A batch that failed may all the same be in the log, whole or in part,
 * and would be there again after the next start: it is cut off before anything else happens. Every
 * batch starts with its number (`BATCH_NUMBER_KEY`), so it can be found.
 *
 * A batch is a record of the log (`scan/log_format.ts`): a sequence number (8 bytes), a count (4) and
 * its operations: 01 key value, or 00 key.
 */
import { BATCH_NUMBER_KEY } from "./keys.ts";
import { logFiles, unlessGone } from "./log_files.ts";
import { cutFile } from "./mend/files.ts";
import { decodeNumber } from "./records.ts";
import {
  FRAGMENT_HEADER_SIZE,
  fragmentLength,
  FragmentType,
  LOG_BLOCK_SIZE,
} from "./scan/log_format.ts";

const BATCH_HEADER_BYTES = 12;
const PUT = 1;

/** What stands in front of the batch number: header, PUT, length of the key, key. */
const NUMBER_AT = BATCH_HEADER_BYTES + 2 + BATCH_NUMBER_KEY.length;
/** The beginning of a batch, up to its number: length and at most nine bytes. */
const BEGINNING_BYTES = NUMBER_AT + 10;

/**
 * Cuts off every batch with a larger number than `lastBatch`; resolves when the disk has it so, for
 * a loss of power must not bring back what was refused. Nobody writes to the database, now or until
 * it is opened again.
 */
export async function cutLogAfter(directory: string, lastBatch: number): Promise<void> {
  for (const file of await logFiles(directory)) {
    await unlessGone(async () => {
      const bytes = await Deno.readFile(file);
      const end = endOfBatch(bytes, lastBatch);
      if (end < bytes.length) await cutFile(file, end);
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
  const { FULL, FIRST, LAST, ZERO } = FragmentType;
  for (let at = 0; at + FRAGMENT_HEADER_SIZE <= bytes.length;) {
    const left = LOG_BLOCK_SIZE - at % LOG_BLOCK_SIZE;
    if (left < FRAGMENT_HEADER_SIZE) {
      at += left; // the rest of a block that is too short for a header is filled with zeros
      continue;
    }
    const type = bytes[at + 6]!;
    const dataStart = at + FRAGMENT_HEADER_SIZE;
    const dataEnd = dataStart + fragmentLength(bytes, at);
    if (type === FULL || type === FIRST) {
      start = at;
      beginning = new Uint8Array(0);
    }
    open = type !== ZERO && (type !== LAST && type !== FULL || dataEnd > bytes.length);
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
