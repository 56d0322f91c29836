import type { ClientLoop, LoopClient } from "../load/client_loop.ts";
import type { Connection } from "../load/connection.ts";
import {
  connectPacket,
  DISCONNECT,
  PacketHeader,
  type QoS,
  subscribePacket,
  type Will,
} from "../load/packets.ts";

const KEEP_ALIVE_SECONDS = 0xffff;
const ACCEPTED = 0;
const SUBACK_FAILURE = 0x80;

export interface ClientScript {
  readonly clientId: string;
  /** Default: true. */
  readonly cleanSession?: boolean;
  readonly will?: Will;
  /** Subscribed to when the connection is accepted, in one packet each. */
  readonly filters?: readonly (readonly string[])[];
  /** Of the subscriptions. Default: 0. */
  readonly qos?: QoS;
  /** Whether it answers QoS 1 and 2 messages. Default: true. */
  readonly acknowledges?: boolean;
}

/** A client that does what a measurement tells it to, and counts what it gets. */
export class ScriptedClient implements LoopClient {
  readonly clientId: string;
  /** Messages received. */
  received = 0;
  /** Own messages that the broker has acknowledged: PUBACK or PUBCOMP. */
  acknowledged = 0;
  readonly #script: ClientScript;
  readonly #loop: ClientLoop;
  #connection: Connection | undefined;
  #ready = false;
  #failure: string | undefined;
  #leaving = false;
  #gone = false;
  /** SUBSCRIBE packets without an answer. */
  #unanswered = 0;

  constructor(script: ClientScript, loop: ClientLoop) {
    this.clientId = script.clientId;
    this.#script = script;
    this.#loop = loop;
  }

  get ready(): boolean {
    return this.#ready;
  }

  get failure(): string | undefined {
    return this.#failure;
  }

  get gone(): boolean {
    return this.#gone;
  }

  /** Whether SUBSCRIBE packets wait for their answer. */
  get subscribing(): boolean {
    return this.#unanswered > 0;
  }

  /** Whether the kernel has not taken everything yet. */
  get busy(): boolean {
    return this.#connection?.busy === true;
  }

  send(packet: Uint8Array): void {
    this.#connection!.write(packet);
    this.#connection!.flush();
  }

  subscribe(filters: readonly string[]): void {
    this.#subscribe(this.#connection!, filters);
    this.#connection!.flush();
  }

  /** Says goodbye; the broker closes. */
  disconnect(): void {
    this.#leaving = true;
    this.send(DISCONNECT);
  }

  /** Goes without a word. */
  vanish(): void {
    this.#leaving = true;
    this.#connection!.end("the client has gone");
  }

  /** It does not matter any more how its connection ends. */
  expectEnd(): void {
    this.#leaving = true;
  }

  opened(connection: Connection): void {
    const { clientId, cleanSession = true, will } = this.#script;
    this.#connection = connection;
    connection.write(connectPacket(clientId, cleanSession, KEEP_ALIVE_SECONDS, will));
  }

  packet(connection: Connection, header: number, start: number, end: number): void {
    if (header >> 4 === PacketHeader.PUBLISH >> 4) {
      return this.#published(connection, header, start);
    }
    const { bytes } = this.#loop.received;
    const packetId = bytes[start]! << 8 | bytes[start + 1]!;
    switch (header) {
      case PacketHeader.CONNACK:
        return this.#accepted(connection, bytes[start + 1]!);
      case PacketHeader.SUBACK:
        if (bytes[end - 1]! >= SUBACK_FAILURE) connection.end("a subscription was refused");
        if (--this.#unanswered === 0) this.#ready = true;
        return;
      case PacketHeader.PUBREC:
        return connection.writeAcknowledgement(PacketHeader.PUBREL, packetId);
      case PacketHeader.PUBREL:
        return connection.writeAcknowledgement(PacketHeader.PUBCOMP, packetId);
      case PacketHeader.PUBACK:
      case PacketHeader.PUBCOMP:
        this.acknowledged++;
        return;
    }
  }

  ended(reason: string): void {
    this.#gone = true;
    if (!this.#leaving) this.#failure = reason;
  }

  #accepted(connection: Connection, code: number): void {
    if (code !== ACCEPTED) return connection.end(`the broker refused it with code ${code}`);
    const { filters = [] } = this.#script;
    for (const each of filters) this.#subscribe(connection, each);
    this.#ready = filters.length === 0;
  }

  #subscribe(connection: Connection, filters: readonly string[]): void {
    connection.write(subscribePacket(++this.#unanswered, filters, this.#script.qos ?? 0));
  }

  #published(connection: Connection, header: number, start: number): void {
    this.received++;
    const qos = header >> 1 & 3;
    if (qos === 0 || this.#script.acknowledges === false) return;
    const { bytes } = this.#loop.received;
    const at = start + 2 + (bytes[start]! << 8 | bytes[start + 1]!);
    const answer = qos === 1 ? PacketHeader.PUBACK : PacketHeader.PUBREC;
    connection.writeAcknowledgement(answer, bytes[at]! << 8 | bytes[at + 1]!);
  }
}
