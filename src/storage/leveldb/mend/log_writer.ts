import {
  FRAGMENT_HEADER_SIZE,
  fragmentHeader,
  FragmentType,
  LOG_BLOCK_SIZE,
} from "../scan/log_format.ts";

/** Writes records in LevelDB's log format: the bytes that follow what was written so far. */
export class LogWriter {
  /** Where in its block the next byte goes. */
  #at = 0;

  /** The parts of `record`; some of them are views of it. */
  *record(record: Uint8Array): Generator<Uint8Array> {
    let left = record;
    let first = true;
    do {
      const room = LOG_BLOCK_SIZE - this.#at - FRAGMENT_HEADER_SIZE;
      if (room < 0) {
        yield new Uint8Array(LOG_BLOCK_SIZE - this.#at);
        this.#at = 0;
        continue;
      }
      const payload = left.subarray(0, room);
      left = left.subarray(payload.length);
      yield fragmentHeader(typeOf(first, left.length === 0), payload);
      yield payload;
      this.#at += FRAGMENT_HEADER_SIZE + payload.length;
      first = false;
    } while (first || left.length > 0);
  }
}

function typeOf(first: boolean, last: boolean): FragmentType {
  if (first) return last ? FragmentType.FULL : FragmentType.FIRST;
  return last ? FragmentType.LAST : FragmentType.MIDDLE;
}
