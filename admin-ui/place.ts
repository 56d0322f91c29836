/**
 * Where in the console one is: `#/page?query`. All state that is worth a link is in the query: ids
 * and topics too, since there any text can stand, also `.` and `..`.
 */
import { signal } from "@preact/signals";
import type { Query } from "./api/client.ts";

export interface Place {
  readonly page: string;
  readonly query: URLSearchParams;
}

const START_PAGE = "overview";

export const place = signal<Place>(placeIn(location.hash));

addEventListener("hashchange", () => {
  place.value = placeIn(location.hash);
});

function placeIn(hash: string): Place {
  const [page = "", query = ""] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  return { page: page === "" ? START_PAGE : page, query: new URLSearchParams(query) };
}

/** For `href`. What is undefined or empty is left out. */
export function linkTo(page: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return `#/${page}${text === "" ? "" : `?${text}`}`;
}

export function go(page: string, query?: Query): void {
  location.hash = linkTo(page, query);
}

/**
 * Changes the query of this page; undefined or empty takes a name away. `push`: so that the browser
 * can go back to what was before.
 */
export function changeQuery(
  changes: Readonly<Record<string, string | undefined>>,
  { push = false } = {},
): void {
  const { page, query } = place.value;
  const next = linkTo(page, { ...Object.fromEntries(query), ...changes });
  if (push) location.hash = next;
  else {
    history.replaceState(null, "", next);
    place.value = placeIn(next);
  }
}

/** A parameter of the query; empty when it is not there. */
export function queryValue(name: string): string {
  return place.value.query.get(name) ?? "";
}
