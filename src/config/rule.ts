import type { Config } from "./config.ts";

/** A rule between keys that are each valid by themselves. */
export interface Rule {
  /** What the rule looks at. It is not checked while one of these has a problem of its own. */
  readonly keys: readonly string[];
  /** What is wrong, or undefined. */
  check(config: Config): string | undefined;
}
