import { RingQueue } from "./ring_queue.ts";

/** Runs tasks, so many at a time; the others wait, in the order in which they came. */
export class TaskLimit {
  readonly #max: number;
  readonly #waiting = new RingQueue<() => void>();
  #running = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Ends like `task`, which is called at once when there is room. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running < this.#max) this.#running++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }

  /** Forgets the tasks that wait: their `run` never ends. */
  clear(): void {
    this.#waiting.clear();
  }
}
