import { invariant } from "../base/invariant.ts";
import { RingQueue } from "../base/ring_queue.ts";
import { toError, TransportClosedError, TransportResetError } from "./errors.ts";
import { StreamEnd } from "./stream_end.ts";
import type { AcceptTransport, Listener, Receiver, Transport } from "./transport.ts";

/** What every byte of a chunk becomes when it is no longer the receiver's. */
export const SPENT_BYTE = 0xee;

/** How a pair of in-process transports behaves. */
export interface MemoryTransportOptions {
  /**
   * How many bytes lie between writer and reader at most, in each direction: a write resolves when
   * no more than this is untaken. 0: only when the reader has taken all of it. Default 64 KiB.
   */
  readonly windowBytes?: number | undefined;
  /** The longest chunk that the reader gets; longer writes are split. Default 64 KiB. */
  readonly chunkBytes?: number | undefined;
  /** Peer addresses as the first and the second end see them. */
  readonly remoteAddresses?: readonly [string, string] | undefined;
}

const WINDOW_BYTES = 65_536;
const CHUNK_BYTES = 65_536;

/**
 * Two connected ends of an in-process stream, with the semantics of TCP and no timers, so that
 * simulations repeat. Nothing is delivered inside a call of `write`. Every chunk is overwritten
 * with {@linkcode SPENT_BYTE} as soon as it is no longer the receiver's, so a view kept too long
 * shows in any test.
 *
 * `close()` does not wait for the peer: what was written can still be read there, and what the peer
 * writes until it has seen the end is discarded, as on a socket that lingers. `abort()` drops what
 * is under way, and the peer ends with {@linkcode TransportResetError}.
 */
export function memoryTransportPair(
  options: MemoryTransportOptions = {},
): [Transport, Transport] {
  const [first, second] = options.remoteAddresses ?? ["memory:2", "memory:1"];
  const left = new MemoryTransport(first, options);
  const right = new MemoryTransport(second, options);
  left.connect(right);
  right.connect(left);
  return [left, right];
}

/** Hands the server end of every {@linkcode connect} to `accept`. */
export class MemoryListener implements Listener {
  readonly kind = "memory";
  readonly address = "memory:0";
  readonly #accept: AcceptTransport;
  readonly #options: MemoryTransportOptions;
  #connects = 0;
  #closed = false;

  constructor(accept: AcceptTransport, options: MemoryTransportOptions = {}) {
    this.#accept = accept;
    this.#options = options;
  }

  /** The client end of a new stream. Throws {@linkcode TransportClosedError} after `close()`. */
  connect(): Transport {
    if (this.#closed) throw new TransportClosedError("nobody listens here any more");
    const [client, server] = memoryTransportPair({
      remoteAddresses: [this.address, `memory:${++this.#connects}`],
      ...this.#options,
    });
    this.#accept(server);
    return client;
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }
}

class MemoryTransport implements Transport {
  readonly kind = "memory";
  readonly remoteAddress: string;
  readonly #inbound: Pipe;
  readonly #end = new StreamEnd();
  #peer!: MemoryTransport;
  #started = false;
  #open = true;

  constructor(remoteAddress: string, options: MemoryTransportOptions) {
    this.remoteAddress = remoteAddress;
    this.#inbound = new Pipe(
      options.windowBytes ?? WINDOW_BYTES,
      options.chunkBytes ?? CHUNK_BYTES,
    );
  }

  /** @internal names the other end, once. */
  connect(peer: MemoryTransport): void {
    this.#peer = peer;
  }

  start(receiver: Receiver): void {
    invariant(!this.#started, "a transport is started once");
    this.#started = true;
    this.#end.attach(receiver);
    if (this.#open) void this.#read(receiver);
  }

  write(bytes: Uint8Array): Promise<void> {
    if (!this.#open) return Promise.reject(new TransportClosedError());
    return this.#peer.#inbound.write(bytes);
  }

  close(): Promise<void> {
    this.#finish(undefined);
    return this.#end.told;
  }

  abort(): void {
    if (!this.#open) return;
    this.#inbound.fail(new TransportResetError());
    this.#peer.#inbound.fail(new TransportClosedError());
    this.#finish(undefined);
    this.#peer.#finish(new TransportResetError());
  }

  async #read(receiver: Receiver): Promise<void> {
    try {
      for (;;) {
        const chunk = await this.#inbound.next();
        if (!this.#open) return;
        // The peer that has closed is gone as a whole: half-closed streams do not exist.
        if (chunk === undefined) return this.#finish(undefined);
        const taken = receiver.receive(chunk);
        if (taken !== undefined) await taken;
        chunk.fill(SPENT_BYTE);
        this.#inbound.taken(chunk);
      }
    } catch (thrown) {
      this.#finish(toError(thrown));
    }
  }

  #finish(error: Error | undefined): void {
    if (!this.#open) return;
    this.#open = false;
    this.#inbound.discard();
    this.#peer.#inbound.finish();
    this.#end.end(error);
  }
}

interface BlockedWrite {
  resolve(): void;
  reject(error: Error): void;
}

/** One direction of a pair: the bytes that are written and not yet taken. */
class Pipe {
  readonly #windowBytes: number;
  readonly #chunkBytes: number;
  readonly #chunks = new RingQueue<Uint8Array>();
  #untaken = 0;
  #state: "open" | "finished" | "discarding" | "failed" = "open";
  #failure: Error | undefined;
  #writer: BlockedWrite | undefined;
  #wakeReader: (() => void) | undefined;

  constructor(windowBytes: number, chunkBytes: number) {
    this.#windowBytes = windowBytes;
    this.#chunkBytes = chunkBytes;
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.#state === "failed") return Promise.reject(this.#failure);
    if (this.#state === "discarding" || bytes.length === 0) return Promise.resolve();
    invariant(this.#writer === undefined, "one write at a time");
    for (let start = 0; start < bytes.length; start += this.#chunkBytes) {
      this.#chunks.push(bytes.slice(start, start + this.#chunkBytes));
    }
    this.#untaken += bytes.length;
    this.#wakeReader?.();
    if (this.#untaken <= this.#windowBytes) return Promise.resolve();
    return new Promise((resolve, reject) => this.#writer = { resolve, reject });
  }

  /** The next chunk, never in the turn of its write; undefined at the end. */
  async next(): Promise<Uint8Array | undefined> {
    while (this.#chunks.size === 0) {
      if (this.#state !== "open") return undefined;
      await new Promise<void>((resolve) => this.#wakeReader = resolve);
      this.#wakeReader = undefined;
    }
    return this.#chunks.shift();
  }

  /** The reader has done with `chunk`. */
  taken(chunk: Uint8Array): void {
    this.#untaken -= chunk.length;
    if (this.#untaken > this.#windowBytes) return;
    this.#writer?.resolve();
    this.#writer = undefined;
  }

  /** The writer is done: the reader gets what is there, then the end. */
  finish(): void {
    if (this.#state === "open") this.#state = "finished";
    this.#wakeReader?.();
  }

  /** The reader is gone in good order: writes succeed and vanish. */
  discard(): void {
    if (this.#state === "failed") return;
    this.#state = "discarding";
    this.#drop();
    this.#writer?.resolve();
    this.#writer = undefined;
  }

  /** Either end has broken the stream off: writes fail with `error`. */
  fail(error: Error): void {
    this.#state = "failed";
    this.#failure = error;
    this.#drop();
    this.#writer?.reject(error);
    this.#writer = undefined;
  }

  #drop(): void {
    this.#chunks.clear();
    this.#untaken = 0;
    this.#wakeReader?.();
  }
}
