// @ts-types="@types/ws"
import { WebSocket } from "ws";
import type { Receiver, Transport } from "../../src/transport/transport.ts";

export interface WebSocketOptions {
  /** Default: what MQTT registers. */
  readonly subprotocols?: readonly string[];
}

/**
 * A stream over a WebSocket of npm `ws`, which shares no code with the broker's: each `write` is one
 * binary frame, empty ones as well. It is also there for what is no stream: `sendText`, `closeCode`.
 */
export class WebSocketStream implements Transport {
  readonly kind = "ws";
  readonly remoteAddress: string;
  /** The subprotocol that the server has chosen. */
  readonly subprotocol: string;
  readonly #socket: WebSocket;
  readonly #closed: Promise<number>;

  private constructor(socket: WebSocket, url: string) {
    this.#socket = socket;
    this.remoteAddress = url;
    this.subprotocol = socket.protocol;
    socket.binaryType = "nodebuffer";
    socket.on("error", () => {});
    this.#closed = new Promise((resolve) => socket.on("close", resolve));
  }

  /** Rejects with "Unexpected server response: <status>" when the server refuses. */
  static async connect(url: string, options: WebSocketOptions = {}): Promise<WebSocketStream> {
    const { subprotocols = ["mqtt"] } = options;
    const socket = new WebSocket(url, [...subprotocols]);
    await new Promise((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    return new WebSocketStream(socket, url);
  }

  /** The code of the server's close frame, when the connection has ended; 1006 without one. */
  get closeCode(): Promise<number> {
    return this.#closed;
  }

  start(receiver: Receiver): void {
    this.#socket.on("message", (data, isBinary) => {
      if (!isBinary) throw new Error("the broker sent a text frame");
      void receiver.receive(new Uint8Array(data as Uint8Array));
    });
    void this.#closed.then(() => receiver.closed(undefined));
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#send(bytes);
  }

  sendText(text: string): Promise<void> {
    return this.#send(text);
  }

  /** Sends one message as several fragments. */
  async sendFragments(...fragments: readonly Uint8Array[]): Promise<void> {
    for (const [index, fragment] of fragments.entries()) {
      await this.#send(fragment, { fin: index === fragments.length - 1 });
    }
  }

  /** With the closing handshake of WebSocket. */
  async close(): Promise<void> {
    this.#socket.close(1000);
    await this.#closed;
  }

  abort(): void {
    this.#socket.terminate();
  }

  #send(data: string | Uint8Array, options: { fin?: boolean } = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      const binary = typeof data !== "string";
      this.#socket.send(data, { binary, ...options }, (error) => error ? reject(error) : resolve());
    });
  }
}
