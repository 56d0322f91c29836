/**
 * The sessions in pages. By client id they have an order that lasts; by a figure that changes, the
 * order is found once and kept for the pages that follow (`frozen_lists.ts`): which sessions there
 * are, and in which order, is then that of the first page, what is shown of them that of now.
 */
import { compareText, Selection } from "../../base/selection.ts";
import { stableOrder } from "../../base/stable_order.ts";
import type { BrokerContext, ClientSession } from "../context.ts";
import { FROZEN_IDS_MAX, FrozenLists } from "./frozen_lists.ts";
import { limitOf, type Page, type PageRequest, PositionLostError, type Total } from "./page.ts";
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

/** Behind a client id, or at an index of a frozen list. */
export type SessionPosition =
  | { readonly clientId: string }
  | { readonly list: number; readonly index: number; readonly total: Total };

export type SessionPage = Page<SessionView, SessionPosition>;

const BY_CLIENT_ID: SessionOrder = { column: "clientId", descending: false };

/** Client ids that are looked at between two looks at the clock. */
const IDS_PER_STEP = 64;

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
    if (after !== undefined && "list" in after) return this.#frozenPage(after, request);
    if (order.column === "clientId") {
      return await this.#pageById(sessionTest(filter), request, after?.clientId, order.descending);
    }
    const sorted = await this.#sorted(filter, order.column, order.descending);
    const ids = sorted.slice(0, FROZEN_IDS_MAX);
    const first = { list: 0, index: 0, total: { value: sorted.length, relation: "eq" } } as const;
    if (ids.length <= limitOf(request)) return this.#pageOf(ids, first, request);
    return this.#pageOf(ids, { ...first, list: this.#frozen.keep(ids) }, request);
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
    const page = this.#views(ids.slice(0, limit), ids.length > limit);
    return request.count === true
      ? { ...page, total: { value: sessions.size, relation: "eq" } }
      : page;
  }

  /** Looks at all sessions, in the order of memory: those that are selected may be few and far between. */
  async #select(
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
    const page = this.#views(selection.rows, selection.overflowed);
    return request.count === true ? { ...page, total: { value, relation: "eq" } } : page;
  }

  /** Those that have ended meanwhile are left out. */
  #views(ids: readonly string[], more: boolean): SessionPage {
    const { sessions } = this.#context;
    const items = ids.flatMap((clientId) => {
      const session = sessions.get(clientId);
      return session === undefined ? [] : [sessionView(this.#context, session)];
    });
    return { items, next: more ? { clientId: ids[ids.length - 1]! } : undefined };
  }

  /** Rows are collected by client id, which therefore decides between equals. */
  async #sorted(
    filter: SessionFilter,
    column: SessionColumn,
    descending: boolean,
  ): Promise<string[]> {
    const { sessions } = this.#context;
    const test = sessionTest(filter);
    const valueOf: (session: ClientSession) => number = SESSION_COLUMNS[column];
    const ids: string[] = [];
    const values: number[] = [];
    let next = sessions.clientIds.after(undefined, IDS_PER_STEP);
    while (next.length > 0) {
      const wait = this.#gate.pass(next.length);
      if (wait !== undefined) await wait;
      for (const clientId of next) {
        const session = sessions.get(clientId);
        if (session === undefined || test?.(session) === false) continue;
        ids.push(clientId);
        values.push(valueOf(session));
      }
      next = sessions.clientIds.after(next.at(-1), IDS_PER_STEP);
    }
    const pass = (rows: number) => this.#gate.pass(rows);
    const order = await stableOrder(Float64Array.from(values), descending, pass);
    return Array.from(order, (index) => ids[index]!);
  }

  #frozenPage(
    position: Extract<SessionPosition, { list: number }>,
    request: PageRequest<SessionPosition>,
  ): SessionPage {
    const ids = this.#frozen.get(position.list);
    if (ids === undefined) throw new PositionLostError("the sorted list is not kept any more");
    return this.#pageOf(ids, position, request);
  }

  #pageOf(
    ids: readonly string[],
    position: Extract<SessionPosition, { list: number }>,
    request: PageRequest<SessionPosition>,
  ): SessionPage {
    const end = position.index + limitOf(request);
    const { items } = this.#views(ids.slice(position.index, end), false);
    const next = end < ids.length ? { ...position, index: end } : undefined;
    return request.count === true ? { items, next, total: position.total } : { items, next };
  }
}
