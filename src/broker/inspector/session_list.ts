/**
 * The sessions in pages. By client id they have an order that lasts; the figures of any other order
 * are read once and kept for the pages that follow (`frozen_lists.ts`): which sessions there are,
 * and in which order, is then that of the first page, what is shown of them that of now.
 */
import { compareText, Selection } from "../../base/selection.ts";
import type { BrokerContext, ClientSession } from "../context.ts";
import { FROZEN_ROWS_MAX, type FrozenList, FrozenLists } from "./frozen_lists.ts";
import { limitOf, type Page, type PageRequest, PositionLostError } from "./page.ts";
import {
  SESSION_COLUMNS,
  type SessionColumn,
  type SessionFilter,
  type SessionOrder,
  type SessionTest,
  sessionTest,
} from "./session_query.ts";
import { type SessionView, sessionView } from "./session_view.ts";
import type { RowGate } from "./row_gate.ts";

/** Behind a client id, or behind a row of a frozen list. */
export type SessionPosition =
  | { readonly clientId: string }
  | { readonly list: number; readonly row: number };

export type SessionPage = Page<SessionView, SessionPosition>;

const BY_CLIENT_ID: SessionOrder = { column: "clientId", descending: false };

/**
 * Client ids behind the position that are looked at before all sessions are: what a filter often
 * selects fills a page with these few.
 */
export const NEAR_IDS_MAX = 4_000;
const IDS_PER_STEP = 200;

/** Rows of a frozen list that count as one: comparing two numbers is little. */
const FROZEN_ROWS_PER_STEP = 16;

export class SessionList {
  readonly #context: BrokerContext;
  readonly #gate: RowGate;
  readonly #frozen: FrozenLists;

  constructor(context: BrokerContext, gate: RowGate) {
    this.#context = context;
    this.#gate = gate;
    this.#frozen = new FrozenLists(context.clock);
  }

  /**
   * A page of the sessions that `filter` selects. Positions belong to one filter and order.
   *
   * @throws PositionLostError when the page before it is too long ago.
   */
  async page(
    filter: SessionFilter,
    request: PageRequest<SessionPosition>,
    order: SessionOrder = BY_CLIENT_ID,
  ): Promise<SessionPage> {
    const { after } = request;
    if (after !== undefined && "list" in after) {
      const list = this.#frozen.get(after.list);
      if (list === undefined) throw new PositionLostError("the sorted list is not kept any more");
      return await this.#frozenPage(list, after, request);
    }
    if (order.column === "clientId") {
      return await this.#pageById(sessionTest(filter), request, after?.clientId, order.descending);
    }
    const list = await this.#frozenList(filter, order.column, order.descending);
    const first = list.ids.length <= limitOf(request) ? 0 : this.#frozen.keep(list);
    return await this.#frozenPage(list, { list: first, row: undefined }, request);
  }

  async #pageById(
    test: SessionTest | undefined,
    request: PageRequest<SessionPosition>,
    after: string | undefined,
    descending: boolean,
  ): Promise<SessionPage> {
    const limit = limitOf(request);
    if (test !== undefined) return await this.#select(test, request, after, descending);
    const { sessions } = this.#context;
    const ids = descending
      ? sessions.clientIds.before(after, limit + 1)
      : sessions.clientIds.after(after, limit + 1);
    const page = await this.#views(ids.slice(0, limit), ids.length > limit);
    return request.count === true
      ? { ...page, total: { value: sessions.size, relation: "eq" } }
      : page;
  }

  async #select(
    test: SessionTest,
    request: PageRequest<SessionPosition>,
    after: string | undefined,
    descending: boolean,
  ): Promise<SessionPage> {
    const limit = limitOf(request);
    if (request.count !== true) {
      const near = await this.#selectNear(test, limit, after, descending);
      if (near !== undefined) return near;
    }
    return await this.#selectAmongAll(test, request, after, descending);
  }

  /** Undefined: so few are selected that the next ids do not fill a page. */
  async #selectNear(
    test: SessionTest,
    limit: number,
    after: string | undefined,
    descending: boolean,
  ): Promise<SessionPage | undefined> {
    const { clientIds } = this.#context.sessions;
    const found: string[] = [];
    let position = after;
    for (let looked = 0; looked < NEAR_IDS_MAX; looked += IDS_PER_STEP) {
      const wait = this.#gate.pass(IDS_PER_STEP);
      if (wait !== undefined) await wait;
      const ids = descending
        ? clientIds.before(position, IDS_PER_STEP)
        : clientIds.after(position, IDS_PER_STEP);
      for (const clientId of ids) {
        const session = this.#context.sessions.get(clientId);
        if (session === undefined || !test(session)) continue;
        if (found.length === limit) return await this.#views(found, true);
        found.push(clientId);
      }
      if (ids.length < IDS_PER_STEP) return await this.#views(found, false);
      position = ids[ids.length - 1]!;
    }
    return undefined;
  }

  /** In the order of memory, which is a multiple faster than that of the client ids. */
  async #selectAmongAll(
    test: SessionTest,
    request: PageRequest<SessionPosition>,
    after: string | undefined,
    descending: boolean,
  ): Promise<SessionPage> {
    const compare = descending ? (a: string, b: string) => compareText(b, a) : compareText;
    const selection = new Selection<string>(limitOf(request), compare);
    let value = 0;
    for (const session of this.#context.sessions.all()) {
      const wait = this.#gate.pass();
      if (wait !== undefined) await wait;
      if (!test(session)) continue;
      value++;
      const { clientId } = session;
      if (after === undefined || compare(clientId, after) > 0) selection.offer(clientId);
    }
    const page = await this.#views(selection.rows, selection.overflowed);
    return request.count === true ? { ...page, total: { value, relation: "eq" } } : page;
  }

  /** Those that have ended meanwhile are left out. */
  async #views(ids: readonly string[], more: boolean): Promise<SessionPage> {
    const { sessions } = this.#context;
    const items: SessionView[] = [];
    for (const clientId of ids) {
      const wait = this.#gate.pass();
      if (wait !== undefined) await wait;
      const session = sessions.get(clientId);
      if (session !== undefined) items.push(sessionView(this.#context, session));
    }
    return { items, next: more ? { clientId: ids[ids.length - 1]! } : undefined };
  }

  /** The figures of all that are selected, as far as a list goes. */
  async #frozenList(
    filter: SessionFilter,
    column: SessionColumn,
    descending: boolean,
  ): Promise<FrozenList> {
    const test = sessionTest(filter);
    const valueOf: (session: ClientSession) => number = SESSION_COLUMNS[column];
    const ids: string[] = [];
    const values: number[] = [];
    for (const session of this.#context.sessions.all()) {
      const wait = this.#gate.pass();
      if (wait !== undefined) await wait;
      if (test?.(session) === false) continue;
      if (ids.length === FROZEN_ROWS_MAX) return { ids, values, descending, complete: false };
      ids.push(session.clientId);
      values.push(valueOf(session));
    }
    return { ids, values, descending, complete: true };
  }

  async #frozenPage(
    list: FrozenList,
    { list: number, row: after }: { readonly list: number; readonly row: number | undefined },
    request: PageRequest<SessionPosition>,
  ): Promise<SessionPage> {
    const { ids, complete } = list;
    const compare = frozenOrder(list);
    const selection = new Selection<number>(limitOf(request), compare);
    for (let row = 0; row < ids.length; row++) {
      if (row % FROZEN_ROWS_PER_STEP === 0) {
        const wait = this.#gate.pass();
        if (wait !== undefined) await wait;
      }
      if (after === undefined || compare(row, after) > 0) selection.offer(row);
    }
    const { rows, overflowed } = selection;
    const { items } = await this.#views(rows.map((row) => ids[row]!), false);
    const next = overflowed ? { list: number, row: rows[rows.length - 1]! } : undefined;
    return request.count === true
      ? { items, next, total: { value: ids.length, relation: complete ? "eq" : "gte" } }
      : { items, next };
  }
}

/** Of row numbers. Equal figures are by client id. */
function frozenOrder({ ids, values, descending }: FrozenList): (a: number, b: number) => number {
  const sign = descending ? -1 : 1;
  return (a, b) => sign * (values[a]! - values[b]!) || compareText(ids[a]!, ids[b]!);
}
