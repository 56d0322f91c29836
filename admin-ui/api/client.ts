/** Requests to the API of the broker that this page came from. */
import { account, csrfToken } from "./account.ts";

/** Query parameters; what is undefined is left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** What the API answers when it refuses (RFC 9457), or that there was no answer (status 0). */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly code: string,
  ) {
    super(detail === "" ? title : `${title}: ${detail}`);
  }
}

export const API = "/api/v1";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** A path with its query, relative to the server. */
export function urlOf(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, String(value));
  }
  const text = search.toString();
  return `${API}${path}${text === "" ? "" : `?${text}`}`;
}

/** Rejects with an {@linkcode ApiError}, or with an `AbortError`. */
export function get<Result>(path: string, query?: Query, signal?: AbortSignal): Promise<Result> {
  return request<Result>("GET", urlOf(path, query), undefined, signal);
}

/** As {@linkcode get}, in another form than JSON. */
export async function getText(path: string, query: Query, accept: string): Promise<string> {
  const response = await reach(urlOf(path, query), { headers: { accept } });
  if (!response.ok) throw await refusal(response);
  return await response.text();
}

/** As {@linkcode get}, for what changes something. `body` is sent as JSON. */
export function send<Result = void>(
  method: Exclude<Method, "GET">,
  path: string,
  { query, body }: { readonly query?: Query; readonly body?: unknown } = {},
): Promise<Result> {
  return request<Result>(method, urlOf(path, query), body);
}

async function request<Result>(
  method: Method,
  url: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<Result> {
  const headers = new Headers();
  if (body !== undefined) headers.set("content-type", "application/json");
  if (method !== "GET") headers.set("x-csrf-token", csrfToken());
  const response = await reach(url, {
    method,
    headers,
    ...body === undefined ? {} : { body: JSON.stringify(body) },
    ...signal === undefined ? {} : { signal },
  });
  if (!response.ok) throw await refusal(response);
  return response.status === 204 ? undefined as Result : await response.json();
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError(0, "The broker cannot be reached", "", "unreachable");
  }
}

async function refusal(response: Response): Promise<ApiError> {
  const problem = await response.json().catch(() => ({}));
  const { title = response.statusText, detail = "", code = "", errors = [] } = problem;
  if (code === "not_authenticated") account.value = undefined;
  const places = (errors as { pointer: string; detail: string }[])
    .map((place) => `${place.pointer}: ${place.detail}`);
  return new ApiError(response.status, title, [detail, ...places].join(" "), code);
}
