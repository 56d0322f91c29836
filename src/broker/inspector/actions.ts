/** What an administrator can have done. Nobody is asked whether the client may do it itself. */
import type { Identity } from "../../auth/auth.ts";
import { Message } from "../../mqtt/message.ts";
import { PacketType, type QoS } from "../../mqtt/packet.ts";
import type { SubscribeRequest } from "../../mqtt/packets/subscribe.ts";
import { type MessageProperties, NO_PROPERTIES } from "../../mqtt/properties.ts";
import { ReasonCode } from "../../mqtt/reason_code.ts";
import { parseTopicFilter } from "../../mqtt/topic_filter.ts";
import type { Connection } from "../connection.ts";
import type { BrokerContext } from "../context.ts";
import { publishProblem, storeReason, success } from "../handlers/publish.ts";
import {
  type Allowed,
  type Decision,
  INVALID,
  makeSubscriptions,
  sendRetained,
} from "../handlers/subscribe.ts";
import { notStored, removeSubscriptions } from "../handlers/unsubscribe.ts";
import { sendable } from "../reply.ts";
import type { RowGate } from "./row_gate.ts";

/** A message as it would be published. */
export interface PublishRequest {
  readonly topic: string;
  /** The broker's from now on. */
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly properties?: Readonly<MessageProperties>;
  /** Seconds. */
  readonly messageExpiryInterval?: number | undefined;
  /** The client id that it counts as published by: it gets it only without No Local. */
  readonly publisher?: string | undefined;
}

/** Per topic filter or message: the reason code of the acknowledgement, and why in words. */
export interface Outcome {
  readonly reasonCode: ReasonCode;
  readonly problem?: string | undefined;
}

export interface PublishOutcome extends Outcome {
  /** Sessions of this node that it was offered to. */
  readonly matched: number;
}

export interface SubscribeOptions {
  /** 1 … 268,435,455. */
  readonly subscriptionIdentifier?: number | undefined;
}

/** The topic filters of one call, in either direction. */
export const FILTERS_MAX = 1_000;

const NO_LOCAL_ON_SHARED: Decision = {
  reasonCode: ReasonCode.ProtocolError,
  problem: "No Local on a shared subscription",
};

const TOO_MANY: Decision = {
  reasonCode: ReasonCode.QuotaExceeded,
  problem: `more than ${FILTERS_MAX} topic filters in one call`,
};

export class Actions {
  readonly #context: BrokerContext;
  readonly #connections: ReadonlySet<Connection>;
  readonly #gate: RowGate;

  constructor(
    context: BrokerContext,
    connections: ReadonlySet<Connection>,
    gate: RowGate,
  ) {
    this.#context = context;
    this.#connections = connections;
    this.#gate = gate;
  }

  /**
   * Ends the connection of a client as a protocol error would: its will is published, its session
   * stays for as long as it was to outlive the connection. A code that DISCONNECT cannot carry
   * becomes Administrative action. False when it is not connected.
   */
  disconnect(
    clientId: string,
    reasonCode: ReasonCode = ReasonCode.AdministrativeAction,
    reason = "disconnected by an administrator",
  ): boolean {
    const connection = this.#context.sessions.get(clientId)?.connection;
    connection?.end(disconnectCode(reasonCode), reason);
    return connection !== undefined;
  }

  /** Ends all connections of clients that `test` selects, in slices; returns how many. */
  async disconnectAll(
    test: (identity: Identity) => boolean,
    reasonCode: ReasonCode,
    reason: string,
  ): Promise<number> {
    let count = 0;
    for (const connection of this.#connections) {
      const wait = this.#gate.pass();
      if (wait !== undefined) await wait;
      if (connection.state !== "connected" || !test(connection.identity)) continue;
      connection.end(disconnectCode(reasonCode), reason);
      count++;
    }
    return count;
  }

  /**
   * Subscribes on behalf of a client, as its SUBSCRIBE would, connected or not; at most
   * {@linkcode FILTERS_MAX}. Resolves when the subscriptions are durable or taken back, with an
   * outcome for each; undefined when there is no session, or it has ended meanwhile.
   */
  async subscribe(
    clientId: string,
    requests: readonly SubscribeRequest[],
    { subscriptionIdentifier }: SubscribeOptions = {},
  ): Promise<Outcome[] | undefined> {
    const session = this.#context.sessions.get(clientId);
    if (session === undefined) return undefined;
    const decisions = await makeSubscriptions(
      this.#context,
      session,
      requests.map(allowed),
      subscriptionIdentifier,
      () => !session.ended,
    );
    if (decisions === undefined) return undefined;
    sendRetained(this.#context, session, decisions);
    return decisions.map(({ reasonCode, problem }) => ({ reasonCode, problem }));
  }

  /**
   * Unsubscribes on behalf of a client; at most {@linkcode FILTERS_MAX}, those behind are left. What
   * was queued is still delivered. Resolves when that is durable or was not stored, with an outcome
   * for each; undefined when there is no session.
   */
  async unsubscribe(
    clientId: string,
    topicFilters: readonly string[],
  ): Promise<Outcome[] | undefined> {
    const session = this.#context.sessions.get(clientId);
    if (session === undefined) return undefined;
    const { reasonCodes, durable, putBack } = removeSubscriptions(
      this.#context,
      session,
      topicFilters.slice(0, FILTERS_MAX),
    );
    try {
      await durable;
      return reasonCodes.map((reasonCode) => ({ reasonCode }));
    } catch (error) {
      putBack();
      const problem = String(error);
      return reasonCodes.map((reasonCode) => ({ reasonCode: notStored(reasonCode), problem }));
    }
  }

  /**
   * Publishes a message, under the rules for a client's PUBLISH but for the authorizer's. At QoS 1
   * and 2 it resolves when the message is as durable as an acknowledgement promises.
   */
  async publish(request: PublishRequest): Promise<PublishOutcome> {
    const { deliveries, publisher } = this.#context;
    const { properties = NO_PROPERTIES } = request;
    const problem = publishProblem(this.#context, { ...request, properties });
    if (problem !== undefined) {
      return { reasonCode: problem.reasonCode, problem: problem.text, matched: 0 };
    }
    const { durable, matched } = publisher.publish(this.#message(request, properties));
    if (request.qos === 0) deliveries.background(durable);
    else {
      try {
        await durable;
      } catch (error) {
        return { reasonCode: storeReason(error), problem: String(error), matched: 0 };
      }
    }
    return { reasonCode: success(matched), matched };
  }

  #message(request: PublishRequest, properties: Readonly<MessageProperties>): Message {
    const receivedAt = this.#context.clock.now();
    const { topic, payload, qos, retain, publisher, messageExpiryInterval } = request;
    return new Message({
      topic,
      payload,
      payloadStays: true,
      qos,
      retain,
      properties,
      publisher,
      receivedAt,
      expiresAt: messageExpiryInterval === undefined
        ? undefined
        : receivedAt + messageExpiryInterval * 1000,
    });
  }
}

function disconnectCode(reasonCode: ReasonCode): ReasonCode {
  return sendable(PacketType.DISCONNECT, reasonCode, ReasonCode.AdministrativeAction);
}

function allowed(request: SubscribeRequest, index: number): Decision | Allowed {
  if (index >= FILTERS_MAX) return TOO_MANY;
  const parsed = parseTopicFilter(request.topicFilter);
  if (parsed === undefined) return INVALID;
  if (request.noLocal && parsed.shareName !== undefined) return NO_LOCAL_ON_SHARED;
  return { request, parsed };
}
