import type { GroupBuilder } from "./group_builder.ts";
import type { HeadLoader } from "./head_loader.ts";

/** One write of a batch. */
export interface Write {
  /** Bytes that it adds to a batch, about. */
  readonly bytes: number;

  /**
   * Asks for what has to be known before the write can be made. Called again, after what was asked
   * for was read, until nobody asks any more. Writes of the same group that come before it have not
   * been made yet.
   */
  prepare(loader: HeadLoader): void;

  /** Makes the write: everything that it asked for is known, as the writes before it have left it. */
  apply(group: GroupBuilder): void;
}
