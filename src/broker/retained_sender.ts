/**
 * Retained messages for new subscriptions. A filter may match a million of them, so they are not
 * gathered: each subscription has a cursor that is pulled as the client keeps up, one cursor of a
 * session after the other. What is sent is the message that is retained when its turn comes.
 *
 * | cursor  | event                                    | next    | effect                         |
 * |---------|------------------------------------------|---------|--------------------------------|
 * | none    | subscribed, retained messages are wanted | waiting | behind the session's others    |
 * | waiting | its turn                                 | running | a slice of messages            |
 * | running | the client is congested                  | running | waits until it is clear        |
 * | running | connection lost, the session lives       | waiting | goes on when the session does  |
 * | running | all sent                                 | none    |                                |
 * | any     | the same filter again, retained wanted   | waiting | starts over                    |
 * | any     | unsubscribed, or the session ends        | none    | [MQTT-3.10.4-2]                |
 *
 * So a session has at most one cursor for each of its subscriptions.
 */
import { sleep } from "../base/clock.ts";
import type { Delivery } from "../mqtt/delivery.ts";
import { NO_IDENTIFIERS } from "../mqtt/delivery.ts";
import type { Message } from "../mqtt/message.ts";
import type { Subscription } from "../mqtt/subscription.ts";
import type { RetainedWalk } from "../router/retained_walk.ts";
import type { Connection } from "./connection.ts";
import type { BrokerContext, ClientSession } from "./context.ts";
import { DeliveryStep } from "./delivery.ts";

/**
 * What one turn of the event loop may do, so that others are not kept waiting: messages to send, and
 * topics to look at, of which a filter such as `+/+/state` may select none.
 */
const SLICE = 400;
const VISITS = 10_000;
/** Cursors that one turn may begin: a SUBSCRIBE may have thousands of filters that select nothing. */
const CURSORS_PER_TURN = 200;

/** The cursors of one session. */
interface Cursors {
  /** By topic filter, the one whose turn it is first. */
  readonly waiting: Map<string, RetainedWalk>;
  running: boolean;
}

export class RetainedSender {
  readonly #context: BrokerContext;
  /** Of sessions that have not been sent everything; they end with their session. */
  readonly #cursors = new WeakMap<ClientSession, Cursors>();

  constructor(context: BrokerContext) {
    this.#context = context;
  }

  /** Sends what matches `subscriptions`, which have just been made, in their order. */
  send(session: ClientSession, subscriptions: readonly Subscription[]): void {
    if (subscriptions.length === 0) return;
    let cursors = this.#cursors.get(session);
    if (cursors === undefined) {
      cursors = { waiting: new Map(), running: false };
      this.#cursors.set(session, cursors);
    }
    for (const { topicFilter, matchFilter } of subscriptions) {
      cursors.waiting.delete(topicFilter); // to the end of the order
      cursors.waiting.set(topicFilter, this.#context.retained.match(matchFilter));
    }
    this.#start(session, cursors);
  }

  /** Unsubscribed: what was not sent yet is no longer wanted. */
  cancel(session: ClientSession, topicFilter: string): void {
    this.#cursors.get(session)?.waiting.delete(topicFilter);
  }

  /** The session has a connection again: what the last one could not send any more goes on. */
  resume(session: ClientSession): void {
    const cursors = this.#cursors.get(session);
    if (cursors !== undefined) this.#start(session, cursors);
  }

  #start(session: ClientSession, cursors: Cursors): void {
    if (cursors.running) return;
    cursors.running = true;
    this.#run(session, cursors).catch((error: unknown) => session.connection?.fail(error));
  }

  /** Until all is sent or the session has no connection. */
  async #run(session: ClientSession, cursors: Cursors): Promise<void> {
    const { waiting } = cursors;
    let finished = 0;
    try {
      for (let next = firstOf(waiting); next !== undefined; next = firstOf(waiting)) {
        const { connection } = session;
        if (connection === undefined || connection.output.congestion.state === "ended") return;
        const [topicFilter, walk] = next;
        if (this.#sendSlice(session, connection, topicFilter, walk)) {
          waiting.delete(topicFilter);
          if (++finished % CURSORS_PER_TURN !== 0) continue;
        }
        // Also while the client counts as slow: nobody but itself waits for this.
        await connection.output.congestion.untilClear();
        await sleep(this.#context.clock, 0);
      }
    } finally {
      cursors.running = false;
      if (waiting.size === 0) this.#cursors.delete(session);
    }
  }

  /** Sends what the client takes at once, at most a slice. Returns true when that was all. */
  #sendSlice(
    session: ClientSession,
    connection: Connection,
    topicFilter: string,
    walk: RetainedWalk,
  ): boolean {
    const subscription = session.subscriptions.get(topicFilter);
    if (subscription === undefined) return true;
    const { clock, deliveries } = this.#context;
    const { congestion } = connection.output;
    const now = clock.now();
    const visitedMax = walk.visited + VISITS;
    let step: DeliveryStep | undefined;
    for (let sent = 0; sent < SLICE && congestion.state === "clear"; sent++) {
      const message = walk.step(visitedMax - walk.visited);
      if (message === undefined) break;
      if (message.expired(now)) continue;
      step = deliveries.offer(session, retainedDelivery(message, subscription), "retained", step);
    }
    if (step !== undefined) deliveries.background(step.commit());
    return walk.done;
  }
}

function firstOf<K, V>(map: Map<K, V>): [K, V] | undefined {
  for (const entry of map) return entry;
  return undefined;
}

function retainedDelivery(message: Message, subscription: Subscription): Delivery {
  const { qos, subscriptionIdentifier } = subscription;
  return {
    message,
    qos: message.qos < qos ? message.qos : qos, // [MQTT-3.8.4-8]
    retain: true,
    subscriptionIdentifiers: subscriptionIdentifier === undefined
      ? NO_IDENTIFIERS
      : [subscriptionIdentifier],
    share: undefined,
  };
}
