import type { RecordSink } from "./log_scan.ts";
import { readUint64 } from "./bytes.ts";

/** Sequence number (8 bytes) and count of operations (4). */
const BATCH_HEADER_SIZE = 12;
const LENGTH_BYTES_MAX = 5;

const Operation = { DELETE: 0, PUT: 1 } as const;

/** What comes next in a batch. */
type Expected = "header" | "operation" | "key length" | "key" | "value length" | "value";

/**
 * Checks the batches of writes in a log, without holding them: each is a header and its operations
 * (a byte that says which, the key and, to put, the value, with their lengths in front).
 */
export class BatchCheck implements RecordSink {
  /** Operations in the batches that were intact. */
  operations = 0;
  /** The sequence number that the next write has at least. */
  nextSequence = 0;
  readonly #header = new Uint8Array(BATCH_HEADER_SIZE);
  #expected: Expected = "header";
  #headerLength = 0;
  #found = 0;
  /** Bytes left of a key or a value. */
  #left = 0;
  #lengthBytes = 0;
  #isPut = false;
  #problem: string | undefined;

  begin(_offset: number): void {
    this.#expected = "header";
    this.#headerLength = 0;
    this.#found = 0;
    this.#problem = undefined;
  }

  data(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && this.#problem === undefined;) {
      at = this.#take(bytes, at);
    }
  }

  end(_offset: number): string | undefined {
    if (this.#problem !== undefined) return this.#problem;
    if (this.#headerLength < BATCH_HEADER_SIZE) return "a batch without its header";
    if (this.#expected !== "operation") return "a batch that ends within an operation";
    const count = new DataView(this.#header.buffer).getUint32(8, true);
    if (count !== this.#found) return "a batch with a wrong count of operations";
    const sequence = readUint64(this.#header, 0);
    if (sequence < this.nextSequence) return "a batch that is older than the one before";
    this.nextSequence = sequence + count;
    this.operations += count;
    return undefined;
  }

  mayFollow(bytes: Uint8Array): boolean {
    return bytes.length >= BATCH_HEADER_SIZE && readUint64(bytes, 0) >= this.nextSequence;
  }

  /** Takes what is expected at `at`; where it ends. */
  #take(bytes: Uint8Array, at: number): number {
    switch (this.#expected) {
      case "header":
        return this.#takeHeader(bytes, at);
      case "operation":
        return this.#takeOperation(bytes[at]!, at);
      case "key length":
      case "value length":
        this.#takeLength(bytes[at]!);
        return at + 1;
      case "key":
      case "value": {
        const taken = Math.min(this.#left, bytes.length - at);
        this.#left -= taken;
        if (this.#left === 0) this.#endOfString();
        return at + taken;
      }
    }
  }

  #takeHeader(bytes: Uint8Array, at: number): number {
    const part = bytes.subarray(at, at + BATCH_HEADER_SIZE - this.#headerLength);
    this.#header.set(part, this.#headerLength);
    this.#headerLength += part.length;
    if (this.#headerLength === BATCH_HEADER_SIZE) this.#expected = "operation";
    return at + part.length;
  }

  #takeOperation(operation: number, at: number): number {
    if (operation !== Operation.PUT && operation !== Operation.DELETE) {
      this.#problem = "a batch with an unknown operation";
    }
    this.#found++;
    this.#isPut = operation === Operation.PUT;
    this.#expectLength("key length");
    return at + 1;
  }

  #expectLength(which: "key length" | "value length"): void {
    this.#expected = which;
    this.#left = 0;
    this.#lengthBytes = 0;
  }

  #takeLength(byte: number): void {
    this.#left += (byte & 0x7f) * 0x80 ** this.#lengthBytes++;
    if (byte >= 0x80) {
      if (this.#lengthBytes === LENGTH_BYTES_MAX) this.#problem = "a batch with a wrong length";
      return;
    }
    this.#expected = this.#expected === "key length" ? "key" : "value";
    if (this.#left === 0) this.#endOfString();
  }

  #endOfString(): void {
    if (this.#expected === "key" && this.#isPut) this.#expectLength("value length");
    else this.#expected = "operation";
  }
}
