import assert from "#assert";
import { Message, type MessageInit } from "../../mqtt/message.ts";
import type { Cluster, SessionClaim, SessionSnapshot } from "../cluster.ts";
import {
  delivery,
  FULL_PROPERTIES,
  message as storedMessage,
  session,
  subscription,
  will,
} from "../../storage/conformance/fixtures.ts";
import type { RecordingHost } from "./recording_host.ts";

/** Nodes that form one cluster. Disposal closes them and whatever the harness has started. */
export interface ClusterNodes extends AsyncDisposable {
  /** Not joined yet. */
  readonly clusters: readonly Cluster[];
  /** Resolves when every live node knows the members and routes that were announced before. */
  settled(): Promise<void>;
}

/** One node of a case: a cluster that has joined, and the host behind it. */
export interface Node {
  readonly cluster: Cluster;
  readonly host: RecordingHost;
}

/** Registers a case that needs `nodeCount` nodes; all of them have joined when it runs. */
export type RegisterClusterCase = (
  nodeCount: number,
  behaviour: string,
  run: (nodes: Node[], settled: () => Promise<void>) => Promise<void>,
) => void;

export const PERSISTENT: SessionClaim = { cleanStart: false, persistent: true };
export const TRANSIENT: SessionClaim = { cleanStart: false, persistent: false };
export const CLEAN_START: SessionClaim = { cleanStart: true, persistent: true };

export function message(topic: string, changes: Partial<MessageInit> = {}): Message {
  const created = new Message({
    topic,
    payload: Uint8Array.of(1, 0, 255),
    qos: 1,
    retain: false,
    publisher: "publisher",
    receivedAt: Date.UTC(2026, 0, 1),
    properties: FULL_PROPERTIES,
    ...changes,
  }).retainPayload();
  created.id = 1;
  return created;
}

/** A session with something of everything. */
export function snapshot(clientId: string): SessionSnapshot {
  return {
    record: session(clientId, { username: "u", connected: false, disconnectedAt: 1.5 }),
    subscriptions: [subscription("b/#", { subscriptionIdentifier: 3 }), subscription("a")],
    inflight: [
      { packetId: 9, seq: 1, delivery: delivery(storedMessage(1), { qos: 2 }) },
      { packetId: 3, seq: 2, delivery: undefined },
    ],
    received: [1, 65_535],
    queue: [
      { seq: 3, delivery: delivery(storedMessage(2), { share: "$share/g/b" }) },
      {
        seq: 5,
        delivery: delivery(storedMessage(3, { properties: FULL_PROPERTIES, expiresAt: 2.5 })),
      },
    ],
    will: will(clientId, { dueAt: 7 }),
  };
}

/** Members in an order of their own, private state read: what two equal snapshots agree in. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (value instanceof Message) {
    const { topic, payload, qos, retain, properties, publisher, receivedAt, expiresAt } = value;
    return plain({ topic, payload, qos, retain, properties, publisher, receivedAt, expiresAt });
  }
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}

/** Compares what matters of messages, deliveries and snapshots; ids within a store do not. */
export function assertSame(actual: unknown, expected: unknown): void {
  assert.deepEqual(plain(actual), plain(expected));
}
