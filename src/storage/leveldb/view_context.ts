import type { Logger } from "../../base/log.ts";
import type { Database } from "./database.ts";
import type { SessionsAhead } from "./session_parts.ts";
import type { Write } from "./write.ts";

/** What the views of a store share. */
export interface ViewContext {
  readonly log: Logger;
  readonly ahead: SessionsAhead;
  /** How many commits there have been. */
  readonly commits: number;
  /** The database, once every commit so far is through. Rejects while it cannot be read. */
  ready(): Promise<Database>;
  commit(writes: readonly Write[]): Promise<void>;
}
