import type { GroupBuilder } from "./group_builder.ts";
import type { Write } from "./write.ts";

/** Puts or deletes one record whatever is stored: retained messages, wills, administration. */
export class PlainWrite implements Write {
  readonly #key: Uint8Array;
  readonly #value: Uint8Array | undefined;

  /** Without a value: deletes. */
  constructor(key: Uint8Array, value?: Uint8Array) {
    this.#key = key;
    this.#value = value;
  }

  get bytes(): number {
    return this.#key.length + (this.#value?.length ?? 0);
  }

  prepare(): void {}

  apply(group: GroupBuilder): void {
    if (this.#value === undefined) group.delete(this.#key);
    else group.put(this.#key, this.#value);
  }
}
