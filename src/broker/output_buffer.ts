/**
 * What a connection is going to write. Packets are encoded straight into chunks of memory; each
 * flush hands one chunk to the transport, with one write under way at a time, and all that is
 * encoded meanwhile goes out with the next. An idle connection holds no chunk.
 */
import type { ByteSink } from "../mqtt/byte_sink.ts";
import { copyBytes } from "../mqtt/packet_writer.ts";

/** The first chunk of a quiet connection: a fan-out to ten thousand of them costs 20 MB, not 640. */
const SMALL_CHUNK_BYTES = 2 * 1024;
/** Chunks of a busy connection: one write each. */
const LARGE_CHUNK_BYTES = 64 * 1024;
/** Free chunks kept for the next user: at most 8 MiB of large and 1 MiB of small ones. */
const LARGE_CHUNKS_KEPT = 128;
const SMALL_CHUNKS_KEPT = 512;

/** What is copied in one piece at most, so that it fits a chunk. */
const RUN_BYTES_MAX = LARGE_CHUNK_BYTES;

const NO_BYTES = new Uint8Array(0);

/** Free chunks, shared by the connections of one broker. */
export class ChunkPool {
  readonly #small: Uint8Array[] = [];
  readonly #large: Uint8Array[] = [];

  /** A chunk of at least `size` bytes; a large one when `busy`. */
  take(size: number, busy: boolean): Uint8Array {
    if (size > LARGE_CHUNK_BYTES) return new Uint8Array(size);
    if (busy || size > SMALL_CHUNK_BYTES) {
      return this.#large.pop() ?? new Uint8Array(LARGE_CHUNK_BYTES);
    }
    return this.#small.pop() ?? new Uint8Array(SMALL_CHUNK_BYTES);
  }

  give(chunk: Uint8Array): void {
    if (chunk.length === LARGE_CHUNK_BYTES) {
      if (this.#large.length < LARGE_CHUNKS_KEPT) this.#large.push(chunk);
    } else if (chunk.length === SMALL_CHUNK_BYTES) {
      if (this.#small.length < SMALL_CHUNKS_KEPT) this.#small.push(chunk);
    }
  }
}

interface FullChunk {
  bytes: Uint8Array;
  length: number;
  /** QoS 0 messages that end in this chunk: settled when it is written, or lost with it. */
  messages: number;
}

export class OutputBuffer implements ByteSink {
  bytes: Uint8Array = NO_BYTES;
  position = 0;
  /** QoS 0 messages in the current chunk; whoever encodes one counts it here. */
  messages = 0;

  /** Frames that follow each other in somebody's read buffer and are not copied yet. */
  #run: Uint8Array = NO_BYTES;
  #runStart = 0;
  #runEnd = 0;
  #runMessages = 0;

  readonly #pool: ChunkPool;
  readonly #full: FullChunk[] = [];
  #fullBytes = 0;
  #fullMessages = 0;
  #writing: FullChunk | undefined;
  #busy = false;

  constructor(pool: ChunkPool) {
    this.#pool = pool;
  }

  /** Bytes that the transport has not taken yet, those under way included. */
  get pending(): number {
    return this.#fullBytes + this.position + (this.#runEnd - this.#runStart) +
      (this.#writing?.length ?? 0);
  }

  /** QoS 0 messages among them. */
  get pendingMessages(): number {
    return this.#fullMessages + this.messages + this.#runMessages + (this.#writing?.messages ?? 0);
  }

  get writing(): boolean {
    return this.#writing !== undefined;
  }

  /** A chunk is full and could be written: nothing is gained by waiting. */
  get chunkIsReady(): boolean {
    return this.#full.length > 0 && this.#writing === undefined;
  }

  /**
   * Writes a QoS 0 message, the packet in `bytes` from `start` to `end`. It is copied together with
   * what follows it there, at the latest by {@linkcode settle}, which has to be called before the
   * memory is used for something else. Returns true when that has not been asked for before.
   */
  append(bytes: Uint8Array, start: number, end: number): boolean {
    if (bytes === this.#run && start === this.#runEnd && end - this.#runStart <= RUN_BYTES_MAX) {
      this.#runEnd = end;
      this.#runMessages++;
      return false;
    }
    this.settle();
    this.#run = bytes;
    this.#runStart = start;
    this.#runEnd = end;
    this.#runMessages = 1;
    return true;
  }

  /** Copies what was appended and not copied yet. */
  settle(): void {
    const messages = this.#runMessages;
    if (messages === 0) return;
    const run = this.#run;
    const start = this.#runStart;
    const end = this.#runEnd;
    this.#forgetRun();
    this.reserve(end - start);
    copyBytes(this, run, start, end);
    this.messages += messages;
  }

  reserve(size: number): void {
    if (this.#runMessages > 0) this.settle();
    if (this.bytes.length - this.position >= size) return;
    if (this.position > 0) {
      this.#seal();
      this.#busy = true; // more than one chunk between two writes
    }
    this.#release(this.bytes);
    this.bytes = this.#pool.take(size, this.#busy);
  }

  /**
   * Takes the next chunk for writing, or undefined when there is nothing to write or a write is
   * under way. The view is valid until `written` or `discard`.
   */
  take(): Uint8Array | undefined {
    if (this.#writing !== undefined) return undefined;
    this.settle();
    let next = this.#full.shift();
    if (next !== undefined) {
      this.#fullBytes -= next.length;
      this.#fullMessages -= next.messages;
    } else {
      if (this.position === 0) return undefined;
      this.#busy = this.position > SMALL_CHUNK_BYTES / 2;
      next = { bytes: this.bytes, length: this.position, messages: this.messages };
      this.#reset();
    }
    this.#writing = next;
    return next.bytes.subarray(0, next.length);
  }

  /** The chunk that was taken has been written. Returns the QoS 0 messages that it carried. */
  written(): number {
    const { bytes, messages } = this.#writing!;
    this.#writing = undefined;
    this.#release(bytes);
    return messages;
  }

  /** The connection is gone: drops everything and returns the QoS 0 messages that were lost. */
  discard(): number {
    const lost = this.pendingMessages;
    // A chunk under way is left to the garbage collector: the transport may still read it.
    this.#writing = undefined;
    this.#forgetRun();
    for (const full of this.#full) this.#release(full.bytes);
    this.#full.length = 0;
    this.#fullBytes = 0;
    this.#fullMessages = 0;
    this.#release(this.bytes);
    this.#reset();
    return lost;
  }

  #forgetRun(): void {
    this.#run = NO_BYTES;
    this.#runStart = 0;
    this.#runEnd = 0;
    this.#runMessages = 0;
  }

  #seal(): void {
    this.#full.push({ bytes: this.bytes, length: this.position, messages: this.messages });
    this.#fullBytes += this.position;
    this.#fullMessages += this.messages;
    this.#reset();
  }

  #reset(): void {
    this.bytes = NO_BYTES;
    this.position = 0;
    this.messages = 0;
  }

  #release(chunk: Uint8Array): void {
    if (chunk.length > 0) this.#pool.give(chunk);
  }
}
