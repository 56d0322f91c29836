import type { Logger } from "../../base/log.ts";

/** Remembers that damaged data was read. Each read has failed; this is for the log and readiness. */
export class DamageWatch {
  readonly #log: Logger;
  #first: string | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** What was found first, in plain words; undefined: nothing. */
  get first(): string | undefined {
    return this.#first;
  }

  /** For `Database.open`. The first one is logged: the same record may be read again and again. */
  readonly found = (what: string): void => {
    if (this.#first !== undefined) return;
    this.#first = what;
    this.#log.error("storage is damaged: stop the broker and run `tidemq storage repair`", {
      found: what,
    });
  };
}
