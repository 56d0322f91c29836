/** Size of a pooled read buffer, in bytes. */
export const BUSY_BUFFER_BYTES = 262_144;

/** How many pooled read buffers a listener lends at most by default: 16 MiB. */
export const BUSY_BUFFERS_MAX = 64;

/**
 * A bounded stock of equal buffers for the connections that are busy right now. It allocates on
 * demand, keeps what comes back, and lends no more than its limit: a connection that gets none goes
 * on with its small buffer, slower but as correct.
 */
export class BufferPool {
  readonly #free: Uint8Array<ArrayBuffer>[] = [];
  #lent = 0;

  constructor(
    /** How many buffers can be out at once. */
    readonly limit = BUSY_BUFFERS_MAX,
    readonly bufferBytes = BUSY_BUFFER_BYTES,
  ) {}

  /** How many buffers are out. */
  get lent(): number {
    return this.#lent;
  }

  /** A buffer of unspecified content, or undefined when `limit` are out already. */
  take(): Uint8Array<ArrayBuffer> | undefined {
    if (this.#lent >= this.limit) return undefined;
    this.#lent++;
    return this.#free.pop() ?? new Uint8Array(this.bufferBytes);
  }

  /** Takes back what {@linkcode take} gave. Nobody may use it after. */
  give(buffer: Uint8Array<ArrayBuffer>): void {
    this.#lent--;
    this.#free.push(buffer);
  }

  /** Writes off a buffer that somebody may still be using: it is not lent again. */
  forfeit(): void {
    this.#lent--;
  }
}
