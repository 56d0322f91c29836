import assert from "#assert";
import { type Delivery, NO_IDENTIFIERS } from "../../mqtt/delivery.ts";
import { Message, type MessageInit } from "../../mqtt/message.ts";
import type { Subscription } from "../../mqtt/subscription.ts";
import type {
  InflightRecord,
  QueueRecord,
  SessionRecord,
  Store,
  StoreBatch,
  WillRecord,
} from "../store.ts";

/** Registers one case; `run` gets a new, empty store. */
export type RegisterCase = (behaviour: string, run: (store: Store) => Promise<void>) => void;

export const NOW = Date.UTC(2026, 0, 1);

/** Client ids and topic levels that a careless key would confuse with each other. */
export const AWKWARD_NAMES = [
  "a",
  "A",
  "a/",
  "/a",
  "a/b",
  "a//b",
  "/",
  "a/queue/1",
  "a:b",
  "a!b",
  "a%2Fb",
  "a\\b",
  "..",
  " a",
  "a\u0001",
  "a\u0001b",
  "a\u007f",
  "ä",
  "\u00e4\u0308",
  "\ufeffa",
  "a\uffff",
  "日本/語",
  "😀",
  "x".repeat(1000),
] as const;

/** Gathers writes into one batch and waits until it is durable. */
export async function commit(store: Store, gather: (batch: StoreBatch) => void): Promise<void> {
  const batch = store.batch();
  gather(batch);
  await batch.commit();
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

export function session(clientId: string, changes: Partial<SessionRecord> = {}): SessionRecord {
  return {
    clientId,
    epoch: 1,
    protocolVersion: 5,
    username: undefined,
    cleanStart: false,
    expiryInterval: 3600,
    connected: true,
    connectedAt: NOW,
    disconnectedAt: undefined,
    receiveMaximum: 65_535,
    maximumPacketSize: undefined,
    topicAliasMaximum: 0,
    requestResponseInformation: false,
    requestProblemInformation: true,
    ...changes,
  };
}

export function subscription(
  topicFilter: string,
  changes: Partial<Subscription> = {},
): Subscription {
  return {
    topicFilter,
    matchFilter: topicFilter,
    shareName: undefined,
    subscriptionIdentifier: undefined,
    qos: 1,
    noLocal: false,
    retainAsPublished: false,
    retainHandling: 0,
    ...changes,
  };
}

/** A message as it is when the broker stores it: payload its own, store id given. */
export function message(id: number, changes: Partial<MessageInit> = {}): Message {
  const created = new Message({
    topic: `topic/${id}`,
    payload: new TextEncoder().encode(`payload ${id}`),
    qos: 1,
    retain: false,
    publisher: "publisher",
    receivedAt: NOW + id,
    ...changes,
  }).retainPayload();
  created.id = id;
  return created;
}

export function delivery(of: Message, changes: Partial<Delivery> = {}): Delivery {
  return {
    message: of,
    qos: 1,
    retain: false,
    subscriptionIdentifiers: NO_IDENTIFIERS,
    share: undefined,
    ...changes,
  };
}

export function will(clientId: string, changes: Partial<WillRecord> = {}): WillRecord {
  return {
    clientId,
    will: {
      topic: `will/${clientId}`,
      payload: new TextEncoder().encode("gone"),
      qos: 1,
      retain: false,
      properties: {},
    },
    username: undefined,
    dueAt: undefined,
    ...changes,
  };
}

/** Every property that a message can have, in an order and with duplicates that must survive. */
export const FULL_PROPERTIES = {
  payloadFormatIndicator: 1,
  contentType: "text/plain; charset=ütf-8",
  responseTopic: "reply/to/me",
  correlationData: Uint8Array.of(0, 255, 1, 254, 0),
  userProperties: [["b", "1"], ["a", "2"], ["b", "3"], ["b", "1"], ["", ""]],
} as const;

/** What a store has to keep of a message. */
function messageFacts(of: Message) {
  const { id, topic, payload, qos, retain, properties, publisher, receivedAt, expiresAt } = of;
  return {
    id,
    topic,
    payload: [...payload],
    qos,
    retain,
    properties: { ...properties },
    publisher,
    receivedAt,
    expiresAt,
  };
}

function deliveryFacts(of: Delivery) {
  const { qos, retain, subscriptionIdentifiers, share } = of;
  return {
    message: messageFacts(of.message),
    qos,
    retain,
    subscriptionIdentifiers: [...subscriptionIdentifiers],
    share,
  };
}

export function assertMessages(actual: readonly Message[], expected: readonly Message[]): void {
  assert.deepEqual(actual.map(messageFacts), expected.map(messageFacts));
}

export function assertQueue(
  actual: readonly QueueRecord[],
  expected: readonly (readonly [seq: number, delivery: Delivery])[],
): void {
  assert.deepEqual(
    actual.map(({ seq, delivery }) => [seq, deliveryFacts(delivery)]),
    expected.map(([seq, delivery]) => [seq, deliveryFacts(delivery)]),
  );
}

export function assertInflight(
  actual: readonly InflightRecord[],
  expected: readonly (readonly [packetId: number, seq: number, delivery: Delivery | undefined])[],
): void {
  assert.deepEqual(
    actual.map(({ packetId, seq, delivery }) => [
      packetId,
      seq,
      delivery && deliveryFacts(delivery),
    ]),
    expected.map(([packetId, seq, delivery]) => [
      packetId,
      seq,
      delivery && deliveryFacts(delivery),
    ]),
  );
}

/** By the text that `key` names, so that listings without an order can be compared. */
export function sortedBy<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...items].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
