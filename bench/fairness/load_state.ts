/** How far the thread that makes the load has come. `go` is said to it, the others are said by it. */
export const LoadPhase = { preparing: 0, ready: 1, go: 2, done: 3, failed: 4 } as const;
export type LoadPhase = typeof LoadPhase[keyof typeof LoadPhase];

/** One cell that both threads see: neither of them gives its event loop back while it works. */
export class LoadState {
  readonly buffer: SharedArrayBuffer;
  readonly #cell: Int32Array;

  constructor(buffer = new SharedArrayBuffer(4)) {
    this.buffer = buffer;
    this.#cell = new Int32Array(buffer);
  }

  is(phase: LoadPhase): boolean {
    return Atomics.load(this.#cell, 0) === phase;
  }

  become(phase: LoadPhase): void {
    Atomics.store(this.#cell, 0, phase);
  }
}

/** What the thread is told first. */
export interface LoadOrder {
  readonly scenario: string;
  readonly port: number;
  readonly state: SharedArrayBuffer;
}
