import { isDollarTopic, TOPIC_LEVELS_MAX } from "../mqtt/topic.ts";
import { EdgeTable } from "./edge_table.ts";
import { LevelTable, NO_LEVEL } from "./level_table.ts";
import { HASH, levelEnd, PLUS, restMatches, startAfter } from "./levels.ts";
import type { ScannedTopic } from "./scanned_topic.ts";

/** Says that a filter is not in the tree. */
export const NO_FILTER = -1;

/**
 * A place is what hangs at one level of a branch, as an integer: 0 for nothing, above 0 a branch,
 * below 0 a leaf, which is the number of a filter and how that goes on after the level.
 */
type Place = number;
const NOTHING: Place = 0;
const ROOT: Place = 1;

/** How the filter of a leaf goes on: not at all, with `#`, or with anything else. */
const ENDS = 0;
const MULTI_FOLLOWS = 1;
const MORE_FOLLOWS = 2;

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

const FOUND_MIN = 64;
/** The most filters that one branch adds to what was found. */
const FOUND_PER_VISIT = 3;

/** The number of a topic's level that was not looked up yet. */
const UNKNOWN = -2;

/**
 * Numbers for topic filters, and the numbers of all filters that match a topic.
 *
 * The filters form a tree of their levels. A filter hangs as a leaf at the first place that it has
 * for itself: a million filters `a/<n>/+` are one branch with a million leaves. Where a second one
 * comes the same way, the leaf grows into a branch, which stays until nothing hangs there.
 *
 * The tree is kept in a few arrays of integers, not in objects: a look-up among a million filters
 * costs the memory that it touches. A match visits only branches whose levels the topic has, each
 * once; nothing is as deep as the deepest filter, which `TOPIC_LEVELS_MAX` bounds.
 */
export class FilterTree {
  readonly #seed: number;
  #levels!: LevelTable;
  #edges!: EdgeTable;
  #branches!: Int32Array;
  /** The number that the next branch gets when none is free. */
  #branchEnd!: number;
  #freeBranches!: number[];
  /** By number; "" where it is free. */
  #filters!: string[];
  #freeFilters!: number[];

  // Of the topic that is being matched: the numbers of its levels, as far as they were needed; and
  // which branches are still to be visited, at which depth.
  readonly #numbers = new Int32Array(TOPIC_LEVELS_MAX);
  readonly #pending = new Int32Array((TOPIC_LEVELS_MAX + 2) * 2);
  #found: Int32Array = new Int32Array(FOUND_MIN);

  /** `seed`: of the hashes; unknown to clients, who could otherwise make them collide. */
  constructor(seed: number) {
    this.#seed = seed;
    this.#reset();
  }

  /** The numbers that the last {@linkcode match} found, from the start on. Not to be kept. */
  get found(): Int32Array {
    return this.#found;
  }

  /** How many filters there are. */
  get size(): number {
    return this.#filters.length - this.#freeFilters.length;
  }

  /** Filters, and the branches that they need beside the root: 0 when empty. */
  get nodeCount(): number {
    return this.size + this.#branchEnd - ROOT - 1 - this.#freeBranches.length;
  }

  /** Different levels that the table of levels holds for the branches: 0 when empty. */
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
    const number = numberOf(place);
    return this.#filters[number] === filter ? number : NO_FILTER;
  }

  /**
   * Adds a valid filter that is not there; returns its number. Numbers are small: those of removed
   * filters are given again.
   */
  add(filter: string): number {
    const number = this.#freeFilters.pop() ?? this.#filters.push("") - 1;
    this.#filters[number] = filter;
    let branch = ROOT;
    for (let start = 0;;) {
      const end = levelEnd(filter, start);
      const place = this.#place(branch, filter, start, end);
      if (place === NOTHING) {
        this.#setPlace(branch, filter, start, end, leaf(number, filter, end + 1));
        return number;
      }
      branch = place > 0 ? place : this.#fork(branch, filter, start, end, numberOf(place));
      start = end + 1;
    }
  }

  /** Removes a filter that is there; its number is free. */
  remove(filter: string): void {
    this.#removeBelow(ROOT, filter, 0);
    if (this.size === 0) this.#reset();
  }

  /** Finds the filters that match `topic`, a valid topic name; returns how many. */
  match(topic: ScannedTopic): number {
    if (this.size === 0) return 0;
    const { levelCount } = topic;
    this.#numbers.fill(UNKNOWN, 0, levelCount);
    const branches = this.#branches;
    const pending = this.#pending;
    const hidesWild = isDollarTopic(topic.text);
    let found: Int32Array = this.#found;
    let count = 0;
    let top = 0;
    pending[top++] = ROOT;
    pending[top++] = 0;
    while (top > 0) {
      if (count + FOUND_PER_VISIT > found.length) found = this.#growFound();
      const depth = pending[--top]!;
      const branch = pending[--top]!;
      const at = branch * FIELDS;
      const mayBeWild = depth > 0 || !hidesWild; // [MQTT-4.7.2-1]
      // `#` stands for the levels that follow, and also for none: `a/#` matches `a`.
      const multi = branches[at + MULTI]!;
      if (multi !== NOTHING && mayBeWild) found[count++] = numberOf(multi);
      if (depth === levelCount) {
        const end = branches[at + END]!;
        if (end !== NOTHING) found[count++] = numberOf(end);
        continue;
      }
      const single = mayBeWild ? branches[at + SINGLE]! : NOTHING;
      const literal = branches[at + LITERALS] === 0 ? NOTHING : this.#literal(topic, branch, depth);
      if (single > 0) {
        pending[top++] = single;
        pending[top++] = depth + 1;
      } else if (single !== NOTHING && this.#leafMatches(single, topic, depth + 1)) {
        found[count++] = numberOf(single);
      }
      if (literal > 0) {
        pending[top++] = literal;
        pending[top++] = depth + 1;
      } else if (literal !== NOTHING && this.#leafMatches(literal, topic, depth + 1)) {
        found[count++] = numberOf(literal);
      }
    }
    return count;
  }

  #growFound(): Int32Array {
    const larger = new Int32Array(this.#found.length * 2);
    larger.set(this.#found);
    this.#found = larger;
    return larger;
  }

  /** What hangs at `branch` for the topic's level at `depth`. */
  #literal(topic: ScannedTopic, branch: number, depth: number): Place {
    let number = this.#numbers[depth]!;
    if (number === UNKNOWN) {
      const hash = topic.hashes[depth]!;
      number = this.#levels.find(topic.text, topic.start(depth), topic.ends[depth]!, hash);
      this.#numbers[depth] = number;
    }
    return number === NO_LEVEL ? NOTHING : this.#edges.get(branch, number);
  }

  /** True when a leaf whose first `depth` levels match the topic's matches altogether. */
  #leafMatches(place: Place, topic: ScannedTopic, depth: number): boolean {
    const follows = ~place & 3;
    if (follows === MULTI_FOLLOWS) return true;
    if (follows === ENDS) return depth === topic.levelCount;
    if (depth === topic.levelCount) return false;
    const filter = this.#filters[numberOf(place)]!;
    return restMatches(filter, startAfter(filter, depth), topic.text, topic.start(depth));
  }

  /** Makes a branch of the leaf of another filter that came the same way up to `end`. */
  #fork(branch: number, filter: string, start: number, end: number, other: number): number {
    const fork = this.#newBranch();
    const path = this.#filters[other]!;
    const pathEnd = levelEnd(path, end + 1);
    this.#setPlace(fork, path, end + 1, pathEnd, leaf(other, path, pathEnd + 1));
    this.#setPlace(branch, filter, start, end, fork);
    return fork;
  }

  /** Removes below `branch`; true when that leaves it empty. */
  #removeBelow(branch: number, filter: string, start: number): boolean {
    const end = levelEnd(filter, start);
    const place = this.#place(branch, filter, start, end);
    if (place > 0) {
      if (!this.#removeBelow(place, filter, end + 1)) return false;
      this.#freeBranches.push(place);
    } else {
      this.#filters[numberOf(place)] = "";
      this.#freeFilters.push(numberOf(place));
    }
    this.#clearPlace(branch, filter, start, end);
    return this.#isEmpty(branch);
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
    if (field !== LITERALS) {
      this.#branches[branch * FIELDS + field] = place;
      return;
    }
    if (this.#place(branch, filter, start, end) === NOTHING) {
      this.#levels.acquire(filter, start, end);
      this.#branches[branch * FIELDS + LITERALS]!++;
    }
    this.#edges.set(branch, this.#levels.get(filter, start, end), place);
  }

  #clearPlace(branch: number, filter: string, start: number, end: number): void {
    const field = fieldAt(filter, start);
    if (field !== LITERALS) {
      this.#branches[branch * FIELDS + field] = NOTHING;
      return;
    }
    const level = this.#levels.get(filter, start, end);
    this.#edges.delete(branch, level);
    this.#levels.release(level);
    this.#branches[branch * FIELDS + LITERALS]!--;
  }

  #isEmpty(branch: number): boolean {
    const at = branch * FIELDS;
    for (let field = 0; field < FIELDS; field++) {
      if (this.#branches[at + field] !== 0) return false;
    }
    return true;
  }

  #newBranch(): number {
    const free = this.#freeBranches.pop();
    if (free !== undefined) return free;
    const branch = this.#branchEnd++;
    if (this.#branchEnd * FIELDS > this.#branches.length) {
      const larger = new Int32Array(this.#branches.length * 2);
      larger.set(this.#branches);
      this.#branches = larger;
    }
    return branch;
  }

  /** Starts anew: gives back the memory that everything has grown to. */
  #reset(): void {
    this.#levels = new LevelTable(this.#seed);
    this.#edges = new EdgeTable(this.#seed);
    this.#branches = new Int32Array(BRANCHES_MIN * FIELDS);
    this.#branchEnd = ROOT + 1;
    this.#freeBranches = [];
    this.#filters = [];
    this.#freeFilters = [];
  }
}

/** The place of a filter whose levels after the present one begin at `restStart`. */
function leaf(number: number, filter: string, restStart: number): Place {
  const follows = restStart > filter.length
    ? ENDS
    : filter.charCodeAt(restStart) === HASH
    ? MULTI_FOLLOWS
    : MORE_FOLLOWS;
  return ~(number << 2 | follows);
}

function numberOf(place: Place): number {
  return ~place >> 2;
}

function fieldAt(filter: string, start: number): number {
  if (start > filter.length) return END;
  const first = filter.charCodeAt(start);
  return first === HASH ? MULTI : first === PLUS ? SINGLE : LITERALS;
}
