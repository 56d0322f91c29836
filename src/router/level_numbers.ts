import { TOPIC_LEVELS_MAX } from "../mqtt/topic.ts";
import { type LevelTable, NO_LEVEL, SEVERAL_LEVELS } from "./level_table.ts";
import type { ScannedTopic } from "./scanned_topic.ts";

/** Not looked up yet. */
const UNKNOWN = -3;

/**
 * The numbers of the levels of the topic that is being matched. Each is looked up when it is needed
 * and at most once, and compared as text when that is needed, at most once.
 */
export class LevelNumbers {
  #topic!: ScannedTopic;
  #table!: LevelTable;
  readonly #numbers = new Int32Array(TOPIC_LEVELS_MAX);
  readonly #areCertain = new Uint8Array(TOPIC_LEVELS_MAX);

  /** Turns to another topic. */
  begin(topic: ScannedTopic, table: LevelTable): void {
    this.#topic = topic;
    this.#table = table;
    this.#numbers.fill(UNKNOWN, 0, topic.levelCount);
  }

  /**
   * The number that the level at `depth` has if it has one; {@linkcode NO_LEVEL} when it has none
   * for certain.
   */
  at(depth: number): number {
    const number = this.#numbers[depth]!;
    return number === UNKNOWN ? this.#lookUp(depth) : number;
  }

  /** True when what {@linkcode at} has returned is the number of the level, not of one like it. */
  isCertain(depth: number): boolean {
    return this.#areCertain[depth] === 1 || this.#compare(depth);
  }

  #lookUp(depth: number): number {
    const topic = this.#topic;
    let number = this.#table.candidate(topic.hashes[depth]!);
    if (number === SEVERAL_LEVELS) {
      number = this.#table.get(topic.text, topic.start(depth), topic.ends[depth]!);
    }
    this.#numbers[depth] = number;
    this.#areCertain[depth] = 0;
    return number;
  }

  #compare(depth: number): boolean {
    const topic = this.#topic;
    const number = this.#numbers[depth]!;
    const isSame = this.#table.is(number, topic.text, topic.start(depth), topic.ends[depth]!);
    if (isSame) this.#areCertain[depth] = 1;
    else this.#numbers[depth] = NO_LEVEL;
    return isSame;
  }
}
