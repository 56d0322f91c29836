import { TOPIC_LEVELS_MAX } from "../mqtt/topic.ts";
import { hashStep } from "./hash.ts";
import { SLASH } from "./levels.ts";

/** Of how many leading levels there is a {@linkcode ScannedTopic.prefixHash}. */
export const PREFIX_LEVELS_MAX = 3;

/**
 * A text, topic or filter, after one pass over its characters: where its levels end, and the
 * hashes that everything else here is found by. Made once and scanned into again and again.
 */
export class ScannedTopic {
  /** What was scanned last. */
  text = "";
  /** One more than any filter has stands for all numbers that are too large. */
  levelCount = 0;
  /** Where each level ends. */
  readonly ends = new Int32Array(TOPIC_LEVELS_MAX);
  /** The hash of each level, as `hashText` would make it. */
  readonly hashes = new Int32Array(TOPIC_LEVELS_MAX);
  readonly #seed: number;
  readonly #prefixHashes = new Int32Array(PREFIX_LEVELS_MAX);

  constructor(seed: number) {
    this.#seed = seed;
    this.scan("");
  }

  scan(text: string): void {
    this.text = text;
    this.levelCount = 0;
    let hash = this.#seed;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code !== SLASH) {
        hash = hashStep(hash, code);
        continue;
      }
      this.#endLevel(i, hash);
      if (this.levelCount === TOPIC_LEVELS_MAX) {
        this.levelCount++;
        return;
      }
      hash = this.#seed;
    }
    this.#endLevel(text.length, hash);
  }

  /** Where a level begins. */
  start(level: number): number {
    return level === 0 ? 0 : this.ends[level - 1]! + 1;
  }

  /** The hash of the first `count` levels, at most {@linkcode PREFIX_LEVELS_MAX}, or of all. */
  prefixHash(count: number): number {
    return this.#prefixHashes[Math.min(count, this.levelCount) - 1]!;
  }

  #endLevel(end: number, hash: number): void {
    const level = this.levelCount++;
    this.ends[level] = end;
    this.hashes[level] = hash;
    if (level >= PREFIX_LEVELS_MAX) return;
    const before = level === 0 ? this.#seed : this.#prefixHashes[level - 1]!;
    this.#prefixHashes[level] = hashStep(before, hash);
  }
}
