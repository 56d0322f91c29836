/** Numbers and byte strings as LevelDB writes them. */

/** Reads one after another; throws {@linkcode FormatError} when there is less than is asked for. */
export class ByteReader {
  constructor(readonly bytes: Uint8Array, public position = 0) {}

  get atEnd(): boolean {
    return this.position >= this.bytes.length;
  }

  /** Seven bits a byte, the lowest first. Numbers above 2^53 - 1 lose their lowest bits. */
  varint(): number {
    let value = 0;
    for (let unit = 1; unit < 2 ** 70; unit *= 0x80) {
      const byte = this.bytes[this.position++];
      if (byte === undefined) throw new FormatError("a number is cut off");
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
    }
    throw new FormatError("a number has too many bytes");
  }

  /** A view of the next `length` bytes. */
  take(length: number): Uint8Array {
    const end = this.position + length;
    if (end > this.bytes.length) throw new FormatError("a byte string is cut off");
    const taken = this.bytes.subarray(this.position, end);
    this.position = end;
    return taken;
  }

  /** A byte string with its length in front. */
  slice(): Uint8Array {
    return this.take(this.varint());
  }
}

/** Bytes that LevelDB cannot have written. */
export class FormatError extends Error {
  override name = "FormatError";
}

/** Gathers numbers and byte strings. */
export class ByteWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  /** A view of what was written. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  byte(value: number): this {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
    return this;
  }

  varint(value: number): this {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.byte(rest % 0x80 | 0x80);
    return this.byte(rest);
  }

  /** `bytes` with their length in front. */
  slice(bytes: Uint8Array): this {
    return this.varint(bytes.length).raw(bytes);
  }

  uint32(value: number): this {
    for (let shift = 0; shift < 32; shift += 8) this.byte(value >>> shift);
    return this;
  }

  raw(bytes: Uint8Array): this {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  #reserve(more: number): void {
    const length = this.#length + more;
    if (length <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
    larger.set(this.written);
    this.#bytes = larger;
  }
}

/** A little-endian 64-bit number; above 2^53 - 1 it loses its lowest bits. */
export function readUint64(bytes: Uint8Array, at: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}
