/**
 * Numbers for the levels of filters, so that levels are compared once for each topic and not at
 * each branch. A number is given up with its last use.
 */
export class LevelTable {
  readonly #numbers = new Map<string, number>();
  readonly #uses: number[] = [];
  readonly #free: number[] = [];

  /** The number of a level that is in use; undefined otherwise. */
  get(level: string): number | undefined {
    return this.#numbers.get(level);
  }

  /** Counts one more use; returns the number of the level. */
  acquire(level: string): number {
    let number = this.#numbers.get(level);
    if (number === undefined) {
      number = this.#free.pop() ?? this.#uses.push(0) - 1;
      this.#numbers.set(level, number);
    }
    this.#uses[number]!++;
    return number;
  }

  /** Takes one use back. */
  release(level: string): void {
    const number = this.#numbers.get(level)!;
    if (--this.#uses[number]! > 0) return;
    this.#numbers.delete(level);
    this.#free.push(number);
  }
}
