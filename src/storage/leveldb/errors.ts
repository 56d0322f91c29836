import { StoreError } from "../store.ts";

/** Why a database could not be opened. */
export type StoreOpenProblem = "in_use" | "newer_format" | "foreign" | "damaged" | "failed";

/** A database could not be opened; the message is for the person who starts the broker. */
export class StoreOpenError extends Error {
  override name = "StoreOpenError";

  constructor(
    /**
     * `in_use`: another process has it open. `newer_format`: a newer version wrote it. `foreign`:
     * it is not ours. `damaged`: LevelDB found damage. `failed`: the operating system said no.
     */
    readonly problem: StoreOpenProblem,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A record that cannot be read: damaged, or written by a version that this one does not know. */
export class RecordError extends Error {
  override name = "RecordError";
}

/** Something that is stored cannot be read. Who does not need it can go on. */
export class ReadError extends StoreError {
}

/** What was read is not what was stored. */
export class DamagedDataError extends ReadError {
  constructor(
    /** What is damaged, in plain words. */
    readonly what: string,
    options?: ErrorOptions,
  ) {
    super("failed", `stored data is damaged: ${what}`, options);
  }
}
