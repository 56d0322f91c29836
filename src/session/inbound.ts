/**
 * The receiving half of a session: QoS 2 deduplication and the quota of Receive Maximum
 * (MQTT 5.0 sections 4.3.3 and 4.9).
 *
 * | state    | event           | next     | effect                                              |
 * |----------|-----------------|----------|-----------------------------------------------------|
 * | free     | PUBLISH QoS 2   | received | the message is routed once, then PUBREC             |
 * | received | PUBLISH QoS 2   | received | PUBREC again, nothing is routed [MQTT-4.3.3-10]     |
 * | received | refused         | free     | PUBREC >= 0x80: the id is new next time [MQTT-4.3.3-9] |
 * | received | PUBREL          | free     | PUBCOMP [MQTT-4.3.3-11] [MQTT-4.3.3-12]             |
 * | free     | PUBREL          | free     | PUBCOMP with 0x92 Packet Identifier not found       |
 * | free     | not stored      | received | no PUBCOMP: the PUBREL has to come again            |
 *
 * The message is routed at PUBLISH (method B of MQTT 3.1.1 section 4.3.3): the stored packet id is
 * what makes it exactly once.
 */
import type { Durable } from "../base/durable.ts";
import { PacketIdTable } from "./packet_id_table.ts";

/** A QoS 2 packet id between PUBLISH and PUBREL. */
export interface Received {
  readonly packetId: number;
  /** When the message and its id are durable; a repeated PUBLISH is answered after it, too. */
  durable: Durable;
  /** Received on the current connection: it counts against the quota. */
  onWire: boolean;
}

export class Inbound {
  readonly #received = new PacketIdTable<Received>();
  /** QoS 1 and 2 messages of this connection whose exchange is not finished. */
  #used = 0;

  /** QoS 2 packet ids that wait for PUBREL. */
  get size(): number {
    return this.#received.size;
  }

  /** What the client has used up of our Receive Maximum on this connection. */
  get used(): number {
    return this.#used;
  }

  packetIds(): number[] {
    return [...this.#received.values()].map(({ packetId }) => packetId);
  }

  get(packetId: number): Received | undefined {
    return this.#received.get(packetId);
  }

  /** A new connection: nothing of it is unacknowledged yet. */
  attach(): void {
    this.#used = 0;
    for (const received of this.#received.values()) received.onWire = false;
  }

  /** A QoS 1 PUBLISH has arrived; `finishQos1` follows when it is acknowledged. */
  startQos1(): void {
    this.#used++;
  }

  finishQos1(): void {
    if (this.#used > 0) this.#used--;
  }

  /** A QoS 2 PUBLISH with a new packet id has arrived. */
  receive(packetId: number, durable: Durable = undefined): Received {
    const received = { packetId, durable, onWire: true };
    this.#received.set(received);
    this.#used++;
    return received;
  }

  /** A QoS 2 PUBLISH with a packet id of an earlier connection has come again. */
  receiveAgain(received: Received): void {
    if (received.onWire) return;
    received.onWire = true;
    this.#used++;
  }

  /** PUBREL, or a PUBREC that refuses: the id is free. False when it was not in use. */
  release(packetId: number): boolean {
    const received = this.#received.get(packetId);
    if (received === undefined) return false;
    this.#received.delete(packetId);
    if (received.onWire) this.#used--;
    return true;
  }

  /** The store did not take a release, so PUBCOMP was not sent: the id is still in use. */
  takeBackRelease(packetId: number): void {
    if (!this.#received.has(packetId)) this.restore(packetId);
  }

  /** Puts an id back as it was stored. */
  restore(packetId: number): void {
    this.#received.set({ packetId, durable: undefined, onWire: false });
  }

  clear(): void {
    this.#received.clear();
    this.#used = 0;
  }
}
