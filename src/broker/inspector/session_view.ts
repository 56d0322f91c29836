/** What is to be known of one session, as it is now. */
import type { ProtocolVersion } from "../../mqtt/packet.ts";
import type { DropReason } from "../../events/observer.ts";
import type { CongestionState } from "../congestion.ts";
import { effectiveKeepAlive } from "../capabilities.ts";
import type { BrokerContext, ClientSession } from "../context.ts";

/** Times in milliseconds since the epoch, sizes in bytes. */
export interface SessionView {
  readonly clientId: string;
  readonly username: string | undefined;
  readonly connected: boolean;
  readonly protocolVersion: ProtocolVersion;
  readonly durable: boolean;
  readonly cleanStart: boolean;
  /** Of the latest connection. */
  readonly connectedAt: number;
  /** Undefined while it is connected. */
  readonly disconnectedAt: number | undefined;
  /** Seconds after the connection ends; `SESSION_EXPIRY_NEVER` for never. */
  readonly expiryInterval: number;
  /** When it ends unless its client comes back; undefined while that is connected, or for never. */
  readonly expiresAt: number | undefined;
  /** Armed, or delayed while the client is away. */
  readonly hasWill: boolean;

  /** The limits in force: what the client allows, within what the broker allows. */
  readonly receiveMaximum: number;
  readonly maximumPacketSize: number | undefined;
  readonly topicAliasMaximum: number;

  readonly subscriptions: number;
  readonly queued: number;
  readonly queuedBytes: number;
  /** Packet ids in use towards the client. */
  readonly inFlight: number;
  /** QoS 2 packet ids of the client that wait for PUBREL. */
  readonly received: number;
  readonly dropped: number;
  readonly drops: Readonly<Partial<Record<DropReason, number>>>;
  /** An estimate of what it holds in memory, from measured averages (docs/capacity.md). */
  readonly memory: MemoryEstimate;
  /** Undefined while it has none. */
  readonly connection: ConnectionView | undefined;
}

export interface ConnectionView {
  readonly remoteAddress: string;
  /** Seconds; 0: none. */
  readonly keepAlive: number;
  /** PUBLISH packets, and bytes of all packets, of this connection. */
  readonly messagesReceived: number;
  readonly messagesSent: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  /** Bytes that the network has not taken yet, and how the client keeps up. */
  readonly pendingBytes: number;
  readonly congestion: CongestionState;
}

/** Bytes by cause. */
export interface MemoryEstimate {
  readonly session: number;
  readonly connection: number;
  readonly subscriptions: number;
  /** The part of the queue that is in memory. */
  readonly queue: number;
  readonly inFlight: number;
  readonly total: number;
}

/** Measured averages; see docs/capacity.md. */
const SESSION_BYTES = 6_578;
const CONNECTION_BYTES = 11_121 - SESSION_BYTES;
const SUBSCRIPTION_BYTES = 356;
const IN_FLIGHT_BYTES = 867;

export function sessionView(context: BrokerContext, session: ClientSession): SessionView {
  const connected = session.connection !== undefined;
  return {
    clientId: session.clientId,
    username: session.username,
    connected,
    protocolVersion: session.protocolVersion,
    durable: session.durable,
    cleanStart: session.cleanStart,
    connectedAt: session.connectedAt,
    disconnectedAt: session.disconnectedAt,
    expiryInterval: session.expiryInterval,
    expiresAt: connected ? undefined : context.sessions.expiryDue(session),
    hasWill: context.wills.delayOf(session) !== undefined,
    receiveMaximum: Math.min(session.receiveMaximum, context.limits.inflightMax),
    maximumPacketSize: session.maximumPacketSize,
    topicAliasMaximum: session.topicAliasMaximum,
    subscriptions: session.subscriptions.size,
    queued: session.queue.size,
    queuedBytes: session.queue.bytes,
    inFlight: session.outbound.size,
    received: session.inbound.size,
    dropped: session.dropped,
    drops: { ...session.drops },
    memory: memoryOf(session),
    connection: connectionView(context, session),
  };
}

function connectionView(
  { limits }: BrokerContext,
  { connection }: ClientSession,
): ConnectionView | undefined {
  if (connection === undefined) return undefined;
  const { output, connect, transport } = connection;
  return {
    remoteAddress: transport.remoteAddress,
    keepAlive: connect === undefined ? 0 : effectiveKeepAlive(connect, limits),
    messagesReceived: connection.messagesReceived,
    messagesSent: output.messagesSent,
    bytesReceived: connection.bytesReceived,
    bytesSent: output.bytesSent,
    pendingBytes: output.pending,
    congestion: output.congestion.state,
  };
}

export function memoryOf(session: ClientSession): MemoryEstimate {
  const { connection, queue } = session;
  return {
    session: SESSION_BYTES,
    connection: connection === undefined ? 0 : CONNECTION_BYTES + connection.output.pending,
    subscriptions: session.subscriptions.size * SUBSCRIPTION_BYTES,
    queue: queue.residentBytes,
    inFlight: session.outbound.size * IN_FLIGHT_BYTES,
    total: memoryTotalOf(session),
  };
}

/** The same in one figure, and without an object for each of a hundred thousand sessions. */
export function memoryTotalOf(
  { connection, queue, subscriptions, outbound }: ClientSession,
): number {
  return SESSION_BYTES + queue.residentBytes + subscriptions.size * SUBSCRIPTION_BYTES +
    outbound.size * IN_FLIGHT_BYTES +
    (connection === undefined ? 0 : CONNECTION_BYTES + connection.output.pending);
}
