import { Connection, type PacketReceiver, type Target } from "./connection.ts";
import { Epoll, NativeBuffer } from "./system_calls.ts";

/** Fits into the second cache of the processor. */
const RECEIVE_BYTES = 262_144;
/** How many connections are being made at once. */
const CONNECTING_MAX = 100;
const CONNECT_SECONDS_MAX = 60;

/** What the loop has to know of a client to see it connected. */
export interface LoopClient extends PacketReceiver {
  readonly clientId: string;
  /** Whether the broker has accepted it, and its subscriptions. */
  readonly ready: boolean;
  /** Why its connection has ended. */
  readonly failure: string | undefined;
}

/** All clients of a run, and the loop that waits for their connections. */
export class ClientLoop {
  readonly #epoll = new Epoll();
  readonly #buffer = new NativeBuffer(RECEIVE_BYTES);
  /** By token; undefined once ended. */
  readonly #connections: (Connection | undefined)[] = [];
  readonly #target: Target;
  /** When the events that are being handled came, in ms. */
  now = performance.now();

  constructor(target: Target) {
    this.#target = target;
  }

  /** What was received, while a packet is handed out. */
  get received(): NativeBuffer {
    return this.#buffer;
  }

  /** Connects them, a hundred at a time, until the broker has accepted each. Throws otherwise. */
  connect(clients: readonly LoopClient[]): void {
    const deadline = performance.now() + CONNECT_SECONDS_MAX * 1000;
    let started = 0;
    let ready = 0;
    while (ready < clients.length) {
      while (started < clients.length && started - ready < CONNECTING_MAX) {
        this.add(clients[started++]!);
      }
      this.poll(0.1);
      while (ready < started && clients[ready]!.ready) ready++;
      const failed = clients.find((client) => client.failure !== undefined);
      if (failed !== undefined) throw new Error(`${failed.clientId}: ${failed.failure}`);
      if (performance.now() > deadline) throw new Error(`only ${ready} clients were accepted`);
    }
  }

  /** Waits up to `seconds` for something to happen, and handles it. */
  poll(seconds: number): void {
    const epoll = this.#epoll;
    const count = epoll.wait(seconds);
    for (let index = 0; index < count; index++) {
      const token = epoll.token(index);
      const connection = this.#connections[token];
      if (connection === undefined) continue;
      if (epoll.writable(index)) connection.writable();
      if (epoll.readable(index)) {
        this.now = performance.now();
        connection.readable(this.#buffer);
      }
      if (connection.ended) this.#connections[token] = undefined;
    }
  }

  /** Ends all connections. */
  end(): void {
    for (const connection of this.#connections) connection?.end("the run is over");
  }

  /** Begins to connect a client. */
  add(client: LoopClient): void {
    const token = this.#connections.length;
    this.#connections.push(new Connection(this.#target, client, this.#epoll, token));
  }
}
