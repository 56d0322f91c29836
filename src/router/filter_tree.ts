import { isDollarTopic } from "../mqtt/topic.ts";
import type { FilterEntry } from "./filter_entry.ts";
import { Branch, levelEnd, LevelTree, type Place, restMatches } from "./level_tree.ts";
import type { Subscriber } from "./match.ts";

/**
 * The filters that have wildcards, found by topic. A match visits only branches whose levels the
 * topic has, each once.
 */
export class FilterTree<S extends Subscriber> extends LevelTree<FilterEntry<S>> {
  // The match under way. Fields rather than parameters: the walk is the hottest code here.
  #topic = "";
  #found: FilterEntry<S>[] = [];

  /** Appends the entries whose filters match `topic`, a valid topic name, to `found`. */
  collect(topic: string, found: FilterEntry<S>[]): void {
    if (this.leafCount === 0) return;
    this.#topic = topic;
    this.#found = found;
    if (isDollarTopic(topic)) this.#walkLiteral(this.root, 0); // [MQTT-4.7.2-1]
    else this.#walk(this.root, 0);
  }

  /** The part of the match below `branch`, to which the levels of the topic before `start` led. */
  #walk(branch: Branch<FilterEntry<S>>, start: number): void {
    // `#` stands for the levels that follow, and also for none: `a/#` matches `a`.
    if (branch.multiLevel !== undefined) this.#found.push(branch.multiLevel);
    if (start > this.#topic.length) {
      if (branch.end !== undefined) this.#found.push(branch.end);
      return;
    }
    const { singleLevel } = branch;
    if (singleLevel !== undefined) {
      this.#visit(singleLevel, levelEnd(this.#topic, start) + 1, branch.start + 2);
    }
    this.#walkLiteral(branch, start);
  }

  #walkLiteral(branch: Branch<FilterEntry<S>>, start: number): void {
    const { literals } = branch;
    if (literals === undefined) return;
    const end = levelEnd(this.#topic, start);
    const place = literals.get(this.#topic.substring(start, end));
    if (place !== undefined) this.#visit(place, end + 1, branch.start + (end - start) + 1);
  }

  /** `filterStart`: how far the filters of `place` have come; `+` is shorter than what it matches. */
  #visit(place: Place<FilterEntry<S>>, start: number, filterStart: number): void {
    if (place instanceof Branch) this.#walk(place, start);
    else if (restMatches(place.path, filterStart, this.#topic, start)) this.#found.push(place);
  }
}
