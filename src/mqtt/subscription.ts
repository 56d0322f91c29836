import type { QoS } from "./packet.ts";

/** 0: always send retained messages; 1: only when the subscription is new; 2: never. */
export type RetainHandling = 0 | 1 | 2;

/** Section 3.8.3.1. A 3.x subscription has all defaults but the QoS. */
export interface SubscriptionOptions {
  readonly qos: QoS;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  readonly retainHandling: RetainHandling;
}

/** A subscription of one session: what it asked for, as granted. Immutable. */
export interface Subscription extends SubscriptionOptions {
  /** As the client wrote it, with `$share/…/` where it is shared: its identity in the session. */
  readonly topicFilter: string;
  /** What topics are matched against: `topicFilter` without the share prefix. */
  readonly matchFilter: string;
  /** Of a shared subscription; undefined for an ordinary one. */
  readonly shareName: string | undefined;
  /** 1 … 268,435,455; undefined for none. */
  readonly subscriptionIdentifier: number | undefined;
}
