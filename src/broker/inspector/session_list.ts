/**
 * The sessions in pages. By client id they have an order that lasts; by a figure that changes, the
 * order is found once and kept for the pages that follow (`frozen_lists.ts`): which sessions there
 * are, and in which order, is then that of the first page, what is shown of them that of now.
 */
import { compareText, Selection } from "../../base/selection.ts";
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

/** Rows that are sorted at once, in less than a millisecond. */
const ROWS_PER_BLOCK = 500;

/** A session and what it is sorted by. */
interface Row {
  readonly value: number;
  readonly clientId: string;
}

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
    const { rows, total } = await this.#sorted(filter, order.column, order.descending);
    const ids = rows.slice(0, FROZEN_IDS_MAX).map(({ clientId }) => clientId);
    const first = { list: 0, index: 0, total };
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

  /** Sorted blocks are merged in pairs, so that no step takes long. */
  async #sorted(
    filter: SessionFilter,
    column: SessionColumn,
    descending: boolean,
  ): Promise<{ readonly rows: readonly Row[]; readonly total: Total }> {
    const test = sessionTest(filter);
    const valueOf: (session: ClientSession) => number = SESSION_COLUMNS[column];
    const sign = descending ? -1 : 1;
    const compare = (a: Row, b: Row) =>
      (a.value - b.value) * sign || compareText(a.clientId, b.clientId);
    let blocks: Row[][] = [];
    let block: Row[] = [];
    for (const session of this.#context.sessions.all()) {
      const wait = this.#gate.pass();
      if (wait !== undefined) await wait;
      if (test?.(session) === false) continue;
      block.push({ value: valueOf(session), clientId: session.clientId });
      if (block.length < ROWS_PER_BLOCK) continue;
      blocks.push(block.sort(compare));
      block = [];
    }
    blocks.push(block.sort(compare));
    while (blocks.length > 1) {
      const merged: Row[][] = [];
      for (let at = 0; at < blocks.length; at += 2) {
        merged.push(await this.#merged(blocks[at]!, blocks[at + 1] ?? [], compare));
      }
      blocks = merged;
    }
    const rows = blocks[0]!;
    return { rows, total: { value: rows.length, relation: "eq" } };
  }

  async #merged(
    a: readonly Row[],
    b: readonly Row[],
    compare: (a: Row, b: Row) => number,
  ): Promise<Row[]> {
    const rows: Row[] = [];
    let i = 0;
    let j = 0;
    while (i < a.length || j < b.length) {
      const wait = this.#gate.pass();
      if (wait !== undefined) await wait;
      const takeA = j === b.length || (i < a.length && compare(a[i]!, b[j]!) <= 0);
      rows.push(takeA ? a[i++]! : b[j++]!);
    }
    return rows;
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
