/** Who would get a message, without sending one: no turn of a shared group passes. */
import { compareText, Selection } from "../../base/selection.ts";
import type { QoS } from "../../mqtt/packet.ts";
import type { BrokerContext, ClientSession } from "../context.ts";
import { nextMember } from "../publisher.ts";
import { limitOf, type Page, type PageRequest } from "./page.ts";
import type { RowGate } from "./row_gate.ts";

/** What is published; `publisher` does not get it through its No Local subscriptions. */
export interface Question {
  /** A valid topic name. */
  readonly topic: string;
  readonly qos: QoS;
  readonly publisher?: string | undefined;
}

export interface ReceiverView {
  readonly clientId: string;
  readonly connected: boolean;
  /** That it is delivered with: the lower of the published and the highest granted one. */
  readonly qos: QoS;
  /** Subscriptions that match, and the filters of the first {@linkcode FILTERS_SHOWN_MAX}. */
  readonly subscriptions: number;
  readonly topicFilters: readonly string[];
}

export interface GroupReceiverView {
  readonly topicFilter: string;
  readonly members: number;
  /** Whose turn it is. */
  readonly next: string | undefined;
}

export interface ReceiverPosition {
  readonly clientId: string;
}

export interface Receivers {
  readonly ordinary: Page<ReceiverView, ReceiverPosition>;
  /** The first {@linkcode GROUPS_SHOWN_MAX} by topic filter, and how many there are. */
  readonly groups: readonly GroupReceiverView[];
  readonly groupCount: number;
}

export const FILTERS_SHOWN_MAX = 20;
export const GROUPS_SHOWN_MAX = 100;

interface Found {
  readonly session: ClientSession;
  granted: QoS;
  subscriptions: number;
  readonly topicFilters: string[];
}

export class TopicReceivers {
  readonly #context: BrokerContext;
  readonly #gate: RowGate;

  constructor(context: BrokerContext, gate: RowGate) {
    this.#context = context;
    this.#gate = gate;
  }

  /** Looks at all subscriptions that match, in slices. The total counts them, not their clients. */
  async of(question: Question, request: PageRequest<ReceiverPosition>): Promise<Receivers> {
    const after = request.after?.clientId;
    const selection = new Selection<Found>(limitOf(request), byClientId, merge);
    const groups = new Set<string>();
    let value = 0;
    for (const { subscriber, subscription } of this.#context.router.matching(question.topic)) {
      const wait = this.#gate.pass();
      if (wait !== undefined) await wait;
      if (subscription.shareName !== undefined) {
        groups.add(subscription.topicFilter);
        continue;
      }
      if (subscription.noLocal && subscriber.clientId === question.publisher) continue;
      value++;
      if (after !== undefined && subscriber.clientId <= after) continue;
      selection.offer({
        session: subscriber,
        granted: subscription.qos,
        subscriptions: 1,
        topicFilters: [subscription.topicFilter],
      });
    }
    const items = selection.rows.map((found) => viewOf(found, question.qos));
    const last = items[items.length - 1];
    const next = selection.overflowed ? { clientId: last!.clientId } : undefined;
    const ordinary = request.count === true
      ? { items, next, total: { value, relation: "eq" as const } }
      : { items, next };
    return { ordinary, groups: this.#groups(groups, question.qos), groupCount: groups.size };
  }

  #groups(found: ReadonlySet<string>, qos: QoS): GroupReceiverView[] {
    const { sharedGroups } = this.#context.router;
    return [...found].sort(compareText).slice(0, GROUPS_SHOWN_MAX).flatMap((topicFilter) => {
      const group = sharedGroups.get(topicFilter);
      if (group === undefined) return []; // the last member has left meanwhile
      const next = nextMember(group, qos)?.subscriber.clientId;
      return [{ topicFilter, members: group.memberCount, next }];
    });
  }
}

function byClientId(a: Found, b: Found): number {
  return compareText(a.session.clientId, b.session.clientId);
}

function merge(kept: Found, { granted, topicFilters }: Found): void {
  kept.subscriptions++;
  if (granted > kept.granted) kept.granted = granted;
  if (kept.topicFilters.length < FILTERS_SHOWN_MAX) kept.topicFilters.push(...topicFilters);
}

function viewOf({ session, granted, subscriptions, topicFilters }: Found, qos: QoS): ReceiverView {
  return {
    clientId: session.clientId,
    connected: session.connection !== undefined,
    qos: qos < granted ? qos : granted,
    subscriptions,
    topicFilters: topicFilters.sort(compareText),
  };
}
