/** MQTT over HTTP (requirement row T4). */
import * as z from "zod";
import type { HttpBridge, HttpCaller } from "../../bridges/http/http_bridge.ts";
import type {
  HttpDelivery,
  HttpMessage,
  HttpSubscription,
} from "../../bridges/http/http_subscription.ts";
import { isError, ReasonCode } from "../../mqtt/reason_code.ts";
import { type Principal, usernameOf } from "../access/access_control.ts";
import { type EventSource, type StreamedEvent, tooManyStreams } from "../http/event_stream.ts";
import {
  messageFields,
  PAYLOAD_BODY_BYTES_MAX,
  PAYLOAD_ENCODINGS,
  payloadBytes,
  payloadProblem,
  propertiesOf,
} from "../http/payload.ts";
import { Problem } from "../http/problem.ts";
import {
  type ApiRoute,
  eventStream,
  noBody,
  noParams,
  noQuery,
  principalOf,
  type RequestPeer,
  route,
} from "../http/route.ts";
import { topicFilter, topicName } from "../http/topic.ts";
import { propertiesItem, shownPayload } from "./message_item.ts";
import { refusedMessage } from "./refused_message.ts";

const tag = "Messages";

/** Codes that say "later". */
const LATER: readonly ReasonCode[] = [
  ReasonCode.ServerUnavailable,
  ReasonCode.ServerBusy,
  ReasonCode.QuotaExceeded,
];
const NOT_ALLOWED: readonly ReasonCode[] = [
  ReasonCode.NotAuthorized,
  ReasonCode.Banned,
  ReasonCode.BadUserNameOrPassword,
];

/** Also without `/api/v1` in front. */
export function bridgeRoutes(bridge: HttpBridge): ApiRoute[] {
  return [publish(bridge), subscribe(bridge)];
}

function publish(bridge: HttpBridge): ApiRoute {
  return route({
    method: "post",
    path: "/publish",
    alsoAtRoot: true,
    role: "operator",
    tag,
    summary: "Publish a message",
    description: "As a client of MQTT with the name of the user or the token. At QoS 1 and 2 the " +
      "answer comes when the message is durable.",
    params: noParams,
    query: noQuery,
    body: z.strictObject({
      topic: topicName,
      ...messageFields,
      payload_encoding: z.enum(PAYLOAD_ENCODINGS).default("base64"),
      retain: z.boolean().default(false),
    }),
    bodyBytesMax: PAYLOAD_BODY_BYTES_MAX,
    success: {
      status: 200,
      description: "Published.",
      schema: z.strictObject({
        status: z.literal("ok"),
        matched: z.int().meta({ description: "Sessions of this node that it was offered to." }),
        reason_code: z.int().meta({ description: "16: nobody is subscribed." }),
      }),
    },
    problems: ["topic_not_allowed", "message_refused", "storage_failed"],
    example: { body: { topic: "hello/http", payload: "aGk=", qos: 1, retain: false } },
    async handle(request) {
      const { topic, payload, payload_encoding, qos, retain } = request.body;
      const wrong = payloadProblem(payload, payload_encoding);
      if (wrong !== undefined) {
        const errors = [{ pointer: "/body/payload", detail: wrong }];
        throw new Problem("validation_failed", undefined, { errors });
      }
      const outcome = await bridge.publish(callerOf(principalOf(request), request.peer), {
        topic,
        payload: payloadBytes(payload, payload_encoding),
        qos,
        retain,
        properties: propertiesOf(request.body),
        messageExpiryInterval: request.body.message_expiry_interval,
      });
      if (outcome === undefined) throw new Problem("topic_not_allowed");
      if (isError(outcome.reasonCode)) throw refusedMessage(outcome);
      return { status: "ok" as const, matched: outcome.matched, reason_code: outcome.reasonCode };
    },
  });
}

function subscribe(bridge: HttpBridge): ApiRoute {
  return route({
    method: "get",
    path: "/subscribe",
    alsoAtRoot: true,
    role: "viewer",
    tag,
    summary: "Read messages as they come",
    description: "As a client of MQTT with the name of the user or the token, for as long as the " +
      "stream is open. Events: `message`, and `dropped` with the count of what was lost because " +
      "the reader was too slow.",
    params: noParams,
    query: z.strictObject({
      filter: topicFilter.meta({ description: "A topic filter, also a shared one." }),
      qos: z.enum(["0", "1", "2"]).default("0"),
    }),
    body: noBody,
    success: { status: 200, description: "Messages.", schema: eventStream },
    problems: ["topic_not_allowed", "subscription_refused", "busy"],
    example: { query: { filter: "sensors/#", qos: "1" } },
    async handle(request) {
      const { filter, qos } = request.query;
      const caller = callerOf(principalOf(request), request.peer);
      const subscription = await bridge.subscribe(caller, filter, Number(qos) as 0 | 1 | 2);
      if (subscription === undefined) throw tooManyStreams();
      const reasonCode = await subscription.answered;
      if (isError(reasonCode)) {
        subscription.close();
        throw refusedSubscription(reasonCode);
      }
      return new SubscribedEvents(subscription);
    },
  });
}

function callerOf(principal: Principal, { address }: RequestPeer): HttpCaller {
  return { name: usernameOf(principal), address };
}

function refusedSubscription(reasonCode: ReasonCode): Problem {
  if (LATER.includes(reasonCode)) return tooManyStreams();
  const detail = `the broker refuses it with reason code ${reasonCode}`;
  const code = NOT_ALLOWED.includes(reasonCode) ? "topic_not_allowed" : "subscription_refused";
  return new Problem(code, detail);
}

class SubscribedEvents implements EventSource {
  readonly #subscription: HttpSubscription;

  constructor(subscription: HttpSubscription) {
    this.#subscription = subscription;
  }

  async next(): Promise<StreamedEvent | undefined> {
    const delivery = await this.#subscription.next();
    return delivery && streamed(delivery);
  }

  close(): void {
    this.#subscription.close();
  }
}

function streamed(delivery: HttpDelivery): StreamedEvent {
  return delivery.kind === "message"
    ? { type: "message", data: messageData(delivery.message) }
    : { type: "dropped", data: { count: delivery.count } };
}

function messageData({ topic, payload, qos, retain, properties }: HttpMessage) {
  const { shown, encoding } = shownPayload(payload);
  return {
    topic,
    payload: shown,
    payload_encoding: encoding,
    qos,
    retain,
    properties: propertiesItem(properties),
  };
}
