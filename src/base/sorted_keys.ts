/** Keys of one block at most; a full one is split in half. */
const BLOCK_KEYS_MAX = 128;

/** What others than the owner may do with {@linkcode SortedKeys}. */
export type ReadonlySortedKeys = Omit<SortedKeys, "add" | "delete">;

/**
 * A set of strings that can be paged through in order (of UTF-16 code units, both ways) while it
 * changes. Kept in blocks, so that adding and deleting move few references: a microsecond or two
 * among a hundred thousand keys, some more among a million. Its owner bounds it.
 *
 * A page begins behind a key, whether that is still there or not.
 */
export class SortedKeys {
  /** None of them is empty, unless it is the only one. */
  readonly #blocks: string[][] = [[]];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** False when it was there before. */
  add(key: string): boolean {
    const at = this.#blockOf(key);
    const block = this.#blocks[at]!;
    const index = firstNotBelow(block, key);
    if (block[index] === key) return false;
    block.splice(index, 0, key);
    if (block.length > BLOCK_KEYS_MAX) this.#split(at, index);
    this.#size++;
    return true;
  }

  /** False when it was not there. */
  delete(key: string): boolean {
    const at = this.#blockOf(key);
    const block = this.#blocks[at]!;
    const index = firstNotBelow(block, key);
    if (block[index] !== key) return false;
    block.splice(index, 1);
    if (block.length === 0 && this.#blocks.length > 1) this.#blocks.splice(at, 1);
    this.#size--;
    return true;
  }

  /** The next `limit` keys behind `key`, ascending; undefined: from the first on. */
  after(key: string | undefined, limit: number): string[] {
    if (key === undefined) return this.#collect(0, 0, limit);
    const at = this.#blockOf(key);
    const block = this.#blocks[at]!;
    const index = firstNotBelow(block, key);
    return this.#collect(at, block[index] === key ? index + 1 : index, limit);
  }

  /** The same, with `key` itself when it is there. */
  from(key: string, limit: number): string[] {
    const at = this.#blockOf(key);
    return this.#collect(at, firstNotBelow(this.#blocks[at]!, key), limit);
  }

  /** The next `limit` keys in front of `key`, descending; undefined: from the last on. */
  before(key: string | undefined, limit: number): string[] {
    let at = key === undefined ? this.#blocks.length - 1 : this.#blockOf(key);
    let index = key === undefined
      ? this.#blocks[at]!.length - 1
      : firstNotBelow(this.#blocks[at]!, key) - 1;
    const keys: string[] = [];
    while (keys.length < limit) {
      if (index < 0) {
        if (--at < 0) break;
        index = this.#blocks[at]!.length;
      } else keys.push(this.#blocks[at]![index]!);
      index--;
    }
    return keys;
  }

  #collect(firstBlock: number, firstIndex: number, limit: number): string[] {
    const keys: string[] = [];
    let index = firstIndex;
    for (let at = firstBlock; at < this.#blocks.length && keys.length < limit; at++) {
      const block = this.#blocks[at]!;
      for (; index < block.length && keys.length < limit; index++) keys.push(block[index]!);
      index = 0;
    }
    return keys;
  }

  /** Keys that come in order leave full blocks behind, not half-full ones. */
  #split(at: number, added: number): void {
    const block = this.#blocks[at]!;
    const isLast = at === this.#blocks.length - 1 && added === block.length - 1;
    const keep = isLast ? BLOCK_KEYS_MAX : BLOCK_KEYS_MAX / 2;
    this.#blocks.splice(at + 1, 0, block.splice(keep));
  }

  /** The last block that begins at or before `key`; the first one for a key before all. */
  #blockOf(key: string): number {
    let low = 1;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#blocks[middle]![0]! <= key) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** The first index whose key is not smaller than `key`. */
function firstNotBelow(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
