// @ts-types="@types/ws"
import type { WebSocket } from "ws";
import type { Clock, Timer } from "../base/clock.ts";
import { invariant } from "../base/invariant.ts";
import { RingQueue } from "../base/ring_queue.ts";
import { toError, TransportClosedError, TransportResetError } from "./errors.ts";
import { StreamEnd } from "./stream_end.ts";
import type { Receiver, Transport } from "./transport.ts";

/** WebSocket close codes that we send (RFC 6455, section 7.4.1). */
const CLOSE_NORMAL = 1000;
const CLOSE_UNSUPPORTED_DATA = 1003;
/** Stands for a stream that ended without a close frame. */
const CLOSE_ABNORMAL = 1006;

/** What a WebSocket transport needs besides its socket. */
export interface WebSocketTransportOptions {
  readonly kind: "ws" | "wss";
  readonly remoteAddress: string;
  readonly clock: Clock;
  /** How long {@linkcode Transport.close} waits for the peer's close frame, in milliseconds. */
  readonly lingerMs: number;
  /** Called once, when the socket is closed. */
  readonly onEnded?: (() => void) | undefined;
}

/**
 * A stream over an open WebSocket of npm `ws`, made with `autoPong: false`. The bytes of the binary
 * frames are the stream: a frame may hold any part of a packet or several packets, or nothing.
 * Every `write` is one binary frame.
 *
 * A frame is a chunk in memory of its own, at most as long as the frame limit of the socket. Frames
 * that arrived in the same read as one that the receiver still holds wait here; the socket is
 * paused meanwhile, so they are at most what one read brings.
 */
export class WebSocketTransport implements Transport {
  readonly kind: "ws" | "wss";
  readonly remoteAddress: string;
  readonly #socket: WebSocket;
  readonly #options: WebSocketTransportOptions;
  readonly #end = new StreamEnd();
  readonly #waiting = new RingQueue<Uint8Array>();
  readonly #pong = new PongReply();
  #state: "open" | "closing" | "ended" = "open";
  #receiver: Receiver | undefined;
  #receiverHolds = false;
  #peerClosed = false;
  #error: Error | undefined;
  #lingering: Timer | undefined;
  #failWrite: ((error: Error) => void) | undefined;

  constructor(socket: WebSocket, options: WebSocketTransportOptions) {
    this.#socket = socket;
    this.#options = options;
    this.kind = options.kind;
    this.remoteAddress = options.remoteAddress;
    socket.pause();
    socket.on("message", (data, isBinary) => this.#onMessage(data as Uint8Array, isBinary));
    socket.on("ping", (data) => this.#pong.answer(socket, data));
    socket.on("error", (error) => this.#closeBecause(error));
    socket.on("close", (code) => this.#onClose(code));
  }

  start(receiver: Receiver): void {
    invariant(this.#receiver === undefined, "a transport is started once");
    this.#receiver = receiver;
    this.#end.attach(receiver);
    this.#socket.resume();
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.#state !== "open") return Promise.reject(new TransportClosedError());
    return new Promise((resolve, reject) => {
      this.#failWrite = reject;
      this.#socket.send(bytes, (error) => {
        this.#failWrite = undefined;
        if (error == null) return resolve();
        reject(error);
        this.#finish(error);
      });
    });
  }

  close(): Promise<void> {
    if (this.#state === "open") this.#linger(CLOSE_NORMAL);
    return this.#end.told;
  }

  abort(): void {
    this.#finish(undefined);
  }

  #onMessage(data: Uint8Array, isBinary: boolean): void {
    if (this.#state !== "open") return;
    if (!isBinary) {
      // [MQTT-6.0.0-1]
      this.#error = new Error("the peer sent a text frame");
      this.#linger(CLOSE_UNSUPPORTED_DATA);
    } else if (data.length > 0) {
      // Not the Buffer itself: its `slice` makes views where a Uint8Array makes copies.
      this.#waiting.push(new Uint8Array(data.buffer, data.byteOffset, data.length));
      this.#deliver();
    }
  }

  /** Hands over what waits, until the receiver holds a chunk. */
  #deliver(): void {
    while (this.#state === "open" && !this.#receiverHolds && this.#waiting.size > 0) {
      let taken: Promise<void> | undefined;
      try {
        taken = this.#receiver!.receive(this.#waiting.shift()!);
      } catch (thrown) {
        return this.#finish(toError(thrown));
      }
      if (taken === undefined) continue;
      this.#receiverHolds = true;
      this.#socket.pause();
      taken.then(() => this.#onTaken(), (thrown) => this.#finish(toError(thrown)));
    }
  }

  #onTaken(): void {
    this.#receiverHolds = false;
    this.#deliver();
    if (this.#receiverHolds) return;
    if (this.#peerClosed) this.#finish(this.#error);
    else this.#socket.resume();
  }

  /** The socket is closed. What the receiver has not had yet still comes first. */
  #onClose(code: number): void {
    if (code === CLOSE_ABNORMAL && this.#state === "open") {
      this.#error ??= new TransportResetError("the peer went without a close frame");
    }
    this.#peerClosed = true;
    if (this.#state !== "open" || !this.#receiverHolds) this.#finish(this.#error);
  }

  /** A frame that breaks the rules or exceeds the limit (`ws` answers it), or a socket error. */
  #closeBecause(error: Error): void {
    if (this.#state !== "open") return;
    this.#error = error;
    this.#linger(undefined);
  }

  /** Ends our side, with a close frame unless one is on its way, and waits for the peer's. */
  #linger(code: number | undefined): void {
    this.#state = "closing";
    this.#waiting.clear();
    const { clock, lingerMs } = this.#options;
    this.#lingering = clock.after(lingerMs, () => this.#finish(this.#error));
    if (code !== undefined) this.#socket.close(code);
    this.#socket.resume();
  }

  #finish(error: Error | undefined): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#lingering?.cancel();
    this.#waiting.clear();
    this.#failWrite?.(error ?? new TransportClosedError());
    this.#socket.terminate();
    this.#end.end(error);
    this.#options.onEnded?.();
  }
}

/**
 * Answers pings one at a time, as RFC 6455 section 5.5.3 allows: a peer that pings and does not
 * read gets the answer to its last ping, and costs us no growing queue of answers.
 */
class PongReply {
  #sending = false;
  #next: Uint8Array | undefined;

  answer(socket: WebSocket, data: Uint8Array): void {
    if (this.#sending) {
      this.#next = data;
      return;
    }
    this.#sending = true;
    socket.pong(data, undefined, () => {
      this.#sending = false;
      const next = this.#next;
      this.#next = undefined;
      if (next !== undefined) this.answer(socket, next);
    });
  }
}
