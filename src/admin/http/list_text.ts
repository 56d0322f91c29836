import { inTurns } from "./list.ts";

/** What a list answers: its items, and what is beside them. */
export interface JsonPage {
  readonly items: readonly unknown[];
  readonly next_cursor: string | null;
}

/** The JSON of a page; of a long one in several turns of the event loop. */
export async function listText(
  { items, ...rest }: JsonPage,
  giveWay: () => Promise<void>,
): Promise<string> {
  const texts = await inTurns({ giveWay }, items, (item) => JSON.stringify(item));
  return `{"items":[${texts.join(",")}],${JSON.stringify(rest).slice(1)}`;
}
