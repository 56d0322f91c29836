/**
 * The broker as seen from outside: read-only views for `$SYS`, health, API and console, and the few
 * actions that an administrator has.
 */
import type { ReasonCode } from "../../mqtt/reason_code.ts";
import type { AccountingReport, Statistics } from "../accounting.ts";
import type { Connection } from "../connection.ts";
import type { BrokerContext } from "../context.ts";
import { Actions } from "./actions.ts";
import { Books } from "./books.ts";
import { MessageList } from "./message_list.ts";
import { RowGate } from "./row_gate.ts";
import { RetainedList } from "./retained_list.ts";
import { SessionList } from "./session_list.ts";
import { type SessionView, sessionView } from "./session_view.ts";
import { SharedGroupList } from "./shared_group_list.ts";
import { SlowReceivers } from "./slow_receivers.ts";
import { SubscriptionList } from "./subscription_list.ts";
import { TopicReceivers } from "./topic_receivers.ts";
import { type WillView, willView } from "./will_view.ts";

export interface BrokerCounts {
  readonly connections: number;
  readonly sessions: number;
  readonly subscriptions: number;
  readonly retainedMessages: number;
  readonly delayedWills: number;
  /** Pending calls of the deadline heap. */
  readonly deadlines: number;
}

export class Inspector {
  readonly sessions: SessionList;
  readonly subscriptions: SubscriptionList;
  readonly sharedGroups: SharedGroupList;
  readonly receivers: TopicReceivers;
  readonly retained: RetainedList;
  readonly messages: MessageList;
  readonly slowReceivers: SlowReceivers;
  readonly books: Books;
  readonly actions: Actions;
  readonly #context: BrokerContext;
  readonly #connections: ReadonlySet<Connection>;

  constructor(context: BrokerContext, connections: ReadonlySet<Connection>) {
    this.#context = context;
    this.#connections = connections;
    const gate = new RowGate(context.clock);
    this.sessions = new SessionList(context, gate);
    this.subscriptions = new SubscriptionList(context, gate);
    this.sharedGroups = new SharedGroupList(context, gate);
    this.receivers = new TopicReceivers(context, gate);
    this.retained = new RetainedList(context, gate);
    this.messages = new MessageList(context);
    this.slowReceivers = new SlowReceivers(connections, gate);
    this.books = new Books(context, connections, gate);
    this.actions = new Actions(context, connections, gate);
  }

  get statistics(): Readonly<Statistics> {
    return this.#context.statistics;
  }

  /** Messages that did not reach a session, by reason. */
  get dropped(): AccountingReport["dropped"] {
    return this.#context.accounting.dropped;
  }

  counts(): BrokerCounts {
    const { sessions, router, retained, wills, deadlines } = this.#context;
    return {
      connections: this.#connections.size,
      sessions: sessions.size,
      subscriptions: router.subscriptionCount,
      retainedMessages: retained.size,
      delayedWills: wills.delayedCount,
      deadlines: deadlines.size,
    };
  }

  /** The accounting equation at this moment. Walks all sessions at once: `books` does it in slices. */
  accounting(): AccountingReport {
    let inFlight = 0;
    let queued = 0;
    for (const session of this.#context.sessions.all()) {
      inFlight += session.outbound.size;
      queued += session.queue.size;
    }
    for (const connection of this.#connections) inFlight += connection.output.pendingMessages;
    return this.#context.accounting.report({ inFlight, queued });
  }

  session(clientId: string): SessionView | undefined {
    const session = this.#context.sessions.get(clientId);
    return session === undefined ? undefined : sessionView(this.#context, session);
  }

  /** Of a session, armed or delayed; undefined when it has none. */
  will(clientId: string): WillView | undefined {
    const session = this.#context.sessions.get(clientId);
    return session === undefined ? undefined : willView(this.#context, session);
  }

  /** Whether clients can be served, and if not, why. */
  readiness(): { readonly ready: boolean; readonly details: Readonly<Record<string, string>> } {
    const store = this.#context.store.health();
    const cluster = this.#context.cluster.status();
    return {
      ready: store.writable && cluster.available,
      details: { store: store.detail, cluster: cluster.detail },
    };
  }

  /** Ends a session for good; false when there is none. */
  removeSession(clientId: string, reasonCode: ReasonCode, reason: string): Promise<boolean> {
    return this.#context.sessions.remove(clientId, reasonCode, reason);
  }
}
