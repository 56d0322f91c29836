/** Writes of what is kept for a session besides its deliveries. */
import type { Subscription } from "../../mqtt/subscription.ts";
import type { SessionRecord } from "../store.ts";
import type { GroupBuilder } from "./group_builder.ts";
import type { HeadLoader } from "./head_loader.ts";
import {
  deliveryKey,
  expiryKey,
  packetKey,
  sessionKey,
  SessionPart,
  subscriptionKey,
  willKey,
} from "./keys.ts";
import { encodeSession, encodeSubscription, PRESENT } from "./records.ts";
import { expiryOf } from "./session_expiry.ts";
import type { SessionHead } from "./session_head.ts";
import type { Write } from "./write.ts";

export class PutSession implements Write {
  readonly #clientId: string;
  readonly #value: Uint8Array;
  readonly #expiresAt: number | undefined;

  constructor(record: SessionRecord) {
    this.#clientId = record.clientId;
    this.#value = encodeSession(record);
    this.#expiresAt = expiryOf(record);
  }

  get bytes(): number {
    return this.#value.length;
  }

  prepare(loader: HeadLoader): void {
    loader.session(this.#clientId);
  }

  apply(group: GroupBuilder): void {
    const head = group.heads.get(this.#clientId);
    group.put(sessionKey(head.client, SessionPart.RECORD), this.#value);
    setExpiry(group, head, this.#expiresAt);
  }
}

/** Keeps the index of expiries in step with the session's record. */
function setExpiry(group: GroupBuilder, head: SessionHead, expiresAt: number | undefined): void {
  if (head.expiresAt === expiresAt) return;
  if (head.expiresAt !== undefined) group.delete(expiryKey(head.expiresAt, head.client));
  if (expiresAt !== undefined) group.put(expiryKey(expiresAt, head.client), PRESENT);
  head.expiresAt = expiresAt;
}

/**
 * What the end of a session counts as in a batch. How much it removes is known when it has been read;
 * it is taken for much, because of many sessions that end at once everything is read into memory
 * that goes in one batch.
 */
const DELETION_BYTES = 128 * 1024;

export class DeleteSession implements Write {
  readonly bytes = DELETION_BYTES;
  readonly #clientId: string;

  constructor(clientId: string) {
    this.#clientId = clientId;
  }

  prepare(loader: HeadLoader): void {
    const head = loader.session(this.#clientId);
    if (head !== undefined) loader.everything(head);
  }

  apply(group: GroupBuilder): void {
    const head = group.heads.get(this.#clientId);
    const { client } = head;
    for (const [seq, { bodyId }] of head.queued) {
      group.delete(deliveryKey(client, seq));
      group.dropReference(bodyId);
    }
    for (const [packetId, { moved, seq, bodyId }] of head.inflight) {
      const part = moved ? SessionPart.MOVED : SessionPart.INFLIGHT;
      group.delete(packetKey(client, part, packetId));
      if (moved) group.delete(deliveryKey(client, seq));
      group.dropReference(bodyId);
    }
    for (const packetId of head.received) {
      group.delete(packetKey(client, SessionPart.RECEIVED, packetId));
    }
    for (const filter of head.subscriptions.keys()) group.delete(subscriptionKey(client, filter));
    setExpiry(group, head, undefined);
    group.delete(sessionKey(client, SessionPart.SUMMARY));
    group.delete(sessionKey(client, SessionPart.RECORD));
    group.delete(willKey(client));
    head.reset();
  }
}

export class PutSubscription implements Write {
  readonly bytes: number;
  readonly #clientId: string;
  readonly #subscription: Subscription;

  constructor(clientId: string, subscription: Subscription) {
    this.#clientId = clientId;
    this.#subscription = subscription;
    this.bytes = subscription.topicFilter.length;
  }

  prepare(loader: HeadLoader): void {
    const head = loader.session(this.#clientId);
    if (head !== undefined) loader.subscription(head, this.#subscription.topicFilter);
  }

  apply(group: GroupBuilder): void {
    const head = group.heads.get(this.#clientId);
    const { topicFilter } = this.#subscription;
    const position = head.subscriptions.get(topicFilter) ?? group.nextPosition();
    head.knowSubscription(topicFilter, position);
    group.put(
      subscriptionKey(head.client, topicFilter),
      encodeSubscription(position, this.#subscription),
    );
  }
}

export class DeleteSubscription implements Write {
  readonly bytes = 0;
  readonly #clientId: string;
  readonly #topicFilter: string;

  constructor(clientId: string, topicFilter: string) {
    this.#clientId = clientId;
    this.#topicFilter = topicFilter;
  }

  prepare(loader: HeadLoader): void {
    loader.session(this.#clientId);
  }

  apply(group: GroupBuilder): void {
    const head = group.heads.get(this.#clientId);
    head.forgetSubscription(this.#topicFilter);
    group.delete(subscriptionKey(head.client, this.#topicFilter));
  }
}

/** `received`: whether the packet id waits for PUBREL from now on, or no longer. */
export class SetReceived implements Write {
  readonly bytes = 0;
  readonly #clientId: string;
  readonly #packetId: number;
  readonly #received: boolean;

  constructor(clientId: string, packetId: number, received: boolean) {
    this.#clientId = clientId;
    this.#packetId = packetId;
    this.#received = received;
  }

  prepare(loader: HeadLoader): void {
    loader.session(this.#clientId);
  }

  apply(group: GroupBuilder): void {
    const head = group.heads.get(this.#clientId);
    const key = packetKey(head.client, SessionPart.RECEIVED, this.#packetId);
    if (this.#received) {
      head.knowReceived(this.#packetId);
      group.put(key, PRESENT);
    } else {
      head.forgetReceived(this.#packetId);
      group.delete(key);
    }
  }
}
