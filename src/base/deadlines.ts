import type { Clock, Timer } from "./clock.ts";

/**
 * One heap for every deadline of the broker: keep-alive, will delay, session and message expiry.
 * However many deadlines there are, the clock holds one timer. Setting, moving and cancelling a
 * deadline costs O(log n); a deadline fires at its time or later, never earlier.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #heap: Deadline[] = [];
  #timer: Timer | undefined;
  #timerDue = Infinity;
  #disposed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many deadlines are pending. */
  get size(): number {
    return this.#heap.length;
  }

  /** Calls `callback` once when the clock reaches `due` (milliseconds since the epoch). */
  at(due: number, callback: () => void): Deadline {
    const deadline = new Deadline(this, due, callback);
    this.#insert(deadline);
    this.#arm();
    return deadline;
  }

  /** Calls `callback` once, `delayMs` milliseconds from now. */
  after(delayMs: number, callback: () => void): Deadline {
    return this.at(this.#clock.now() + delayMs, callback);
  }

  /** Cancels everything, and what is set from now on as well. */
  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerDue = Infinity;
    for (const deadline of this.#heap) deadline.index = -1;
    this.#heap.length = 0;
  }

  /** @internal for {@linkcode Deadline} */
  remove(deadline: Deadline): void {
    const { index } = deadline;
    if (index < 0) return;
    deadline.index = -1;
    const last = this.#heap.pop()!;
    if (last !== deadline) {
      this.#place(last, index);
      this.#siftUp(last);
      this.#siftDown(last);
    }
    // The timer stays as it is: firing for nothing once is cheaper than a new timer per cancel.
  }

  /** @internal for {@linkcode Deadline} */
  reschedule(deadline: Deadline, due: number): void {
    deadline.due = due;
    if (deadline.index < 0) {
      this.#insert(deadline);
    } else {
      this.#siftUp(deadline);
      this.#siftDown(deadline);
    }
    this.#arm();
  }

  #insert(deadline: Deadline): void {
    if (this.#disposed) return;
    this.#heap.push(deadline);
    deadline.index = this.#heap.length - 1;
    this.#siftUp(deadline);
  }

  #arm(): void {
    const first = this.#heap[0];
    if (first === undefined || first.due >= this.#timerDue) return;
    this.#timer?.cancel();
    this.#timerDue = first.due;
    this.#timer = this.#clock.after(first.due - this.#clock.now(), () => this.#fire());
  }

  #fire(): void {
    this.#timer = undefined;
    this.#timerDue = Infinity;
    const now = this.#clock.now();
    try {
      for (let first = this.#heap[0]; first && first.due <= now; first = this.#heap[0]) {
        this.remove(first);
        first.callback();
      }
    } finally {
      // Also when a callback throws: the other deadlines must not die with it.
      this.#arm();
    }
  }

  #place(deadline: Deadline, index: number): void {
    this.#heap[index] = deadline;
    deadline.index = index;
  }

  #siftUp(deadline: Deadline): void {
    let { index } = deadline;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#heap[parentIndex]!;
      if (parent.due <= deadline.due) break;
      this.#place(parent, index);
      index = parentIndex;
    }
    this.#place(deadline, index);
  }

  #siftDown(deadline: Deadline): void {
    let { index } = deadline;
    const size = this.#heap.length;
    for (;;) {
      let childIndex = 2 * index + 1;
      if (childIndex >= size) break;
      if (
        childIndex + 1 < size && this.#heap[childIndex + 1]!.due < this.#heap[childIndex]!.due
      ) childIndex++;
      const child = this.#heap[childIndex]!;
      if (child.due >= deadline.due) break;
      this.#place(child, index);
      index = childIndex;
    }
    this.#place(deadline, index);
  }
}

/** One pending call; made by {@linkcode Deadlines.at}. */
export class Deadline {
  /** @internal position in the heap; -1 when not pending */
  index = -1;

  /** @internal */
  constructor(
    private readonly deadlines: Deadlines,
    /** When the call is made (milliseconds since the epoch). */
    public due: number,
    /** @internal */
    readonly callback: () => void,
  ) {}

  get pending(): boolean {
    return this.index >= 0;
  }

  cancel(): void {
    this.deadlines.remove(this);
  }

  /** Moves the call to another time; sets it again when it was already made or cancelled. */
  moveTo(due: number): void {
    this.deadlines.reschedule(this, due);
  }
}
