import { isDollarTopic, TOPIC_LEVELS_MAX } from "../mqtt/topic.ts";
import { EdgeTable } from "./edge_table.ts";
import { LevelNumbers } from "./level_numbers.ts";
import { LevelTable, NO_LEVEL } from "./level_table.ts";
import { HASH, levelEnd, PLUS, restMatches } from "./levels.ts";
import { doubled, type NumberList } from "./number_list.ts";
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
import type { ScannedTopic } from "./scanned_topic.ts";

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

/** Integers for a branch that is still to be visited: its number, its depth, `filterStart`. */
const PENDING_FIELDS = 3;

/**
 * Numbers for topic filters, and the numbers of all filters that match a topic.
 *
 * They form a tree of their levels. A filter hangs as a leaf at the first place that it has for
 * itself: a million filters `a/<n>/+` are one branch with a million leaves. Where a second one
 * comes the same way, the leaf grows into a branch, which stays until nothing hangs there.
 *
 * The tree is kept in a few arrays of integers, not in objects: a look-up among a million filters
 * costs the memory that it touches. A match visits only branches whose levels the topic has, each
 * once; nothing is as deep as the deepest filter, which `TOPIC_LEVELS_MAX` bounds.
 */
export class FilterTree {
  readonly #seed: number;
  /** By number; "" where that is free. */
  #filters!: string[];
  #freeNumbers!: number[];
  #levels!: LevelTable;
  #edges!: EdgeTable;
  #branches!: Int32Array;
  /** The number that the next branch gets when none is free. */
  #branchEnd!: number;
  #freeBranches!: number[];

  // Of the match under way: the branches that are still to be visited, and the topic's levels.
  readonly #pending = new Int32Array((TOPIC_LEVELS_MAX + 2) * PENDING_FIELDS);
  readonly #topicLevels = new LevelNumbers();

  /** `seed`: of the hashes; unknown to clients, who could otherwise make them collide. */
  constructor(seed: number) {
    this.#seed = seed;
    this.#reset();
  }

  /** How many filters there are. */
  get size(): number {
    return this.#filters.length - this.#freeNumbers.length;
  }

  /** Filters, and the branches that they need beside the root: 0 when empty. */
  get nodeCount(): number {
    return this.size + this.#branchEnd - ROOT - 1 - this.#freeBranches.length;
  }

  /** Different levels that lead somewhere: 0 when empty. */
  get levelCount(): number {
    return this.#levels.size;
  }

  /** The number of a filter; {@linkcode NO_FILTER} when it is not there. */
  find(filter: string): number {
    let place = ROOT;
    for (let start = 0; place > 0;) {
      const end = levelEnd(filter, start);
      place = this.#place(place, filter, start, end);
      start = end + 1;
    }
    if (place === NOTHING) return NO_FILTER;
    const number = filterNumberOf(place);
    return this.#filters[number] === filter ? number : NO_FILTER;
  }

  /**
   * Adds a valid filter that is not there; returns its number. Numbers are small: those of removed
   * filters are given again.
   */
  add(filter: string): number {
    const number = this.#freeNumbers.pop() ?? this.#filters.length;
    this.#filters[number] = filter;
    let branch = ROOT;
    for (let start = 0;;) {
      const end = levelEnd(filter, start);
      const place = this.#place(branch, filter, start, end);
      if (place === NOTHING) {
        this.#setPlace(branch, filter, start, end, leaf(number, filter, end + 1));
        return number;
      }
      branch = place > 0 ? place : this.#fork(branch, filter, start, end, filterNumberOf(place));
      start = end + 1;
    }
  }

  /** Removes a filter that is there; its number is free. */
  remove(filter: string): void {
    this.#removeBelow(ROOT, filter, 0);
    if (this.size === 0) this.#reset();
  }

  /** Appends the numbers of the filters that match `topic`, a valid topic name, to `found`. */
  match(topic: ScannedTopic, found: NumberList): void {
    if (this.size === 0) return;
    const { levelCount } = topic;
    this.#topicLevels.begin(topic, this.#levels);
    const branches = this.#branches;
    const pending = this.#pending;
    const hidesWild = isDollarTopic(topic.text);
    pending[0] = ROOT;
    pending[1] = 0;
    pending[2] = 0;
    for (let top = PENDING_FIELDS; top > 0;) {
      top -= PENDING_FIELDS;
      const branch = pending[top]!;
      const depth = pending[top + 1]!;
      const filterStart = pending[top + 2]!;
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
        pending[top++] = single;
        pending[top++] = depth + 1;
        pending[top++] = filterStart + 2;
      } else if (single !== NOTHING && this.#goesOn(single, topic, depth + 1, filterStart + 2)) {
        found.push(filterNumberOf(single));
      }
      if (branches[at + LITERALS] === 0) continue;
      const literal = this.#literal(branch, topic, depth, filterStart);
      if (literal > 0) {
        pending[top++] = literal;
        pending[top++] = depth + 1;
        pending[top++] = filterStart + topic.ends[depth]! - topic.start(depth) + 1;
      } else if (literal !== NOTHING) {
        found.push(filterNumberOf(literal));
      }
    }
  }

  /**
   * What hangs at `branch` for the topic's level at `depth`: a branch, or a leaf that matches the
   * topic altogether. The level begins at `filterStart` in the filters below `branch`, which is not
   * where it begins in the topic: `+` is shorter than what it stands for.
   */
  #literal(branch: number, topic: ScannedTopic, depth: number, filterStart: number): Place {
    const number = this.#topicLevels.at(depth);
    if (number === NO_LEVEL) return NOTHING;
    const place = this.#edges.get(branch, number);
    if (place === NOTHING) return NOTHING;
    if (place < 0 && followsOf(place) === MORE_FOLLOWS) {
      // The rest of the filter has to be compared anyhow, and this level with it.
      const filter = this.#filters[filterNumberOf(place)]!;
      return restMatches(filter, filterStart, topic.text, topic.start(depth)) ? place : NOTHING;
    }
    if (!this.#topicLevels.isCertain(depth)) return NOTHING;
    if (place > 0 || followsOf(place) === MULTI_FOLLOWS) return place;
    return depth + 1 === topic.levelCount ? place : NOTHING;
  }

  /** True when a leaf whose first `depth` levels match the topic's matches altogether. */
  #goesOn(place: Place, topic: ScannedTopic, depth: number, filterStart: number): boolean {
    const follows = followsOf(place);
    if (follows === MULTI_FOLLOWS) return true;
    if (follows === ENDS) return depth === topic.levelCount;
    const filter = this.#filters[filterNumberOf(place)]!;
    return restMatches(filter, filterStart, topic.text, topic.start(depth));
  }

  /** Makes a branch of the leaf of another filter that came the same way up to `end`. */
  #fork(branch: number, filter: string, start: number, end: number, other: number): number {
    const fork = this.#freeBranches.pop() ?? this.#newBranch();
    const path = this.#filters[other]!;
    const pathEnd = levelEnd(path, end + 1);
    this.#setPlace(fork, path, end + 1, pathEnd, leaf(other, path, pathEnd + 1));
    this.#setPlace(branch, filter, start, end, fork);
    return fork;
  }

  #newBranch(): number {
    const branch = this.#branchEnd++;
    if (this.#branchEnd * FIELDS > this.#branches.length) this.#branches = doubled(this.#branches);
    return branch;
  }

  /** Removes below `branch`; true when that leaves it empty. */
  #removeBelow(branch: number, filter: string, start: number): boolean {
    const end = levelEnd(filter, start);
    const place = this.#place(branch, filter, start, end);
    if (place > 0) {
      if (!this.#removeBelow(place, filter, end + 1)) return false;
      this.#freeBranches.push(place);
    } else {
      this.#filters[filterNumberOf(place)] = "";
      this.#freeNumbers.push(filterNumberOf(place));
    }
    this.#clearPlace(branch, filter, start, end);
    const at = branch * FIELDS;
    return this.#branches.subarray(at, at + FIELDS).every((field) => field === 0);
  }

  /** What hangs at `branch` for the level of `filter` from `start` to `end`, or for its end. */
  #place(branch: number, filter: string, start: number, end: number): Place {
    const field = fieldAt(filter, start);
    if (field !== LITERALS) return this.#branches[branch * FIELDS + field]!;
    const level = this.#levels.get(filter, start, end);
    return level === NO_LEVEL ? NOTHING : this.#edges.get(branch, level);
  }

  #setPlace(branch: number, filter: string, start: number, end: number, place: Place): void {
    const field = fieldAt(filter, start);
    const at = branch * FIELDS + field;
    if (field !== LITERALS) {
      this.#branches[at] = place;
      return;
    }
    if (this.#place(branch, filter, start, end) === NOTHING) {
      this.#levels.acquire(filter, start, end);
      this.#branches[at]!++;
    }
    this.#edges.set(branch, this.#levels.get(filter, start, end), place);
  }

  #clearPlace(branch: number, filter: string, start: number, end: number): void {
    const field = fieldAt(filter, start);
    const at = branch * FIELDS + field;
    if (field !== LITERALS) {
      this.#branches[at] = NOTHING;
      return;
    }
    const level = this.#levels.get(filter, start, end);
    this.#edges.delete(branch, level);
    this.#levels.release(level);
    this.#branches[at]!--;
  }

  /** Starts anew: gives back the memory that everything has grown to. */
  #reset(): void {
    this.#levels = new LevelTable(this.#seed);
    this.#edges = new EdgeTable(this.#seed);
    this.#branchEnd = ROOT + 1;
    this.#branches = new Int32Array(BRANCHES_MIN * FIELDS);
    this.#freeBranches = [];
    this.#filters = [];
    this.#freeNumbers = [];
  }
}

/** The place of a filter whose levels after the present one begin at `restStart`. */
function leaf(filterNumber: number, filter: string, restStart: number): Place {
  if (restStart > filter.length) return leafPlace(filterNumber, ENDS);
  const isMultiLevel = filter.charCodeAt(restStart) === HASH;
  return leafPlace(filterNumber, isMultiLevel ? MULTI_FOLLOWS : MORE_FOLLOWS);
}

function fieldAt(filter: string, start: number): number {
  if (start > filter.length) return END;
  const first = filter.charCodeAt(start);
  return first === HASH ? MULTI : first === PLUS ? SINGLE : LITERALS;
}
