/**
 * What happens to an accepted message: it is retained, matched, offered to each recipient, and
 * carried to the other nodes. The one way in for messages of clients, wills, bridges and `$SYS`.
 */
import { bothDurable, type Durable } from "../base/durable.ts";
import type { Delivery } from "../mqtt/delivery.ts";
import type { PublishedRun } from "../events/observer.ts";
import { Message } from "../mqtt/message.ts";
import type { QoS } from "../mqtt/packet.ts";
import type { Match, MemberRank, Recipient, SharedGroup } from "../router/router.ts";
import type { Origin } from "./accounting.ts";
import type { BrokerContext, ClientSession } from "./context.ts";
import { DeliveryStep, type PublishSource } from "./delivery.ts";
import { FanOutFrames } from "./packet_output.ts";
import { isSystemTopic } from "./system_topics.ts";

/** What came of a publish. */
export interface Published {
  /** When an acknowledgement of the message may leave. */
  readonly durable: Durable;
  /** How many sessions it was offered to on this node. */
  readonly matched: number;
}

const NO_PAYLOAD = new Uint8Array(0);

const NOBODY: Published = { durable: undefined, matched: 0 };

/** Everything about a publish that is not in the message. */
export interface PublishOptions {
  readonly origin?: Origin;
  /** Where it came from: held back while a receiver is congested. */
  readonly source?: PublishSource | undefined;
  /** Store writes that belong to the same protocol step (the QoS 2 packet id). */
  readonly step?: DeliveryStep | undefined;
}

const NO_OPTIONS: PublishOptions = {};

export class Publisher {
  readonly #context: BrokerContext;
  readonly #frames = new FanOutFrames();

  constructor(context: BrokerContext) {
    this.#context = context;
  }

  /** Publishes a message of this node, for recipients here and on other nodes. */
  publish(message: Message, options: PublishOptions = NO_OPTIONS): Published {
    const { cluster, observer, router } = this.#context;
    let step = options.step;
    if (message.retain) step = this.#retain(message, step);
    const match = router.match(message.topic);
    message.hold(); // Until everybody was offered it.
    const published = this.#offerAll(message, match, options, step);
    if (message.retain) published.durable?.catch(() => this.#followStore(message));
    observer.messagePublished?.(message);
    if (observer.messagesPublished !== undefined) observer.messagesPublished(runOf(message));
    const remote = cluster.forward(message);
    if (remote !== undefined) message.pin();
    message.release();
    return remote === undefined
      ? published
      : { durable: bothDurable(published.durable, remote), matched: published.matched };
  }

  /** A message from another node: for recipients here only, so it cannot go round in circles. */
  deliverLocally(message: Message): Published {
    message.pin();
    return this.#offerAll(
      message,
      this.#context.router.match(message.topic),
      NO_OPTIONS,
      undefined,
    );
  }

  #offerAll(
    message: Message,
    match: Match<ClientSession>,
    options: PublishOptions,
    first: DeliveryStep | undefined,
  ): Published {
    const { recipients, groups, hasNoLocal } = match;
    const { deliveries } = this.#context;
    const origin = options.origin ?? "matched";
    let step = first;
    let matched = recipients.length;
    if (matched > 0) {
      const frames = matched > 1 ? this.#frames : undefined;
      let delivery: Delivery | undefined;
      for (let i = 0; i < recipients.length; i++) {
        let recipient: Recipient<ClientSession> | undefined = recipients[i]!;
        if (hasNoLocal && recipient.subscriber.clientId === message.publisher) {
          recipient = recipient.forPublisher; // [MQTT-3.8.3-3]
          if (recipient === undefined) {
            matched--;
            continue;
          }
        }
        delivery = deliveryFor(message, recipient, undefined, delivery);
        const { subscriber } = recipient;
        step = deliveries.offer(subscriber, delivery, origin, step, options.source, frames);
      }
      frames?.clear();
    }
    for (let i = 0; i < groups.length; i++) {
      const group = groups[i]!;
      const member = pickMember(group, message.qos);
      if (member === undefined) continue;
      matched++;
      const delivery = deliveryFor(message, member, group.topicFilter, undefined);
      step = deliveries.offer(member.subscriber, delivery, origin, step, options.source);
    }
    if (step === undefined && matched === 0) return NOBODY;
    return { durable: step?.commit(), matched };
  }

  /** Removes the retained message of a topic; nobody is sent anything. */
  clearRetained(topic: string): Durable {
    const receivedAt = this.#context.clock.now();
    const message = new Message({ topic, payload: NO_PAYLOAD, qos: 0, retain: true, receivedAt });
    const durable = this.#retain(message, undefined).commit();
    durable?.catch(() => this.#followStore(message));
    return durable;
  }

  /** Stores, replaces or (with an empty payload) removes the retained message of the topic. */
  #retain(message: Message, step: DeliveryStep | undefined): DeliveryStep {
    const { retained, cluster, observer, deliveries } = this.#context;
    const after = step ?? new DeliveryStep(this.#context);
    const cleared = message.payload.length === 0;
    const ofThisNode = isSystemTopic(message.topic);
    if (cleared) {
      // [MQTT-3.3.1-6] [MQTT-3.3.1-7]
      const removed = retained.delete(message.topic);
      if (removed !== undefined && !ofThisNode) after.batch.deleteRetained(message.topic);
    } else {
      message.retainPayload();
      deliveries.identify(message);
      retained.set(message); // [MQTT-3.3.1-5]
      if (!ofThisNode) after.batch.putRetained(message);
    }
    if (!ofThisNode) deliveries.background(cluster.retain(message));
    observer.messageRetained?.(message, cleared);
    return after;
  }

  /** The store did not take a retained message: the topic gets back the one that is stored. */
  #followStore(message: Message): void {
    const { deliveries, retained, store } = this.#context;
    const { topic } = message;
    if (isSystemTopic(topic)) return; // was not meant to be stored
    const failed = retained.get(topic);
    if (failed !== undefined && failed !== message) return; // a later one has taken its place
    deliveries.background(
      store.retained.get(topic).then((stored) => {
        if (retained.get(topic) !== failed) return;
        if (stored === undefined) retained.delete(topic);
        else retained.set(stored);
      }),
    );
  }
}

function runOf(message: Message): PublishedRun {
  const { topic, publisher, receivedAt, payload } = message;
  const bytes = payload.length;
  return { topic, publisher, messages: 1, bytes, receivedAt, payload, memo: undefined };
}

/** Whether one more retained topic would be one too many. An empty payload makes room instead. */
export function retainedFull(
  { retained, limits }: BrokerContext,
  topic: string,
  payload: Uint8Array,
): boolean {
  return payload.length > 0 && retained.size >= limits.retainedMessagesMax &&
    retained.get(topic) === undefined;
}

/**
 * What a recipient gets of a message. Returns `last` when that says the same, so that a fan-out to
 * equal subscriptions makes one delivery for all.
 */
export function deliveryFor(
  message: Message,
  recipient: Recipient<ClientSession>,
  share: string | undefined,
  last: Delivery | undefined,
): Delivery {
  // The lower of the published and the granted QoS [MQTT-3.8.4-8].
  const qos = message.qos < recipient.qos ? message.qos : recipient.qos;
  const retain = message.retain && recipient.retainAsPublished; // [MQTT-3.3.1-12] [MQTT-3.3.1-13]
  const { subscriptionIdentifiers } = recipient;
  if (
    last !== undefined && last.qos === qos && last.retain === retain && last.share === share &&
    last.subscriptionIdentifiers === subscriptionIdentifiers
  ) return last;
  return { message, qos, retain, subscriptionIdentifiers, share };
}

/**
 * The member that gets a message: in turns among the connected ones that keep up; when there are
 * none, among those that can queue it.
 */
export function pickMember(
  group: SharedGroup<ClientSession>,
  qos: QoS,
): Recipient<ClientSession> | undefined {
  return group.pick(qos === 0 ? rankForQos0 : rankForQueue) ?? group.pick(anybody);
}

/** The member that `pickMember` would return; its turn does not pass. */
export function nextMember(
  group: SharedGroup<ClientSession>,
  qos: QoS,
): Recipient<ClientSession> | undefined {
  return group.peek(qos === 0 ? rankForQos0 : rankForQueue) ?? group.peek(anybody);
}

function rankForQos0(session: ClientSession): MemberRank {
  const { connection } = session;
  if (connection === undefined) return 0;
  return connection.output.congestion.state === "slow" ? 1 : 2;
}

/** For QoS 1 and 2. A member that was granted QoS 0 would lose the message while it is away. */
function rankForQueue(session: ClientSession, granted: QoS): MemberRank {
  if (granted === 0) return rankForQos0(session);
  const { connection, queue } = session;
  if (queue.full) return 0;
  return connection !== undefined && connection.output.congestion.state !== "slow" ? 2 : 1;
}

/** Nobody can take it: it is offered to the one whose turn it is, and dropped there, counted. */
function anybody(): MemberRank {
  return 1;
}
