import type { Books } from "./books.ts";
import { Client } from "./client.ts";
import type { ClientLoop } from "./client_loop.ts";
import type { Connection } from "./connection.ts";
import { PacketHeader, type QoS, STAMP, subscribePacket } from "./packets.ts";
import { type Scenario, topicFilter, topicsOfSubscriber } from "./scenarios.ts";
import { SequenceCheck } from "./sequence_check.ts";

const FILTERS_PER_PACKET = 64;
const PACKET_ID_MAX = 65_535;
const DUP = 0x08;
const RETAIN = 0x01;

/** Receives, acknowledges and checks what it receives. */
export class Subscriber extends Client {
  readonly #scenario: Scenario;
  readonly #order: SequenceCheck;
  /** Of QoS 2 messages that PUBREL has not released yet. */
  readonly #unreleased: Uint8Array | undefined;
  /** Still to be subscribed to. */
  #filters: readonly string[];
  /** SUBSCRIBE packets without an answer. */
  #subackCount = 0;

  constructor(clientId: string, index: number, scenario: Scenario, loop: ClientLoop, books: Books) {
    super(clientId, loop, books, !scenario.persistent);
    this.#scenario = scenario;
    this.#filters = topicsOfSubscriber(scenario, index).map((topic) =>
      topicFilter(scenario, topic)
    );
    this.#order = new SequenceCheck(scenario.publishers);
    if (scenario.qos === 2) this.#unreleased = new Uint8Array(PACKET_ID_MAX + 1);
  }

  protected override accepted(connection: Connection): void {
    const { qos } = this.#scenario;
    for (let from = 0; from < this.#filters.length; from += FILTERS_PER_PACKET) {
      const filters = this.#filters.slice(from, from + FILTERS_PER_PACKET);
      connection.write(subscribePacket(++this.#subackCount, filters, qos));
    }
    this.#filters = [];
  }

  override packet(connection: Connection, header: number, start: number, end: number): void {
    if (header >> 4 === PacketHeader.PUBLISH >> 4) {
      return this.#published(connection, header, start, end);
    }
    const { bytes } = this.loop.received;
    const packetId = bytes[start]! << 8 | bytes[start + 1]!;
    switch (header) {
      case PacketHeader.PUBREL:
        if (this.#unreleased?.[packetId] !== 1) this.books.violated("a PUBREL too many");
        else this.#unreleased[packetId] = 0;
        return connection.writeAcknowledgement(PacketHeader.PUBCOMP, packetId);
      case PacketHeader.SUBACK:
        for (let at = start + 2; at < end; at++) {
          if (bytes[at] !== this.#scenario.qos) {
            this.books.violated(`a subscription was granted with 0x${bytes[at]!.toString(16)}`);
          }
        }
        if (--this.#subackCount === 0) this.becomeReady();
        return;
      default:
        return super.packet(connection, header, start, end);
    }
  }

  #published(connection: Connection, header: number, start: number, end: number): void {
    const { bytes, view } = this.loop.received;
    const { books } = this;
    const qos = header >> 1 & 3;
    let payload = start + 2 + (bytes[start]! << 8 | bytes[start + 1]!);
    if (qos > 0) {
      const packetId = bytes[payload]! << 8 | bytes[payload + 1]!;
      payload += 2;
      if (!this.#acknowledge(connection, qos as QoS, packetId)) return;
    }
    if (end - payload !== this.#scenario.size || qos !== this.#scenario.qos) {
      return books.violated("a message with another size or QoS than it was sent with");
    }
    if ((header & RETAIN) !== 0) return books.violated("a retained message that nobody sent");
    const publisher = view.getUint32(payload + STAMP.publisher);
    const sequence = view.getUint32(payload + STAMP.sequence);
    if (!this.#order.accept(publisher, sequence)) {
      if (qos === 1 && (header & DUP) !== 0) books.redelivered++;
      else books.outOfOrder++;
      return;
    }
    books.delivered++;
    books.latency.addMs(this.loop.now - view.getFloat64(payload + STAMP.sentAt));
  }

  /** False when it is a QoS 2 message once more. */
  #acknowledge(connection: Connection, qos: QoS, packetId: number): boolean {
    const header = qos === 1 ? PacketHeader.PUBACK : PacketHeader.PUBREC;
    connection.writeAcknowledgement(header, packetId);
    if (this.#unreleased === undefined) return true;
    if (this.#unreleased[packetId] === 1) {
      this.books.redelivered++;
      return false;
    }
    this.#unreleased[packetId] = 1;
    return true;
  }
}
