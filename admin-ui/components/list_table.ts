/**
 * A list of the API as a table. What is shown is in the URL: `cursor` the page, `sort` the order,
 * `columns` what is shown beside the default, and the filters by the names that the API gives them.
 */
import { html } from "htm/preact";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { get, type Query, urlOf } from "../api/client.ts";
import { count } from "../format.ts";
import { changeQuery, queryValue } from "../place.ts";
import { ColumnChoice } from "./column_choice.ts";
import { CopyCurl } from "./curl.ts";
import { DownloadCsv } from "./download.ts";
import { useResource } from "./resource.ts";
import { Empty, Failure, Loading } from "./states.ts";

export interface Column<Item> {
  readonly key: string;
  readonly title: string;
  cell(item: Item): ComponentChildren;
  /** What the API calls it in `sort`; undefined: there is no such order. */
  readonly sort?: string;
  readonly numeric?: boolean;
  /** Left out on a narrow screen. */
  readonly minor?: boolean;
  /** Shown only when it is chosen. */
  readonly optional?: boolean;
}

/** What can be done with several rows at once. */
export interface BulkAction {
  readonly label: string;
  /** Gets the keys of the rows, and what to call when something has changed. */
  run(keys: readonly string[], done: () => void): void;
}

export interface ListTableProps<Item> {
  /** For people who do not see it. */
  readonly label: string;
  /** Of the API. */
  readonly path: string;
  readonly filters?: Query;
  readonly columns: readonly Column<Item>[];
  keyOf(item: Item): string;
  readonly bulk?: readonly BulkAction[];
  readonly empty: { readonly title: string; readonly hint: string };
  readonly events?: readonly string[];
  /** Milliseconds. */
  readonly everyMs?: number;
  /** A number that changes when the list has to be loaded again. */
  readonly version?: number;
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
  readonly total?: { readonly value: number; readonly relation: "eq" | "gte" };
}

const EVERY_MS = 10_000;

export function ListTable<Item>(props: ListTableProps<Item>) {
  const { path, filters = {}, columns, empty, events, everyMs = EVERY_MS, version = 0 } = props;
  const [sort, cursor] = [queryValue("sort"), queryValue("cursor")];
  const query = withoutEmpty({ ...filters, sort, cursor, count: "true" });
  const url = urlOf(path, query);
  const list = useResource(
    `${url} ${version}`,
    (signal) => get<Page<Item>>(path, query, signal),
    { events, everyMs },
  );
  const shown = shownColumns(columns);
  const { value: page, error } = list;
  return html`<section class="list" aria-label=${props.label} aria-busy=${list.loading}>
    <div class="list-bar">
      <p class="total">${page === undefined ? "" : totalOf(page)}</p>
      <${ColumnChoice} columns=${columns} shown=${shown.map(({ key }) => key)} />
      <button type="button" class="quiet" onClick=${list.reload}>Refresh</button>
      <${DownloadCsv} label=${props.label} path=${path}
        query=${withoutEmpty({ ...filters, sort })} />
      <${CopyCurl} url=${url} />
    </div>
    ${error === undefined ? null : html`<${Failure} error=${error} retry=${list.reload} />`}
    ${page === undefined && error === undefined ? html`<${Loading} />` : null}
    ${page?.items.length === 0 ? html`<${Empty} ...${emptyOf(page, empty)} />` : null}
    ${
    page === undefined || page.items.length === 0
      ? null
      : html`<${Rows} ...${props} columns=${shown} items=${page.items} reload=${list.reload} />`
  }
    <${Pages} cursor=${cursor} next=${page?.next_cursor ?? null} />
  </section>`;
}

/** A rare filter looks at so many rows at a time. */
const NONE_YET = {
  title: "None among the first ones that were looked at.",
  hint: "The next page goes on behind them.",
};

function emptyOf<Item>(page: Page<Item>, empty: ListTableProps<Item>["empty"]) {
  return page.next_cursor === null ? empty : NONE_YET;
}

function withoutEmpty(query: Query): Query {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ""));
}

function shownColumns<Item>(columns: readonly Column<Item>[]): readonly Column<Item>[] {
  const chosen = queryValue("columns");
  if (chosen === "") return columns.filter(({ optional }) => !optional);
  const keys = chosen.split(",");
  return columns.filter(({ key }) => keys.includes(key));
}

function totalOf({ total, items }: Page<unknown>): string {
  if (total === undefined) return `${count(items.length)} shown`;
  const more = total.relation === "gte" ? " or more" : "";
  return `${count(items.length)} of ${count(total.value)}${more}`;
}

interface RowsProps<Item> extends ListTableProps<Item> {
  readonly items: readonly Item[];
  reload(): void;
}

function Rows<Item>(props: RowsProps<Item>) {
  const { label, columns, items, keyOf, bulk = [], reload } = props;
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const keys = items.map(keyOf);
  const these = keys.filter((key) => picked.has(key));
  const pick = (some: readonly string[], on: boolean) => {
    const next = new Set(picked);
    for (const key of some) on ? next.add(key) : next.delete(key);
    setPicked(next);
  };
  const done = () => {
    setPicked(new Set());
    reload();
  };
  const choosable = bulk.length > 0;
  return html`
    ${choosable && html`<div class="bulk" role="group" aria-label="With the selected rows">
      <span>${these.length} selected</span>
      ${
      bulk.map((action) =>
        html`
          <button type="button" disabled=${these.length === 0}
            onClick=${() => action.run(these, done)}>${action.label}</button>
        `
      )
    }</div>`}
      <div class="scroll" tabindex="0" role="region" aria-label=${`${label}, rows`}>
      <table>
        <thead>
          <tr>
            ${choosable && html`<th class="pick"><input type="checkbox" aria-label="Select all rows"
          checked=${these.length === keys.length}
          onChange=${(event: Event) => pick(keys, (event.target as HTMLInputElement).checked)} />
        </th>`}
            ${columns.map((column) => html`<${Heading} key=${column.key} column=${column} />`)}
          </tr>
        </thead>
        <tbody>${items.map((item, index) =>
          html`<tr key=${keys[index]}>
        ${
            choosable && html`<td class="pick"><input type="checkbox"
          aria-label=${`Select ${keys[index]}`} checked=${picked.has(keys[index]!)}
          onChange=${(event: Event) =>
              pick([keys[index]!], (event.target as HTMLInputElement).checked)} /></td>`
          }
        ${columns.map((column) => html`<td class=${cellClass(column)}>${column.cell(item)}</td>`)}
      </tr>`
        )}</tbody>
      </table>
    </div>
  `;
}

function cellClass({ numeric, minor }: Column<never>): string {
  return `${numeric ? "numeric" : ""} ${minor ? "minor" : ""}`;
}

function Heading({ column }: { column: Column<never> }) {
  const { title, sort } = column;
  if (sort === undefined) return html`<th scope="col" class=${cellClass(column)}>${title}</th>`;
  const current = queryValue("sort");
  const [ascending, descending] = [current === sort, current === `-${sort}`];
  const order = ascending ? "ascending" : descending ? "descending" : "none";
  const turn = () =>
    changeQuery({ sort: descending ? sort : ascending ? "" : `-${sort}`, cursor: "" });
  return html`<th scope="col" class=${cellClass(column)} aria-sort=${order}>
    <button type="button" class="heading" onClick=${turn}>${title}<span aria-hidden="true">${
    ascending ? " ↑" : descending ? " ↓" : ""
  }</span></button></th>`;
}

function Pages({ cursor, next }: { cursor: string; next: string | null }) {
  if (cursor === "" && next === null) return null;
  const to = (position: string) => () => changeQuery({ cursor: position }, { push: true });
  return html`
    <nav class="pages" aria-label="Pages">
      <button type="button" disabled=${cursor === ""} onClick=${to("")}>First page</button>
      <button type="button" disabled=${cursor === ""} onClick=${() => history.back()}>
          Previous page</button>
      <button type="button" disabled=${next === null} onClick=${to(next ?? "")}>Next page</button>
    </nav>
  `;
}
