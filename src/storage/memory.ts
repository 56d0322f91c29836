import type { Durable, PendingWrite } from "../base/durable.ts";
import { invariant } from "../base/invariant.ts";
import type { Delivery } from "../mqtt/delivery.ts";
import type { Message } from "../mqtt/message.ts";
import type { Subscription } from "../mqtt/subscription.ts";
import { MemoryAdmin } from "./memory_admin.ts";
import { MemorySession } from "./memory_session.ts";
import {
  type AdminStore,
  type InflightStore,
  type QueueStore,
  type RetainedStore,
  SESSION_EXPIRY_NEVER,
  type SessionRecord,
  type SessionStore,
  type Store,
  type StoreBatch,
  type SubscriptionStore,
  type WillRecord,
  type WillStore,
} from "./store.ts";

/**
 * A store that forgets everything when the process ends. A commit is durable, in that sense, as
 * soon as it returns. Messages are shared objects, so a body is kept once however many sessions
 * refer to it, and the garbage collector counts the references.
 */
export class MemoryStore implements Store {
  readonly #tables = new Tables();
  #closed = false;

  readonly sessions: SessionStore = sessionView(this.#tables);
  readonly subscriptions: SubscriptionStore = subscriptionView(this.#tables);
  readonly inflight: InflightStore = inflightView(this.#tables);
  readonly queue: QueueStore = queueView(this.#tables);
  readonly retained: RetainedStore = retainedView(this.#tables);
  readonly wills: WillStore = willView(this.#tables);
  readonly admin: AdminStore = new MemoryAdmin();
  readonly damageAtStart: readonly string[] = [];
  /** Bodies are known by their identity here. */
  readonly largestBodyId = 0;

  batch(): StoreBatch {
    invariant(!this.#closed, "a store that was closed takes no writes");
    return new MemoryBatch(this.#tables);
  }

  health(): { readonly writable: boolean; readonly detail: string } {
    return this.#closed
      ? { writable: false, detail: "closed" }
      : { writable: true, detail: "in memory" };
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** All data. Views read it, batches write it. */
class Tables {
  readonly sessions = new Map<string, SessionRecord>();
  readonly contents = new Map<string, MemorySession>();
  readonly retained = new Map<string, Message>();
  readonly wills = new Map<string, WillRecord>();
  subscriptionCount = 0;

  /** What the session owns; made when it is missing. */
  content(clientId: string): MemorySession {
    let content = this.contents.get(clientId);
    if (content === undefined) {
      content = new MemorySession();
      this.contents.set(clientId, content);
    }
    return content;
  }

  deleteSession(clientId: string): void {
    this.sessions.delete(clientId);
    this.subscriptionCount -= this.contents.get(clientId)?.subscriptions.size ?? 0;
    this.contents.delete(clientId);
    this.wills.delete(clientId);
  }

  putSubscription(clientId: string, subscription: Subscription): void {
    const { subscriptions } = this.content(clientId);
    if (!subscriptions.has(subscription.topicFilter)) this.subscriptionCount++;
    subscriptions.set(subscription.topicFilter, subscription);
  }

  deleteSubscription(clientId: string, topicFilter: string): void {
    if (this.contents.get(clientId)?.subscriptions.delete(topicFilter)) this.subscriptionCount--;
  }
}

/** Gathers writes and makes them in one turn of the event loop: nobody sees half of a batch. */
class MemoryBatch implements StoreBatch {
  readonly #tables: Tables;
  readonly #writes: (() => void)[] = [];
  #committed = false;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  putSession(record: SessionRecord): void {
    this.#writes.push(() => this.#tables.sessions.set(record.clientId, record));
  }

  deleteSession(clientId: string): void {
    this.#writes.push(() => this.#tables.deleteSession(clientId));
  }

  putSubscription(clientId: string, subscription: Subscription): void {
    this.#writes.push(() => this.#tables.putSubscription(clientId, subscription));
  }

  deleteSubscription(clientId: string, topicFilter: string): void {
    this.#writes.push(() => this.#tables.deleteSubscription(clientId, topicFilter));
  }

  enqueue(clientId: string, seq: number, delivery: Delivery): void {
    requireId(delivery.message);
    delivery.message.separatePayload();
    this.#writes.push(() => this.#tables.content(clientId).enqueue(seq, delivery));
  }

  dequeue(clientId: string, seq: number): void {
    this.#writes.push(() => this.#tables.contents.get(clientId)?.queue.remove(seq));
  }

  putInflight(
    clientId: string,
    packetId: number,
    seq: number,
    delivery: Delivery | undefined,
  ): PendingWrite {
    if (delivery !== undefined) requireId(delivery.message);
    delivery?.message.separatePayload();
    const write = () => {
      this.#tables.content(clientId).putInflight(packetId, seq, delivery);
    };
    this.#writes.push(write);
    return { withdraw: () => this.#withdraw(write) };
  }

  startInflight(clientId: string, packetId: number, seq: number): void {
    this.#writes.push(() => this.#tables.content(clientId).startInflight(packetId, seq));
  }

  releaseInflight(clientId: string, packetId: number): void {
    this.#writes.push(() => this.#tables.contents.get(clientId)?.releaseInflight(packetId));
  }

  deleteInflight(clientId: string, packetId: number): void {
    this.#writes.push(() => this.#tables.contents.get(clientId)?.deleteInflight(packetId));
  }

  putReceived(clientId: string, packetId: number): void {
    this.#writes.push(() => this.#tables.content(clientId).received.add(packetId));
  }

  deleteReceived(clientId: string, packetId: number): void {
    this.#writes.push(() => this.#tables.contents.get(clientId)?.received.delete(packetId));
  }

  putRetained(message: Message): void {
    requireId(message);
    this.#writes.push(() => this.#tables.retained.set(message.topic, message));
  }

  deleteRetained(topic: string): void {
    this.#writes.push(() => this.#tables.retained.delete(topic));
  }

  putWill(record: WillRecord): void {
    this.#writes.push(() => this.#tables.wills.set(record.clientId, record));
  }

  deleteWill(clientId: string): void {
    this.#writes.push(() => this.#tables.wills.delete(clientId));
  }

  commit(): Durable {
    invariant(!this.#committed, "a batch is committed once");
    this.#committed = true;
    // Whoever may withdraw one of them must not keep the others.
    for (const write of this.#writes.splice(0)) write();
    return undefined;
  }

  /** A commit of this batch may be held back by whoever wants to see what happens meanwhile. */
  #withdraw(write: () => void): boolean {
    const index = this.#committed ? -1 : this.#writes.indexOf(write);
    if (index < 0) return false;
    this.#writes.splice(index, 1);
    return true;
  }
}

/** This store would not miss the id, but others file the body under it: find the slip early. */
function requireId(message: Message): void {
  invariant(message.id > 0, "a message that is stored has its store id");
}

function sessionView(tables: Tables): SessionStore {
  return {
    get: (clientId) => Promise.resolve(tables.sessions.get(clientId)),
    async *list() {
      yield* [...tables.sessions.values()];
    },
    async *expired(now) {
      for (const record of [...tables.sessions.values()]) {
        if (hasExpired(record, now)) yield record;
      }
    },
    count: () => Promise.resolve(tables.sessions.size),
  };
}

function hasExpired(record: SessionRecord, now: number): boolean {
  if (record.connected || record.disconnectedAt === undefined) return false;
  if (record.expiryInterval === SESSION_EXPIRY_NEVER) return false;
  return record.disconnectedAt + record.expiryInterval * 1000 <= now;
}

function subscriptionView(tables: Tables): SubscriptionStore {
  return {
    list: (clientId) =>
      Promise.resolve([...tables.contents.get(clientId)?.subscriptions.values() ?? []]),
    count: () => Promise.resolve(tables.subscriptionCount),
  };
}

function inflightView(tables: Tables): InflightStore {
  return {
    list: (clientId) => Promise.resolve(tables.contents.get(clientId)?.inflight() ?? []),
    received: (clientId) => Promise.resolve([...tables.contents.get(clientId)?.received ?? []]),
  };
}

function queueView(tables: Tables): QueueStore {
  return {
    summary(clientId) {
      const content = tables.contents.get(clientId);
      if (content === undefined) return Promise.resolve({ count: 0, bytes: 0, lastSeq: 0 });
      const { queue: { count, bytes }, lastSeq } = content;
      return Promise.resolve({ count, bytes, lastSeq });
    },
    page: (clientId, afterSeq, limit) =>
      Promise.resolve(tables.contents.get(clientId)?.queue.page(afterSeq, limit) ?? []),
  };
}

function retainedView(tables: Tables): RetainedStore {
  return {
    get: (topic) => Promise.resolve(tables.retained.get(topic)),
    async *list() {
      yield* [...tables.retained.values()];
    },
    count: () => Promise.resolve(tables.retained.size),
  };
}

function willView(tables: Tables): WillStore {
  return {
    get: (clientId) => Promise.resolve(tables.wills.get(clientId)),
    async *list() {
      yield* [...tables.wills.values()];
    },
  };
}
