// @ts-types="@types/ws"
import { WebSocket } from "ws";
import type { Receiver, Transport } from "../../src/transport/transport.ts";

/** Connects to `url` and offers `protocols`. Rejects when the server refuses. */
export function dial(
  url: string,
  protocols: string[] = ["mqtt"],
  options: { origin?: string } = {},
): Promise<WebSocket> {
  const socket = new WebSocket(url, protocols, options);
  return new Promise((resolve, reject) => {
    socket.once("open", () => resolve(socket));
    socket.once("error", reject);
  });
}

/** A stream over the binary frames of a socket of npm `ws`; shares no code with the broker's. */
export class WebSocketStream implements Transport {
  readonly kind = "ws";
  readonly remoteAddress = "server";
  readonly socket: WebSocket;
  /** Lengths of the frames that came, in bytes. */
  readonly frames: number[] = [];
  /** With what the socket was closed. */
  closeCode: number | undefined;
  #ended = Promise.withResolvers<void>();

  constructor(socket: WebSocket) {
    this.socket = socket;
    // Frames that come before `start` wait.
    socket.pause();
  }

  static async connect(url: string, protocols?: string[]): Promise<WebSocketStream> {
    return new WebSocketStream(await dial(url, protocols));
  }

  start(receiver: Receiver): void {
    this.socket.on("message", (data: Uint8Array, isBinary: boolean) => {
      if (!isBinary) throw new Error("the server sent a text frame");
      this.frames.push(data.length);
      void receiver.receive(new Uint8Array(data));
    });
    this.socket.on("close", (code) => {
      this.closeCode = code;
      receiver.closed(undefined);
      this.#ended.resolve();
    });
    this.socket.on("error", () => {}); // `close` follows
    this.socket.resume();
  }

  /** One binary frame. */
  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.send(bytes, (error) => error == null ? resolve() : reject(error));
    });
  }

  async close(): Promise<void> {
    this.socket.close(1000);
    await this.#ended.promise;
  }

  abort(): void {
    this.socket.terminate();
  }
}
