import { DamagedDataError, StoreOpenError } from "./errors.ts";

/** What to do about the damage of a database: the end of the line that says what is damaged. */
export function wayOut(directory: string): string {
  return `"tidemq storage check ${directory} --full" shows all of it, ` +
    `"tidemq storage repair ${directory}" saves what can be saved`;
}

/**
 * `error` or, where it comes from stored data that is damaged, one that says so to the person who
 * gave the command: in which database, what is damaged, and what to do.
 */
export function withWayOut(directory: string, error: unknown): unknown {
  if (error instanceof StoreOpenError) return error;
  for (let at = error; at instanceof Error; at = at.cause) {
    if (!(at instanceof DamagedDataError)) continue;
    const message = `the database in ${directory} is damaged: ${at.what}; ${wayOut(directory)}`;
    return new StoreOpenError("damaged", message, { cause: error });
  }
  return error;
}
