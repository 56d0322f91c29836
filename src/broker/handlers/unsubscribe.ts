import type { Durable } from "../../base/durable.ts";
import { PacketType } from "../../mqtt/packet.ts";
import type { Unsuback } from "../../mqtt/packets/unsuback.ts";
import type { Unsubscribe } from "../../mqtt/packets/unsubscribe.ts";
import { NO_PROPERTIES } from "../../mqtt/properties.ts";
import { ReasonCode } from "../../mqtt/reason_code.ts";
import type { Subscription } from "../../mqtt/subscription.ts";
import { parseTopicFilter } from "../../mqtt/topic_filter.ts";
import type { BrokerContext, ClientSession } from "../context.ts";
import { DurableReply, type HandlerResult, hasReasonCodes } from "../reply.ts";

/**
 * UNSUBSCRIBE (section 3.10): one UNSUBACK for all filters [MQTT-3.10.4-6]. No new message is added;
 * what was already queued or started is still delivered [MQTT-3.10.4-2] [MQTT-3.10.4-3].
 */
export function handleUnsubscribe(
  context: BrokerContext,
  session: ClientSession,
  packet: Unsubscribe,
): HandlerResult {
  const { reasonCodes, durable, putBack } = removeSubscriptions(
    context,
    session,
    packet.topicFilters,
  );
  const answer = unsuback(packet, reasonCodes);
  if (durable === undefined) return answer;
  return new DurableReply(durable, answer, () => {
    putBack();
    // 3.x has no code that says so, and UNSUBACK would be a lie.
    if (!hasReasonCodes(session.protocolVersion)) return undefined;
    return unsuback(packet, reasonCodes.map(notStored));
  });
}

/** What became of the filters, one code for each; `putBack` is for when `durable` rejects. */
export interface Removal {
  readonly reasonCodes: ReasonCode[];
  readonly durable: Durable;
  readonly putBack: () => void;
}

export function removeSubscriptions(
  context: BrokerContext,
  session: ClientSession,
  topicFilters: readonly string[],
): Removal {
  const batch = session.durable ? context.store.batch() : undefined;
  const removed: Subscription[] = [];
  const reasonCodes = topicFilters.map((topicFilter) => {
    const subscription = context.router.unsubscribe(session, topicFilter);
    if (subscription === undefined) {
      return parseTopicFilter(topicFilter) === undefined
        ? ReasonCode.TopicFilterInvalid
        : ReasonCode.NoSubscriptionExisted;
    }
    removed.push(subscription);
    session.subscriptions.delete(topicFilter);
    context.retainedSender.cancel(session, topicFilter); // [MQTT-3.10.4-2]
    batch?.deleteSubscription(session.clientId, topicFilter);
    context.observer.subscriptionRemoved?.(session.clientId, topicFilter);
    return ReasonCode.Success;
  });
  return {
    reasonCodes,
    durable: batch?.commit(),
    putBack: () => putBack(context, session, removed),
  };
}

/** The code of a filter when the store did not take it; UNSUBACK knows no "quota exceeded" (section 3.11.3). */
export function notStored(reasonCode: ReasonCode): ReasonCode {
  return reasonCode === ReasonCode.Success ? ReasonCode.UnspecifiedError : reasonCode;
}

/** The store still has them, so they go on here as well. */
function putBack(
  context: BrokerContext,
  session: ClientSession,
  removed: readonly Subscription[],
): void {
  for (const subscription of removed) {
    // The client may have subscribed again meanwhile, or its session be gone.
    if (session.ended || session.subscriptions.has(subscription.topicFilter)) continue;
    context.router.subscribe(session, subscription);
    session.subscriptions.set(subscription.topicFilter, subscription);
    context.observer.subscriptionCreated?.(session.clientId, subscription);
  }
}

function unsuback(packet: Unsubscribe, reasonCodes: ReasonCode[]): Unsuback {
  return {
    type: PacketType.UNSUBACK,
    packetId: packet.packetId, // [MQTT-3.10.4-5]
    reasonCodes, // [MQTT-3.11.3-1]
    properties: NO_PROPERTIES,
  };
}
