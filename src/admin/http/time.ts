import * as z from "zod";

/** A time of the API: RFC 3339 in UTC, with milliseconds. */
export const time = z.iso.datetime();

/** Milliseconds since the epoch as a time of the API. */
export function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
