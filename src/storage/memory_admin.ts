import type { AdminStore } from "./store.ts";

/** One kind: values by key, and the keys in order. */
interface Kind {
  readonly values: Map<string, unknown>;
  readonly keys: string[];
}

export class MemoryAdmin implements AdminStore {
  readonly #kinds = new Map<string, Kind>();

  get(kind: string, key: string): Promise<unknown> {
    return Promise.resolve(this.#kinds.get(kind)?.values.get(key));
  }

  put(kind: string, key: string, value: unknown): Promise<void> {
    let entry = this.#kinds.get(kind);
    if (entry === undefined) {
      entry = { values: new Map(), keys: [] };
      this.#kinds.set(kind, entry);
    }
    if (!entry.values.has(key)) entry.keys.splice(indexFrom(entry.keys, key), 0, key);
    entry.values.set(key, value);
    return Promise.resolve();
  }

  delete(kind: string, key: string): Promise<void> {
    const entry = this.#kinds.get(kind);
    if (entry?.values.delete(key)) entry.keys.splice(indexFrom(entry.keys, key), 1);
    return Promise.resolve();
  }

  list(
    kind: string,
    options: { after?: string; limit?: number } = {},
  ): Promise<{ key: string; value: unknown }[]> {
    const entry = this.#kinds.get(kind);
    if (entry === undefined) return Promise.resolve([]);
    const { after, limit = Infinity } = options;
    let start = 0;
    if (after !== undefined) {
      start = indexFrom(entry.keys, after);
      if (entry.keys[start] === after) start++;
    }
    const keys = entry.keys.slice(start, start + limit);
    return Promise.resolve(keys.map((key) => ({ key, value: entry.values.get(key) })));
  }
}

/** The first index in the sorted `keys` whose key is not smaller than `key`. */
function indexFrom(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
