import type { BufferPool } from "./buffer_pool.ts";

/** Size of the read buffer that a quiet connection holds, in bytes. */
export const QUIET_BUFFER_BYTES = 512;

/** What a connection reads into while its peer sends small bursts. */
export const BURST_BUFFER_BYTES = 4 * 1024;

/** After so many reads that a quiet buffer would have held, the burst buffer goes. */
const SMALL_READS_MAX = 16;

/**
 * What one connection reads into. A read may wait for long and holds its buffer meanwhile, so an
 * idle connection must not hold a large one; but a burst that is read in two pieces costs a second
 * read, and a packet that lies across them a copy.
 *
 * | the last read                      | the next one uses                                        |
 * |------------------------------------|----------------------------------------------------------|
 * | filled its buffer: more is waiting | a big one from the pool, or a burst buffer if it has none |
 * | more than a quiet buffer holds     | a burst buffer of the connection's own                   |
 * | less, but a burst was not long ago | the same                                                 |
 * | less                               | a quiet buffer                                           |
 */
export class ReadBuffers implements Disposable {
  readonly #pool: BufferPool;
  readonly #quiet = new Uint8Array(QUIET_BUFFER_BYTES);
  #burst: Uint8Array<ArrayBuffer> | undefined;
  #busy: Uint8Array<ArrayBuffer> | undefined;
  #smallReads = 0;
  /** What the next read uses. */
  current: Uint8Array<ArrayBuffer> = this.#quiet;

  constructor(pool: BufferPool) {
    this.#pool = pool;
  }

  /** A read of `count` bytes into `current` has been dealt with. */
  adapt(count: number): void {
    if (count === this.current.length) {
      this.#busy ??= this.#pool.take();
      this.current = this.#busy ?? this.#burstBuffer();
      return;
    }
    this.#giveBack();
    if (count > QUIET_BUFFER_BYTES) this.#smallReads = 0;
    else if (this.#burst !== undefined && ++this.#smallReads >= SMALL_READS_MAX) {
      this.#burst = undefined;
    }
    this.current = count > QUIET_BUFFER_BYTES ? this.#burstBuffer() : this.#burst ?? this.#quiet;
  }

  /** Somebody may go on using what was read last. */
  abandon(): void {
    if (this.#busy !== undefined) this.#pool.forfeit();
    this.#busy = undefined;
    this.#burst = undefined;
    this.current = this.#quiet;
  }

  [Symbol.dispose](): void {
    this.#giveBack();
  }

  #giveBack(): void {
    if (this.#busy === undefined) return;
    this.#pool.give(this.#busy);
    this.#busy = undefined;
  }

  #burstBuffer(): Uint8Array<ArrayBuffer> {
    return this.#burst ??= new Uint8Array(BURST_BUFFER_BYTES);
  }
}
