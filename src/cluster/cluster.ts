/**
 * The Cluster contract: how several nodes act as one broker. The broker calls a {@linkcode Cluster};
 * the cluster calls back a {@linkcode ClusterHost}, which the broker implements. A node on its own
 * runs the null object `standalone`, so the broker never asks whether there is a cluster.
 *
 * Rules that every implementation keeps (`cluster_conformance.ts`):
 * - A session has at most one owner. A claim is a compare-and-swap and raises the epoch; an owner
 *   whose epoch is no longer current is told through `ClusterHost.lost` and acts no more.
 * - What `ClusterHost.deliver` gets came from a peer and is for local recipients only; there is no
 *   way from it back into `forward`, so messages cannot loop.
 * - `forward` resolves when every peer that has a persistent recipient has stored the message.
 */
import type { Durable } from "../base/durable.ts";
import type { Delivery } from "../mqtt/delivery.ts";
import type { Message } from "../mqtt/message.ts";
import type { Subscription } from "../mqtt/subscription.ts";
import type { InflightRecord, QueueRecord, SessionRecord, WillRecord } from "../storage/store.ts";

export interface Cluster extends AsyncDisposable {
  readonly nodeId: string;

  /** Joins; called once, before any other method. Resolves when the node may serve clients. */
  join(host: ClusterHost): Promise<void>;

  /**
   * Makes this node the owner of a session, taking it over from another node when that has it. Calls
   * for the same client id are serialised by the broker.
   */
  claim(clientId: string, claim: SessionClaim): Promise<SessionGrant>;

  /** The session ended here: nobody owns it any more. Ignored when `epoch` is not current. */
  release(clientId: string, epoch: number): Durable;

  /** This node has its first subscription with this filter (and share group). */
  addRoute(matchFilter: string, shareName: string | undefined): Durable;
  /** This node has lost its last one. */
  removeRoute(matchFilter: string, shareName: string | undefined): Durable;

  /** True while there is no peer that `forward` could carry anything to. */
  readonly alone: boolean;

  /** Carries a message that was published here to the peers that have a matching route. */
  forward(message: Message): Durable;

  /** Tells the peers of a retained message that was set (or cleared: empty payload) here. */
  retain(message: Message): Durable;

  status(): ClusterStatus;

  /** Hands the sessions of this node over to others, as far as there are others. */
  drain(): Promise<void>;

  /** Leaves. Idempotent. */
  close(): Promise<void>;
}

/** Why and how a session is claimed. */
export interface SessionClaim {
  /** True: existing state is discarded, wherever it is, instead of taken over. */
  readonly cleanStart: boolean;
  /** False: the session ends with its connection, and no other node needs to remember it. */
  readonly persistent: boolean;
}

export interface SessionGrant {
  /** Of the new ownership; larger than any earlier one of this client id. */
  readonly epoch: number;
  /** The state that a peer handed over; undefined when it was here, or nowhere, or is discarded. */
  readonly snapshot: SessionSnapshot | undefined;
}

/** A session refused: its owner cannot be reached and the policy says to wait. Answered with 0x88. */
export class SessionUnavailableError extends Error {
  override name = "SessionUnavailableError";
}

/** The whole state of a session on its way between nodes. */
export interface SessionSnapshot {
  readonly record: SessionRecord;
  readonly subscriptions: readonly Subscription[];
  readonly inflight: readonly InflightRecord[];
  /** Incoming QoS 2 packet ids that wait for PUBREL. */
  readonly received: readonly number[];
  readonly queue: readonly QueueRecord[];
  readonly will: WillRecord | undefined;
}

/** What the cluster asks of the broker. */
export interface ClusterHost {
  /** A peer's message for local recipients. */
  deliver(message: Message): Durable;
  /** A peer's retained message (empty payload: cleared). */
  retained(message: Message): Durable;
  /**
   * Another node takes the session: freeze it, disconnect its client with 0x8E and return its
   * state; undefined when there is none. It is kept here until `lost` says that the swap committed.
   */
  surrender(clientId: string): Promise<SessionSnapshot | undefined>;
  /** The claim with `epoch` is gone: drop the session without a trace, at once. */
  lost(clientId: string, epoch: number): void;
  /** Deliveries of a shared group whose member ended on a peer: give them to a local member. */
  redeliver(deliveries: readonly Delivery[]): Durable;
}

export interface ClusterStatus {
  readonly nodeId: string;
  readonly clustered: boolean;
  readonly isLeader: boolean;
  /** Including this one. */
  readonly nodes: readonly { readonly nodeId: string; readonly alive: boolean }[];
  /** False while the node may not serve (no quorum); readiness reports `detail`. */
  readonly available: boolean;
  readonly detail: string;
}
