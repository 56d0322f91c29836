/** The packet ids of one publisher that are free: as many as its window, 1 to 65,535. */
export class PacketIds {
  readonly #free: number[];
  readonly #used: Uint8Array;

  constructor(window: number) {
    this.#free = Array.from({ length: window }, (_, i) => window - i);
    this.#used = new Uint8Array(window + 1);
  }

  get available(): number {
    return this.#free.length;
  }

  /** Only while there are {@linkcode available} ones. */
  take(): number {
    const id = this.#free.pop()!;
    this.#used[id] = 1;
    return id;
  }

  /** False when the id is not in use: nobody may acknowledge it. */
  release(id: number): boolean {
    if (this.#used[id] !== 1) return false;
    this.#used[id] = 0;
    this.#free.push(id);
    return true;
  }
}
