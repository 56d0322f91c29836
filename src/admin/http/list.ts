/** What all lists of the API have in common: pages, cursors, totals, chosen fields. */
import * as z from "zod";
import {
  type Page,
  type PageRequest,
  PositionLostError,
  type Total,
} from "../../broker/inspector/page.ts";
import { cursorBehind, keyOfCursor } from "./cursor.ts";
import { Problem } from "./problem.ts";

export const LIMIT_DEFAULT = 50;
export const LIMIT_MAX = 1_000;

/** Longer than any cursor: a key, its checksum, and a third for base64. */
const CURSOR_LENGTH_MAX = 100_000;
const FIELDS_LENGTH_MAX = 2_000;

/** A fraction of a millisecond of work. */
export const ITEMS_PER_TURN = 100;

/** Query parameters that belong to the page, not to what is listed. */
const PAGE_PARAMETERS = ["limit", "cursor", "count", "fields"];

/** Query parameters of every list, to be spread among its own filters. */
export const listQuery = {
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(LIMIT_DEFAULT)
    .meta({ description: "How many items a page has at most." }),
  cursor: z.string().max(CURSOR_LENGTH_MAX).optional()
    .meta({ description: "`next_cursor` of the page before, with the same filters and order." }),
  count: z.enum(["true", "false"]).default("false")
    .meta({ description: "`true` counts all items into `total`." }),
  fields: z.string().max(FIELDS_LENGTH_MAX).optional()
    .meta({ description: "Names of fields, with commas: items then have these only." }),
};

/** The schema of a page of `item`. */
export function pageOf<Item extends z.ZodObject>(item: Item) {
  return z.strictObject({
    items: z.array(item),
    next_cursor: z.string().nullable().meta({ description: "`null` on the last page." }),
    total: z.strictObject({
      value: z.int().min(0),
      relation: z.enum(["eq", "gte"]).meta({ description: "`gte`: there may be more." }),
    }).optional().meta({ description: "With `count=true` only." }),
  });
}

/** Where the items of a list come from. */
export interface ListSource<Item> {
  /** A name of the list that no other has. */
  readonly name: string;
  /** The schema of an item: `fields` may name what it has. */
  readonly item: z.ZodObject;
  /**
   * At most `limit` items behind the one with the key `after` (undefined: from the start on), in an
   * order that is stable while items come and go.
   */
  page(after: string | undefined, limit: number): Promise<Item[]> | Item[];
  /** The key of an item: its place in the order. */
  key(item: Item): string;
  /** Asked with `count=true` only. */
  total(): Promise<Total> | Total;
}

/** The part of a request that a list needs: `listQuery` is among its query parameters. */
export interface ListRequest {
  readonly query: Readonly<z.output<z.ZodObject<typeof listQuery>>>;
  readonly url: URL;
  readonly reply: Headers;
  giveWay(): Promise<void>;
}

/**
 * The page that `request` asks for; adds the `Link` to the next one. Throws `cursor_invalid`, or
 * `validation_failed` for a field that items do not have.
 */
export async function listPage<Item extends Record<string, unknown>>(
  request: ListRequest,
  source: ListSource<Item>,
) {
  return await pageBehind(request, source, async (after, limit, counted) => {
    const found = await source.page(after, limit + 1);
    const items = found.slice(0, limit);
    const next = found.length > limit ? source.key(items.at(-1)!) : undefined;
    return { items, next, ...(counted ? { total: await source.total() } : {}) };
  });
}

/** A list whose pages somebody else makes: with positions of any form, and totals. */
export interface PositionSource<Row, Position, Item> {
  /** As those of {@linkcode ListSource}. */
  readonly name: string;
  readonly item: z.ZodObject;
  page(request: PageRequest<Position>): Promise<Page<Row, Position>>;
  view(row: Row): Item;
}

/** As {@linkcode listPage}. Throws `cursor_expired` when a sorted list is not kept any more. */
export async function positionPage<Row, Position, Item extends Record<string, unknown>>(
  request: ListRequest,
  source: PositionSource<Row, Position, Item>,
) {
  return await pageBehind(request, source, async (key, limit, count) => {
    const after = key === undefined ? undefined : positionOf<Position>(key);
    const { items, next, total } = await positioned(source.page({ limit, after, count }));
    return {
      items: await inTurns(request, items, (row) => source.view(row)),
      next: next === undefined ? undefined : JSON.stringify(next),
      ...(total === undefined ? {} : { total }),
    };
  });
}

/** A cursor can be made by hand, with a checksum that fits. */
function positionOf<Position>(key: string): Position {
  try {
    return JSON.parse(key);
  } catch {
    throw new Problem("cursor_invalid");
  }
}

async function positioned<Row, Position>(page: Promise<Page<Row, Position>>) {
  try {
    return await page;
  } catch (error) {
    if (error instanceof PositionLostError) throw new Problem("cursor_expired");
    throw error;
  }
}

async function pageBehind<Item extends Record<string, unknown>>(
  request: ListRequest,
  { name, item }: { readonly name: string; readonly item: z.ZodObject },
  find: (after: string | undefined, limit: number, counted: boolean) => Promise<Page<Item, string>>,
) {
  const { query, url, reply } = request;
  const { limit, cursor, count, fields } = query;
  const chosen = fields === undefined ? undefined : chosenFields(fields, item);
  const scope = scopeOf(name, query);
  const after = cursor === undefined ? undefined : keyOfCursor(cursor, scope);
  const { items, next, total } = await find(after, limit, count === "true");
  const nextCursor = next === undefined ? null : cursorBehind(next, scope);
  if (nextCursor !== null) reply.append("link", linkToNext(url, nextCursor));
  return {
    items: chosen === undefined
      ? [...items]
      : await inTurns(request, items, (each) => only(each, chosen)),
    next_cursor: nextCursor,
    ...(total === undefined ? {} : { total: { ...total } }),
  };
}

/** As `map`; what is done with many takes several turns of the event loop. */
export async function inTurns<From, To>(
  { giveWay }: Pick<ListRequest, "giveWay">,
  items: readonly From[],
  change: (item: From) => To,
): Promise<To[]> {
  const changed: To[] = [];
  for (let from = 0; from < items.length; from += ITEMS_PER_TURN) {
    if (from > 0) await giveWay();
    for (const item of items.slice(from, from + ITEMS_PER_TURN)) changed.push(change(item));
  }
  return changed;
}

/** The fields that `fields` names. Throws `validation_failed` for one that `item` has not. */
function chosenFields(fields: string, item: z.ZodObject): ReadonlySet<string> {
  const names = fields.split(",").map((name) => name.trim());
  const errors = names.filter((name) => !Object.hasOwn(item.shape, name))
    .map((name) => ({ pointer: "/query/fields", detail: `there is no field ${name}` }));
  if (errors.length > 0) throw new Problem("validation_failed", undefined, { errors });
  return new Set(names);
}

/** `item` with the fields of `chosen` only. */
function only<Item extends Record<string, unknown>>(
  item: Item,
  chosen: ReadonlySet<string>,
): Item {
  // With `fields` an item is a part of what its schema says; the documentation of `fields` says so.
  return Object.fromEntries(Object.entries(item).filter(([name]) => chosen.has(name))) as Item;
}

function scopeOf(name: string, query: Readonly<Record<string, unknown>>): string {
  const filters = Object.entries(query)
    .filter(([key, value]) => !PAGE_PARAMETERS.includes(key) && value !== undefined)
    .toSorted(([a], [b]) => a < b ? -1 : 1);
  return JSON.stringify([name, filters]);
}

/** A reference relative to the server, as what is in front of it may have another name. */
function linkToNext({ pathname, searchParams }: URL, cursor: string): string {
  const query = new URLSearchParams(searchParams);
  query.set("cursor", cursor);
  return `<${pathname}?${query}>; rel="next"`;
}
