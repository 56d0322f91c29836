import type { Receiver, Transport } from "../../src/transport/transport.ts";

/** A peer that says what it is told to and takes all that it gets, at no cost. */
export class DiscardingTransport implements Transport {
  readonly kind = "memory";
  readonly remoteAddress = "memory:1";
  /** Bytes that were written to the peer. */
  written = 0;
  #receiver: Receiver | undefined;

  start(receiver: Receiver): void {
    this.#receiver = receiver;
  }

  /** The broker receives these bytes; resolves when it takes the next ones. */
  async say(bytes: Uint8Array): Promise<void> {
    await this.#receiver!.receive(bytes);
  }

  write(bytes: Uint8Array): Promise<void> {
    this.written += bytes.length;
    return TAKEN;
  }

  close(): Promise<void> {
    return TAKEN;
  }

  abort(): void {}
}

const TAKEN = Promise.resolve();
