import { sleep } from "../../base/clock.ts";
import { PacketType, type QoS } from "../../mqtt/packet.ts";
import type { Suback } from "../../mqtt/packets/suback.ts";
import type { Subscribe, SubscribeRequest } from "../../mqtt/packets/subscribe.ts";
import { NO_PROPERTIES } from "../../mqtt/properties.ts";
import { isError, PacketError, ReasonCode } from "../../mqtt/reason_code.ts";
import type { Subscription } from "../../mqtt/subscription.ts";
import { type ParsedTopicFilter, parseTopicFilter } from "../../mqtt/topic_filter.ts";
import type { StoreBatch } from "../../storage/store.ts";
import type { Connection } from "../connection.ts";
import type { BrokerContext, ClientSession } from "../context.ts";
import {
  type HandlerResult,
  type Reply,
  ReplyThen,
  subscribeFailure,
  withReasonString,
} from "../reply.ts";
import { storeReason } from "./publish.ts";

/** One topic filter, as it was decided. */
export interface Decision {
  readonly reasonCode: ReasonCode;
  /** Undefined: refused. */
  readonly subscription?: Subscription;
  /** What it takes the place of. */
  readonly replaced?: Subscription | undefined;
  /** Whether retained messages are to be sent for it. */
  readonly wantsRetained?: boolean;
  readonly problem?: string;
}

/** What a SUBSCRIBE of thousands of filters may do before others get their turn. */
const FILTERS_PER_TURN = 200;

/** SUBSCRIBE (section 3.8): each filter on its own, one SUBACK for all [MQTT-3.8.4-5]. */
export function handleSubscribe(
  context: BrokerContext,
  connection: Connection,
  session: ClientSession,
  packet: Subscribe,
): HandlerResult {
  const parsed = packet.subscriptions.map((request) => parseTopicFilter(request.topicFilter));
  for (const [index, request] of packet.subscriptions.entries()) {
    if (request.noLocal && parsed[index]?.shareName !== undefined) { // [MQTT-3.8.3-4]
      throw new PacketError(ReasonCode.ProtocolError, "No Local on a shared subscription");
    }
  }
  return subscribeAll(context, connection, session, packet, parsed);
}

/**
 * All questions first, then the changes, slice by slice: a client that goes in between leaves none
 * that the store does not have. To the client it is one step, which ends with SUBACK.
 */
async function subscribeAll(
  context: BrokerContext,
  connection: Connection,
  session: ClientSession,
  packet: Subscribe,
  parsed: readonly (ParsedTopicFilter | undefined)[],
): Promise<Reply> {
  const refusals = await refusalsOf(context, connection, session, packet, parsed);
  const allowed = parsed.map((filter, index) =>
    refusals[index] ?? { request: packet.subscriptions[index]!, parsed: filter! }
  );
  const { subscriptionIdentifier } = packet.properties;
  const goesOn = () => connection.state === "connected";
  const decisions = await makeSubscriptions(
    context,
    session,
    allowed,
    subscriptionIdentifier,
    goesOn,
  );
  return decisions === undefined ? undefined : new ReplyThen(
    suback(session, packet, decisions),
    () => sendRetained(context, session, decisions),
  );
}

/**
 * Makes those subscriptions that are not refused already, slice by slice, and resolves when they are
 * durable or taken back: a decision for each, in their order. Undefined: it was given up, because
 * `goesOn` was false.
 */
export async function makeSubscriptions(
  context: BrokerContext,
  session: ClientSession,
  filters: readonly (Decision | Allowed)[],
  subscriptionIdentifier: number | undefined,
  goesOn: () => boolean,
): Promise<Decision[] | undefined> {
  const decisions: Decision[] = [];
  for (let from = 0; from < filters.length; from += FILTERS_PER_TURN) {
    if (from > 0) await sleep(context.clock, 0);
    if (!goesOn()) return undefined;
    const slice = filters.slice(from, from + FILTERS_PER_TURN);
    decisions.push(...await subscribeSlice(context, session, slice, subscriptionIdentifier));
  }
  return goesOn() ? decisions : undefined;
}

/** Starts to send what is retained for the subscriptions that were made. */
export function sendRetained(
  context: BrokerContext,
  session: ClientSession,
  decisions: readonly Decision[],
): void {
  const wanted = decisions.flatMap((each) =>
    each.wantsRetained === true && each.subscription !== undefined ? [each.subscription] : []
  );
  context.retainedSender.send(session, wanted);
}

/** A filter that may be subscribed to. */
export interface Allowed {
  readonly request: SubscribeRequest;
  readonly parsed: ParsedTopicFilter;
}

/** Makes some of the subscriptions, and resolves when they are durable or taken back. */
async function subscribeSlice(
  context: BrokerContext,
  session: ClientSession,
  slice: readonly (Decision | Allowed)[],
  subscriptionIdentifier: number | undefined,
): Promise<Decision[]> {
  const batch = session.durable ? context.store.batch() : undefined;
  const decisions = slice.map((each) =>
    "reasonCode" in each ? each : subscribe(context, session, each, subscriptionIdentifier, batch)
  );
  try {
    await batch?.commit();
    return decisions;
  } catch (error) {
    return takeBack(context, session, decisions, storeReason(error));
  }
}

/** Why each filter cannot be subscribed to, or undefined where it can. */
async function refusalsOf(
  context: BrokerContext,
  connection: Connection,
  session: ClientSession,
  { subscriptions }: Subscribe,
  parsed: readonly (ParsedTopicFilter | undefined)[],
): Promise<(Decision | undefined)[]> {
  const refusals: (Decision | undefined)[] = [];
  for (const [index, request] of subscriptions.entries()) {
    if (index > 0 && index % FILTERS_PER_TURN === 0) await sleep(context.clock, 0);
    refusals.push(
      parsed[index] === undefined ? INVALID : await denial(context, connection, session, request),
    );
  }
  return refusals;
}

export const INVALID: Decision = {
  reasonCode: ReasonCode.TopicFilterInvalid,
  problem: "topic filter not valid",
};

const TOO_MANY: Decision = {
  reasonCode: ReasonCode.QuotaExceeded,
  problem: "too many subscriptions",
};

const DENIED: Decision = { reasonCode: ReasonCode.NotAuthorized, problem: "not authorized" };

/** Asks the authorizer; undefined when it allows the subscription. */
async function denial(
  context: BrokerContext,
  connection: Connection,
  session: ClientSession,
  request: SubscribeRequest,
): Promise<Decision | undefined> {
  const { authorizer, log, observer, statistics } = context;
  const { clientId } = session;
  let allowed = false;
  try {
    const answer = authorizer.subscribe(connection.identity, request.topicFilter, request.qos);
    allowed = typeof answer === "boolean" ? answer : await answer;
  } catch (error) {
    log.error("authorization failed to run", { clientId, error: String(error) });
  }
  if (allowed) return undefined;
  statistics.authorizationErrors++;
  observer.subscribeDenied?.(clientId, request.topicFilter, DENIED.problem!);
  return DENIED;
}

/** Adds or replaces one subscription [MQTT-3.8.4-3]. */
function subscribe(
  context: BrokerContext,
  session: ClientSession,
  { request, parsed }: Allowed,
  subscriptionIdentifier: number | undefined,
  batch: StoreBatch | undefined,
): Decision {
  const { limits } = context;
  const { subscriptions } = session;
  if (subscriptions.size >= limits.subscriptionsMax && !subscriptions.has(parsed.topicFilter)) {
    return TOO_MANY;
  }
  const granted = Math.min(request.qos, limits.maximumQoS) as QoS; // [MQTT-3.2.2-10]
  // A 3.x peer that says it is a bridge cannot ask for these, and relies on them: it must not get
  // its own messages back, and passes the RETAIN flag on.
  const bridge = session.connection?.connect?.bridge === true;
  const subscription: Subscription = {
    topicFilter: parsed.topicFilter,
    matchFilter: parsed.matchFilter,
    shareName: parsed.shareName,
    qos: granted,
    noLocal: request.noLocal || (bridge && parsed.shareName === undefined),
    retainAsPublished: request.retainAsPublished || bridge,
    retainHandling: request.retainHandling,
    subscriptionIdentifier,
  };
  const replaced = context.router.subscribe(session, subscription);
  subscriptions.set(subscription.topicFilter, subscription);
  batch?.putSubscription(session.clientId, subscription);
  context.observer.subscriptionCreated?.(session.clientId, subscription);
  return {
    reasonCode: granted, // Granted QoS 0, 1, 2 are the codes 0, 1, 2 [MQTT-3.8.4-7]
    subscription,
    replaced,
    wantsRetained: subscription.shareName === undefined && // section 4.8.2
      (request.retainHandling === 0 || (request.retainHandling === 1 && replaced === undefined)),
  };
}

/** The store did not take them: all is as it was before, here as there. */
function takeBack(
  context: BrokerContext,
  session: ClientSession,
  decisions: readonly Decision[],
  reasonCode: ReasonCode,
): Decision[] {
  for (const { subscription, replaced } of decisions.toReversed()) {
    if (subscription === undefined) continue;
    const { topicFilter } = subscription;
    // A later connection of the session may have subscribed again, or the session be gone.
    if (session.ended || session.subscriptions.get(topicFilter) !== subscription) continue;
    if (replaced === undefined) {
      context.router.unsubscribe(session, topicFilter);
      session.subscriptions.delete(topicFilter);
      context.observer.subscriptionRemoved?.(session.clientId, topicFilter);
    } else {
      context.router.subscribe(session, replaced);
      session.subscriptions.set(topicFilter, replaced);
      context.observer.subscriptionCreated?.(session.clientId, replaced);
    }
  }
  return decisions.map((decision) =>
    decision.subscription === undefined
      ? decision
      : { reasonCode, problem: "the subscription cannot be stored" }
  );
}

function suback(
  session: ClientSession,
  packet: Subscribe,
  decisions: readonly Decision[],
): Suback {
  const answer: Suback = {
    type: PacketType.SUBACK,
    packetId: packet.packetId, // [MQTT-3.8.4-2]
    reasonCodes: decisions.map(({ reasonCode }) =>
      // [MQTT-3.9.3-1]
      isError(reasonCode) ? subscribeFailure(session.protocolVersion, reasonCode) : reasonCode
    ),
    properties: NO_PROPERTIES,
  };
  const problem = decisions.find((each) => each.problem !== undefined)?.problem;
  return problem === undefined ? answer : withReasonString(answer, problem, session);
}
