// @ts-types="@types/ws"
import type { WebSocket } from "ws";
import { TransportClosedError } from "./errors.ts";
import type { Receiver, Transport } from "./transport.ts";

/** The client's end as a transport over npm `ws`: none of it is ours. */
export class PeerTransport implements Transport {
  readonly kind = "ws";
  readonly remoteAddress = "server";
  readonly #socket: WebSocket;
  readonly #closed = Promise.withResolvers<void>();
  #receiver: Receiver | undefined;
  #open = true;
  #failWrite: ((error: Error) => void) | undefined;

  /** `socket` is open, and nothing has come yet. */
  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.pause();
    socket.on("message", (data: Uint8Array) => void this.#receiver?.receive(data));
    socket.on("error", () => {}); // `close` follows.
    socket.on("close", (code) => this.#end(code === 1000 ? undefined : new Error(`${code}`)));
  }

  start(receiver: Receiver): void {
    this.#receiver = receiver;
    this.#socket.resume();
  }

  write(bytes: Uint8Array): Promise<void> {
    if (!this.#open) return Promise.reject(new TransportClosedError());
    return new Promise((resolve, reject) => {
      this.#failWrite = reject;
      this.#socket.send(bytes, (error) => error == null ? resolve() : reject(error));
    });
  }

  close(): Promise<void> {
    this.#socket.close(1000);
    return this.#closed.promise;
  }

  abort(): void {
    this.#end(undefined);
    this.#socket.terminate();
  }

  #end(error: Error | undefined): void {
    if (!this.#open) return;
    this.#open = false;
    this.#failWrite?.(new TransportClosedError());
    this.#receiver?.closed(error);
    this.#closed.resolve();
  }
}
