/** Dropped messages by reason, by client and by topic, since the broker has started. */
import { type BrokerObserver, DROP_REASONS, type DropReason } from "../events/observer.ts";
import type { Message } from "../mqtt/message.ts";
import { type TopCount, TopCounts } from "./top_counts.ts";

/** Clients and topics that are kept at least, those with the most drops. */
export const TOP_KEPT = 500;

export class DropStatistics implements BrokerObserver {
  readonly #byReason = Object.fromEntries(
    DROP_REASONS.map((reason) => [reason, 0]),
  ) as Record<DropReason, number>;
  readonly #clients = new TopCounts(TOP_KEPT);
  readonly #topics = new TopCounts(TOP_KEPT);

  messageDropped(clientId: string, message: Message, reason: DropReason): void {
    this.#byReason[reason]++;
    this.#clients.add(clientId);
    this.#topics.add(message.topic);
  }

  /** Those that observers are told of: what a lost connection had still to send is in the books only. */
  get byReason(): Readonly<Record<DropReason, number>> {
    return this.#byReason;
  }

  /** Client ids with the most drops; at most `limit`, at most twice {@linkcode TOP_KEPT}. */
  clients(limit: number): TopCount[] {
    return this.#clients.top(limit);
  }

  topics(limit: number): TopCount[] {
    return this.#topics.top(limit);
  }
}
