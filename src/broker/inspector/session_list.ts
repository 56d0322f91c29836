/**
 * The sessions in pages. By client id they have an order that lasts; by a figure that changes, the
 * order is found once and kept for the pages that follow (`frozen_lists.ts`): which sessions there
 * are, and in which order, is then that of the first page, what is shown of them that of now.
 */
import { compareText } from "../../base/selection.ts";
import type { TurnGate } from "../../base/turn_gate.ts";
import type { BrokerContext, ClientSession } from "../context.ts";
import { FROZEN_IDS_MAX, FrozenLists } from "./frozen_lists.ts";
import {
  limitOf,
  type Page,
  PAGE_ROWS_MAX,
  type PageRequest,
  PositionLostError,
  ROWS_PER_TURN,
  type Total,
} from "./page.ts";
import {
  SESSION_COLUMNS,
  type SessionColumn,
  type SessionFilter,
  type SessionOrder,
  sessionTest,
} from "./session_query.ts";
import { type SessionView, sessionView } from "./session_view.ts";

/** Behind a client id, or at an index of a frozen list. */
export type SessionPosition =
  | { readonly clientId: string }
  | { readonly list: number; readonly index: number; readonly total: Total };

export type SessionPage = Page<SessionView, SessionPosition>;

const BY_CLIENT_ID: SessionOrder = { column: "clientId", descending: false };

/** A session and what it is sorted by. */
interface Row {
  readonly value: number;
  readonly clientId: string;
}

export class SessionList {
  readonly #context: BrokerContext;
  readonly #gate: TurnGate;
  readonly #frozen: FrozenLists;

  /** `gate` lets a block of rows through, here at most `ROWS_PER_TURN`. */
  constructor(context: BrokerContext, gate: TurnGate) {
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
      const page = await this.#pageById(filter, request, after?.clientId, order.descending);
      return request.count === true ? { ...page, total: await this.#count(filter) } : page;
    }
    const { rows, total } = await this.#sorted(filter, order.column, order.descending);
    const ids = rows.slice(0, FROZEN_IDS_MAX).map(({ clientId }) => clientId);
    const first = { list: 0, index: 0, total };
    if (ids.length <= limitOf(request)) return this.#pageOf(ids, first, request);
    return this.#pageOf(ids, { ...first, list: this.#frozen.keep(ids) }, request);
  }

  async #pageById(
    filter: SessionFilter,
    request: PageRequest<SessionPosition>,
    after: string | undefined,
    descending: boolean,
  ): Promise<SessionPage> {
    const limit = limitOf(request);
    const test = sessionTest(filter);
    const items: SessionView[] = [];
    let position = after;
    for (let looked = 0; looked < PAGE_ROWS_MAX;) {
      await this.#gate.pass();
      const { clientIds } = this.#context.sessions;
      // Without a test each row is an item.
      const wanted = test === undefined ? limit - items.length + 1 : ROWS_PER_TURN;
      const ids = descending
        ? clientIds.before(position, wanted)
        : clientIds.after(position, wanted);
      for (const clientId of ids) {
        const session = this.#context.sessions.get(clientId)!;
        if (test?.(session) !== false) {
          if (items.length === limit) return { items, next: { clientId: position! } };
          items.push(sessionView(this.#context, session));
        }
        position = clientId;
      }
      if (ids.length < wanted) return { items, next: undefined };
      looked += ids.length;
    }
    return { items, next: { clientId: position! } };
  }

  async #count(filter: SessionFilter): Promise<Total> {
    const test = sessionTest(filter);
    if (test === undefined) return { value: this.#context.sessions.size, relation: "eq" };
    let value = 0;
    const whole = await this.#each((session) => {
      if (test(session)) value++;
    });
    return { value, relation: whole ? "eq" : "gte" };
  }

  /** Calls `visit` for each session, in slices; false when there are more than one page looks at. */
  async #each(visit: (session: ClientSession) => void): Promise<boolean> {
    let position: string | undefined;
    for (let looked = 0; looked < PAGE_ROWS_MAX; looked += ROWS_PER_TURN) {
      await this.#gate.pass();
      const ids = this.#context.sessions.clientIds.after(position, ROWS_PER_TURN);
      for (const clientId of ids) visit(this.#context.sessions.get(clientId)!);
      if (ids.length < ROWS_PER_TURN) return true;
      position = ids[ids.length - 1];
    }
    return false;
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
    const whole = await this.#each((session) => {
      if (test?.(session) === false) return;
      block.push({ value: valueOf(session), clientId: session.clientId });
      if (block.length < ROWS_PER_TURN) return;
      blocks.push(block.sort(compare));
      block = [];
    });
    blocks.push(block.sort(compare));
    while (blocks.length > 1) {
      const merged: Row[][] = [];
      for (let at = 0; at < blocks.length; at += 2) {
        merged.push(await this.#merged(blocks[at]!, blocks[at + 1] ?? [], compare));
      }
      blocks = merged;
    }
    const rows = blocks[0]!;
    return { rows, total: { value: rows.length, relation: whole ? "eq" : "gte" } };
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
      if (rows.length % ROWS_PER_TURN === 0) await this.#gate.pass();
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

  /** Sessions that have ended since are left out. */
  #pageOf(
    ids: readonly string[],
    position: Extract<SessionPosition, { list: number }>,
    request: PageRequest<SessionPosition>,
  ): SessionPage {
    const end = position.index + limitOf(request);
    const items = ids.slice(position.index, end).flatMap((clientId) => {
      const session = this.#context.sessions.get(clientId);
      return session === undefined ? [] : [sessionView(this.#context, session)];
    });
    const next = end < ids.length ? { ...position, index: end } : undefined;
    return request.count === true ? { items, next, total: position.total } : { items, next };
  }
}
