import type { Books } from "./books.ts";
import type { ClientLoop, LoopClient } from "./client_loop.ts";
import type { Connection } from "./connection.ts";
import { connectPacket, PacketHeader } from "./packets.ts";

/** The longest: a subscriber at QoS 0 sends nothing, however long the load goes on. */
const KEEP_ALIVE_SECONDS = 0xffff;
const ACCEPTED = 0;

/** One MQTT client: what all of them do. Alone, it connects and is idle. */
export class Client implements LoopClient {
  readonly clientId: string;
  readonly #cleanSession: boolean;
  protected readonly loop: ClientLoop;
  protected readonly books: Books;
  protected connection: Connection | undefined;
  #ready = false;
  #failure: string | undefined;

  constructor(clientId: string, loop: ClientLoop, books: Books, cleanSession = true) {
    this.clientId = clientId;
    this.loop = loop;
    this.books = books;
    this.#cleanSession = cleanSession;
  }

  /** Whether the broker has accepted it, and its subscriptions. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Why its connection has ended. */
  get failure(): string | undefined {
    return this.#failure;
  }

  opened(connection: Connection): void {
    this.connection = connection;
    connection.write(connectPacket(this.clientId, this.#cleanSession, KEEP_ALIVE_SECONDS));
  }

  packet(connection: Connection, header: number, start: number, _end: number): void {
    if (header !== PacketHeader.CONNACK) {
      this.books.violated(`${this.clientId} got an unexpected packet 0x${header.toString(16)}`);
      return connection.end("an unexpected packet");
    }
    const code = this.loop.received.bytes[start + 1];
    if (code !== ACCEPTED) return connection.end(`the broker refused it with code ${code}`);
    this.accepted(connection);
  }

  ended(reason: string): void {
    this.#failure = reason;
    this.books.violated(`the connection of ${this.clientId} ended: ${reason}`);
  }

  /** The broker has accepted the connection. */
  protected accepted(_connection: Connection): void {
    this.becomeReady();
  }

  protected becomeReady(): void {
    this.#ready = true;
  }
}
