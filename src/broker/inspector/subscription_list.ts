/**
 * The subscriptions in pages, by client id and then by topic filter. Where a client, a topic, a whole
 * filter or a share name says which ones are meant, only those are looked at; otherwise session by
 * session, and of a subscription only its filter until it is chosen.
 */
import { compareText, Selection } from "../../base/selection.ts";
import type { Subscription } from "../../mqtt/subscription.ts";
import { topicMatches } from "../../mqtt/topic_filter.ts";
import type { SharedGroup, Subscribed } from "../../router/router.ts";
import type { BrokerContext, ClientSession } from "../context.ts";
import { limitOf, type Page, PAGE_ROWS_MAX, type PageRequest, type Total } from "./page.ts";
import type { RowGate } from "./row_gate.ts";
import { hasPart } from "./text_part.ts";

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

/** Filters of one session between two looks at the gate. */
const FILTERS_PER_STEP = 64;

type Row = Subscribed<ClientSession>;
type Test = (row: Row) => boolean;
type FilterTest = (topicFilter: string) => boolean;

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
    if (candidates !== undefined) {
      return await this.#select(candidates, subscriptionTest(filter), request);
    }
    const page = await this.#walk(hasPart(filter.q ?? ""), request);
    return request.count === true ? { ...page, total: await this.#count(filter.q) } : page;
  }

  /**
   * The few among which all that is selected must be; undefined: any may be. A row that is undefined
   * is something that was looked at in vain.
   */
  #candidates(filter: SubscriptionFilter): Iterable<Row | undefined> | undefined {
    const { router, sessions } = this.#context;
    const { clientId, topicFilter, matchTopic, shareName } = filter;
    if (clientId !== undefined) {
      const session = sessions.get(clientId);
      return session === undefined ? [] : rowsOf(session);
    }
    if (topicFilter !== undefined) return router.with(topicFilter);
    if (matchTopic !== undefined) return router.matching(matchTopic);
    return shareName === undefined ? undefined : rowsSharing(router.sharedGroups, shareName);
  }

  async #select(
    candidates: Iterable<Row | undefined>,
    test: Test,
    request: PageRequest<SubscriptionPosition>,
  ): Promise<SubscriptionPage> {
    const selection = new Selection<Row>(limitOf(request), compareRows);
    let value = 0;
    for (const row of candidates) {
      const wait = this.#gate.pass();
      if (wait !== undefined) await wait;
      if (row === undefined || !test(row)) continue;
      value++;
      if (isBehind(row, request.after)) selection.offer(row);
    }
    const items = selection.rows.map(viewOf);
    const page = { items, next: selection.overflowed ? positionOf(items) : undefined };
    return request.count === true ? { ...page, total: { value, relation: "eq" } } : page;
  }

  async #walk(
    test: FilterTest,
    request: PageRequest<SubscriptionPosition>,
  ): Promise<SubscriptionPage> {
    const limit = limitOf(request);
    const { after } = request;
    const items: SubscriptionView[] = [];
    const stop = await this.#eachSession(after?.clientId, async (session) => {
      const behind = session.clientId === after?.clientId ? after.topicFilter : "";
      if (behind === undefined) return 1; // the page before ended with the last of its filters
      const selection = new Selection<string>(limit + 1 - items.length, compareText);
      const looked = await this.#eachFilter(session, (topicFilter) => {
        if (topicFilter > behind && test(topicFilter)) selection.offer(topicFilter);
      });
      for (const topicFilter of selection.rows) {
        const subscription = session.subscriptions.get(topicFilter);
        if (subscription !== undefined) items.push(viewOf({ subscriber: session, subscription }));
      }
      return items.length > limit ? undefined : looked;
    });
    if (items.length > limit) {
      items.pop();
      return { items, next: positionOf(items) };
    }
    return { items, next: stop === undefined ? undefined : { clientId: stop } };
  }

  async #count(q: string | undefined): Promise<Total> {
    if (q === undefined) {
      return { value: this.#context.router.subscriptionCount, relation: "eq" };
    }
    const test = hasPart(q);
    let value = 0;
    const stop = await this.#eachSession(
      undefined,
      (session) =>
        this.#eachFilter(session, (topicFilter) => {
          if (test(topicFilter)) value++;
        }),
    );
    return { value, relation: stop === undefined ? "eq" : "gte" };
  }

  /**
   * Calls `visit` for each session from this client id on, in order, until it says undefined or as
   * many rows, which it returns, were looked at as a page may. Returns the client id that it stopped
   * at; undefined: at the end.
   */
  async #eachSession(
    from: string | undefined,
    visit: (session: ClientSession) => Promise<number | undefined> | number | undefined,
  ): Promise<string | undefined> {
    const { sessions } = this.#context;
    const { clientIds } = sessions;
    let looked = 0;
    let ids = from === undefined
      ? clientIds.after(undefined, IDS_PER_STEP)
      : clientIds.from(from, IDS_PER_STEP);
    for (; ids.length > 0; ids = clientIds.after(ids[ids.length - 1], IDS_PER_STEP)) {
      for (const clientId of ids) {
        const wait = this.#gate.pass();
        if (wait !== undefined) await wait;
        const session = sessions.get(clientId);
        if (session === undefined) continue; // ended meanwhile
        const rows = await visit(session);
        if (rows === undefined) return clientId;
        looked += rows;
        if (looked >= PAGE_ROWS_MAX) return clientId;
      }
    }
    return undefined;
  }

  /** In slices; returns what it counts as, in rows. */
  async #eachFilter(session: ClientSession, visit: (topicFilter: string) => void): Promise<number> {
    let looked = 1;
    for (const topicFilter of session.subscriptions.keys()) {
      if (looked++ % FILTERS_PER_STEP === 0) {
        const wait = this.#gate.pass(FILTERS_PER_STEP);
        if (wait !== undefined) await wait;
      }
      visit(topicFilter);
    }
    return looked;
  }
}

/** The members of all groups of this name; undefined for each group of another one. */
function* rowsSharing(
  groups: ReadonlyMap<string, SharedGroup<ClientSession>>,
  shareName: string,
): Iterable<Row | undefined> {
  for (const group of groups.values()) {
    if (group.shareName === shareName) yield* group.members();
    else yield undefined;
  }
}

function* rowsOf(session: ClientSession): Iterable<Row> {
  for (const subscription of session.subscriptions.values()) {
    yield { subscriber: session, subscription };
  }
}

function subscriptionTest(filter: SubscriptionFilter): Test {
  const { topicFilter, matchTopic, shareName } = filter;
  const has = hasPart(filter.q ?? "");
  return ({ subscription }) =>
    (topicFilter === undefined || subscription.topicFilter === topicFilter) &&
    (shareName === undefined || subscription.shareName === shareName) &&
    has(subscription.topicFilter) &&
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
