/**
 * Whether one subscriber receives the messages of each publisher in the order of sending and none
 * of them twice. Gaps are in order: a subscriber need not get all of them. Sequence numbers begin
 * with 1.
 */
export class SequenceCheck {
  readonly #last: Uint32Array;

  constructor(publishers: number) {
    this.#last = new Uint32Array(publishers);
  }

  /** False when this message, or a later one of its publisher, was here before, or nobody sent it. */
  accept(publisher: number, sequence: number): boolean {
    const last = this.#last[publisher];
    if (last === undefined || sequence <= last) return false;
    this.#last[publisher] = sequence;
    return true;
  }
}
