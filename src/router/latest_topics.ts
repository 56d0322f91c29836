/** At most so many are known; then it begins anew. */
const TOPICS_MAX = 16_384;

/** After so many questions it is looked at whether they are worth asking. */
const TRIAL = 1024;
/** They are when so many of them were answered. */
const ANSWERS_MIN = 768;
/** Otherwise so many are not even looked up until the next trial. */
const REST = 8 * TRIAL;

/**
 * The slots of a few topics that come all the time, as a `Map`: for a string that V8 has hashed
 * before, as one that is the same object each time, that is faster than to read its characters. To
 * hash a new one is not; so while most topics are not known, nothing is looked up.
 */
export class LatestTopics {
  readonly #slots = new Map<string, number>();
  // Of the trial under way; and questions that are still to be passed over.
  #asked = 0;
  #answered = 0;
  #resting = 0;
  /** The one that came last needs no look-up: a publisher may have only one. */
  #lastTopic = "";
  #lastSlot: number | undefined;

  /** Where the topic was lately, which may no longer be so. */
  slotOf(topic: string): number | undefined {
    if (topic === this.#lastTopic) return this.#lastSlot;
    if (this.#resting > 0) {
      this.#resting--;
      return undefined;
    }
    if (++this.#asked > TRIAL) this.#judge();
    const slot = this.#slots.get(topic);
    if (slot === undefined) return undefined;
    this.#answered++;
    this.#remember(topic, slot);
    return slot;
  }

  /** Tells where a topic is that came just now. */
  add(topic: string, slot: number): void {
    this.#remember(topic, slot);
    if (this.#resting > 0) return;
    if (this.#slots.size >= TOPICS_MAX) this.#slots.clear();
    this.#slots.set(topic, slot);
  }

  #remember(topic: string, slot: number): void {
    this.#lastTopic = topic;
    this.#lastSlot = slot;
  }

  #judge(): void {
    if (this.#answered < ANSWERS_MIN) this.#resting = REST;
    this.#asked = 0;
    this.#answered = 0;
  }
}
