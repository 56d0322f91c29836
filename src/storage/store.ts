/**
 * The Store contract: what the broker needs kept. A store stores; it does not match topics,
 * allocate packet ids, apply limits or call clients.
 *
 * Reads go through six typed views (and `admin`); writes are gathered in a batch, one for each
 * protocol step, and become visible and durable together or not at all. Whatever acknowledges a
 * step to a client waits for {@linkcode StoreBatch.commit}.
 *
 * Ownership: what is put is not changed afterwards by either side; payloads that are put have been
 * retained (`Message.retainPayload`). Every implementation passes `store_conformance.ts`.
 */
import type { Durable, PendingWrite } from "../base/durable.ts";
import type { Delivery } from "../mqtt/delivery.ts";
import type { Message } from "../mqtt/message.ts";
import type { ProtocolVersion } from "../mqtt/packet.ts";
import type { Will } from "../mqtt/packets/connect.ts";
import type { Subscription } from "../mqtt/subscription.ts";

export interface Store extends AsyncDisposable {
  readonly sessions: SessionStore;
  readonly subscriptions: SubscriptionStore;
  readonly inflight: InflightStore;
  readonly queue: QueueStore;
  readonly retained: RetainedStore;
  readonly wills: WillStore;
  readonly admin: AdminStore;

  /**
   * What was found damaged before the store was opened and is missing since, in plain words with file
   * and place, for the person who starts the broker. Empty: nothing.
   */
  readonly damageAtStart: readonly string[];

  /**
   * No body in the store has a larger `message.id`, as of when it was opened. Ids that are given out
   * from then on are larger: a body is known by its id alone.
   */
  readonly largestBodyId: number;

  /** Starts gathering the writes of one protocol step. */
  batch(): StoreBatch;

  /** Whether writes are taken at the moment, and if not, why (readiness reports it). */
  health(): { readonly writable: boolean; readonly detail: string };

  /**
   * Waits for every commit under way, then closes. No call is allowed afterwards. Idempotent.
   */
  close(): Promise<void>;
}

/** A write was not taken. Nothing of its batch is visible, now or after a restart. */
export class StoreError extends Error {
  override name = "StoreError";

  constructor(
    /** `full`: no space (answered with 0x97); `failed`: anything else (answered with 0x80). */
    readonly kind: "full" | "failed",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * The writes of one protocol step. Methods only gather; later ones of the same key win. A batch is
 * committed once and not used again.
 */
export interface StoreBatch {
  putSession(record: SessionRecord): void;
  /** Removes the session and all that belongs to it: subscriptions, in-flight, received, queue, will. */
  deleteSession(clientId: string): void;

  /** Adds, or replaces the one with the same `topicFilter`. */
  putSubscription(clientId: string, subscription: Subscription): void;
  deleteSubscription(clientId: string, topicFilter: string): void;

  /**
   * Appends to the session's queue. `seq` is larger than any used before in this session. The body
   * is stored once for each `message.id`, however many sessions queue it or have it in flight, and
   * goes when the last of these references goes.
   */
  enqueue(clientId: string, seq: number, delivery: Delivery): void;
  /** Removes one entry: expired, dropped, delivered at QoS 0, or handed to another session. */
  dequeue(clientId: string, seq: number): void;

  /**
   * Puts a delivery straight into flight: it was never queued. Undefined: one that was released on
   * the node that it comes from.
   */
  putInflight(
    clientId: string,
    packetId: number,
    seq: number,
    delivery: Delivery | undefined,
  ): PendingWrite;
  /** Moves the queued entry `seq` into flight under `packetId`. Its body is not written again. */
  startInflight(clientId: string, packetId: number, seq: number): void;
  /** QoS 2, PUBREC received: from now on only PUBREL may be sent; the body's reference goes. */
  releaseInflight(clientId: string, packetId: number): void;
  deleteInflight(clientId: string, packetId: number): void;

  /** QoS 2 receiver: this packet id has been accepted and not yet released. */
  putReceived(clientId: string, packetId: number): void;
  deleteReceived(clientId: string, packetId: number): void;

  /** Stores or replaces the retained message of `message.topic`. */
  putRetained(message: Message): void;
  deleteRetained(topic: string): void;

  putWill(record: WillRecord): void;
  deleteWill(clientId: string): void;

  /**
   * Applies all writes atomically. Commits become visible to reads in the order of the calls, and
   * a read that is called after a commit sees it (or its failure), though it may have to wait for
   * it. An empty batch is durable at once, and so is one as soon as all of its writes were
   * withdrawn. Rejects with {@linkcode StoreError}.
   */
  commit(): Durable;
}

/** The session expiry interval that means "never" (section 3.1.2.11.2). */
export const SESSION_EXPIRY_NEVER = 0xffff_ffff;

/** What is known of a session besides its messages and subscriptions (requirement row D7). */
export interface SessionRecord {
  readonly clientId: string;
  /** Fencing epoch: grows with every change of owner in the cluster; 1 on a single node. */
  readonly epoch: number;
  readonly protocolVersion: ProtocolVersion;
  readonly username: string | undefined;
  readonly cleanStart: boolean;
  /** Seconds after the connection ends; {@linkcode SESSION_EXPIRY_NEVER} for never. */
  readonly expiryInterval: number;
  readonly connected: boolean;
  /** Milliseconds since the epoch, both. */
  readonly connectedAt: number;
  readonly disconnectedAt: number | undefined;
  readonly receiveMaximum: number;
  readonly maximumPacketSize: number | undefined;
  readonly topicAliasMaximum: number;
  readonly requestResponseInformation: boolean;
  readonly requestProblemInformation: boolean;
}

export interface SessionStore {
  get(clientId: string): Promise<SessionRecord | undefined>;
  /** All sessions, in no particular order; one that changes meanwhile may be seen either way. */
  list(): AsyncIterable<SessionRecord>;
  /** Disconnected sessions whose expiry interval has passed at `now`. */
  expired(now: number): AsyncIterable<SessionRecord>;
  count(): Promise<number>;
}

export interface SubscriptionStore {
  /** Subscriptions of one session in the order in which they were first made. */
  list(clientId: string): Promise<Subscription[]>;
  count(): Promise<number>;
}

/** An outgoing QoS 1 or 2 message that was started. */
export interface InflightRecord {
  readonly packetId: number;
  /** Order in which the deliveries of the session were started. */
  readonly seq: number;
  /** Undefined once released (QoS 2 after PUBREC): only PUBREL is sent again. */
  readonly delivery: Delivery | undefined;
}

export interface InflightStore {
  /** Outgoing records of one session by ascending `seq`. */
  list(clientId: string): Promise<InflightRecord[]>;
  /** Incoming QoS 2 packet ids that wait for PUBREL. */
  received(clientId: string): Promise<number[]>;
}

export interface QueueRecord {
  readonly seq: number;
  readonly delivery: Delivery;
}

export interface QueueSummary {
  readonly count: number;
  /** The sum of `message.cost` of the entries. */
  readonly bytes: number;
  /** The largest `seq` ever used in the session's queue or in flight; 0 for none. */
  readonly lastSeq: number;
}

export interface QueueStore {
  summary(clientId: string): Promise<QueueSummary>;
  /** At most `limit` entries with `seq > afterSeq`, ascending. */
  page(clientId: string, afterSeq: number, limit: number): Promise<QueueRecord[]>;
}

export interface RetainedStore {
  get(topic: string): Promise<Message | undefined>;
  list(): AsyncIterable<Message>;
  count(): Promise<number>;
}

export interface WillRecord {
  readonly clientId: string;
  readonly will: Will;
  readonly username: string | undefined;
  /**
   * When to publish it (milliseconds since the epoch): set while the connection is gone and the
   * Will Delay Interval runs; undefined while the client is connected.
   */
  readonly dueAt: number | undefined;
}

export interface WillStore {
  get(clientId: string): Promise<WillRecord | undefined>;
  list(): AsyncIterable<WillRecord>;
}

/**
 * What administration keeps (users, tokens, bans, audit, metrics history): small JSON values by
 * kind and key. Kinds are file-name safe; keys are any string.
 */
export interface AdminStore {
  get(kind: string, key: string): Promise<unknown>;
  /** Durable when it resolves. */
  put(kind: string, key: string, value: unknown): Promise<void>;
  delete(kind: string, key: string): Promise<void>;
  /** Ascending by key, from `after` (exclusive) on. */
  list(
    kind: string,
    options?: { after?: string; limit?: number },
  ): Promise<{ key: string; value: unknown }[]>;
}
