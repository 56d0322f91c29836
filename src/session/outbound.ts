/**
 * The sending half of a session for QoS 1 and QoS 2 (MQTT 5.0 sections 4.3, 4.4 and 4.9).
 *
 * One record for each packet id in use. States and events; every other combination is an error of
 * the peer, as the last column says:
 *
 * | state        | event           | next      | effect                                       |
 * |--------------|-----------------|-----------|----------------------------------------------|
 * | free         | start           | starting  | a packet id is taken, the window shrinks; sent once committed |
 * | free         | passed on       | published | the same, and it was written already          |
 * | starting     | sent            | published | PUBLISH was written for the first time        |
 * | published/1  | PUBACK          | free      | window grows; refused when the code is >= 0x80 |
 * | published/2  | PUBREC < 0x80   | released  | PUBREL is sent; the message is let go         |
 * | published/2  | PUBREC >= 0x80  | free      | window grows; refused                         |
 * | released     | PUBREC < 0x80   | released  | PUBREL is sent again                          |
 * | released     | PUBREC >= 0x80  | free      | window grows (the peer has lost its state)    |
 * | released     | PUBCOMP         | free      | window grows                                  |
 * | released     | not stored      | published | no PUBREL: the PUBREC has to come again       |
 * | free         | PUBACK, PUBCOMP | free      | ignored: an answer from before a state loss   |
 * | free         | PUBREC          | free      | PUBREL with 0x92 Packet Identifier not found  |
 * | published/1  | PUBREC, PUBCOMP | -         | protocol error                                |
 * | published/2  | PUBACK, PUBCOMP | -         | protocol error                                |
 * | released     | PUBACK          | -         | protocol error                                |
 * | starting     | any             | -         | protocol error: nothing was sent yet          |
 *
 * `starting` lasts until the record is written to a connection: it may wait there for its store
 * write, for those of the records before it, and for the next connection. Records are sent in the
 * order in which they were started [MQTT-4.6.0-5].
 *
 * A record that was passed on keeps nothing of its message but the topic: it belongs to a session
 * that ends with its connection, where nothing is ever sent again.
 *
 * On a new connection every record that was sent is sent again [MQTT-4.4.0-1]: first all PUBREL, which
 * do not wait for the window, then PUBLISH with DUP [MQTT-3.3.1-1], each in the order of the first
 * sending. Never at any other time.
 */
import type { PendingWrite } from "../base/durable.ts";
import type { Delivery } from "../mqtt/delivery.ts";
import { invariant } from "../base/invariant.ts";
import { RingQueue } from "../base/ring_queue.ts";
import { PacketIdTable } from "./packet_id_table.ts";

export type OutboundState = "starting" | "published" | "released";

/** One outgoing QoS 1 or 2 message that has a packet id. */
export class OutboundRecord {
  state: OutboundState = "starting";
  /**
   * It may be sent: its store write is durable, or it need not be (QoS 1, and whatever is for a
   * session that is not stored).
   */
  committed = false;
  /** Its PUBLISH may have reached the client: from now on it carries DUP. */
  everSent = false;
  /** Written on the current connection: it counts against the window. */
  onWire = false;
  /** When PUBLISH or PUBREL was last written (milliseconds since the epoch); 0 when nobody asks. */
  sentAt = 0;
  /** How often it was written again on this connection (3.x clients with `retry_interval`). */
  retries = 0;
  /** Set, instead of `delivery`, when the message was passed on: its topic. */
  passedTopic: string | undefined = undefined;
  /** Its store write, which is withdrawn when the client is quicker; undefined: there is none. */
  pending: PendingWrite | undefined = undefined;

  constructor(
    readonly packetId: number,
    /** Order of the delivery within the session. */
    readonly seq: number,
    readonly qos: 1 | 2,
    /** Undefined once released, and when it was passed on. */
    public delivery: Delivery | undefined,
  ) {}

  /** Of the message; undefined once released. */
  get topic(): string | undefined {
    if (this.delivery !== undefined) return this.delivery.message.topic;
    return this.state === "released" ? undefined : this.passedTopic;
  }
}

/** What an acknowledgement meant; the caller acts on it. */
export type AckOutcome =
  | { readonly kind: "completed"; readonly record: OutboundRecord; readonly delivery?: Delivery }
  | { readonly kind: "refused"; readonly record: OutboundRecord; readonly delivery?: Delivery }
  | { readonly kind: "released"; readonly record: OutboundRecord; readonly delivery?: Delivery }
  | { readonly kind: "unknown" }
  | { readonly kind: "violation"; readonly text: string };

const UNKNOWN: AckOutcome = { kind: "unknown" };

export const PACKET_ID_MAX = 65_535;

export class Outbound {
  readonly #records = new PacketIdTable<OutboundRecord>();
  /** Records that the current connection has to send (again): PUBREL, then PUBLISH, oldest first. */
  readonly #backlog = new RingQueue<OutboundRecord>();
  /** Records that were started and never sent, oldest first. */
  readonly #unsent = new RingQueue<OutboundRecord>();
  #lastId = 0;
  #window = 0;
  #onWire = 0;

  /** Records with a packet id, sent or not. */
  get size(): number {
    return this.#records.size;
  }

  /** The most PUBLISH packets that may be unacknowledged on the current connection. */
  get window(): number {
    return this.#window;
  }

  /** True when a new message may be started now: nothing older waits and the window is open. */
  get open(): boolean {
    return this.#records.size < this.#window && this.#backlog.size === 0;
  }

  /** True when a message may be passed on: it would neither wait nor overtake one that does. */
  get passes(): boolean {
    return this.#records.size < this.#window && this.#onWire < this.#window &&
      this.#backlog.size === 0 && this.#unsent.size === 0;
  }

  /** In the order of starting. */
  records(): OutboundRecord[] {
    return [...this.#records.values()].sort((a, b) => a.seq - b.seq);
  }

  get(packetId: number): OutboundRecord | undefined {
    return this.#records.get(packetId);
  }

  /**
   * Takes a packet id that is not in use [MQTT-2.2.1-4] [MQTT-4.3.2-1] [MQTT-4.3.3-1] and starts
   * the delivery. Requires `open`.
   */
  start(delivery: Delivery, seq: number): OutboundRecord {
    invariant(delivery.qos > 0, "QoS 0 has no packet id");
    const record = new OutboundRecord(this.#freeId(), seq, delivery.qos as 1 | 2, delivery);
    this.#records.set(record);
    this.#unsent.push(record);
    return record;
  }

  /**
   * The same for a message that is written to the connection at once and never again, and of which
   * only the topic is kept. Returns the packet id. Requires `passes`.
   */
  passOn(topic: string, qos: 1 | 2, seq: number): number {
    const record = new OutboundRecord(this.#freeId(), seq, qos, undefined);
    record.state = "published";
    record.passedTopic = topic;
    record.committed = true;
    record.everSent = true;
    record.onWire = true;
    this.#onWire++;
    this.#records.set(record);
    return record.packetId;
  }

  /** Puts a record back as it was stored: it was started before, whether or not it was sent. */
  restore(packetId: number, seq: number, delivery: Delivery | undefined): OutboundRecord {
    const qos = delivery === undefined ? 2 : delivery.qos as 1 | 2;
    const record = new OutboundRecord(packetId, seq, qos, delivery);
    record.state = delivery === undefined ? "released" : "published";
    record.committed = true;
    record.everSent = true;
    this.#records.set(record);
    this.#lastId = packetId;
    return record;
  }

  /** The next packet id is the first free one behind `id` (0 … 65,534). */
  continueIdsBehind(id: number): void {
    this.#lastId = id;
  }

  /** The record's PUBLISH or PUBREL was written on the current connection. */
  sent(record: OutboundRecord, now: number): void {
    if (record.state === "starting") record.state = "published";
    record.everSent = true;
    if (!record.onWire) {
      record.onWire = true;
      this.#onWire++;
    }
    record.sentAt = now;
  }

  get hasBacklog(): boolean {
    return this.#backlog.size > 0;
  }

  /**
   * A new connection that allows `window` unacknowledged messages (1 … 65,535). All records that
   * were sent become the backlog; those that were not are sent behind it.
   */
  attach(window: number): void {
    this.#window = window;
    this.#onWire = 0;
    this.#backlog.clear();
    const published: OutboundRecord[] = [];
    for (const record of this.records()) {
      record.onWire = false;
      record.retries = 0;
      // Behind a PUBLISH that waits for the window, a PUBREL would be delayed [MQTT-3.3.4-10].
      if (record.state === "released") this.#backlog.push(record);
      else if (record.state === "published") published.push(record);
    }
    for (const record of published) this.#backlog.push(record);
  }

  /** The connection is gone; the client may be away for long. */
  detach(): void {
    this.#window = 0;
    this.#backlog.clear();
    for (const { delivery } of this.#records.values()) delivery?.message.separatePayload();
  }

  /**
   * The next record that the connection may send from the backlog; PUBREL does not wait for the
   * window [MQTT-3.3.4-10]. The caller sends it and calls `sent`.
   */
  nextFromBacklog(): OutboundRecord | undefined {
    for (let head = this.#backlog.peek(); head !== undefined; head = this.#backlog.peek()) {
      if (this.#records.get(head.packetId) !== head) {
        this.#backlog.shift(); // acknowledged or dropped while it waited
        continue;
      }
      if (head.state !== "released" && this.#onWire >= this.#window) return undefined;
      return this.#backlog.shift();
    }
    return undefined;
  }

  /**
   * The next record to be sent for the first time; undefined while the oldest one is not committed,
   * or the backlog or the window is in the way. The caller sends it and calls `sent`.
   */
  nextStarted(): OutboundRecord | undefined {
    if (this.#unsent.peek()?.committed !== true) return undefined;
    if (this.#backlog.size > 0 || this.#onWire >= this.#window) return undefined;
    return this.#unsent.shift();
  }

  puback(packetId: number, refused: boolean): AckOutcome {
    const record = this.#records.get(packetId);
    if (record === undefined) return UNKNOWN;
    if (record.qos !== 1 || record.state !== "published") {
      return { kind: "violation", text: `PUBACK for packet id ${packetId} that awaits none` };
    }
    return this.#finish(record, refused ? "refused" : "completed");
  }

  pubrec(packetId: number, refused: boolean): AckOutcome {
    const record = this.#records.get(packetId);
    if (record === undefined) return UNKNOWN;
    if (record.qos !== 2 || record.state === "starting") {
      return { kind: "violation", text: `PUBREC for packet id ${packetId} that awaits none` };
    }
    if (refused) return this.#finish(record, "refused");
    const { delivery } = record;
    record.state = "released";
    record.delivery = undefined;
    return delivery === undefined
      ? { kind: "released", record }
      : { kind: "released", record, delivery };
  }

  /** The store did not take a release, so PUBREL was not sent and PUBLISH may come again. */
  takeBackRelease(record: OutboundRecord, delivery: Delivery): void {
    if (this.#records.get(record.packetId) !== record || record.state !== "released") return;
    record.state = "published";
    record.delivery = delivery;
  }

  pubcomp(packetId: number): AckOutcome {
    const record = this.#records.get(packetId);
    if (record === undefined) return UNKNOWN;
    if (record.state !== "released") {
      return { kind: "violation", text: `PUBCOMP for packet id ${packetId} that awaits none` };
    }
    return this.#finish(record, "completed");
  }

  /** Frees the packet id without an acknowledgement: too large to send, or its store write failed. */
  drop(record: OutboundRecord): void {
    if (this.#records.get(record.packetId) !== record) return;
    this.#records.delete(record.packetId);
    if (record.state === "starting") this.#unsent.filter((each) => each !== record);
    if (record.onWire) this.#onWire--;
    record.onWire = false;
  }

  /** Takes everything out: the session ends. */
  clear(): OutboundRecord[] {
    const records = this.records();
    this.#records.clear();
    this.#backlog.clear();
    this.#unsent.clear();
    this.#onWire = 0;
    return records;
  }

  #finish(record: OutboundRecord, kind: "completed" | "refused"): AckOutcome {
    this.drop(record);
    const { delivery } = record;
    return delivery === undefined ? { kind, record } : { kind, record, delivery };
  }

  #freeId(): number {
    invariant(this.#records.size < PACKET_ID_MAX, "all packet ids are in use");
    let id = this.#lastId;
    do {
      id = id === PACKET_ID_MAX ? 1 : id + 1;
    } while (this.#records.has(id));
    this.#lastId = id;
    return id;
  }
}
