import type { Duplex } from "node:stream";
import type { Clock, Timer } from "../base/clock.ts";
import { invariant } from "../base/invariant.ts";
import { toError, TransportClosedError, TransportResetError } from "./errors.ts";
import { StreamEnd } from "./stream_end.ts";
import { LINGER_BYTES_MAX } from "./tcp_transport.ts";
import type { Receiver, Transport } from "./transport.ts";
import {
  binaryHeader,
  CloseCode,
  closeFrame,
  FrameReader,
  type FramesEnd,
  pongFrame,
} from "./websocket_frames.ts";

/** What a WebSocket transport needs besides its socket. */
export interface WebSocketTransportOptions {
  readonly kind: "ws" | "wss";
  readonly remoteAddress: string;
  readonly clock: Clock;
  /** The longest message that the peer may send, in bytes; a longer one closes with 1009. */
  readonly messageBytesMax: number;
  /** How long {@linkcode Transport.close} waits for the peer's close frame, in milliseconds. */
  readonly lingerMs: number;
  /** Called once, when the socket is closed. */
  readonly onEnded?: (() => void) | undefined;
}

/** As much as `node:net` reads at once. */
const READ_BYTES_MAX = 65_536;

/**
 * A stream over the socket of a WebSocket, after the upgrade, on the side of the server. The bytes
 * of the binary frames are the stream: a frame may hold any part of a packet or several packets, or
 * nothing. Every `write` is one binary frame.
 *
 * A chunk is all that one read of the socket brought, without the frames around it. While the
 * receiver holds it the socket is paused, and keeps two more reads at most.
 *
 * | state   | what happens                                | then                                       |
 * | ------- | ------------------------------------------- | ------------------------------------------ |
 * | open    | `close`                                     | closing: close frame 1000                  |
 * | open    | the peer's close frame, its data taken      | closing: the same code back, and FIN       |
 * | open    | a frame that breaks the rules               | closing: close frame that says so, and FIN |
 * | open    | FIN without a close frame                   | ended: `TransportResetError`               |
 * | closing | the peer's close frame, a wrong one, or FIN | closing: FIN                               |
 * | closing | FIN both ways                               | ended                                      |
 * | closing | time or bytes of lingering are over         | ended                                      |
 * | both    | `abort`, or an error of the socket          | ended                                      |
 */
export class WebSocketTransport implements Transport {
  readonly kind: "ws" | "wss";
  readonly remoteAddress: string;
  readonly #socket: Duplex;
  readonly #options: WebSocketTransportOptions;
  readonly #frames: FrameReader;
  readonly #end = new StreamEnd();
  readonly #pong = new PongReply();
  #state: "open" | "closing" | "ended" = "open";
  #receiver: Receiver | undefined;
  #error: Error | undefined;
  #lingering: Timer | undefined;
  #lingeredBytes = 0;
  #failWrite: ((error: Error) => void) | undefined;

  /** Owns `socket` from now on; it has not ended yet. */
  constructor(socket: Duplex, options: WebSocketTransportOptions) {
    this.#socket = socket;
    this.#options = options;
    this.kind = options.kind;
    this.remoteAddress = options.remoteAddress;
    this.#frames = new FrameReader(options.messageBytesMax, (payload) => {
      this.#pong.answer(socket, payload);
    });
    socket.pause();
    socket.on("data", (data: Uint8Array<ArrayBuffer>) => this.#onData(data));
    socket.on("error", (error) => this.#finish(this.#error ?? error));
    socket.on("end", () => this.#onEnd());
    socket.on("close", () => this.#finish(this.#error));
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
      this.#socket.cork(); // Both parts in one system call.
      this.#socket.write(binaryHeader(bytes.length));
      this.#socket.write(bytes, (error) => {
        this.#failWrite = undefined;
        if (error == null) return resolve();
        reject(error);
        this.#finish(error);
      });
      this.#socket.uncork();
    });
  }

  close(): Promise<void> {
    if (this.#state === "open") {
      this.#linger();
      this.#socket.write(closeFrame(CloseCode.Normal));
    }
    return this.#end.told;
  }

  abort(): void {
    this.#finish(undefined);
  }

  #onData(data: Uint8Array<ArrayBuffer>): void {
    if (this.#state === "ended") return;
    // Not the Buffer itself: its `slice` makes views where a Uint8Array makes copies.
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.length);
    const payload = this.#frames.unwrap(bytes);
    if (this.#state === "closing") return this.#discard(data.length);
    if (payload.length > 0) {
      let taken: Promise<void> | undefined;
      try {
        taken = this.#receiver!.receive(payload, data.length >= READ_BYTES_MAX);
      } catch (thrown) {
        return this.#finish(toError(thrown));
      }
      if (taken !== undefined) {
        this.#socket.pause();
        taken.then(() => this.#onTaken(), (thrown) => this.#finish(toError(thrown)));
        return;
      }
    }
    this.#checkEnd();
  }

  #onTaken(): void {
    if (this.#state !== "open") return;
    this.#checkEnd();
    this.#socket.resume();
  }

  /** Answers the end of the frames, once what came before it is taken. */
  #checkEnd(): void {
    const { end } = this.#frames;
    if (end === undefined || this.#state !== "open") return;
    this.#answer(end);
  }

  #answer({ code, violation }: FramesEnd): void {
    this.#error = violation;
    this.#linger();
    this.#socket.end(closeFrame(code));
  }

  /** The lingering half of {@linkcode close}; its timer ends it in any case. */
  #discard(count: number): void {
    this.#lingeredBytes += count;
    if (this.#lingeredBytes > LINGER_BYTES_MAX) this.#finish(this.#error);
    else if (this.#frames.end !== undefined) this.#socket.end();
  }

  #onEnd(): void {
    if (this.#state === "open") {
      this.#finish(new TransportResetError("the peer went without a close frame"));
    } else {
      this.#socket.end(); // The peer may still read our close frame.
    }
  }

  #linger(): void {
    this.#state = "closing";
    this.#pong.end();
    const { clock, lingerMs } = this.#options;
    this.#lingering = clock.after(lingerMs, () => this.#finish(this.#error));
    this.#socket.resume(); // The receiver may hold a chunk.
  }

  #finish(error: Error | undefined): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#lingering?.cancel();
    this.#failWrite?.(error ?? new TransportClosedError());
    this.#socket.destroy();
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
  #ended = false;
  #next: Uint8Array | undefined;

  /** Nothing is written any more: our close frame comes next. */
  end(): void {
    this.#ended = true;
  }

  answer(socket: Duplex, payload: Uint8Array): void {
    if (this.#ended) return;
    if (this.#sending) {
      this.#next = payload;
      return;
    }
    this.#sending = true;
    socket.write(pongFrame(payload), () => {
      this.#sending = false;
      const next = this.#next;
      this.#next = undefined;
      if (next !== undefined) this.answer(socket, next);
    });
  }
}
