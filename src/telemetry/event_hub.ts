/**
 * Events for whoever watches live. A watcher that does not keep up loses events and is told how
 * many; it never delays anybody.
 *
 * | watcher  | event                     | next     | effect                                     |
 * |----------|---------------------------|----------|--------------------------------------------|
 * | waiting  | published                 | waiting  | gets it at once                            |
 * | busy     | published, there is room  | busy     | queued                                     |
 * | busy     | published, queue is full  | behind   | lost, counted                              |
 * | behind   | published                 | behind   | lost, counted                              |
 * | behind   | asks, queue is empty      | waiting  | gets `dropped` with the count              |
 * | any      | closed                    | closed   | what is queued is gone                     |
 */
import type { Clock } from "../base/clock.ts";
import { RingQueue } from "../base/ring_queue.ts";

/** Events that a watcher may have missed and still gets. */
export const EVENTS_KEPT = 1_024;
/** Events that wait for one watcher. */
export const WATCHER_QUEUE_MAX = 256;
export const WATCHERS_MAX = 100;

/** Ids grow over time, across restarts too. */
const IDS_PER_MS = 1_024;

export interface HubEvent {
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `dropped`: events up to this id are lost to this watcher; data `{count}`, if that is known. */
  readonly type: string;
  /** Plain JSON. */
  readonly data: unknown;
}

export interface WatchOptions {
  /** Go on behind this id, with what is still there. */
  readonly lastEventId?: number | undefined;
  /** Only these types, and `dropped`; undefined: all. */
  readonly types?: ReadonlySet<string> | undefined;
}

export class EventHub {
  readonly #clock: Clock;
  readonly #kept = new RingQueue<HubEvent>();
  readonly #watchers = new Set<Watcher>();
  #lastId: number;
  /** The last one before those that are kept. */
  #forgottenId: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#forgottenId = this.#lastId = Math.floor(clock.now()) * IDS_PER_MS;
  }

  get watchers(): number {
    return this.#watchers.size;
  }

  publish(type: string, data: unknown): void {
    const event: HubEvent = { id: ++this.#lastId, at: this.#clock.now(), type, data };
    this.#kept.push(event);
    if (this.#kept.size > EVENTS_KEPT) this.#forgottenId = this.#kept.shift()!.id;
    for (const watcher of this.#watchers) watcher.offer(event);
  }

  /** Undefined: there are {@linkcode WATCHERS_MAX} already. The caller closes it. */
  watch({ lastEventId, types }: WatchOptions = {}): Watcher | undefined {
    if (this.#watchers.size >= WATCHERS_MAX) return undefined;
    const watcher: Watcher = new Watcher(types, () => this.#watchers.delete(watcher));
    this.#watchers.add(watcher);
    if (lastEventId !== undefined) this.#resume(watcher, lastEventId);
    return watcher;
  }

  #resume(watcher: Watcher, lastEventId: number): void {
    if (lastEventId < this.#forgottenId) {
      watcher.prepend(this.#dropped(this.#forgottenId));
    }
    for (const event of this.#kept) if (event.id > lastEventId) watcher.prepend(event);
  }

  #dropped(id: number): HubEvent {
    return { id, at: this.#clock.now(), type: DROPPED, data: {} };
  }
}

const DROPPED = "dropped";

/** One who watches: an asynchronous iterator that ends when it is closed. One `next` at a time. */
export class Watcher implements AsyncIterableIterator<HubEvent> {
  readonly #types: ReadonlySet<string> | undefined;
  readonly #onClose: () => void;
  readonly #queue = new RingQueue<HubEvent>();
  #lost = 0;
  #lastLost: HubEvent | undefined;
  #closed = false;
  #waiting: ((result: IteratorResult<HubEvent>) => void) | undefined;

  /** @internal Made by the hub. */
  constructor(types: ReadonlySet<string> | undefined, onClose: () => void) {
    this.#types = types;
    this.#onClose = onClose;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<HubEvent>> {
    if (this.#closed) return Promise.resolve({ done: true, value: undefined });
    const value = this.#queue.shift() ?? this.#takeLost();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    return new Promise((resolve) => this.#waiting = resolve);
  }

  return(): Promise<IteratorResult<HubEvent>> {
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue.clear();
    this.#onClose();
    this.#waiting?.({ done: true, value: undefined });
    this.#waiting = undefined;
  }

  /** @internal */
  offer(event: HubEvent): void {
    if (!this.#wants(event)) return;
    if (this.#waiting !== undefined) {
      const resolve = this.#waiting;
      this.#waiting = undefined;
      resolve({ done: false, value: event });
    } else if (this.#lost === 0 && this.#queue.size < WATCHER_QUEUE_MAX) {
      this.#queue.push(event);
    } else {
      this.#lost++;
      this.#lastLost = event;
    }
  }

  /** @internal What was missed before it came: bounded by what is kept. */
  prepend(event: HubEvent): void {
    if (this.#wants(event)) this.#queue.push(event);
  }

  #wants({ type }: HubEvent): boolean {
    return this.#types === undefined || type === DROPPED || this.#types.has(type);
  }

  #takeLost(): HubEvent | undefined {
    if (this.#lastLost === undefined) return undefined;
    const { id, at } = this.#lastLost;
    const data = { count: this.#lost };
    this.#lost = 0;
    this.#lastLost = undefined;
    return { id, at, type: DROPPED, data };
  }
}
