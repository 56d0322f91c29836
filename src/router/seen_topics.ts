/** How many other topics of its place a mark outlives. */
const AGE_MAX = 3;
const AGE_MASK = 3;
/** The bits of a hash that make the mark, above the age; others choose the place. */
const MARK_SHIFT = 16;
const MARK_MASK = 0xffff & ~AGE_MASK;

/**
 * Which topics have been asked for lately, by two bytes each: tells those that come again, which are
 * worth keeping a result for, from those that come once. It forgets older ones, and is rarely
 * mistaken.
 */
export class SeenTopics {
  readonly #marks: Uint16Array;

  /** `places`: a power of two; it remembers about so many topics. */
  constructor(places: number) {
    this.#marks = new Uint16Array(places).fill(AGE_MAX);
  }

  /** True when the topic of this hash was seen lately; from now on it has been. */
  see(hash: number): boolean {
    const marks = this.#marks;
    const at = hash & (marks.length - 1);
    const held = marks[at]!;
    const mark = hash >>> MARK_SHIFT & MARK_MASK;
    if ((held & MARK_MASK) === mark) {
      marks[at] = mark | AGE_MAX;
      return true;
    }
    // Not overwritten at once: of topics that come in turn and share a place, none was ever seen.
    marks[at] = (held & AGE_MASK) === AGE_MAX ? mark : held + 1;
    return false;
  }
}
