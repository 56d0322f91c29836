import { type ReadonlySortedKeys, SortedKeys } from "../base/sorted_keys.ts";
import type { Message } from "../mqtt/message.ts";
import { isDollarTopic } from "../mqtt/topic.ts";
import { hasWildcard } from "../mqtt/topic_filter.ts";
import { RetainedSlot, RetainedWalk } from "./retained_walk.ts";
import { TopicTree } from "./topic_tree.ts";

export type { RetainedWalk } from "./retained_walk.ts";

/**
 * The retained messages: one for each topic, found by topic or by filter.
 *
 * The walks are lazy and stay valid while messages are set and deleted between their steps, so that
 * a slow subscriber can take its time without a copy of what it has still to get. A message that
 * was replaced meanwhile comes as it is now, one that was deleted does not come; topics that were
 * added after the walk began do not come either, so it always ends.
 */
export class RetainedIndex {
  readonly #slots = new Map<string, RetainedSlot>();
  /** The keys of that in order, for lists. */
  readonly #topics = new SortedKeys();
  readonly #tree = new TopicTree<RetainedSlot>();
  /** Topics such as `$SYS/…`, which a filter that begins with a wildcard does not match. */
  readonly #dollarTree = new TopicTree<RetainedSlot>();
  #bytes = 0;
  #lastOrder = 0;

  /** How many topics have a retained message. */
  get size(): number {
    return this.#slots.size;
  }

  get topics(): ReadonlySortedKeys {
    return this.#topics;
  }

  /** The sum of the messages' `cost`. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What the index takes in topics and branches: 0 when empty. */
  get nodeCount(): number {
    return this.#tree.nodeCount + this.#dollarTree.nodeCount;
  }

  get(topic: string): Message | undefined {
    return this.#slots.get(topic)?.message;
  }

  /**
   * Keeps `message` for its topic, a valid topic name, and its payload with it, independent of the
   * read buffer and of deliveries; returns the message that it replaces.
   */
  set(message: Message): Message | undefined {
    message.retainPayload();
    message.pin();
    message.separatePayload();
    this.#bytes += message.cost;
    const slot = this.#slots.get(message.topic);
    if (slot === undefined) {
      const added = new RetainedSlot(message, ++this.#lastOrder);
      this.#slots.set(added.topic, added);
      this.#topics.add(added.topic);
      this.#treeOf(added.topic).add(added);
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
    this.#topics.delete(topic);
    this.#treeOf(topic).remove(slot);
    this.#bytes -= deleted.cost;
    slot.message = undefined;
    return deleted;
  }

  /** The messages whose topics match a valid filter without share prefix. */
  match(matchFilter: string): RetainedWalk {
    const walk = new RetainedWalk(matchFilter, this.#lastOrder);
    if (hasWildcard(matchFilter)) {
      walk.enterTree(this.#treeOf(matchFilter).root); // [MQTT-4.7.2-1]
    } else {
      const slot = this.#slots.get(matchFilter);
      if (slot !== undefined) walk.enterSlot(slot);
    }
    return walk;
  }

  /** All messages, those of `$` topics included. */
  values(): RetainedWalk {
    const walk = new RetainedWalk("#", this.#lastOrder);
    walk.enterTree(this.#dollarTree.root);
    walk.enterTree(this.#tree.root);
    return walk;
  }

  #treeOf(topicOrFilter: string): TopicTree<RetainedSlot> {
    return isDollarTopic(topicOrFilter) ? this.#dollarTree : this.#tree;
  }
}
