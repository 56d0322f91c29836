/** What waits for one client and what is under way to it. */
import type { QoS } from "../../mqtt/packet.ts";
import type { OutboundState } from "../../session/outbound.ts";
import type { Queued } from "../../session/queue.ts";
import type { BrokerContext, ClientSession } from "../context.ts";
import { type MessageView, messageView } from "./message_view.ts";
import type { Page, PageRequest } from "./page.ts";

/** The most messages of one page. */
export const MESSAGES_MAX = 100;

/** Messages that are in memory with their whole payloads while a stored queue is read. */
const STORED_STEP = 8;

export interface QueuedView {
  /** Its place in the order of the session. */
  readonly seq: number;
  /** That it is delivered with. */
  readonly qos: QoS;
  readonly message: MessageView;
}

export interface QueuePosition {
  readonly seq: number;
}

export interface InFlightView {
  /** Towards the client, the oldest first; the first {@linkcode MESSAGES_MAX}. */
  readonly outbound: readonly OutboundView[];
  readonly outboundCount: number;
  /** QoS 2 packet ids of the client that wait for PUBREL; the first {@linkcode MESSAGES_MAX}. */
  readonly inbound: readonly number[];
  readonly inboundCount: number;
}

export interface OutboundView {
  readonly packetId: number;
  readonly seq: number;
  readonly qos: QoS;
  readonly state: OutboundState;
  /** It may have reached the client before: it carries DUP when it is sent again. */
  readonly everSent: boolean;
  /** Undefined once released. */
  readonly topic: string | undefined;
  /**
   * Undefined once released, and of what is never sent again: it is not kept for a session that ends
   * with its connection.
   */
  readonly message: MessageView | undefined;
}

export class MessageList {
  readonly #context: BrokerContext;

  constructor(context: BrokerContext) {
    this.#context = context;
  }

  /**
   * The queue of a session from its head on; undefined when there is no such session. That of a
   * durable one is read from the store. Rejects when the store cannot be read.
   */
  async queue(
    clientId: string,
    request: PageRequest<QueuePosition>,
  ): Promise<Page<QueuedView, QueuePosition> | undefined> {
    const session = this.#context.sessions.get(clientId);
    if (session === undefined) return undefined;
    const after = request.after?.seq ?? 0;
    const limit = Math.min(Math.max(1, request.limit), MESSAGES_MAX);
    const items = session.durable
      ? await this.#stored(session, after, limit + 1)
      : resident(session, after, limit + 1);
    const more = items.length > limit;
    if (more) items.pop();
    const next = more ? { seq: items[items.length - 1]!.seq } : undefined;
    return request.count === true
      ? { items, next, total: { value: session.queue.size, relation: "eq" } }
      : { items, next };
  }

  /** Undefined when there is no such session. */
  inFlight(clientId: string): InFlightView | undefined {
    const session = this.#context.sessions.get(clientId);
    if (session === undefined) return undefined;
    const { outbound, inbound } = session;
    return {
      outbound: outbound.records().slice(0, MESSAGES_MAX).map((record) => ({
        packetId: record.packetId,
        seq: record.seq,
        qos: record.qos,
        state: record.state,
        everSent: record.everSent,
        topic: record.topic,
        message: record.delivery && messageView(record.delivery.message),
      })),
      outboundCount: outbound.size,
      inbound: inbound.packetIds().slice(0, MESSAGES_MAX),
      inboundCount: inbound.size,
    };
  }

  async #stored({ clientId }: ClientSession, after: number, limit: number): Promise<QueuedView[]> {
    const items: QueuedView[] = [];
    for (let position = after; items.length < limit;) {
      const wanted = Math.min(STORED_STEP, limit - items.length);
      const page = await this.#context.store.queue.page(clientId, position, wanted);
      items.push(...page.map(queuedView));
      if (page.length < wanted) break;
      position = page[page.length - 1]!.seq;
    }
    return items;
  }
}

function resident({ queue }: ClientSession, after: number, limit: number): QueuedView[] {
  const items: QueuedView[] = [];
  for (const entry of queue.resident()) {
    if (items.length === limit) break;
    if (entry.seq > after) items.push(queuedView(entry));
  }
  return items;
}

function queuedView({ seq, delivery }: Queued): QueuedView {
  return { seq, qos: delivery.qos, message: messageView(delivery.message) };
}
