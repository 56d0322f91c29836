import { SortedKeys } from "../base/sorted_keys.ts";
import type { AdminStore } from "./store.ts";

/** One kind: values by key, and the keys in order. */
interface Kind {
  readonly values: Map<string, unknown>;
  readonly keys: SortedKeys;
}

export class MemoryAdmin implements AdminStore {
  readonly #kinds = new Map<string, Kind>();

  get(kind: string, key: string): Promise<unknown> {
    return Promise.resolve(this.#kinds.get(kind)?.values.get(key));
  }

  put(kind: string, key: string, value: unknown): Promise<void> {
    let entry = this.#kinds.get(kind);
    if (entry === undefined) {
      entry = { values: new Map(), keys: new SortedKeys() };
      this.#kinds.set(kind, entry);
    }
    entry.keys.add(key);
    entry.values.set(key, value);
    return Promise.resolve();
  }

  delete(kind: string, key: string): Promise<void> {
    const entry = this.#kinds.get(kind);
    entry?.values.delete(key);
    entry?.keys.delete(key);
    return Promise.resolve();
  }

  list(
    kind: string,
    options: { after?: string; limit?: number } = {},
  ): Promise<{ key: string; value: unknown }[]> {
    const entry = this.#kinds.get(kind);
    if (entry === undefined) return Promise.resolve([]);
    const { after, limit = Infinity } = options;
    const keys = entry.keys.after(after, limit);
    return Promise.resolve(keys.map((key) => ({ key, value: entry.values.get(key) })));
  }
}
