import type { Books } from "./books.ts";
import { Client } from "./client.ts";
import type { ClientLoop } from "./client_loop.ts";
import type { Connection } from "./connection.ts";
import { PacketHeader, STAMP, subscribePacket } from "./packets.ts";
import { type Scenario, wholeFilter } from "./scenarios.ts";

const PACKET_ID = 1;
const RETAIN = 0x01;

/** Subscribes to all topics when it is told to; checks that each retained message comes once. */
export class RetainedSubscriber extends Client {
  readonly #scenario: Scenario;
  /** By sequence number, which begins with 1: there is one message for each topic. */
  readonly #seen: Uint8Array;

  constructor(clientId: string, scenario: Scenario, loop: ClientLoop, books: Books) {
    super(clientId, loop, books);
    this.#scenario = scenario;
    this.#seen = new Uint8Array(scenario.topics + 1);
  }

  subscribe(): void {
    this.connection!.write(
      subscribePacket(PACKET_ID, [wholeFilter(this.#scenario)], this.#scenario.qos),
    );
    this.connection!.flush();
  }

  override packet(connection: Connection, header: number, start: number, end: number): void {
    const { bytes, view } = this.loop.received;
    const { books } = this;
    const { qos, size } = this.#scenario;
    if (header === PacketHeader.SUBACK) {
      if (bytes[start + 2] !== qos) books.violated("the subscription was not granted");
      return;
    }
    if (header >> 4 !== PacketHeader.PUBLISH >> 4) {
      return super.packet(connection, header, start, end);
    }
    const id = start + 2 + (bytes[start]! << 8 | bytes[start + 1]!);
    const payload = id + 2;
    if ((header >> 1 & 3) !== qos || (header & RETAIN) === 0 || end - payload !== size) {
      return books.violated("a message that is not the retained one");
    }
    connection.writeAcknowledgement(PacketHeader.PUBACK, bytes[id]! << 8 | bytes[id + 1]!);
    const sequence = view.getUint32(payload + STAMP.sequence);
    if (this.#seen[sequence] !== 0) books.outOfOrder++;
    else {
      this.#seen[sequence] = 1;
      books.delivered++;
    }
  }
}
