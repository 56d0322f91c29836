import { TOPIC_LEVELS_MAX } from "../mqtt/topic.ts";
import { hashStep, mix } from "./hash.ts";
import { SLASH } from "./levels.ts";

/** Of how many leading levels there is a {@linkcode ScannedTopic.prefixHash}. */
export const PREFIX_LEVELS_MAX = 3;

/** Levels of at most so many characters, all of them ASCII, are their own keys. */
const EXACT_LENGTH_MAX = 8;
const ASCII_MAX = 0x7f;

/**
 * A topic or a filter after one pass over its characters: where its levels end, and a key for each.
 *
 * A key is 64 bits in two integers. That of a short level in ASCII, as most are, is the characters
 * themselves, so that equal keys are equal levels. That of any other level is a hash, marked by the
 * sign of the high integer: whoever finds an equal one has to compare the text. That no topic
 * contains U+0000 [MQTT-4.7.3-2] makes short levels of different lengths different keys.
 *
 * Made once, and scanned into again and again.
 */
export class ScannedTopic {
  /** What was scanned last. */
  text = "";
  /** One more than any filter has stands for all numbers that are too large. */
  levelCount = 0;
  /** Where each level ends. */
  readonly ends = new Int32Array(TOPIC_LEVELS_MAX);
  readonly lowKeys = new Int32Array(TOPIC_LEVELS_MAX);
  readonly highKeys = new Int32Array(TOPIC_LEVELS_MAX);
  /** A hash of the whole text, as far as there are keys for it. */
  hash = 0;
  readonly #prefixHashes = new Int32Array(PREFIX_LEVELS_MAX);
  readonly #seed: number;

  /** `seed`: of the hashes; unknown to clients, who could otherwise make keys collide. */
  constructor(seed: number) {
    this.#seed = seed;
  }

  scan(text: string): void {
    this.text = text;
    this.hash = this.#seed;
    let level = 0;
    for (let start = 0; start <= text.length; level++) {
      if (level === TOPIC_LEVELS_MAX) {
        level++;
        break;
      }
      start = this.#scanLevel(level, start) + 1;
    }
    this.levelCount = level;
  }

  /** Returns where the level ends. */
  #scanLevel(level: number, start: number): number {
    const { text } = this;
    let low = 0;
    let high = 0;
    let hash = this.#seed;
    let bits = 0;
    let i = start;
    for (; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === SLASH) break;
      high = high << 8 | low >>> 24;
      low = low << 8 | code;
      hash = hashStep(hash, code);
      bits |= code;
    }
    const isExact = i - start <= EXACT_LENGTH_MAX && bits <= ASCII_MAX;
    this.#setLevel(level, i, isExact ? low : hash, isExact ? high : ~0);
    return i;
  }

  #setLevel(level: number, end: number, low: number, high: number): void {
    this.ends[level] = end;
    this.lowKeys[level] = low;
    this.highKeys[level] = high;
    // Mixed at each level: the last characters of a key are otherwise lost in the next one's.
    this.hash = mix(hashStep(hashStep(this.hash, low), high));
    if (level < PREFIX_LEVELS_MAX) this.#prefixHashes[level] = this.hash;
  }

  /** Where a level begins. */
  start(level: number): number {
    return level === 0 ? 0 : this.ends[level - 1]! + 1;
  }

  /** True when the key of a level is the level itself. */
  isExact(level: number): boolean {
    return this.highKeys[level]! >= 0;
  }

  /**
   * A hash of the first `count` levels, at least one and at most {@linkcode PREFIX_LEVELS_MAX}, or
   * of all.
   */
  prefixHash(count: number): number {
    return this.#prefixHashes[Math.min(count, this.levelCount) - 1]!;
  }
}
