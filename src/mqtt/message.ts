import { SLAB_PART_MAX, slabCopy } from "../base/slab.ts";
import type { QoS } from "./packet.ts";
import { type MessageProperties, NO_PROPERTIES } from "./properties.ts";

/** What a {@linkcode Message} is made from. */
export interface MessageInit {
  topic: string;
  payload: Uint8Array;
  qos: QoS;
  retain: boolean;
  properties?: Readonly<MessageProperties>;
  /** Client id of the publisher; undefined for messages of the broker itself. */
  publisher?: string | undefined;
  /** Milliseconds since the epoch. */
  receivedAt: number;
  /** Milliseconds since the epoch; undefined: never. Absolute, fixed at receipt. */
  expiresAt?: number | undefined;
  /**
   * True when the payload stays as it is: it is no view into a read buffer, so it is kept without a
   * copy, and its memory, which others may have views into, is never given back.
   */
  payloadStays?: boolean;
}

/**
 * An Application Message: immutable, made once per publish and shared by all of its recipients.
 * What differs between recipients (effective QoS, identifiers …) is in the delivery beside it.
 *
 * The payload may be a view into a read buffer that is used again when the read turn ends. Whoever
 * keeps a message longer (queue, retained, in flight) calls `message.retainPayload()` in that turn.
 */
export class Message {
  readonly topic: string;
  readonly qos: QoS;
  /** The RETAIN flag as it was published. */
  readonly retain: boolean;
  readonly properties: Readonly<MessageProperties>;
  readonly publisher: string | undefined;
  readonly receivedAt: number;
  readonly expiresAt: number | undefined;
  /**
   * Identity within the store, given by the broker before the first store write: one body is
   * stored per id. 0 until then.
   */
  id = 0;
  #payload: Uint8Array;
  /** Of the payload, also when that was given back. */
  readonly #size: number;
  #owned = false;
  #holders = 0;
  #pinned = false;
  /** The payload is a part of a slab. */
  #inSlab = false;

  constructor(init: MessageInit) {
    this.topic = init.topic;
    this.#payload = init.payload;
    this.#size = init.payload.length;
    this.qos = init.qos;
    this.retain = init.retain;
    this.properties = init.properties ?? NO_PROPERTIES;
    this.publisher = init.publisher;
    this.receivedAt = init.receivedAt;
    this.expiresAt = init.expiresAt;
    if (init.payloadStays) this.#owned = this.#pinned = true;
  }

  get payload(): Uint8Array {
    return this.#payload;
  }

  /**
   * Makes the message independent of the read buffer (copies once, in place) and returns it. A small
   * payload shares its memory with others: see `separatePayload`.
   */
  retainPayload(): this {
    if (this.#owned) return this;
    this.#owned = true;
    this.#inSlab = !this.#pinned && this.#payload.length <= SLAB_PART_MAX;
    // Not slice(): a Buffer of Node would not copy.
    this.#payload = this.#inSlab ? slabCopy(this.#payload) : new Uint8Array(this.#payload);
    return this;
  }

  /**
   * Gives a retained payload memory of its own. For a message that may stay for long (a retained
   * one, or one whose receiver is away or slow): it would hold on to the memory of all that were
   * received about the same time.
   */
  separatePayload(): void {
    if (!this.#inSlab) return;
    this.#inSlab = false;
    this.#payload = new Uint8Array(this.#payload);
  }

  /** One more delivery in memory needs the payload, until it calls `release`. */
  hold(): void {
    this.#holders++;
  }

  /**
   * One that held it is done. After the last one the copy of a large payload is given back to the
   * system at once, unless the message is pinned: at a hundred megabytes a second the garbage
   * collector is too late, because it does not see how large what is behind its small objects is.
   */
  release(): void {
    if (--this.#holders > 0 || this.#pinned || !this.#owned) return;
    if (this.#payload.length < RELEASED_PAYLOAD_BYTES_MIN) return;
    (this.#payload.buffer as ArrayBuffer).transfer(0);
  }

  /** Somebody who does not hold and release keeps the message: store, retained index, another node. */
  pin(): void {
    this.#pinned = true;
  }

  /** True when the message has outlived its Message Expiry Interval. */
  expired(now: number): boolean {
    return this.expiresAt !== undefined && now >= this.expiresAt;
  }

  /**
   * The Message Expiry Interval to send on: whole seconds left, rounded up so that a message that
   * is still alive never says 0 [MQTT-3.3.2-6]; 0 for an expired one; undefined for none. Never more
   * than it was, also when the system's clock was set back before the broker started again.
   */
  remainingExpiry(now: number): number | undefined {
    if (this.expiresAt === undefined) return undefined;
    const left = Math.min(this.expiresAt - now, this.expiresAt - this.receivedAt);
    return Math.max(0, Math.ceil(left / 1000));
  }

  /** Bytes that the message is counted with in queues: all that has a length, and a fixed overhead. */
  get cost(): number {
    const own = this.#size + this.topic.length + MESSAGE_OVERHEAD_BYTES;
    return this.properties === NO_PROPERTIES ? own : own + propertiesCost(this.properties);
  }
}

/** Smaller payloads are left to the garbage collector: giving them back costs more than it brings. */
const RELEASED_PAYLOAD_BYTES_MIN = 1024;

/** What a message, or one User Property, costs in memory beyond its bytes, for the limits of queues. */
export const MESSAGE_OVERHEAD_BYTES = 64;

function propertiesCost(properties: Readonly<MessageProperties>): number {
  let cost = (properties.contentType?.length ?? 0) + (properties.responseTopic?.length ?? 0) +
    (properties.correlationData?.length ?? 0);
  for (const [name, value] of properties.userProperties ?? []) {
    cost += name.length + value.length + MESSAGE_OVERHEAD_BYTES;
  }
  return cost;
}
