/**
 * Retained messages for new subscriptions. A filter may match a million of them, so they are not
 * gathered: each subscription has a cursor that is pulled as the client keeps up, and a connection
 * runs one cursor after the other. What is sent is the message that is retained when its turn
 * comes.
 */
import { NO_IDENTIFIERS } from "../mqtt/delivery.ts";
import type { Subscription } from "../mqtt/subscription.ts";
import type { Message } from "../mqtt/message.ts";
import { sleep } from "../base/clock.ts";
import type { Connection } from "./connection.ts";
import type { BrokerContext, ClientSession } from "./context.ts";
import { DeliveryStep } from "./delivery.ts";

/** Messages that one turn of the event loop may send, so that others are not kept waiting. */
const SLICE = 200;

export class RetainedSender {
  readonly #context: BrokerContext;
  /** The end of the last cursor of each connection that has one under way. */
  readonly #running = new Map<Connection, Promise<void>>();

  constructor(context: BrokerContext) {
    this.#context = context;
  }

  /** Sends what matches `subscriptions` to the session's present connection, in their order. */
  send(session: ClientSession, subscriptions: readonly Subscription[]): void {
    const { connection } = session;
    if (connection === undefined || subscriptions.length === 0) return;
    const before = this.#running.get(connection);
    const run = before === undefined
      ? this.#run(session, connection, subscriptions)
      : before.then(() => this.#run(session, connection, subscriptions));
    const settled = run.catch((error: unknown) => connection.fail(error)).finally(() => {
      if (this.#running.get(connection) === settled) this.#running.delete(connection);
    });
    this.#running.set(connection, settled);
  }

  async #run(
    session: ClientSession,
    connection: Connection,
    subscriptions: readonly Subscription[],
  ): Promise<void> {
    for (const subscription of subscriptions) {
      let count = 0;
      let step: DeliveryStep | undefined;
      for (const message of this.#context.retained.match(subscription.matchFilter)) {
        if (session.connection !== connection) break;
        step = this.#offer(session, subscription, message, step);
        count++;
        const congested = connection.output.congestion.state !== "clear";
        if (!congested && count % SLICE !== 0) continue;
        this.#commit(step);
        step = undefined;
        // Also while the client counts as slow: nobody but itself waits for this.
        if (congested) await connection.output.congestion.untilClear();
        else await sleep(this.#context.clock, 0);
      }
      this.#commit(step);
      if (session.connection !== connection) return;
    }
  }

  #offer(
    session: ClientSession,
    subscription: Subscription,
    message: Message,
    step: DeliveryStep | undefined,
  ): DeliveryStep | undefined {
    if (message.expired(this.#context.clock.now())) return step;
    const { subscriptionIdentifier } = subscription;
    const delivery = {
      message,
      qos: message.qos < subscription.qos ? message.qos : subscription.qos,
      retain: true,
      subscriptionIdentifiers: subscriptionIdentifier === undefined
        ? NO_IDENTIFIERS
        : [subscriptionIdentifier],
      share: undefined,
    };
    return this.#context.deliveries.offer(session, delivery, "retained", step);
  }

  #commit(step: DeliveryStep | undefined): void {
    if (step !== undefined) this.#context.deliveries.background(step.commit());
  }
}
