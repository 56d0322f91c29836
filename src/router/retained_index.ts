import type { Message } from "../mqtt/message.ts";
import { hasWildcard } from "../mqtt/topic_filter.ts";
import { isDollarTopic } from "../mqtt/topic.ts";
import { Branch, LevelTree, type Place } from "./level_tree.ts";
import { HASH, levelEnd, PLUS, restMatches } from "./levels.ts";

/**
 * The retained messages: one for each topic, found by topic or by filter.
 *
 * The iterables are lazy and stay valid while messages are set and deleted between their steps, so
 * that a slow subscriber can take its time without a copy of what it has still to get. A message
 * that was replaced meanwhile comes as it is now, one that was deleted does not come; topics that
 * were added after the iteration began do not come either, so it always ends.
 */
export class RetainedIndex {
  readonly #slots = new Map<string, Slot>();
  readonly #tree = new LevelTree<Slot>();
  #bytes = 0;
  #lastOrder = 0;

  /** How many topics have a retained message. */
  get size(): number {
    return this.#slots.size;
  }

  /** The sum of the messages' `cost`. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What the index takes in topics and branches: 0 when empty. */
  get nodeCount(): number {
    return this.#tree.nodeCount;
  }

  get(topic: string): Message | undefined {
    return this.#slots.get(topic)?.message;
  }

  /** Keeps `message` (and so retains its payload) for its topic; returns the one it replaces. */
  set(message: Message): Message | undefined {
    message.retainPayload();
    this.#bytes += message.cost;
    const slot = this.#slots.get(message.topic);
    if (slot === undefined) {
      const added = new Slot(message, ++this.#lastOrder);
      this.#slots.set(added.path, added);
      this.#tree.add(added);
      return undefined;
    }
    const replaced = slot.message!;
    this.#bytes -= replaced.cost;
    slot.message = message;
    return replaced;
  }

  /** Returns what was deleted. */
  delete(topic: string): Message | undefined {
    const slot = this.#slots.get(topic);
    if (slot === undefined) return undefined;
    const deleted = slot.message!;
    this.#slots.delete(topic);
    this.#tree.remove(slot);
    this.#bytes -= deleted.cost;
    slot.message = undefined;
    return deleted;
  }

  /** The messages whose topics match the filter, a valid one without share prefix; lazy. */
  match(matchFilter: string): IterableIterator<Message> {
    if (hasWildcard(matchFilter)) {
      return new RetainedWalk(this.#tree.root, matchFilter, this.#lastOrder, true);
    }
    return this.#one(matchFilter);
  }

  /** All messages, those of `$` topics included; lazy. */
  values(): IterableIterator<Message> {
    return new RetainedWalk(this.#tree.root, "#", this.#lastOrder, false);
  }

  *#one(topic: string): IterableIterator<Message> {
    const message = this.get(topic);
    if (message !== undefined) yield message;
  }
}

/** The place of one topic in the index. */
class Slot {
  readonly path: string;
  /** Undefined once deleted: an iteration may still come upon the slot. */
  message: Message | undefined;
  /** Grows with each topic added. */
  readonly order: number;

  constructor(message: Message, order: number) {
    this.path = message.topic;
    this.message = message;
    this.order = order;
  }
}

/** A branch on the way of a walk: what of it is still to come, and how the filter goes on there. */
interface Frame {
  readonly places: Iterator<Place<Slot>>;
  /** Where the places' level begins in their topics, and in the filter. */
  readonly start: number;
  readonly filterStart: number;
  /** For the branches among the places. */
  readonly nextFilterStart: number;
}

/**
 * A walk over the part of the tree that a filter selects, one step at a time. It holds live
 * iterators of the maps on its way, which take in what is added and removed meanwhile. A slot never
 * comes twice and never gets lost: branches grow and fold up around it, but its place keeps its
 * position in the maps; and one that was removed and added again is a new slot, after `lastOrder`.
 */
class RetainedWalk implements IterableIterator<Message> {
  readonly #filter: string;
  readonly #lastOrder: number;
  readonly #stack: Frame[] = [];

  constructor(root: Branch<Slot>, filter: string, lastOrder: number, hideDollarTopics: boolean) {
    this.#filter = filter;
    this.#lastOrder = lastOrder;
    this.#enter(root, 0, hideDollarTopics && !isLiteral(filter, 0));
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Message> {
    for (let frame = this.#stack.at(-1); frame !== undefined; frame = this.#stack.at(-1)) {
      const { value: place, done } = frame.places.next();
      if (done) {
        this.#stack.pop();
      } else if (place instanceof Branch) {
        this.#enter(place, frame.nextFilterStart, false);
      } else {
        const message = this.#selected(place, frame);
        if (message !== undefined) return { done: false, value: message };
      }
    }
    return { done: true, value: undefined };
  }

  #enter(branch: Branch<Slot>, filterStart: number, hideDollarTopics: boolean): void {
    const filter = this.#filter;
    const { start, literals, end } = branch;
    const isMultiLevel = filter.charCodeAt(filterStart) === HASH;
    if (end !== undefined && (isMultiLevel || filterStart > filter.length)) {
      this.#push([end].values(), start, filterStart, filterStart);
    }
    if (literals === undefined || filterStart > filter.length) return;

    if (isLiteral(filter, filterStart)) {
      const filterEnd = levelEnd(filter, filterStart);
      const place = literals.get(filter.substring(filterStart, filterEnd));
      if (place !== undefined) this.#push([place].values(), start, filterStart, filterEnd + 1);
    } else {
      const places = hideDollarTopics ? placesWithoutDollar(literals) : literals.values();
      this.#push(places, start, filterStart, isMultiLevel ? filterStart : filterStart + 2);
    }
  }

  #push(
    places: Iterator<Place<Slot>>,
    start: number,
    filterStart: number,
    nextFilterStart: number,
  ): void {
    this.#stack.push({ places, start, filterStart, nextFilterStart });
  }

  #selected(slot: Slot, frame: Frame): Message | undefined {
    if (slot.order > this.#lastOrder) return undefined;
    return restMatches(this.#filter, frame.filterStart, slot.path, frame.start)
      ? slot.message
      : undefined;
  }
}

function isLiteral(filter: string, start: number): boolean {
  const first = filter.charCodeAt(start);
  return first !== HASH && first !== PLUS;
}

/** [MQTT-4.7.2-1]: leading wildcards do not match `$` topics. */
function* placesWithoutDollar(literals: Map<string, Place<Slot>>): Iterator<Place<Slot>> {
  for (const [level, place] of literals) {
    if (!isDollarTopic(level)) yield place;
  }
}
