import { PacketType } from "../../mqtt/packet.ts";
import type { Unsuback } from "../../mqtt/packets/unsuback.ts";
import type { Unsubscribe } from "../../mqtt/packets/unsubscribe.ts";
import { NO_PROPERTIES } from "../../mqtt/properties.ts";
import { ReasonCode } from "../../mqtt/reason_code.ts";
import { parseTopicFilter } from "../../mqtt/topic_filter.ts";
import type { BrokerContext, ClientSession } from "../context.ts";
import { DurableReply, type HandlerResult } from "../reply.ts";
import { storeReason } from "./publish.ts";

/**
 * UNSUBSCRIBE (section 3.10): one UNSUBACK for all filters [MQTT-3.10.4-6]. No new message is added;
 * what was already queued or started is still delivered [MQTT-3.10.4-2] [MQTT-3.10.4-3].
 */
export function handleUnsubscribe(
  context: BrokerContext,
  session: ClientSession,
  packet: Unsubscribe,
): HandlerResult {
  const batch = session.durable ? context.store.batch() : undefined;
  const reasonCodes = packet.topicFilters.map((topicFilter) => {
    if (context.router.unsubscribe(session, topicFilter) === undefined) {
      return parseTopicFilter(topicFilter) === undefined
        ? ReasonCode.TopicFilterInvalid
        : ReasonCode.NoSubscriptionExisted;
    }
    session.subscriptions.delete(topicFilter);
    batch?.deleteSubscription(session.clientId, topicFilter);
    context.observer.subscriptionRemoved?.(session.clientId, topicFilter);
    return ReasonCode.Success;
  });
  const answer = unsuback(packet, reasonCodes);
  const durable = batch?.commit();
  if (durable === undefined) return answer;
  return new DurableReply(
    durable,
    answer,
    (error) => unsuback(packet, packet.topicFilters.map(() => storeReason(error))),
  );
}

function unsuback(packet: Unsubscribe, reasonCodes: ReasonCode[]): Unsuback {
  return {
    type: PacketType.UNSUBACK,
    packetId: packet.packetId, // [MQTT-3.10.4-5]
    reasonCodes, // [MQTT-3.11.3-1]
    properties: NO_PROPERTIES,
  };
}
