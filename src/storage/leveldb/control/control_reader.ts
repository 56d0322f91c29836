import { CHUNK_HEADER_SIZE, CONTROL_LINE_SIZE_MAX } from "./control_protocol.ts";

/** Bytes that are read at a time. */
const READ_SIZE = 256 * 1024;

const NEWLINE = 10;

/** Reads lines and chunks from a connection, one after the other. */
export class ControlReader {
  readonly #read: (buffer: Uint8Array) => Promise<number | null>;
  readonly #buffer = new Uint8Array(READ_SIZE);
  #start = 0;
  #end = 0;

  constructor(read: (buffer: Uint8Array) => Promise<number | null>) {
    this.#read = read;
  }

  /** Undefined: the connection ended, or the line is too long. */
  async line(): Promise<string | undefined> {
    for (let seen = 0;;) {
      const held = this.#held(CONTROL_LINE_SIZE_MAX);
      const end = held.indexOf(NEWLINE, seen);
      if (end !== -1) return new TextDecoder().decode(this.#take(end + 1).subarray(0, end));
      seen = held.length;
      if (seen === CONTROL_LINE_SIZE_MAX || !await this.#more()) return undefined;
    }
  }

  /** The length of the chunk that follows; undefined: the connection ended. */
  async chunkLength(): Promise<number | undefined> {
    while (this.#end - this.#start < CHUNK_HEADER_SIZE) {
      if (!await this.#more()) return undefined;
    }
    const { buffer, byteOffset } = this.#take(CHUNK_HEADER_SIZE);
    return new DataView(buffer, byteOffset).getUint32(0);
  }

  /** 1 … `lengthMax` bytes of a chunk, valid until the next call; undefined: the connection ended. */
  async some(lengthMax: number): Promise<Uint8Array | undefined> {
    if (this.#start === this.#end && !await this.#more()) return undefined;
    return this.#take(this.#held(lengthMax).length);
  }

  #held(lengthMax: number): Uint8Array {
    return this.#buffer.subarray(this.#start, Math.min(this.#end, this.#start + lengthMax));
  }

  #take(length: number): Uint8Array {
    const taken = this.#held(length);
    this.#start += length;
    return taken;
  }

  /** False at the end of the connection. */
  async #more(): Promise<boolean> {
    this.#buffer.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    const count = await this.#read(this.#buffer.subarray(this.#end));
    this.#end += count ?? 0;
    return count !== null;
  }
}
