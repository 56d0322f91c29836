const CAPACITY_MIN = 64;

/** A list of integers that is filled and emptied again and again without allocating. */
export class NumberList {
  #numbers: Int32Array = new Int32Array(CAPACITY_MIN);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  at(index: number): number {
    return this.#numbers[index]!;
  }

  push(value: number): void {
    if (this.#length === this.#numbers.length) this.#numbers = doubled(this.#numbers);
    this.#numbers[this.#length++] = value;
  }

  clear(): void {
    this.#length = 0;
  }
}

/** The same integers with room for as many again, which are 0. */
export function doubled(numbers: Int32Array): Int32Array {
  const larger = new Int32Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}
