/**
 * Acknowledgements in the order of the packets they answer [MQTT-4.6.0-2], although the write that
 * one waits for may be durable later than the next one's.
 */
import { RingQueue } from "../base/ring_queue.ts";
import type { Packet } from "../mqtt/packet.ts";
import type { DurableReply, UnansweredWrite } from "./reply.ts";

interface Waiting {
  /** Decided when `ready`. */
  packet: Packet | undefined;
  ready: boolean;
  /** What follows once the packet is on its way. */
  readonly after?: (() => void) | undefined;
}

/** Where answers go. */
interface PacketSink {
  send(packet: Packet): void;
}

interface ReplyOwner {
  /** A write has failed, and no packet can tell the client. */
  fail(error: unknown): void;
}

export class ReplyQueue {
  readonly #output: PacketSink;
  readonly #owner: ReplyOwner;
  readonly #waiting = new RingQueue<Waiting>();
  #ended = false;
  #onRoom: (() => void) | undefined;

  constructor(output: PacketSink, owner: ReplyOwner) {
    this.#output = output;
    this.#owner = owner;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Sends at once, or behind the answers that are still waiting; then calls `after`. */
  add(packet: Packet, after?: () => void): void {
    if (this.#waiting.size > 0) {
      this.#waiting.push({ packet, ready: true, after });
      return;
    }
    this.#output.send(packet);
    after?.();
  }

  addDurable(reply: DurableReply): void {
    const entry: Waiting = { packet: undefined, ready: false };
    this.#waiting.push(entry);
    reply.durable.then(
      () => this.#decide(entry, reply.packet, reply.settled),
      (error: unknown) => {
        const packet = reply.onFailure(error);
        this.#decide(entry, packet, reply.settled);
        if (packet === undefined && !this.#ended) this.#owner.fail(error);
      },
    ).catch((error) => this.#owner.fail(error));
  }

  /** Nothing is sent, but what is added later waits for the write, whatever comes of it. */
  addUnanswered({ durable }: UnansweredWrite): void {
    const entry: Waiting = { packet: undefined, ready: false };
    this.#waiting.push(entry);
    const settled = () => this.#decide(entry, undefined);
    durable.then(settled, settled).catch((error) => this.#owner.fail(error));
  }

  /** Resolves when fewer than `limit` answers wait. One waiter at a time. */
  untilBelow(limit: number): Promise<void> {
    return new Promise((resolve) => {
      this.#onRoom = () => {
        if (!this.#ended && this.#waiting.size >= limit) return;
        this.#onRoom = undefined;
        resolve();
      };
      this.#onRoom();
    });
  }

  /** The connection is gone: nothing more is sent. */
  end(): void {
    this.#ended = true;
    this.#waiting.clear();
    this.#onRoom?.();
  }

  #decide(entry: Waiting, packet: Packet | undefined, settled?: () => void): void {
    settled?.();
    entry.packet = packet;
    entry.ready = true;
    for (let head = this.#waiting.peek(); head?.ready; head = this.#waiting.peek()) {
      this.#waiting.shift();
      if (this.#ended) continue;
      if (head.packet !== undefined) this.#output.send(head.packet);
      head.after?.();
    }
    this.#onRoom?.();
  }
}
