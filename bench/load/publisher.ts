import type { Books } from "./books.ts";
import { Client } from "./client.ts";
import type { ClientLoop } from "./client_loop.ts";
import type { Connection } from "./connection.ts";
import { MessageRing } from "./message_ring.ts";
import { PacketIds } from "./packet_ids.ts";
import { PacketHeader, STAMP } from "./packets.ts";
import { fanOut, type Scenario, topicName, topicsOfPublisher } from "./scenarios.ts";

export interface PublisherOptions {
  readonly clientId: string;
  readonly index: number;
  readonly scenario: Scenario;
  readonly retain?: boolean;
}

/** Sends as much as its window and the books allow. */
export class Publisher extends Client {
  readonly #index: number;
  readonly #scenario: Scenario;
  readonly #ring: MessageRing;
  /** Of the topics of the ring's cycle: how many receive a message. */
  readonly #fanOut: readonly number[];
  readonly #ids: PacketIds;
  #next = 0;
  #sequence = 0;

  constructor(options: PublisherOptions, loop: ClientLoop, books: Books) {
    super(options.clientId, loop, books);
    const { index, scenario, retain = false } = options;
    this.#index = index;
    this.#scenario = scenario;
    const topics = topicsOfPublisher(scenario, index);
    const names = topics.map((topic) => topicName(scenario, topic));
    this.#ring = new MessageRing({ ...scenario, retain, topics: names });
    this.#fanOut = topics.map((topic) => retain ? 0 : fanOut(scenario, topic));
    this.#ids = new PacketIds(scenario.window);
  }

  /**
   * Sends one chunk, of at most `allowance` messages, at the time `now` (ms); returns how many they
   * were: 0 when it has to wait for the kernel, the broker or the subscribers.
   */
  publish(now: number, allowance: number): number {
    const connection = this.connection!;
    if (connection.busy) return 0;
    const { chunkBytes, qos, outstanding } = this.#scenario;
    const { buffer: { view }, starts, payloads, cycle } = this.#ring;
    const { books } = this;
    const first = this.#next;
    const chunkEnd = starts[first]! + chunkBytes;
    let message = first;
    while (message - first < allowance && starts[message]! < chunkEnd) {
      if (qos > 0 && this.#ids.available === 0) break;
      if (books.outstanding >= outstanding) break;
      const payload = payloads[message]!;
      if (qos > 0) view.setUint16(payload - 2, this.#ids.take());
      view.setFloat64(payload + STAMP.sentAt, now);
      view.setUint32(payload + STAMP.publisher, this.#index);
      view.setUint32(payload + STAMP.sequence, ++this.#sequence);
      books.expected += this.#fanOut[message % cycle]!;
      message++;
    }
    const count = message - first;
    if (count === 0) return 0;
    books.sent += count;
    this.#next = message % cycle;
    connection.sendRange(this.#ring.buffer, starts[first]!, starts[message]!);
    return count;
  }

  override packet(connection: Connection, header: number, start: number, end: number): void {
    const { bytes } = this.loop.received;
    const packetId = bytes[start]! << 8 | bytes[start + 1]!;
    switch (header) {
      case PacketHeader.PUBREC:
        return connection.writeAcknowledgement(PacketHeader.PUBREL, packetId);
      case PacketHeader.PUBACK:
      case PacketHeader.PUBCOMP:
        if (!this.#ids.release(packetId)) this.books.violated("an acknowledgement too many");
        this.books.acknowledged++;
        return;
      default:
        return super.packet(connection, header, start, end);
    }
  }
}
