import type { Message } from "../mqtt/message.ts";
import type { ProtocolVersion, QoS } from "../mqtt/packet.ts";
import type { ReasonCode } from "../mqtt/reason_code.ts";
import type { Subscription } from "../mqtt/subscription.ts";

/** Why a message did not reach a session. Every dropped delivery is counted under exactly one. */
export const DROP_REASONS = [
  /** QoS 0 for a session without a connection: not kept, by design of the QoS. */
  "qos0_offline",
  /** QoS 0 for a receiver that does not drain its connection. */
  "slow_receiver",
  /** The session's queue is full, in messages or in bytes; the newest message is the one dropped. */
  "queue_full",
  /** The packet would be larger than the client's Maximum Packet Size [MQTT-3.1.2-25]. */
  "packet_too_large",
  /** The client answered PUBACK or PUBREC with a reason code of 0x80 or above [MQTT-4.4.0-2]. */
  "refused_by_receiver",
  /** The connection was lost with QoS 0 bytes still unsent. */
  "connection_lost",
  /** The store did not take the write; the publisher was told. */
  "store_failed",
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** What observers are told of a connection. */
export interface ClientInfo {
  readonly clientId: string;
  readonly username: string | undefined;
  readonly protocolVersion: ProtocolVersion;
  readonly cleanStart: boolean;
  readonly keepAlive: number;
  readonly remoteAddress: string;
}

/**
 * Messages of one publisher on one topic that went through the broker one behind the other; often
 * just one. Lent for the call.
 */
export interface PublishedRun {
  readonly topic: string;
  /** Client id; undefined for messages of the broker itself. */
  readonly publisher: string | undefined;
  /** How many. */
  readonly messages: number;
  /** Of their payloads. */
  readonly bytes: number;
  /** Of the last one: milliseconds since the epoch. */
  readonly receivedAt: number;
  /** Of the last one. A view, made when it is asked for. */
  readonly payload: Uint8Array;
  /** Where the one observer that counts by topic may keep what it looked up; undefined: nowhere. */
  readonly memo: TopicMemo | undefined;
}

/** Something that lives about as long as a topic is being published to. */
export interface TopicMemo {
  counted: unknown;
}

/**
 * Watches the broker: metrics, `$SYS`, webhooks, audit, console stream, trace. Methods are called
 * synchronously, never awaited, and must neither throw nor block: an observer cannot change or
 * delay a delivery. Every method is optional. Messages are only lent: copy what is kept.
 */
export interface BrokerObserver {
  clientConnected?(client: ClientInfo): void;
  /** `reasonCode`: what was received or sent in DISCONNECT, or what would have been. */
  clientDisconnected?(client: ClientInfo, reasonCode: ReasonCode, reason: string): void;
  sessionTakenOver?(clientId: string, fromNode: string, toNode: string): void;
  sessionEnded?(
    clientId: string,
    cause: "expired" | "clean_start" | "disconnected" | "removed",
  ): void;
  messagePublished?(message: Message): void;
  /** The same in less detail and for less: for who only counts. */
  messagesPublished?(run: PublishedRun): void;
  messageDelivered?(clientId: string, message: Message, qos: QoS): void;
  messageDropped?(clientId: string, message: Message, reason: DropReason): void;
  messageRetained?(message: Message, cleared: boolean): void;
  subscriptionCreated?(clientId: string, subscription: Subscription): void;
  subscriptionRemoved?(clientId: string, topicFilter: string): void;
  authSucceeded?(clientId: string, remoteAddress: string): void;
  authFailed?(clientId: string, remoteAddress: string, reason: string): void;
  publishDenied?(clientId: string, topic: string, reason: string): void;
  subscribeDenied?(clientId: string, topicFilter: string, reason: string): void;
  protocolError?(remoteAddress: string, reasonCode: ReasonCode, reason: string): void;
}
