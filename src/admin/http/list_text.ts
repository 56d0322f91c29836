import { type Clock, sleep } from "../../base/clock.ts";

/** What a list answers: its items, and what is beside them. */
export interface JsonPage {
  readonly items: readonly unknown[];
  readonly next_cursor: string | null;
}

/** About half a millisecond of work. */
export const ITEMS_PER_TURN = 100;

/** The JSON of a page; of a long one in several turns of the event loop. */
export async function listText({ items, ...rest }: JsonPage, clock: Clock): Promise<string> {
  const parts: string[] = [];
  for (let from = 0; from < items.length; from += ITEMS_PER_TURN) {
    if (from > 0) await sleep(clock, 0);
    const some = items.slice(from, from + ITEMS_PER_TURN);
    parts.push(some.map((item) => JSON.stringify(item)).join(","));
  }
  return `{"items":[${parts.join(",")}],${JSON.stringify(rest).slice(1)}`;
}
