/** Which sessions, and in which order. */
import { hostOf } from "../../base/host.ts";
import type { ProtocolVersion } from "../../mqtt/packet.ts";
import type { ClientSession } from "../context.ts";
import { hasPart } from "./text_part.ts";
import { memoryTotalOf } from "./session_view.ts";

/** All that is given must hold. */
export interface SessionFilter {
  readonly state?: "connected" | "disconnected" | undefined;
  /** A part of the client id, the username or the address, in any case. */
  readonly q?: string | undefined;
  readonly username?: string | undefined;
  /** The client's address without the port; only connected ones have one. */
  readonly ip?: string | undefined;
  readonly protocolVersion?: ProtocolVersion | undefined;
  readonly durable?: boolean | undefined;
  readonly queuedMin?: number | undefined;
  readonly queuedMax?: number | undefined;
  readonly droppedMin?: number | undefined;
  /** Bytes, as estimated. */
  readonly memoryMin?: number | undefined;
}

/** What to sort by besides the client id, which decides between equals. */
export const SESSION_COLUMNS = {
  connectedAt: (session) => session.connectedAt,
  /** The connected ones come first, ascending. */
  disconnectedAt: (session) => session.disconnectedAt ?? 0,
  subscriptions: (session) => session.subscriptions.size,
  queued: (session) => session.queue.size,
  queuedBytes: (session) => session.queue.bytes,
  inFlight: (session) => session.outbound.size,
  dropped: (session) => session.dropped,
  messagesReceived: (session) => session.connection?.messagesReceived ?? 0,
  messagesSent: (session) => session.connection?.output.messagesSent ?? 0,
  pendingBytes: (session) => session.connection?.output.pending ?? 0,
  memory: memoryTotalOf,
} as const satisfies Record<string, (session: ClientSession) => number>;

export type SessionColumn = keyof typeof SESSION_COLUMNS;

export interface SessionOrder {
  readonly column: "clientId" | SessionColumn;
  readonly descending: boolean;
}

export type SessionTest = (session: ClientSession) => boolean;

/** Undefined: all of them. */
export function sessionTest(filter: SessionFilter): SessionTest | undefined {
  const tests: SessionTest[] = [];
  const { state, q, username, ip, protocolVersion, durable } = filter;
  const { queuedMin, queuedMax, droppedMin, memoryMin } = filter;
  if (state !== undefined) {
    const connected = state === "connected";
    tests.push((session) => (session.connection !== undefined) === connected);
  }
  if (username !== undefined) tests.push((session) => session.username === username);
  if (protocolVersion !== undefined) {
    tests.push((session) => session.protocolVersion === protocolVersion);
  }
  if (durable !== undefined) tests.push((session) => session.durable === durable);
  if (queuedMin !== undefined) tests.push((session) => session.queue.size >= queuedMin);
  if (queuedMax !== undefined) tests.push((session) => session.queue.size <= queuedMax);
  if (droppedMin !== undefined) tests.push((session) => session.dropped >= droppedMin);
  if (memoryMin !== undefined) tests.push((session) => memoryTotalOf(session) >= memoryMin);
  if (ip !== undefined) {
    tests.push(({ connection }) =>
      connection !== undefined && hostOf(connection.transport.remoteAddress) === ip
    );
  }
  if (q !== undefined && q !== "") tests.push(mentions(hasPart(q)));
  if (tests.length <= 1) return tests[0];
  return (session) => tests.every((test) => test(session));
}

function mentions(has: (text: string) => boolean): SessionTest {
  return ({ clientId, username, connection }) =>
    has(clientId) ||
    (username !== undefined && has(username)) ||
    (connection !== undefined && has(connection.transport.remoteAddress));
}
