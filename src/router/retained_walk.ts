import type { Message } from "../mqtt/message.ts";

import { HASH, levelEnd, PLUS, restMatches } from "./levels.ts";
import { Branch, levelKey, type Place } from "./topic_tree.ts";

/** The place of one topic in the retained index. */
export class RetainedSlot {
  readonly topic: string;
  /** Undefined once deleted: a walk may still come upon the slot. */
  message: Message | undefined;
  /** Grows with each topic added. */
  readonly order: number;

  constructor(message: Message, order: number) {
    this.topic = message.topic;
    this.message = message;
    this.order = order;
  }
}

/** A level on the way of a walk: what is still to come there, and how the filter goes on. */
interface Frame {
  readonly places: Iterator<Place<RetainedSlot>>;
  /** Where the level begins in the topics of the places, and in the filter. */
  readonly start: number;
  readonly filterStart: number;
  /** Where the filter's level for the branches among the places begins. */
  readonly nextFilterStart: number;
}

/**
 * A walk over the retained messages that a filter selects, one step at a time.
 *
 * It holds live iterators of the maps on its way, which take in what is added and removed
 * meanwhile. A slot never comes twice and is never passed over: branches grow and fold up around
 * it, but what leads to it keeps its position in the map above; and a topic that was deleted and
 * added again is a new slot, which is later than `lastOrder`.
 */
export class RetainedWalk implements IterableIterator<Message> {
  /** Places that were looked at so far. */
  visited = 0;
  readonly #filter: string;
  readonly #lastOrder: number;
  readonly #stack: Frame[] = [];

  /** @internal Made by the index. */
  constructor(filter: string, lastOrder: number) {
    this.#filter = filter;
    this.#lastOrder = lastOrder;
  }

  /** True when nothing more comes. */
  get done(): boolean {
    return this.#stack.length === 0;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Message> {
    const message = this.step(Infinity);
    return message === undefined
      ? { done: true, value: undefined }
      : { done: false, value: message };
  }

  /**
   * The next message, like `next`, but gives up after `visitsMax` places that were looked at: then
   * it returns undefined while `done` is still false. A filter such as `+/+/x` may look at all
   * topics and select none, and nobody else is served meanwhile.
   */
  step(visitsMax: number): Message | undefined {
    for (const end = this.visited + visitsMax; this.visited < end;) {
      this.visited++;
      const frame = this.#stack.at(-1);
      if (frame === undefined) return undefined;
      const { value: place, done } = frame.places.next();
      if (done) {
        this.#stack.pop();
      } else if (place instanceof Branch) {
        this.#enter(place, frame.nextFilterStart);
      } else {
        const message = this.#selected(place, frame);
        if (message !== undefined) return message;
      }
    }
    return undefined;
  }

  /** @internal Goes on with a whole tree, before what is left so far. */
  enterTree(root: Branch<RetainedSlot>): void {
    this.#enter(root, 0);
  }

  /** @internal Goes on with one slot. */
  enterSlot(slot: RetainedSlot): void {
    this.#push([slot].values(), 0, 0, 0);
  }

  /** The level of the filter that begins at `filterStart` selects among what hangs at `branch`. */
  #enter(branch: Branch<RetainedSlot>, filterStart: number): void {
    const filter = this.#filter;
    const { start, children, end } = branch;
    const hasEnded = filterStart > filter.length;
    const first = filter.charCodeAt(filterStart);
    if (end !== undefined && (first === HASH || hasEnded)) {
      this.#push([end].values(), start, filterStart, filterStart);
    }
    if (children === undefined || hasEnded) return;

    if (first === HASH) {
      this.#push(children.values(), start, filterStart, filterStart);
    } else if (first === PLUS) {
      this.#push(children.values(), start, filterStart, filterStart + 2);
    } else {
      const filterEnd = levelEnd(filter, filterStart);
      const place = children.get(levelKey(filter, filterStart, filterEnd));
      if (place !== undefined) this.#push([place].values(), start, filterStart, filterEnd + 1);
    }
  }

  #push(
    places: Iterator<Place<RetainedSlot>>,
    start: number,
    filterStart: number,
    nextFilterStart: number,
  ): void {
    this.#stack.push({ places, start, filterStart, nextFilterStart });
  }

  #selected(slot: RetainedSlot, frame: Frame): Message | undefined {
    if (slot.order > this.#lastOrder) return undefined;
    return restMatches(this.#filter, frame.filterStart, slot.topic, frame.start)
      ? slot.message
      : undefined;
  }
}
