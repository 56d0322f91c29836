import { type Clock, sleep, type Timer } from "../base/clock.ts";
import { invariant } from "../base/invariant.ts";
import { formatAddress } from "./address.ts";
import type { TurnGate } from "../base/turn_gate.ts";
import type { BufferPool } from "./buffer_pool.ts";
import { toError, TransportClosedError } from "./errors.ts";
import { ReadBuffers } from "./read_buffers.ts";
import { StreamEnd } from "./stream_end.ts";
import type { Receiver, Transport } from "./transport.ts";

/** How long a closed connection goes on reading by default, in milliseconds. */
export const LINGER_MS = 1_000;

/** How much a closed connection reads and discards at most, in bytes. */
export const LINGER_BYTES_MAX = 16 * 1024 * 1024;

/** What a TCP transport needs besides its socket. */
export interface TcpTransportOptions {
  readonly clock: Clock;
  /** How long {@linkcode Transport.close} waits for the peer, in milliseconds. */
  readonly lingerMs: number;
  /** Lends the read buffers of busy connections. */
  readonly buffers: BufferPool;
  /** Lets peers go, so many in a turn: when a network fails, thousands are lost at once. */
  readonly partings?: TurnGate | undefined;
  /** Called once, when the socket is closed. */
  readonly onEnded?: (() => void) | undefined;
}

/** The content is never looked at, so every connection that drains can write into the same one. */
const discarded = new Uint8Array(65_536);

/**
 * Bytes that one connection may have read before the others, timers and new connections get their
 * turn: while its peer keeps the system's buffer full, its reads complete at once and would never
 * let the event loop go on.
 */
const TURN_BYTES_MAX = 256 * 1024;

/**
 * A stream over a socket of `Deno.listen` or `Deno.connect`.
 *
 * When the peer closes its write side it is gone (MQTT knows no half-closed connections): the
 * stream ends, and what is still being written is dropped.
 */
export class TcpTransport implements Transport {
  readonly kind = "tcp";
  readonly remoteAddress: string;
  readonly #conn: Deno.TcpConn;
  readonly #options: TcpTransportOptions;
  readonly #end = new StreamEnd();
  #state: "open" | "closing" | "ended" = "open";
  #reading: Promise<void> | undefined;
  #lingering: Timer | undefined;
  /** Ends the wait for a receiver that holds a chunk. */
  #stopWaiting: (() => void) | undefined;

  constructor(conn: Deno.TcpConn, options: TcpTransportOptions) {
    conn.setNoDelay(true);
    this.#conn = conn;
    this.#options = options;
    this.remoteAddress = formatAddress(conn.remoteAddr);
  }

  start(receiver: Receiver): void {
    invariant(this.#reading === undefined, "a transport is started once");
    this.#end.attach(receiver);
    this.#reading = this.#read(receiver);
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.#state !== "open") return Promise.reject(new TransportClosedError());
    return this.#write(bytes);
  }

  close(): Promise<void> {
    if (this.#state === "open") {
      this.#state = "closing";
      const { clock, lingerMs } = this.#options;
      this.#lingering = clock.after(lingerMs, () => this.#finish(undefined));
      this.#stopWaiting?.();
      void this.#drain();
    }
    return this.#end.told;
  }

  abort(): void {
    this.#finish(undefined);
  }

  async #read(receiver: Receiver): Promise<void> {
    using buffers = new ReadBuffers(this.#options.buffers);
    let turnBytes = 0;
    try {
      while (this.#state === "open") {
        const buffer = buffers.current;
        const count = await this.#conn.read(buffer);
        if (this.#state !== "open") break;
        if (count === null) return await this.#part(undefined);
        const full = count === buffer.length;
        const taken = receiver.receive(buffer.subarray(0, count), full);
        if (taken !== undefined && !await this.#takenBeforeClose(taken)) buffers.abandon();
        else buffers.adapt(count);
        turnBytes += count;
        if (turnBytes >= TURN_BYTES_MAX && this.#state === "open") {
          turnBytes = 0;
          await sleep(this.#options.clock, 0); // lets the event loop go round once
        }
      }
    } catch (thrown) {
      if (this.#state === "open") await this.#part(toError(thrown));
    }
  }

  /** The peer is gone. */
  async #part(error: Error | undefined): Promise<void> {
    const turn = this.#options.partings?.pass();
    if (turn !== undefined) await turn;
    if (this.#state === "open") this.#finish(error);
  }

  /** Waits for the receiver, but not longer than this transport is open. */
  async #takenBeforeClose(taken: Promise<void>): Promise<boolean> {
    // Not Promise.race with one promise per connection: each race would leave a reaction there.
    const stopped = Promise.withResolvers<boolean>();
    this.#stopWaiting = () => stopped.resolve(false);
    taken.then(() => stopped.resolve(true), stopped.reject);
    try {
      return await stopped.promise;
    } finally {
      this.#stopWaiting = undefined;
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    try {
      let written = await this.#conn.write(bytes);
      while (written < bytes.length) written += await this.#conn.write(bytes.subarray(written));
    } catch (thrown) {
      const error = this.#state === "ended" ? new TransportClosedError() : toError(thrown);
      this.#finish(error);
      throw error;
    }
  }

  /** The lingering half of {@linkcode close}; its timer ends it in any case. */
  async #drain(): Promise<void> {
    try {
      await this.#conn.closeWrite();
      await this.#reading;
      let total = 0;
      while (this.#state === "closing" && total < LINGER_BYTES_MAX) {
        const count = await this.#conn.read(discarded);
        if (count === null) break;
        total += count;
      }
    } catch {
      // The peer is gone, which is what we are waiting for.
    }
    this.#finish(undefined);
  }

  #finish(error: Error | undefined): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#lingering?.cancel();
    this.#conn.close();
    this.#stopWaiting?.();
    this.#end.end(error);
    this.#options.onEnded?.();
  }
}
