/**
 * The subscriptions in pages, by client id and then by topic filter. Where a topic or a whole filter
 * says which ones are meant, only those are looked at; otherwise session by session.
 */
import { compareText, Selection } from "../../base/selection.ts";
import type { Subscription } from "../../mqtt/subscription.ts";
import { topicMatches } from "../../mqtt/topic_filter.ts";
import type { Subscribed } from "../../router/router.ts";
import type { BrokerContext, ClientSession } from "../context.ts";
import { limitOf, type Page, PAGE_ROWS_MAX, type PageRequest, type Total } from "./page.ts";
import type { RowGate } from "./row_gate.ts";

/** All that is given must hold. */
export interface SubscriptionFilter {
  readonly clientId?: string | undefined;
  /** As the client wrote it, `$share/…` included. */
  readonly topicFilter?: string | undefined;
  /** A valid topic name: what matches it. */
  readonly matchTopic?: string | undefined;
  readonly shareName?: string | undefined;
  /** A part of the topic filter, in any case. */
  readonly q?: string | undefined;
}

export interface SubscriptionView extends Subscription {
  readonly clientId: string;
  readonly connected: boolean;
}

/** Behind a subscription; without a topic filter behind all those of the client. */
export interface SubscriptionPosition {
  readonly clientId: string;
  readonly topicFilter?: string;
}

export type SubscriptionPage = Page<SubscriptionView, SubscriptionPosition>;

/** Client ids that are fetched together. */
const IDS_PER_STEP = 200;

type Row = Subscribed<ClientSession>;
type Test = (row: Row) => boolean;

export class SubscriptionList {
  readonly #context: BrokerContext;
  readonly #gate: RowGate;

  constructor(context: BrokerContext, gate: RowGate) {
    this.#context = context;
    this.#gate = gate;
  }

  async page(
    filter: SubscriptionFilter,
    request: PageRequest<SubscriptionPosition>,
  ): Promise<SubscriptionPage> {
    const candidates = this.#candidates(filter);
    const test = subscriptionTest(filter);
    if (candidates !== undefined) return await this.#select(candidates, test, request);
    const page = await this.#walk(test, request);
    return request.count === true ? { ...page, total: await this.#count(filter, test) } : page;
  }

  /** The few among which all that is selected must be; undefined: any may be. */
  #candidates(filter: SubscriptionFilter): Iterable<Row> | undefined {
    const { router, sessions } = this.#context;
    const { clientId, topicFilter, matchTopic } = filter;
    if (clientId !== undefined) {
      const session = sessions.get(clientId);
      return session === undefined ? [] : rowsOf(session);
    }
    if (topicFilter !== undefined) return router.with(topicFilter);
    return matchTopic === undefined ? undefined : router.matching(matchTopic);
  }

  async #select(
    candidates: Iterable<Row>,
    test: Test,
    request: PageRequest<SubscriptionPosition>,
  ): Promise<SubscriptionPage> {
    const selection = new Selection<Row>(limitOf(request), compareRows);
    let value = 0;
    for (const row of candidates) {
      const wait = this.#gate.pass();
      if (wait !== undefined) await wait;
      if (!test(row)) continue;
      value++;
      if (isBehind(row, request.after)) selection.offer(row);
    }
    const items = selection.rows.map(viewOf);
    const page = { items, next: selection.overflowed ? positionOf(items) : undefined };
    return request.count === true ? { ...page, total: { value, relation: "eq" } } : page;
  }

  async #walk(
    test: Test,
    request: PageRequest<SubscriptionPosition>,
  ): Promise<SubscriptionPage> {
    const limit = limitOf(request);
    const { after } = request;
    const items: SubscriptionView[] = [];
    const start = after === undefined ? undefined : { from: after.clientId };
    const stop = await this.#eachSession(start, (session) => {
      const selection = new Selection<Row>(limit + 1 - items.length, compareRows);
      for (const row of rowsOf(session)) {
        if (isBehind(row, after) && test(row)) selection.offer(row);
      }
      items.push(...selection.rows.map(viewOf));
      return items.length > limit;
    });
    if (items.length > limit) {
      items.pop();
      return { items, next: positionOf(items) };
    }
    return { items, next: stop === undefined ? undefined : { clientId: stop } };
  }

  async #count(filter: SubscriptionFilter, test: Test): Promise<Total> {
    const { router } = this.#context;
    if (filter.q === undefined && filter.shareName === undefined) {
      return { value: router.subscriptionCount, relation: "eq" };
    }
    let value = 0;
    const stop = await this.#eachSession(undefined, (session) => {
      for (const row of rowsOf(session)) if (test(row)) value++;
      return false;
    });
    return { value, relation: stop === undefined ? "eq" : "gte" };
  }

  /**
   * Calls `visit` for each session, in order and in slices, until it returns true or as many rows
   * were looked at as a page may. Returns the client id that it stopped at; undefined: at the end.
   */
  async #eachSession(
    start: { readonly from: string } | undefined,
    visit: (session: ClientSession) => boolean,
  ): Promise<string | undefined> {
    const { sessions } = this.#context;
    const { clientIds } = sessions;
    let looked = 0;
    let ids = start === undefined
      ? clientIds.after(undefined, IDS_PER_STEP)
      : clientIds.from(start.from, IDS_PER_STEP);
    for (; ids.length > 0; ids = clientIds.after(ids[ids.length - 1], IDS_PER_STEP)) {
      for (const clientId of ids) {
        const rows = 1 + (sessions.get(clientId)?.subscriptions.size ?? 0);
        const wait = this.#gate.pass(rows);
        if (wait !== undefined) await wait;
        const session = sessions.get(clientId);
        if (session === undefined) continue; // ended meanwhile
        if (visit(session)) return clientId;
        looked += rows;
        if (looked >= PAGE_ROWS_MAX) return clientId;
      }
    }
    return undefined;
  }
}

function* rowsOf(session: ClientSession): Iterable<Row> {
  for (const subscription of session.subscriptions.values()) {
    yield { subscriber: session, subscription };
  }
}

function subscriptionTest(filter: SubscriptionFilter): Test {
  const { topicFilter, matchTopic, shareName } = filter;
  const part = filter.q?.toLowerCase() ?? "";
  return ({ subscription }) =>
    (topicFilter === undefined || subscription.topicFilter === topicFilter) &&
    (shareName === undefined || subscription.shareName === shareName) &&
    (part === "" || subscription.topicFilter.toLowerCase().includes(part)) &&
    (matchTopic === undefined || topicMatches(subscription.matchFilter, matchTopic));
}

function compareRows(a: Row, b: Row): number {
  return compareText(a.subscriber.clientId, b.subscriber.clientId) ||
    compareText(a.subscription.topicFilter, b.subscription.topicFilter);
}

function isBehind(row: Row, position: SubscriptionPosition | undefined): boolean {
  if (position === undefined) return true;
  const { clientId } = row.subscriber;
  if (clientId !== position.clientId) return clientId > position.clientId;
  return position.topicFilter !== undefined && row.subscription.topicFilter > position.topicFilter;
}

function positionOf(items: readonly SubscriptionView[]): SubscriptionPosition {
  const { clientId, topicFilter } = items[items.length - 1]!;
  return { clientId, topicFilter };
}

function viewOf({ subscriber, subscription }: Row): SubscriptionView {
  const { clientId, connection } = subscriber;
  return { ...subscription, clientId, connected: connection !== undefined };
}
