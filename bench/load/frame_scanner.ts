/** The remaining length takes at most this many bytes (section 2.2.3 of MQTT 3.1.1). */
const LENGTH_BYTES_MAX = 4;

/**
 * Finds the packets in what was received, wherever the stream was cut: nothing is decoded but the
 * fixed header. The caller reads into a buffer that all connections share, behind what `restore`
 * has put there; the scanner keeps the beginning of a packet that is not complete.
 */
export class FrameScanner {
  /** The first byte of the current packet: its type and flags. */
  header = 0;
  /** Where the current packet begins behind its fixed header, in the buffer given to `begin`. */
  start = 0;
  /** Where it ends. */
  end = 0;
  #bytes: Uint8Array = EMPTY;
  #limit = 0;
  #next = 0;
  #kept: Uint8Array = EMPTY;
  #keptLength = 0;

  /** Puts the incomplete packet at the beginning of `buffer`; returns its length in bytes. */
  restore(buffer: Uint8Array): number {
    if (this.#keptLength > 0) buffer.set(this.#kept.subarray(0, this.#keptLength));
    return this.#keptLength;
  }

  /** `bytes` up to `limit` is what `restore` has put there, and what was received behind it. */
  begin(bytes: Uint8Array, limit: number): void {
    this.#bytes = bytes;
    this.#limit = limit;
    this.#next = 0;
    this.#keptLength = 0;
  }

  /**
   * Goes to the next whole packet; false when there is none, and then the rest is kept. Throws a
   * RangeError on a remaining length that no packet may have.
   */
  next(): boolean {
    const bytes = this.#bytes;
    let position = this.#next + 1;
    let length = 0;
    for (let shift = 0;;) {
      if (position >= this.#limit) return this.#keep();
      const byte = bytes[position++]!;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
      shift += 7;
      if (shift === 7 * LENGTH_BYTES_MAX) throw new RangeError("a malformed remaining length");
    }
    if (position + length > this.#limit) return this.#keep();
    this.header = bytes[this.#next]!;
    this.start = position;
    this.end = this.#next = position + length;
    return true;
  }

  #keep(): false {
    const rest = this.#limit - this.#next;
    if (rest > this.#kept.length) this.#kept = new Uint8Array(2 * rest);
    if (rest > 0) this.#kept.set(this.#bytes.subarray(this.#next, this.#limit));
    this.#keptLength = rest;
    this.#next = this.#limit;
    return false;
  }
}

const EMPTY = new Uint8Array();
