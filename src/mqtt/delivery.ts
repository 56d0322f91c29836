import type { Message } from "./message.ts";
import type { QoS } from "./packet.ts";

/**
 * One message on its way to one session: what differs between recipients. Immutable; small,
 * because a fan-out makes one for each recipient, while the message itself is shared.
 */
export interface Delivery {
  readonly message: Message;
  /** The lower of the published and the granted QoS, never above `broker.maximum_qos`. */
  readonly qos: QoS;
  /** The RETAIN flag as this recipient gets it. */
  readonly retain: boolean;
  /** Identifiers of all matching subscriptions of this session that have one; often the shared empty list. */
  readonly subscriptionIdentifiers: readonly number[];
  /**
   * The `$share/…` topic filter through which the message came; undefined for an ordinary one. Says
   * which group inherits the delivery when the session ends before it was started.
   */
  readonly share: string | undefined;
}

/** The one empty list of subscription identifiers. */
export const NO_IDENTIFIERS: readonly number[] = Object.freeze([]);
