import { hasWildcard } from "../mqtt/topic_filter.ts";
import { type Filtered, FilterTree } from "./filter_tree.ts";

/**
 * Values by match filter, and all those whose filters match a topic. Filters without wildcards are
 * found by one look-up of the whole topic, the others by a walk over its levels.
 */
export class FilterIndex<V extends Filtered> {
  readonly #exact = new Map<string, V>();
  readonly #wildcard = new FilterTree<V>();

  /** How many filters there are. */
  get size(): number {
    return this.#exact.size + this.#wildcard.size;
  }

  /** What the filters take in entries and branches: 0 when empty. */
  get nodeCount(): number {
    return this.#exact.size + this.#wildcard.nodeCount;
  }

  get(matchFilter: string): V | undefined {
    return this.#tableOf(matchFilter).get(matchFilter);
  }

  /** Adds, or replaces the value with the same filter. */
  set(value: V): void {
    const { matchFilter } = value;
    if (hasWildcard(matchFilter)) this.#wildcard.set(value);
    else this.#exact.set(matchFilter, value);
  }

  /** Removes the value with this filter, if there is one. */
  delete(matchFilter: string): void {
    this.#tableOf(matchFilter).delete(matchFilter);
  }

  /** Appends the values whose filters match `topic`, a valid topic name, to `found`. */
  collect(topic: string, found: V[]): void {
    const exact = this.#exact.get(topic);
    if (exact !== undefined) found.push(exact);
    this.#wildcard.collect(topic, found);
  }

  #tableOf(matchFilter: string): Map<string, V> | FilterTree<V> {
    return hasWildcard(matchFilter) ? this.#wildcard : this.#exact;
  }
}
