import { isDollarTopic } from "../mqtt/topic.ts";
import { EdgeTable } from "./edge_table.ts";
import { LevelTable } from "./level_table.ts";

/** What a {@linkcode FilterTree} holds: its filter, which has a wildcard, is its key. */
export interface Filtered {
  readonly matchFilter: string;
}

/**
 * The fields of a branch. `END`: the leaf whose filter ends there. `MULTI`: the leaf that goes on
 * with `#`. `SINGLE`: the place for `+`. `LITERALS`: how many children the edge table has for it.
 */
const END = 0;
const MULTI = 1;
const SINGLE = 2;
const LITERALS = 3;
const FIELDS = 4;

/**
 * A place is what hangs at one level of a branch, as an integer: 0 for nothing, above 0 a branch,
 * below 0 a leaf, which is a value's number and how its filter goes on after that level.
 */
type Place = number;
const NOTHING: Place = 0;
const ROOT: Place = 1;

/** How the filter of a leaf goes on: not at all, with `#`, or with anything else. */
const ENDS = 0;
const MULTI_FOLLOWS = 1;
const MORE_FOLLOWS = 2;

/**
 * Values by filter, for filters with wildcards: the tree of their levels, made to be walked by the
 * levels of a topic. A value hangs as a leaf at the first place that its filter has for itself: a
 * million filters `a/<n>/+` are one branch with a million leaves. Where a second filter comes the
 * same way the leaf grows into a branch.
 *
 * It is kept in a few arrays of integers rather than in objects: a look-up among a million filters
 * costs what the memory that it touches costs. A walk visits only branches whose levels the topic
 * has, each once. Recursion is as deep as the deepest filter, which `TOPIC_LEVELS_MAX` bounds.
 */
export class FilterTree<V extends Filtered> {
  readonly #levels = new LevelTable();
  #edges = new EdgeTable();
  #branches = new Int32Array(64 * FIELDS);
  #branchEnd = ROOT + 1;
  #freeBranches: number[] = [];
  #values: (V | undefined)[] = [];
  #freeValues: number[] = [];

  // The walk under way. Fields rather than parameters: it is the hottest code here.
  #topic = "";
  #found: V[] = [];
  /** Where each level of the topic ends. */
  readonly #ends: number[] = [];
  /** The numbers of the levels, as far as they were looked up. */
  readonly #numbers: number[] = [];

  /** How many filters there are. */
  get size(): number {
    return this.#values.length - this.#freeValues.length;
  }

  /** Filters, and the branches that they need beside the root: 0 when empty. */
  get nodeCount(): number {
    return this.size + this.#branchEnd - ROOT - 1 - this.#freeBranches.length;
  }

  get(matchFilter: string): V | undefined {
    let place = ROOT;
    for (let start = 0; place > 0;) {
      const end = levelEnd(matchFilter, start);
      place = this.#place(place, matchFilter, start, end);
      start = end + 1;
    }
    if (place === NOTHING) return undefined;
    const value = this.#values[valueOf(place)]!;
    return value.matchFilter === matchFilter ? value : undefined;
  }

  /** Adds, or replaces the value with the same filter. */
  set(value: V): void {
    const filter = value.matchFilter;
    let branch = ROOT;
    for (let start = 0;;) {
      const end = levelEnd(filter, start);
      const place = this.#place(branch, filter, start, end);
      if (place === NOTHING) {
        const number = this.#freeValues.pop() ?? this.#values.push(undefined) - 1;
        this.#values[number] = value;
        this.#setPlace(branch, filter, start, end, leaf(number, filter, end + 1));
        return;
      }
      if (place > 0) {
        branch = place;
      } else {
        const other = this.#values[valueOf(place)]!.matchFilter;
        if (other === filter) {
          this.#values[valueOf(place)] = value;
          return;
        }
        // Both came the same way so far, so the rest of the other begins at the same character.
        const fork = this.#newBranch();
        const otherEnd = levelEnd(other, end + 1);
        this.#setPlace(
          fork,
          other,
          end + 1,
          otherEnd,
          leaf(valueOf(place), other, otherEnd + 1),
        );
        this.#setPlace(branch, filter, start, end, fork);
        branch = fork;
      }
      start = end + 1;
    }
  }

  /** Removes the value with this filter, if there is one. */
  delete(matchFilter: string): void {
    this.#deleteBelow(ROOT, matchFilter, 0);
    if (this.size === 0) this.#reset();
  }

  /** Appends the values whose filters match `topic`, a valid topic name, to `found`. */
  collect(topic: string, found: V[]): void {
    if (this.size === 0) return;
    this.#topic = topic;
    this.#found = found;
    const ends = this.#ends;
    const numbers = this.#numbers;
    let depth = 0;
    for (let end = topic.indexOf("/"); end >= 0; end = topic.indexOf("/", end + 1)) {
      ends[depth] = end;
      numbers[depth++] = UNKNOWN;
    }
    ends[depth] = topic.length;
    numbers[depth] = UNKNOWN;
    if (isDollarTopic(topic)) this.#walkLiteral(ROOT, 0, 0, 0); // [MQTT-4.7.2-1]
    else this.#walk(ROOT, 0, 0, 0);
  }

  /**
   * The part of the match below `branch`: the first `depth` levels of the topic led there, the next
   * begins at `start`. Its filters have come as far as `filterStart`: not the same, for `+` is
   * shorter than what it stands for.
   */
  #walk(branch: number, depth: number, start: number, filterStart: number): void {
    const at = branch * FIELDS;
    // `#` stands for the levels that follow, and also for none: `a/#` matches `a`.
    const multi = this.#branches[at + MULTI]!;
    if (multi !== NOTHING) this.#found.push(this.#values[valueOf(multi)]!);
    if (start > this.#topic.length) {
      const end = this.#branches[at + END]!;
      if (end !== NOTHING) this.#found.push(this.#values[valueOf(end)]!);
      return;
    }
    const single = this.#branches[at + SINGLE]!;
    if (single !== NOTHING) {
      this.#visit(single, depth + 1, this.#ends[depth]! + 1, filterStart + 2);
    }
    this.#walkLiteral(branch, depth, start, filterStart);
  }

  #walkLiteral(branch: number, depth: number, start: number, filterStart: number): void {
    if (this.#branches[branch * FIELDS + LITERALS] === 0) return;
    const end = this.#ends[depth]!;
    let number = this.#numbers[depth]!;
    if (number === UNKNOWN) {
      number = this.#levels.get(this.#topic.substring(start, end)) ?? UNUSED;
      this.#numbers[depth] = number;
    }
    if (number === UNUSED) return;
    const place = this.#edges.get(branch, number);
    if (place !== NOTHING) {
      this.#visit(place, depth + 1, end + 1, filterStart + (end - start) + 1);
    }
  }

  #visit(place: Place, depth: number, start: number, filterStart: number): void {
    if (place > 0) {
      this.#walk(place, depth, start, filterStart);
      return;
    }
    const value = this.#values[valueOf(place)]!;
    const follows = ~place & 3;
    const matches = follows === ENDS ? start > this.#topic.length : follows === MULTI_FOLLOWS ||
      restMatches(value.matchFilter, filterStart, this.#topic, start);
    if (matches) this.#found.push(value);
  }

  /** Deletes below `branch`; true when that leaves it empty. */
  #deleteBelow(branch: number, filter: string, start: number): boolean {
    const end = levelEnd(filter, start);
    const place = this.#place(branch, filter, start, end);
    if (place === NOTHING) return false;
    if (place > 0) {
      if (!this.#deleteBelow(place, filter, end + 1)) return false;
      this.#freeBranches.push(place);
    } else {
      const number = valueOf(place);
      if (this.#values[number]!.matchFilter !== filter) return false;
      this.#values[number] = undefined;
      this.#freeValues.push(number);
    }
    this.#setPlace(branch, filter, start, end, NOTHING);
    return this.#isEmpty(branch);
  }

  /** What hangs at `branch` for the level of `filter` from `start` to `end`, or for its end. */
  #place(branch: number, filter: string, start: number, end: number): Place {
    const field = fieldAt(filter, start);
    if (field !== LITERALS) return this.#branches[branch * FIELDS + field]!;
    if (this.#branches[branch * FIELDS + LITERALS] === 0) return NOTHING;
    const number = this.#levels.get(filter.substring(start, end));
    return number === undefined ? NOTHING : this.#edges.get(branch, number);
  }

  #setPlace(branch: number, filter: string, start: number, end: number, place: Place): void {
    const field = fieldAt(filter, start);
    if (field !== LITERALS) {
      this.#branches[branch * FIELDS + field] = place;
      return;
    }
    const level = filter.substring(start, end);
    const known = this.#levels.get(level);
    const isNew = known === undefined || this.#edges.get(branch, known) === NOTHING;
    if (place === NOTHING) {
      this.#edges.delete(branch, known!);
      this.#levels.release(level);
      this.#branches[branch * FIELDS + LITERALS]!--;
    } else if (isNew) {
      this.#edges.set(branch, this.#levels.acquire(level), place);
      this.#branches[branch * FIELDS + LITERALS]!++;
    } else {
      this.#edges.set(branch, known, place);
    }
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

  /** Gives the memory back that the arrays have grown to. */
  #reset(): void {
    this.#edges = new EdgeTable();
    this.#branches = new Int32Array(64 * FIELDS);
    this.#branchEnd = ROOT + 1;
    this.#freeBranches = [];
    this.#values = [];
    this.#freeValues = [];
  }
}

/** Level numbers of a topic: not looked up yet, and not used by any filter. */
const UNKNOWN = -1;
const UNUSED = -2;

function leaf(number: number, filter: string, restStart: number): Place {
  const follows = restStart > filter.length
    ? ENDS
    : filter.charCodeAt(restStart) === HASH
    ? MULTI_FOLLOWS
    : MORE_FOLLOWS;
  return ~(number << 2 | follows);
}

function valueOf(place: Place): number {
  return ~place >> 2;
}

const HASH = 0x23;
const PLUS = 0x2b;

function fieldAt(filter: string, start: number): number {
  if (start > filter.length) return END;
  const first = filter.charCodeAt(start);
  return first === HASH ? MULTI : first === PLUS ? SINGLE : LITERALS;
}

/** Where the level that begins at `start` ends: at a `/`, or with the text. */
export function levelEnd(text: string, start: number): number {
  const end = text.indexOf("/", start);
  return end < 0 ? text.length : end;
}

/**
 * True when the levels of `filter` from `filterStart` on match those of `topic` from `topicStart`
 * on. Either may begin behind the end of its text: then there are no more levels.
 */
export function restMatches(
  filter: string,
  filterStart: number,
  topic: string,
  topicStart: number,
): boolean {
  while (filterStart <= filter.length) {
    const first = filter.charCodeAt(filterStart);
    if (first === HASH) return true;
    if (topicStart > topic.length) return false;
    const topicEnd = levelEnd(topic, topicStart);
    if (first === PLUS) {
      filterStart += 2;
    } else {
      const filterEnd = levelEnd(filter, filterStart);
      const length = topicEnd - topicStart;
      if (filterEnd - filterStart !== length) return false;
      for (let i = 0; i < length; i++) {
        if (topic.charCodeAt(topicStart + i) !== filter.charCodeAt(filterStart + i)) return false;
      }
      filterStart = filterEnd + 1;
    }
    topicStart = topicEnd + 1;
  }
  return topicStart > topic.length;
}
