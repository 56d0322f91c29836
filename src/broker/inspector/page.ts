/**
 * Lists in pages. A page begins behind a position, never at a number, so that rows that come and go
 * meanwhile neither repeat nor hide others.
 */

/** The most items of one page. */
export const PAGE_ITEMS_MAX = 1_000;

/**
 * Rows that one page looks at, at most: about 10 ms of work in small slices. A filter that selects
 * little gives pages with fewer items than asked for, even none, and still a position to go on from.
 */
export const PAGE_ROWS_MAX = 50_000;

/** `Position`: plain JSON, so that it can be handed out and come back. */
export interface PageRequest<Position> {
  /** 1 … {@linkcode PAGE_ITEMS_MAX}; a larger one counts as that. */
  readonly limit: number;
  /** Where the page before it ended; undefined: the first page. */
  readonly after?: Position | undefined;
  /** Whether to count all that is selected, which means to look at it. */
  readonly count?: boolean | undefined;
}

export interface Page<Item, Position> {
  readonly items: readonly Item[];
  /** Undefined: there is no more. */
  readonly next: Position | undefined;
  /** Only when it was asked for. */
  readonly total?: Total;
}

export interface Total {
  readonly value: number;
  /** `gte`: there are at least so many; counting them all would have taken too long. */
  readonly relation: "eq" | "gte";
}

/** A position in a list that is not kept any more: start again with the first page. */
export class PositionLostError extends Error {
  override name = "PositionLostError";
}

export function limitOf({ limit }: PageRequest<unknown>): number {
  return Math.min(Math.max(1, limit), PAGE_ITEMS_MAX);
}
