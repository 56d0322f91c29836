import { FormatError } from "./bytes.ts";
import type { RecordSink } from "./log_scan.ts";

/** Puts records together and hands each out, with where it begins. */
export class RecordReader implements RecordSink {
  readonly #onRecord: (record: Uint8Array, offset: number) => void;
  readonly #parts: Uint8Array[] = [];
  #offset = 0;

  /**
   * `onRecord` gets a record that is its own to keep and may throw {@linkcode FormatError}: then the
   * record counts as damaged.
   */
  constructor(onRecord: (record: Uint8Array, offset: number) => void) {
    this.#onRecord = onRecord;
  }

  begin(offset: number): void {
    this.#offset = offset;
    this.#parts.length = 0;
  }

  data(bytes: Uint8Array): void {
    this.#parts.push(bytes.slice());
  }

  end(_offset: number): string | undefined {
    try {
      this.#onRecord(joined(this.#parts), this.#offset);
    } catch (error) {
      if (error instanceof FormatError) return error.message;
      throw error;
    }
    return undefined;
  }

  mayFollow(_bytes: Uint8Array): boolean {
    return true;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
