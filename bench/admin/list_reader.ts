/** Asks for lists at a steady rate, first pages and deep ones, each filter in turn. */

/** Lists below `/api/v1`, with what selects and sorts them. */
export const LISTS: readonly string[] = [
  "/sessions",
  "/sessions?state=disconnected",
  "/sessions?q=sleeper-9",
  "/sessions?protocol=3.1.1&durable=true",
  "/sessions?queue_len[gte]=1&count=true",
  "/sessions?queue_len[lte]=5&dropped[gte]=0",
  "/sessions?memory[gte]=1",
  "/sessions?sort=-subscriptions",
  "/sessions?sort=-memory&state=disconnected",
  "/sessions?sort=-client_id",
  "/subscriptions",
  "/subscriptions?q=device/77",
  "/subscriptions?client_id=sleeper-1",
  "/subscriptions?match_topic=site/7/device/7/state",
  "/subscriptions?filter=site/7/device/7/state",
  "/subscriptions?group=none",
  "/shared-groups",
  "/topics",
  "/topics?q=load",
  "/topics/site%2F7%2Fdevice%2F7%2Fstate/subscribers?count=true",
  "/retained",
  "/retained?filter=site/%23&older_than=1",
  "/dropped",
  "/slow-subscribers",
  "/overview",
];

const PER_SECOND = 10;
/** Pages that a list is followed for before it begins again. */
const DEEP_PAGES = 20;
const LIST_SECONDS_MAX = 10;

/** Of each request, in milliseconds. */
export interface ListTimes {
  readonly list: string;
  readonly ms: number;
}

export class ListReader {
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #cursors = new Map<string, { readonly cursor: string; readonly page: number }>();
  #turn = 0;

  /** `base`: of the API, as `http://127.0.0.1:8080/api/v1`. */
  constructor(base: string, token: string) {
    this.#base = base;
    this.#headers = { authorization: `Bearer ${token}` };
  }

  /** Asks {@linkcode PER_SECOND} times a second until `done`. Rejects when one is not answered. */
  async read(done: () => boolean): Promise<ListTimes[]> {
    const asked: Promise<ListTimes>[] = [];
    while (!done()) {
      asked.push(this.#ask(LISTS[this.#turn++ % LISTS.length]!));
      await new Promise((resolve) => setTimeout(resolve, 1000 / PER_SECOND));
    }
    return await Promise.all(asked);
  }

  /** Asks for each list, one after the other, so that nothing is done for the first time later. */
  async warmUp(rounds: number): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      for (const list of LISTS) await this.#ask(list);
    }
  }

  async #get(path: string) {
    try {
      const response = await fetch(this.#base + path, {
        headers: this.#headers,
        signal: AbortSignal.timeout(LIST_SECONDS_MAX * 1000),
      });
      return { ok: response.ok, status: response.status, text: await response.text() };
    } catch (error) {
      throw new Error(`${path}: ${error}`, { cause: error });
    }
  }

  /** Each round over the lists goes one page deeper. */
  async #ask(list: string): Promise<ListTimes> {
    const position = this.#cursors.get(list);
    const cursor = position === undefined ? "" : `cursor=${position.cursor}`;
    const separator = cursor === "" ? "" : list.includes("?") ? "&" : "?";
    const started = performance.now();
    const { ok, status, text } = await this.#get(`${list}${separator}${cursor}`);
    const ms = performance.now() - started;
    if (!ok) throw new Error(`${list}: ${status} ${text}`);
    const { next_cursor } = JSON.parse(text);
    const page = (position?.page ?? 0) + 1;
    if (typeof next_cursor !== "string" || page >= DEEP_PAGES) this.#cursors.delete(list);
    else this.#cursors.set(list, { cursor: next_cursor, page });
    return { list, ms };
  }
}
