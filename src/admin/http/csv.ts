/**
 * Lists as tables for spreadsheets (RFC 4180): `Accept: text/csv`. An export is a stream of small
 * pages, each asked for when the reader has room, so that none costs more than looking at the list.
 */
import * as z from "zod";
import { type Clock, sleep } from "../../base/clock.ts";
import { Problem } from "./problem.ts";
import { type ApiRoute, isList } from "./route.ts";

export const CSV_TYPE = "text/csv; charset=utf-8";

/** Of one export; what comes behind them is left out. */
export const EXPORT_ROWS_MAX = 100_000;
export const EXPORT_PAGE_ROWS = 100;
/** At once, of everybody. */
export const EXPORTS_MAX = 4;

const BUSY_SECONDS = 5;

export type Item = Readonly<Record<string, unknown>>;

export interface ExportPage {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}

export interface CsvExport {
  /** Names of fields, with dots into objects. */
  readonly columns: readonly string[];
  readonly first: ExportPage;
  page(cursor: string): Promise<ExportPage>;
  /** Whether who asked would still be admitted. */
  admitted(): Promise<boolean>;
}

/** The columns of a list; undefined: the route is no list, or something else was asked for. */
export function csvColumns(
  route: ApiRoute,
  accept: string,
  fields: string | undefined,
): readonly string[] | undefined {
  if (!/\btext\/csv\b/i.test(accept) || !isList(route)) return undefined;
  const page = route.success.schema as z.ZodObject<{ items: z.ZodArray<z.ZodObject> }>;
  const chosen = fields?.split(",").map((name) => name.trim());
  return Object.entries(page.shape.items.element.shape)
    .filter(([name]) => chosen === undefined || chosen.includes(name))
    .flatMap(([name, schema]) => columnsBelow(name, schema as z.ZodType));
}

function columnsBelow(name: string, schema: z.ZodType): string[] {
  let inner = schema;
  while (inner instanceof z.ZodNullable || inner instanceof z.ZodOptional) {
    inner = inner.unwrap() as z.ZodType;
  }
  if (!(inner instanceof z.ZodObject)) return [name];
  return Object.entries(inner.shape).flatMap(([below, schema]) =>
    columnsBelow(`${name}.${below}`, schema as z.ZodType)
  );
}

/** All exports that are under way. */
export class CsvExports {
  readonly #clock: Clock;
  readonly #open = new Set<symbol>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The body of the answer. Throws `busy` when there are {@linkcode EXPORTS_MAX}. */
  open({ columns, first, page, admitted }: CsvExport): ReadableStream<Uint8Array> {
    if (this.#open.size >= EXPORTS_MAX) {
      throw new Problem("busy", "there are too many exports", {
        headers: { "retry-after": String(BUSY_SECONDS) },
      });
    }
    const id = Symbol();
    this.#open.add(id);
    const encoder = new TextEncoder();
    let rows = 0;
    let { next_cursor: cursor } = first;
    const send = (
      controller: ReadableStreamDefaultController<Uint8Array>,
      items: readonly Item[],
      head = "",
    ) => {
      const room = EXPORT_ROWS_MAX - rows;
      rows += items.length;
      const text = items.slice(0, room).map((item) => rowOf(columns.map((at) => cellAt(item, at))));
      controller.enqueue(encoder.encode(head + text.join("")));
      if (cursor !== null && rows < EXPORT_ROWS_MAX) return;
      this.#open.delete(id);
      controller.close();
    };
    return new ReadableStream({
      start: (controller) => send(controller, first.items, rowOf(columns)),
      pull: async (controller) => {
        try {
          await sleep(this.#clock, 0);
          if (!this.#open.has(id) || !await admitted()) throw new Error("the export was ended");
          const next = await page(cursor!);
          cursor = next.next_cursor;
          send(controller, next.items);
        } catch (error) {
          this.#open.delete(id);
          controller.error(error);
        }
      },
      cancel: () => void this.#open.delete(id),
    });
  }

  /** Ends all of them; their readers see that something is missing. */
  close(): void {
    this.#open.clear();
  }
}

function cellAt(item: Item, column: string): string {
  let value: unknown = item;
  for (const name of column.split(".")) value = (value as Item | null | undefined)?.[name];
  return cellOf(value);
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "object") return JSON.stringify(value);
  // A text of a client must not be a formula of the spreadsheet.
  return typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
}

function rowOf(cells: readonly string[]): string {
  const quoted = cells.map((cell) =>
    /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
  );
  return `${quoted.join(",")}\r\n`;
}
