import type { QoS } from "../mqtt/packet.ts";
import type { SharedGroup } from "./shared_group.ts";

/** Who subscribes: one session. Told apart by identity, so the same object for all its calls. */
export interface Subscriber {
  readonly clientId: string;
}

/**
 * Who gets a message on one topic. Immutable, and shared by all who ask for the same topic until
 * the subscriptions change; the groups in it are live.
 */
export interface Match<S extends Subscriber> {
  /** One for each client, however many of its ordinary subscriptions match [MQTT-3.3.4-2]. */
  readonly recipients: readonly Recipient<S>[];
  /** Each delivers once, to one of its members, whatever the ordinary subscriptions deliver. */
  readonly groups: readonly SharedGroup<S>[];
  /**
   * False: no matching subscription has No Local, so every `recipient.forPublisher` is the
   * recipient itself and the publisher needs no look.
   */
  readonly hasNoLocal: boolean;
}

/** One client that gets the message, and how. Immutable. */
export interface Recipient<S extends Subscriber> {
  readonly subscriber: S;
  /** The highest granted one among the client's matching subscriptions. */
  readonly qos: QoS;
  /** True when any of them asks for it. */
  readonly retainAsPublished: boolean;
  /** Of all of them that have one [MQTT-3.3.4-4]; often the shared empty list. */
  readonly subscriptionIdentifiers: readonly number[];
  /**
   * What holds when the publisher is this very client: without its No Local subscriptions
   * [MQTT-3.8.3-3]. Usually the recipient itself; undefined when nothing is left.
   */
  readonly forPublisher: Recipient<S> | undefined;
}
