import { isDollarTopic } from "../mqtt/topic.ts";
import { EdgeTable, NO_SLOT } from "./edge_table.ts";
import { HASH, PLUS, restMatches } from "./levels.ts";
import { doubled, NumberList } from "./number_list.ts";
import {
  ENDS,
  filterNumberOf,
  followsOf,
  leafPlace,
  MORE_FOLLOWS,
  MULTI_FOLLOWS,
  NOTHING,
  type Place,
  ROOT,
} from "./place.ts";
import { ScannedTopic } from "./scanned_topic.ts";

/** Says that a filter is not in the tree. */
export const NO_FILTER = -1;

/**
 * The fields of a branch: the places of the filter that ends there, of the one that goes on with
 * `#`, of what goes on with `+`; and how many children the edge table has for it.
 */
const END = 0;
const MULTI = 1;
const SINGLE = 2;
const LITERALS = 3;
const FIELDS = 4;
const BRANCHES_MIN = 64;

/** Integers for a branch that is to be visited: its number, its depth, `filterStart`. */
const PENDING_FIELDS = 3;

/**
 * Numbers for topic filters, and the numbers of all filters that match a topic.
 *
 * The filters form a tree of their levels. A filter hangs as a leaf at the first place that it has
 * for itself: a million filters `a/<n>/+` are one branch with a million leaves. Where a second one
 * comes the same way, the leaf grows into a branch, which stays until nothing hangs there.
 *
 * The tree is kept in a few arrays of integers, not in objects: a look-up among a million filters
 * costs the memory that it touches. A match visits only branches whose levels the topic has, each
 * once, and those of one depth after each other, so that the processor fetches them at the same time.
 */
export class FilterTree {
  readonly #seed: number;
  /** By number; "" where that is free. */
  #filters!: string[];
  #freeNumbers!: number[];
  #edges!: EdgeTable;
  #branches!: Int32Array;
  /** The level that leads to a branch, by its number; "" where the key says it. */
  #labels!: string[];
  #freeBranches!: number[];

  /** The filter that is being looked for, added or removed, and another that it meets. */
  readonly #filter: ScannedTopic;
  readonly #other: ScannedTopic;
  /** Of the match under way: the branches that are visited, level by level. */
  readonly #pending = new NumberList();

  /** `seed`: that of the topics which are matched. */
  constructor(seed: number) {
    this.#seed = seed;
    this.#filter = new ScannedTopic(seed);
    this.#other = new ScannedTopic(seed);
    this.#reset();
  }

  /** How many filters there are. */
  get size(): number {
    return this.#filters.length - this.#freeNumbers.length;
  }

  /** Filters, and the branches that they need beside the root: 0 when empty. */
  get nodeCount(): number {
    return this.size + this.#labels.length - ROOT - 1 - this.#freeBranches.length;
  }

  /** The number of a filter; {@linkcode NO_FILTER} when it is not there. */
  find(filter: string): number {
    this.#filter.scan(filter);
    let place = ROOT;
    for (let depth = 0; place > 0; depth++) place = this.#place(place, this.#filter, depth);
    if (place === NOTHING) return NO_FILTER;
    const number = filterNumberOf(place);
    return this.#filters[number] === filter ? number : NO_FILTER;
  }

  /**
   * Adds a valid filter that is not there; returns its number. Numbers are small: those of removed
   * filters are given again.
   */
  add(text: string): number {
    const number = this.#freeNumbers.pop() ?? this.#filters.length;
    this.#filters[number] = text;
    const filter = this.#filter;
    filter.scan(text);
    let branch = ROOT;
    for (let depth = 0;; depth++) {
      const place = this.#place(branch, filter, depth);
      if (place === NOTHING) {
        this.#setPlace(branch, filter, depth, leafOf(number, filter, depth));
        return number;
      }
      branch = place > 0 ? place : this.#fork(branch, depth, filterNumberOf(place));
    }
  }

  /** Removes a filter that is there; its number is free. */
  remove(filter: string): void {
    this.#filter.scan(filter);
    this.#removeBelow(ROOT, 0);
    if (this.size === 0) this.#reset();
  }

  /** Appends the numbers of the filters that match `topic`, a valid topic name, to `found`. */
  match(topic: ScannedTopic, found: NumberList): void {
    if (this.size === 0) return;
    const { levelCount } = topic;
    const branches = this.#branches;
    const pending = this.#pending;
    const hidesWild = isDollarTopic(topic.text);
    pending.clear();
    this.#visit(ROOT, 0, 0);
    for (let head = 0; head < pending.length; head += PENDING_FIELDS) {
      const branch = pending.at(head);
      const depth = pending.at(head + 1);
      const filterStart = pending.at(head + 2);
      const at = branch * FIELDS;
      const mayBeWild = depth > 0 || !hidesWild; // [MQTT-4.7.2-1]
      // `#` stands for the levels that follow, and also for none: `a/#` matches `a`.
      const multi = branches[at + MULTI]!;
      if (multi !== NOTHING && mayBeWild) found.push(filterNumberOf(multi));
      if (depth === levelCount) {
        const end = branches[at + END]!;
        if (end !== NOTHING) found.push(filterNumberOf(end));
        continue;
      }
      const single = mayBeWild ? branches[at + SINGLE]! : NOTHING;
      if (single > 0) {
        this.#visit(single, depth + 1, filterStart + 2);
      } else if (single !== NOTHING && this.#goesOn(single, topic, depth + 1, filterStart + 2)) {
        found.push(filterNumberOf(single));
      }
      if (branches[at + LITERALS] === 0) continue;
      const literal = this.#literal(branch, topic, depth, filterStart);
      if (literal > 0) {
        const nextStart = filterStart + topic.ends[depth]! - topic.start(depth) + 1;
        this.#visit(literal, depth + 1, nextStart);
      } else if (literal !== NOTHING) {
        found.push(filterNumberOf(literal));
      }
    }
  }

  /** Has a branch visited whose level at `depth` begins at `filterStart` in the filters below it. */
  #visit(branch: number, depth: number, filterStart: number): void {
    const pending = this.#pending;
    pending.push(branch);
    pending.push(depth);
    pending.push(filterStart);
  }

  /**
   * What hangs at `branch` for the topic's level at `depth`: a branch, or a leaf that matches the
   * topic altogether. The level begins at `filterStart` in the filters below `branch`, which is not
   * where it begins in the topic: `+` is shorter than what it stands for.
   */
  #literal(branch: number, topic: ScannedTopic, depth: number, filterStart: number): Place {
    const low = topic.lowKeys[depth]!;
    const high = topic.highKeys[depth]!;
    const edges = this.#edges;
    let slot = edges.first(branch, low, high);
    if (slot === NO_SLOT) return NOTHING;
    if (topic.isExact(depth)) {
      const place = edges.child(slot);
      if (place > 0) return place;
      const nextStart = filterStart + topic.ends[depth]! - topic.start(depth) + 1;
      return this.#goesOn(place, topic, depth + 1, nextStart) ? place : NOTHING;
    }
    for (; slot !== NO_SLOT; slot = edges.next(slot, branch, low, high)) {
      const place = edges.child(slot);
      const matches = place > 0 ? isLevel(this.#labels[place]!, topic, depth) : restMatches(
        this.#filters[filterNumberOf(place)]!,
        filterStart,
        topic.text,
        topic.start(depth),
      );
      if (matches) return place;
    }
    return NOTHING;
  }

  /** True when a leaf whose first `depth` levels match the topic's matches altogether. */
  #goesOn(leaf: Place, topic: ScannedTopic, depth: number, filterStart: number): boolean {
    const follows = followsOf(leaf);
    if (follows === MULTI_FOLLOWS) return true;
    if (follows === ENDS) return depth === topic.levelCount;
    const filter = this.#filters[filterNumberOf(leaf)]!;
    return restMatches(filter, filterStart, topic.text, topic.start(depth));
  }

  /** Makes a branch of the leaf of another filter, which came the same way as the present one. */
  #fork(branch: number, depth: number, otherNumber: number): number {
    const filter = this.#filter;
    const other = this.#other;
    const fork = this.#freeBranches.pop() ?? this.#newBranch();
    if (fieldAt(filter, depth) === LITERALS && !filter.isExact(depth)) {
      this.#labels[fork] = filter.text.substring(filter.start(depth), filter.ends[depth]!);
    }
    other.scan(this.#filters[otherNumber]!);
    this.#setPlace(fork, other, depth + 1, leafOf(otherNumber, other, depth + 1));
    this.#setPlace(branch, filter, depth, fork);
    return fork;
  }

  #newBranch(): number {
    const branch = this.#labels.push("") - 1;
    if (this.#labels.length * FIELDS > this.#branches.length) {
      this.#branches = doubled(this.#branches);
    }
    return branch;
  }

  /** Removes the present filter below `branch`; true when that leaves it empty. */
  #removeBelow(branch: number, depth: number): boolean {
    const filter = this.#filter;
    const place = this.#place(branch, filter, depth);
    if (place > 0 && !this.#removeBelow(place, depth + 1)) return false;
    this.#setPlace(branch, filter, depth, NOTHING);
    if (place > 0) {
      this.#labels[place] = "";
      this.#freeBranches.push(place);
    } else {
      this.#filters[filterNumberOf(place)] = "";
      this.#freeNumbers.push(filterNumberOf(place));
    }
    const at = branch * FIELDS;
    return this.#branches.subarray(at, at + FIELDS).every((field) => field === 0);
  }

  /** What hangs at `branch` for the filter's level at `depth`, or for its end. */
  #place(branch: number, filter: ScannedTopic, depth: number): Place {
    const field = fieldAt(filter, depth);
    if (field !== LITERALS) return this.#branches[branch * FIELDS + field]!;
    const slot = this.#slot(branch, filter, depth);
    return slot === NO_SLOT ? NOTHING : this.#edges.child(slot);
  }

  /** {@linkcode NOTHING} removes what is there. */
  #setPlace(branch: number, filter: ScannedTopic, depth: number, place: Place): void {
    const field = fieldAt(filter, depth);
    const at = branch * FIELDS + field;
    if (field !== LITERALS) {
      this.#branches[at] = place;
      return;
    }
    const slot = this.#slot(branch, filter, depth);
    if (slot === NO_SLOT) {
      this.#edges.add(branch, filter.lowKeys[depth]!, filter.highKeys[depth]!, place);
      this.#branches[at]!++;
    } else if (place === NOTHING) {
      this.#edges.remove(slot);
      this.#branches[at]!--;
    } else {
      this.#edges.setChild(slot, place);
    }
  }

  /** The edge of `branch` for the filter's level at `depth`; {@linkcode NO_SLOT} for none. */
  #slot(branch: number, filter: ScannedTopic, depth: number): number {
    const low = filter.lowKeys[depth]!;
    const high = filter.highKeys[depth]!;
    let slot = this.#edges.first(branch, low, high);
    if (filter.isExact(depth)) return slot;
    while (slot !== NO_SLOT && !this.#leadsBy(this.#edges.child(slot), filter, depth)) {
      slot = this.#edges.next(slot, branch, low, high);
    }
    return slot;
  }

  /** True when the edge to `place` is that level, and not one whose key is the same hash. */
  #leadsBy(place: Place, filter: ScannedTopic, depth: number): boolean {
    if (place > 0) return isLevel(this.#labels[place]!, filter, depth);
    // All filters that came here did so by the same text, up to this level.
    const other = this.#filters[filterNumberOf(place)]!;
    const end = filter.ends[depth]!;
    return (other.length === end || other[end] === "/") &&
      other.startsWith(filter.text.substring(filter.start(depth), end), filter.start(depth));
  }

  /** Starts anew: gives back the memory that everything has grown to. */
  #reset(): void {
    this.#filters = [];
    this.#freeNumbers = [];
    this.#edges = new EdgeTable(this.#seed);
    this.#branches = new Int32Array(BRANCHES_MIN * FIELDS);
    this.#labels = new Array(ROOT + 1).fill("");
    this.#freeBranches = [];
  }
}

/** The leaf of a filter that has the rest for itself from `depth` on. */
function leafOf(filterNumber: number, filter: ScannedTopic, depth: number): Place {
  const next = fieldAt(filter, depth + 1);
  const follows = next === END ? ENDS : next === MULTI ? MULTI_FOLLOWS : MORE_FOLLOWS;
  return leafPlace(filterNumber, follows);
}

/** The field of a branch that is for a filter's level at `depth`. */
function fieldAt(filter: ScannedTopic, depth: number): number {
  if (depth >= filter.levelCount) return END;
  const first = filter.text.charCodeAt(filter.start(depth));
  return first === HASH ? MULTI : first === PLUS ? SINGLE : LITERALS;
}

/** True when `label` is the level of `topic` at `depth`. */
function isLevel(label: string, topic: ScannedTopic, depth: number): boolean {
  const start = topic.start(depth);
  return label.length === topic.ends[depth]! - start && topic.text.startsWith(label, start);
}
