/** Writes of what is queued for a session and in flight to it. */
import { invariant } from "../../base/invariant.ts";
import type { Delivery } from "../../mqtt/delivery.ts";
import type { GroupBuilder } from "./group_builder.ts";
import type { HeadLoader } from "./head_loader.ts";
import { bodyKey, deliveryKey, packetKey, SessionPart } from "./keys.ts";
import {
  encodeDelivery,
  encodeInflight,
  encodeMessage,
  encodeMoved,
  type InflightHead,
} from "./records.ts";
import type { InflightEntry, SessionHead } from "./session_head.ts";
import type { Write } from "./write.ts";

/** A body that several deliveries of one batch share. Comes before them in the batch. */
export class AddBody implements Write {
  readonly #id: number;
  readonly #references: number;
  readonly #value: Uint8Array;

  constructor(message: Delivery["message"], references: number) {
    this.#id = message.id;
    this.#references = references;
    this.#value = encodeMessage(message);
  }

  get bytes(): number {
    return this.#value.length;
  }

  prepare(loader: HeadLoader): void {
    loader.body(this.#id);
  }

  apply(group: GroupBuilder): void {
    if (group.bodies.add(this.#id, this.#references)) group.put(bodyKey(this.#id), this.#value);
  }
}

/** `shared`: its message is a body, which an {@linkcode AddBody} of the batch has counted. */
export class Enqueue implements Write {
  readonly #clientId: string;
  readonly #seq: number;
  readonly #cost: number;
  readonly #bodyId: number;
  readonly #value: Uint8Array;

  constructor(clientId: string, seq: number, delivery: Delivery, shared: boolean) {
    this.#clientId = clientId;
    this.#seq = seq;
    this.#cost = delivery.message.cost;
    this.#bodyId = shared ? delivery.message.id : 0;
    this.#value = encodeDelivery(delivery, shared);
  }

  get bytes(): number {
    return this.#value.length;
  }

  prepare(loader: HeadLoader): void {
    prepareQueued(loader, this.#clientId, this.#seq);
  }

  apply(group: GroupBuilder): void {
    const head = group.heads.get(this.#clientId);
    const replaced = head.takeQueued(this.#seq);
    if (replaced !== undefined) group.dropReference(replaced.bodyId);
    head.addQueued(this.#seq, { cost: this.#cost, bodyId: this.#bodyId });
    group.put(deliveryKey(head.client, this.#seq), this.#value);
    group.touch(head);
  }
}

export class Dequeue implements Write {
  readonly bytes = 0;
  readonly #clientId: string;
  readonly #seq: number;

  constructor(clientId: string, seq: number) {
    this.#clientId = clientId;
    this.#seq = seq;
  }

  prepare(loader: HeadLoader): void {
    prepareQueued(loader, this.#clientId, this.#seq);
  }

  apply(group: GroupBuilder): void {
    const head = group.heads.get(this.#clientId);
    const entry = head.takeQueued(this.#seq);
    if (entry === undefined) return;
    group.delete(deliveryKey(head.client, this.#seq));
    group.dropReference(entry.bodyId);
    group.touch(head);
  }
}

/** Like {@linkcode Enqueue}; without a delivery: one that was released already. */
export class PutInflight implements Write {
  readonly #clientId: string;
  readonly #packetId: number;
  readonly #head: InflightHead;
  readonly #value: Uint8Array;

  constructor(
    clientId: string,
    packetId: number,
    seq: number,
    delivery: Delivery | undefined,
    shared: boolean,
  ) {
    this.#clientId = clientId;
    this.#packetId = packetId;
    const bodyId = shared ? delivery?.message.id ?? 0 : 0;
    this.#head = { seq, released: delivery === undefined, bodyId };
    this.#value = encodeInflight(seq, delivery, shared);
  }

  get bytes(): number {
    return this.#value.length;
  }

  prepare(loader: HeadLoader): void {
    prepareInflight(loader, this.#clientId, this.#packetId);
  }

  apply(group: GroupBuilder): void {
    const head = group.heads.get(this.#clientId);
    removeInflight(group, head, this.#packetId);
    head.setInflight(this.#packetId, { ...this.#head, moved: false });
    group.put(packetKey(head.client, SessionPart.INFLIGHT, this.#packetId), this.#value);
    group.touch(head);
  }
}

export class StartInflight implements Write {
  readonly bytes = 0;
  readonly #clientId: string;
  readonly #packetId: number;
  readonly #seq: number;

  constructor(clientId: string, packetId: number, seq: number) {
    this.#clientId = clientId;
    this.#packetId = packetId;
    this.#seq = seq;
  }

  prepare(loader: HeadLoader): void {
    prepareInflight(loader, this.#clientId, this.#packetId);
    prepareQueued(loader, this.#clientId, this.#seq);
  }

  apply(group: GroupBuilder): void {
    const head = group.heads.get(this.#clientId);
    const queued = head.takeQueued(this.#seq);
    invariant(queued !== undefined, "an entry that is put into flight is in the queue");
    removeInflight(group, head, this.#packetId);
    const entry = { seq: this.#seq, released: false, bodyId: queued.bodyId, moved: true };
    putMoved(group, head, this.#packetId, entry);
    group.touch(head);
  }
}

export class ReleaseInflight implements Write {
  readonly bytes = 0;
  readonly #clientId: string;
  readonly #packetId: number;

  constructor(clientId: string, packetId: number) {
    this.#clientId = clientId;
    this.#packetId = packetId;
  }

  prepare(loader: HeadLoader): void {
    prepareInflight(loader, this.#clientId, this.#packetId);
  }

  apply(group: GroupBuilder): void {
    const head = group.heads.get(this.#clientId);
    const entry = head.inflight.get(this.#packetId);
    if (entry === undefined || entry.released) return;
    group.dropReference(entry.bodyId);
    const { moved, seq } = entry;
    const released = { seq, released: true, bodyId: 0, moved };
    if (moved) {
      group.delete(deliveryKey(head.client, seq));
      putMoved(group, head, this.#packetId, released);
    } else {
      head.setInflight(this.#packetId, released);
      const key = packetKey(head.client, SessionPart.INFLIGHT, this.#packetId);
      group.put(key, encodeInflight(seq, undefined, false));
    }
  }
}

export class DeleteInflight implements Write {
  readonly bytes = 0;
  readonly #clientId: string;
  readonly #packetId: number;

  constructor(clientId: string, packetId: number) {
    this.#clientId = clientId;
    this.#packetId = packetId;
  }

  prepare(loader: HeadLoader): void {
    prepareInflight(loader, this.#clientId, this.#packetId);
  }

  apply(group: GroupBuilder): void {
    removeInflight(group, group.heads.get(this.#clientId), this.#packetId);
  }
}

/** The entry of the queue will be put, moved or removed. */
function prepareQueued(loader: HeadLoader, clientId: string, seq: number): void {
  const head = loader.session(clientId);
  if (head !== undefined) loader.queued(head, seq);
}

/** What is in flight under the packet id will be replaced or removed. */
function prepareInflight(loader: HeadLoader, clientId: string, packetId: number): void {
  const entry = loader.session(clientId)?.inflight.get(packetId);
  if (entry !== undefined) loader.body(entry.bodyId);
}

function removeInflight(group: GroupBuilder, head: SessionHead, packetId: number): void {
  const entry = head.takeInflight(packetId);
  if (entry === undefined) return;
  const part = entry.moved ? SessionPart.MOVED : SessionPart.INFLIGHT;
  group.delete(packetKey(head.client, part, packetId));
  if (entry.moved && !entry.released) group.delete(deliveryKey(head.client, entry.seq));
  group.dropReference(entry.bodyId);
}

function putMoved(
  group: GroupBuilder,
  head: SessionHead,
  packetId: number,
  entry: InflightEntry,
): void {
  head.setInflight(packetId, entry);
  group.put(packetKey(head.client, SessionPart.MOVED, packetId), encodeMoved(entry));
}
