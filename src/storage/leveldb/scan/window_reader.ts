import { crc32c, maskedCrc32c } from "../crc32c.ts";
import { FormatError } from "./bytes.ts";
import { fill } from "./log_file.ts";
import { BLOCK_TRAILER_SIZE, type BlockHandle } from "./table_format.ts";

/** How much of the file is in memory. */
const WINDOW_SIZE = 1024 * 1024;

const CHECKSUM_SIZE = 4;

/** Reads a file from front to back through a window, and checks blocks of any size in it. */
export class WindowReader implements Disposable {
  readonly size: number;
  readonly #file: Deno.FsFile;
  readonly #window = new Uint8Array(WINDOW_SIZE);
  readonly #view = new DataView(this.#window.buffer);
  #offset = 0;
  #length = 0;

  private constructor(file: Deno.FsFile, size: number) {
    this.#file = file;
    this.size = size;
  }

  static async open(path: string): Promise<WindowReader> {
    const file = await Deno.open(path);
    const { size } = await file.stat();
    return new WindowReader(file, size);
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }

  /** Whether a block and its trailer can be where `handle` says. */
  holds({ offset, size }: BlockHandle): boolean {
    return offset + size + BLOCK_TRAILER_SIZE <= this.size;
  }

  /** A copy of `length` bytes. Throws {@linkcode FormatError} at the end of the file. */
  async bytes(offset: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    for (let copied = 0; copied < length;) {
      const part = await this.#part(offset + copied, length - copied);
      bytes.set(part, copied);
      copied += part.length;
    }
    return bytes;
  }

  /** Whether the checksum behind a block is that of its contents and type. */
  async blockIsIntact(handle: BlockHandle): Promise<boolean> {
    return this.#isIntactInWindow(handle) ?? await this.#isIntact(handle);
  }

  /** Most blocks are in the window as a whole. Undefined: this one is not. */
  #isIntactInWindow({ offset, size }: BlockHandle): boolean | undefined {
    const start = offset - this.#offset;
    const end = start + size + 1;
    if (start < 0 || end + CHECKSUM_SIZE > this.#length) return undefined;
    const crc = crc32c(this.#window, start, end);
    return this.#view.getUint32(end, true) === maskedCrc32c(crc);
  }

  async #isIntact({ offset, size }: BlockHandle): Promise<boolean> {
    let crc = 0;
    for (let left = size + 1, at = offset; left > 0;) {
      const part = await this.#part(at, left);
      crc = crc32c(part, 0, part.length, crc);
      at += part.length;
      left -= part.length;
    }
    const stored = await this.bytes(offset + size + 1, CHECKSUM_SIZE);
    return new DataView(stored.buffer).getUint32(0, true) === maskedCrc32c(crc);
  }

  /** A view of 1 … `lengthMax` bytes at `offset`. */
  async #part(offset: number, lengthMax: number): Promise<Uint8Array> {
    if (offset < this.#offset || offset >= this.#offset + this.#length) {
      await this.#file.seek(offset, Deno.SeekMode.Start);
      this.#offset = offset;
      this.#length = await fill(this.#file, this.#window);
      if (this.#length === 0) throw new FormatError("the file is too short");
    }
    const start = offset - this.#offset;
    return this.#window.subarray(start, Math.min(start + lengthMax, this.#length));
  }
}
