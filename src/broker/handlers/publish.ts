import type { Durable } from "../../base/durable.ts";
import { Message } from "../../mqtt/message.ts";
import type { Packet } from "../../mqtt/packet.ts";
import type { Publish } from "../../mqtt/packets/publish.ts";
import { type MessageProperties, NO_PROPERTIES } from "../../mqtt/properties.ts";
import { isError, PacketError, ReasonCode } from "../../mqtt/reason_code.ts";
import { fitsTopicLimits, isValidTopicName, TOPIC_LEVELS_MAX } from "../../mqtt/topic.ts";
import type { Received } from "../../session/inbound.ts";
import { StoreError } from "../../storage/store.ts";
import type { Connection } from "../connection.ts";
import type { BrokerContext, ClientSession } from "../context.ts";
import { DeliveryStep } from "../delivery.ts";
import { type BrokerLimits, USER_PROPERTIES_MAX } from "../limits.ts";
import { retainedFull } from "../publisher.ts";
import {
  Disconnection,
  DurableReply,
  type HandlerResult,
  hasReasonCodes,
  puback,
  pubrec,
  type Reply,
  UnansweredWrite,
  withReasonString,
} from "../reply.ts";
import { isSystemTopic } from "../system_topics.ts";

/** PUBLISH (section 3.3): checks in order, then the message goes to the publisher. */
export function handlePublish(
  context: BrokerContext,
  connection: Connection,
  session: ClientSession,
  packet: Publish,
): HandlerResult {
  context.statistics.publishReceived++;
  connection.messagesReceived++;
  checkLegal(context, session, packet);
  const topic = resolveTopic(connection, packet);
  if (packet.qos === 2) {
    const received = session.inbound.get(packet.packetId);
    if (received !== undefined) return repeatPubrec(session, packet, received);
  }
  const problem = checkAccepted(context, packet, topic);
  if (problem !== undefined) return refuse(context, session, packet, topic, problem);
  const allowed = context.relay.takeAnswer() ??
    context.authorizer.publish(connection.identity, topic, packet.qos, packet.retain);
  if (allowed === true) return accept(context, connection, session, packet, topic);
  if (allowed === false) {
    return refuse(context, session, packet, topic, NOT_AUTHORIZED);
  }
  return allowed.then(
    (yes) => decideLater(context, connection, session, packet, topic, yes),
    (error: unknown) => {
      context.log.error("authorization failed to run", { topic, error: String(error) });
      return decideLater(context, connection, session, packet, topic, false);
    },
  );
}

/** Why a message is not taken. */
export interface Problem {
  readonly reasonCode: ReasonCode;
  readonly text: string;
}

const TOO_MANY_USER_PROPERTIES: Problem = {
  reasonCode: ReasonCode.QuotaExceeded,
  text: `more than ${USER_PROPERTIES_MAX} user properties`,
};

const NOT_AUTHORIZED: Problem = { reasonCode: ReasonCode.NotAuthorized, text: "not authorized" };

const TOPIC_TOO_DEEP: Problem = {
  reasonCode: ReasonCode.TopicNameInvalid,
  text: `a topic of more than ${TOPIC_LEVELS_MAX} levels`,
};

/** What ends the connection, because the client was told that it may not do it. */
function checkLegal(context: BrokerContext, session: ClientSession, packet: Publish): void {
  const { limits } = context;
  const problem = unsupported(limits, packet);
  if (problem !== undefined) throw new PacketError(problem.reasonCode, problem.text);
  if (packet.qos === 0) return;
  // A repeated QoS 2 PUBLISH is not one more [MQTT-3.3.4-7]; 3.x clients know no Receive Maximum.
  const repeated = packet.qos === 2 && session.inbound.get(packet.packetId)?.onWire === true;
  if (
    !repeated && session.inbound.used >= limits.receiveMaximum &&
    hasReasonCodes(session.protocolVersion)
  ) {
    throw new PacketError(
      ReasonCode.ReceiveMaximumExceeded,
      `more than ${limits.receiveMaximum} unfinished QoS 1 and 2 messages`,
    );
  }
}

/** What no client may send, because CONNACK says so. */
function unsupported(
  limits: BrokerLimits,
  { qos, retain, payload }: Pick<Publish, "qos" | "retain" | "payload">,
): Problem | undefined {
  if (qos > limits.maximumQoS) { // [MQTT-3.2.2-11]
    return { reasonCode: ReasonCode.QoSNotSupported, text: `QoS ${qos} is not supported` };
  }
  if (retain && !limits.retainAvailable) { // [MQTT-3.2.2-14]
    return { reasonCode: ReasonCode.RetainNotSupported, text: "retained messages are turned off" };
  }
  if (payload.length > limits.messageSizeMax) {
    const text = `a payload of ${payload.length} bytes, allowed are ${limits.messageSizeMax}`;
    return { reasonCode: ReasonCode.PacketTooLarge, text };
  }
  return undefined;
}

/** Why a message that comes by another way than a PUBLISH packet is not taken. */
export function publishProblem(
  context: BrokerContext,
  message: Pick<Publish, "topic" | "qos" | "retain" | "payload" | "properties">,
): Problem | undefined {
  if (!isValidTopicName(message.topic)) {
    return { reasonCode: ReasonCode.TopicNameInvalid, text: "topic name not valid" };
  }
  return unsupported(context.limits, message) ?? checkAccepted(context, message, message.topic);
}

function resolveTopic(connection: Connection, packet: Publish): string {
  const { topicAlias } = packet.properties;
  return topicAlias === undefined
    ? packet.topic
    : connection.inboundAliases.resolve(packet.topic, topicAlias);
}

/** What is refused, message by message. */
function checkAccepted(
  context: BrokerContext,
  packet: Pick<Publish, "retain" | "payload" | "properties">,
  topic: string,
): Problem | undefined {
  if (topic.charCodeAt(0) === DOLLAR && isSystemTopic(topic)) return NOT_AUTHORIZED;
  if (!fitsTopicLimits(topic)) return TOPIC_TOO_DEEP;
  if ((packet.properties.userProperties?.length ?? 0) > USER_PROPERTIES_MAX) {
    return TOO_MANY_USER_PROPERTIES;
  }
  if (packet.retain && retainedFull(context, topic, packet.payload)) {
    return { reasonCode: ReasonCode.QuotaExceeded, text: "too many retained messages" };
  }
  return undefined;
}

const DOLLAR = 0x24;

/** The same, after the authorizer has taken its time: the client may have gone meanwhile. */
function decideLater(
  context: BrokerContext,
  connection: Connection,
  session: ClientSession,
  packet: Publish,
  topic: string,
  allowed: boolean,
): Reply {
  if (connection.state !== "connected") return undefined;
  return allowed
    ? accept(context, connection, session, packet, topic)
    : refuse(context, session, packet, topic, NOT_AUTHORIZED);
}

function accept(
  context: BrokerContext,
  connection: Connection,
  session: ClientSession,
  packet: Publish,
  topic: string,
): Reply {
  const message = toMessage(connection, session, packet, topic);
  switch (packet.qos) {
    case 0: {
      const { durable } = context.publisher.publish(message, { source: connection });
      context.deliveries.background(durable);
      return durable === undefined ? undefined : new UnansweredWrite(durable);
    }
    case 1:
      return acceptQos1(context, connection, session, packet, message);
    case 2:
      return acceptQos2(context, connection, session, packet, message);
  }
}

function acceptQos1(
  context: BrokerContext,
  connection: Connection,
  session: ClientSession,
  packet: Publish,
  message: Message,
): Reply {
  const { inbound } = session;
  inbound.startQos1();
  const { durable, matched } = context.publisher.publish(message, { source: connection });
  const answer = puback(packet.packetId, success(matched));
  if (durable === undefined) {
    inbound.finishQos1();
    return answer;
  }
  return new DurableReply(
    durable,
    answer,
    (error) =>
      hasReasonCodes(session.protocolVersion)
        ? puback(packet.packetId, storeReason(error))
        : undefined,
    () => {
      // A later connection of the session has a quota of its own.
      if (session.connection === connection) inbound.finishQos1();
    },
  );
}

function acceptQos2(
  context: BrokerContext,
  connection: Connection,
  session: ClientSession,
  packet: Publish,
  message: Message,
): Reply {
  const { packetId } = packet;
  let step: DeliveryStep | undefined;
  if (session.durable) {
    step = new DeliveryStep(context);
    step.batch.putReceived(session.clientId, packetId);
  }
  const received = session.inbound.receive(packetId);
  const { durable, matched } = context.publisher.publish(message, { source: connection, step });
  const answer = pubrec(packetId, success(matched));
  if (durable === undefined) return answer;
  received.durable = durable;
  return pubrecWhenDurable(session, packetId, durable, answer, () => {
    session.inbound.release(packetId); // [MQTT-4.3.3-9]
  });
}

/** The message was routed before: PUBREC again and nothing else [MQTT-4.3.3-10]. */
function repeatPubrec(session: ClientSession, packet: Publish, received: Received): Reply {
  session.inbound.receiveAgain(received);
  const answer = pubrec(packet.packetId, ReasonCode.Success);
  return received.durable === undefined
    ? answer
    : pubrecWhenDurable(session, packet.packetId, received.durable, answer);
}

function pubrecWhenDurable(
  session: ClientSession,
  packetId: number,
  durable: Promise<void>,
  answer: Packet,
  failed?: () => void,
): DurableReply {
  return new DurableReply(durable, answer, (error) => {
    failed?.();
    return hasReasonCodes(session.protocolVersion)
      ? pubrec(packetId, storeReason(error))
      : undefined;
  });
}

export function success(matched: number): ReasonCode {
  return matched === 0 ? ReasonCode.NoMatchingSubscribers : ReasonCode.Success;
}

/** The reason code of a store that did not take the write. */
export function storeReason(error: unknown): ReasonCode {
  return error instanceof StoreError && error.kind === "full"
    ? ReasonCode.QuotaExceeded
    : ReasonCode.UnspecifiedError;
}

function toMessage(
  connection: Connection,
  session: ClientSession,
  packet: Publish,
  topic: string,
): Message {
  const { properties } = packet;
  const { messageExpiryInterval } = properties;
  return new Message({
    topic,
    payload: packet.payload,
    qos: packet.qos,
    retain: packet.retain,
    properties: forwardedProperties(properties),
    publisher: session.clientId,
    receivedAt: connection.now,
    expiresAt: messageExpiryInterval === undefined
      ? undefined
      : connection.now + messageExpiryInterval * 1000,
  });
}

/** What every receiver gets unaltered; alias and expiry are the broker's own to send. */
function forwardedProperties(properties: Publish["properties"]): Readonly<MessageProperties> {
  if (properties === NO_PROPERTIES) return NO_PROPERTIES;
  const { topicAlias: _alias, messageExpiryInterval: _expiry, ...forwarded } = properties;
  return forwarded;
}

/**
 * Answers a PUBLISH that is not allowed. 5.0: the code in PUBACK or PUBREC, silence at QoS 0. 3.x
 * cannot be told: it is acknowledged or disconnected, as configured [MQTT-3.3.5-2 of 3.1.1].
 */
function refuse(
  context: BrokerContext,
  session: ClientSession,
  packet: Publish,
  topic: string,
  problem: Problem,
): Reply {
  const { statistics, observer, log, limits } = context;
  statistics.publishRefused++;
  if (problem === NOT_AUTHORIZED) statistics.authorizationErrors++;
  observer.publishDenied?.(session.clientId, topic, problem.text);
  log.info("publish refused", { clientId: session.clientId, topic, reason: problem.text });
  const tellable = hasReasonCodes(session.protocolVersion);
  if (!tellable && limits.v3RefusedPublish === "disconnect") {
    return new Disconnection(problem.reasonCode, problem.text);
  }
  const reasonCode = tellable ? problem.reasonCode : ReasonCode.Success;
  if (packet.qos === 0) return undefined;
  if (packet.qos === 1) return diagnosed(puback(packet.packetId, reasonCode), session, problem);
  if (!tellable) return acknowledgeUnrouted(context, session, packet);
  return diagnosed(pubrec(packet.packetId, reasonCode), session, problem);
}

/** QoS 2 of a 3.x client, refused and acknowledged: the exchange goes on as if it had been routed. */
function acknowledgeUnrouted(
  context: BrokerContext,
  session: ClientSession,
  packet: Publish,
): Reply {
  const received = session.inbound.receive(packet.packetId);
  const answer = pubrec(packet.packetId, ReasonCode.Success);
  if (!session.durable) return answer;
  const batch = context.store.batch();
  batch.putReceived(session.clientId, packet.packetId);
  const durable: Durable = batch.commit();
  if (durable === undefined) return answer;
  received.durable = durable;
  return pubrecWhenDurable(session, packet.packetId, durable, answer, () => {
    session.inbound.release(packet.packetId);
  });
}

function diagnosed(packet: Packet, session: ClientSession, problem: Problem): Packet {
  return "reasonCode" in packet && isError(packet.reasonCode)
    ? withReasonString(packet, problem.text, session)
    : packet;
}
