/**
 * A client that keeps its half of the session over connections and over lives of the broker, as
 * section 4.4 wants it: what was not acknowledged is sent again with the same packet ids in the same
 * order, and QoS 2 packet ids that were received stay known.
 */
import type { Random } from "../../src/base/random.ts";
import { type Packet, PacketType, type QoS } from "../../src/mqtt/packet.ts";
import type { Will } from "../../src/mqtt/packets/connect.ts";
import type { Publish } from "../../src/mqtt/packets/publish.ts";
import type { PublishAck } from "../../src/mqtt/packets/publish_ack.ts";
import { NO_PROPERTIES } from "../../src/mqtt/properties.ts";
import { isError, ReasonCode } from "../../src/mqtt/reason_code.ts";
import { withinLimit } from "../support/until.ts";
import { ConnectionLost, Wire } from "./wire.ts";

export interface OutgoingMessage {
  readonly topic: string;
  readonly qos: 1 | 2;
  readonly retain?: boolean;
  readonly payload: Uint8Array;
  /** PUBACK or PUBREC: from now on the broker answers for it. Called once. */
  readonly acknowledged: () => void;
}

interface Unfinished {
  readonly message: OutgoingMessage;
  /** QoS 2, PUBREC received: from now on only PUBREL is sent. */
  released: boolean;
}

export interface SessionClientOptions {
  readonly clientId: string;
  readonly version: 4 | 5;
  /** Gets each message; a QoS 2 message that comes again under its packet id is not one. */
  readonly receive?: (message: Publish) => void;
  /** Lets a little time pass before it answers, so that the broker is killed in between. */
  readonly dawdles?: Random;
  /** The broker does what it must not. */
  readonly complain: (what: string) => void;
}

/** Seconds; 3.1.1 sessions get the broker's default. */
const SESSION_EXPIRY_SECONDS = 100_000;
/** The longest time, in milliseconds, that a dawdling client takes to answer. */
const DAWDLE_MS = 8;

export class SessionClient {
  readonly clientId: string;
  readonly version: 4 | 5;
  /** A CONNACK has come once: from then on there has to be a session. */
  established = false;
  readonly #options: SessionClientOptions;
  readonly #unfinished = new Map<number, Unfinished>();
  readonly #received = new Set<number>();
  #wire: Wire | undefined;
  #answers: Packet[] = [];
  #dawdling: ReturnType<typeof setTimeout> | undefined;
  #connack: PromiseWithResolvers<boolean> | undefined;
  /** SUBSCRIBE, UNSUBSCRIBE and PINGREQ that wait for their answer, by packet id (0: PINGREQ). */
  readonly #requests = new Map<number, PromiseWithResolvers<void>>();

  constructor(options: SessionClientOptions) {
    this.#options = options;
    this.clientId = options.clientId;
    this.version = options.version;
  }

  get online(): boolean {
    return this.#wire !== undefined;
  }

  /** Messages that the broker has not yet done with. */
  get unfinished(): number {
    return this.#unfinished.size;
  }

  /** Resolves when there is no connection. */
  get offline(): Promise<void> {
    return this.#wire?.ended ?? Promise.resolve();
  }

  /**
   * Connects and goes on with the session. Returns whether the broker had it. Rejects with
   * {@link ConnectionLost}.
   */
  async connect(port: number, options: { will?: Will; clean?: boolean } = {}): Promise<boolean> {
    const wire = await Wire.open(port, this.version, {
      receive: (packet) => {
        if (this.#wire === wire) this.#handle(packet);
      },
      fail: (error) => this.#complain(String(error)),
    });
    this.#wire = wire;
    const connack = this.#connack = Promise.withResolvers<boolean>();
    void wire.ended.then(() => this.#lost(wire));
    wire.send({
      type: PacketType.CONNECT,
      protocolVersion: this.version,
      bridge: false,
      clientId: this.clientId,
      cleanStart: options.clean ?? false,
      keepAlive: 0,
      will: options.will,
      username: undefined,
      password: undefined,
      properties: this.version === 5 && options.clean !== true
        ? { sessionExpiryInterval: SESSION_EXPIRY_SECONDS }
        : NO_PROPERTIES,
    });
    return await withinLimit(connack.promise, `CONNACK of ${this.clientId}`);
  }

  publish(message: OutgoingMessage): void {
    const packetId = this.#freePacketId();
    this.#unfinished.set(packetId, { message, released: false });
    this.#wire?.send(publishPacket(message, packetId, false));
  }

  /** Rejects with {@link ConnectionLost}: then it is not known whether the broker has done it. */
  subscribe(topicFilters: readonly string[], qos: QoS): Promise<void> {
    const packetId = this.#freePacketId();
    return this.#request(packetId, {
      type: PacketType.SUBSCRIBE,
      packetId,
      subscriptions: topicFilters.map((topicFilter) => ({
        topicFilter,
        qos,
        noLocal: false,
        retainAsPublished: false,
        retainHandling: 0,
      })),
      properties: NO_PROPERTIES,
    });
  }

  /** Rejects with {@link ConnectionLost}: then it is not known whether the broker has done it. */
  unsubscribe(topicFilters: readonly string[]): Promise<void> {
    const packetId = this.#freePacketId();
    return this.#request(packetId, {
      type: PacketType.UNSUBSCRIBE,
      packetId,
      topicFilters,
      properties: NO_PROPERTIES,
    });
  }

  /** Everything that the broker had to send before it has arrived. */
  ping(): Promise<void> {
    return this.#request(0, { type: PacketType.PINGREQ });
  }

  /** DISCONNECT 0x00, and waits until the broker closes. */
  async disconnect(): Promise<void> {
    const wire = this.#wire;
    if (wire === undefined) return;
    this.#answer();
    wire.send({
      type: PacketType.DISCONNECT,
      reasonCode: ReasonCode.Success,
      properties: NO_PROPERTIES,
    });
    await withinLimit(wire.ended, `the end of the connection of ${this.clientId}`);
  }

  /** Breaks the connection off. */
  async abort(): Promise<void> {
    const wire = this.#wire;
    wire?.abort();
    await wire?.ended;
  }

  #handle(packet: Packet): void {
    switch (packet.type) {
      case PacketType.CONNACK:
        return this.#accepted(packet.reasonCode, packet.sessionPresent);
      case PacketType.PUBLISH:
        return this.#receive(packet);
      case PacketType.PUBREL:
        this.#received.delete(packet.packetId);
        return this.#answerLater({ ...packet, type: PacketType.PUBCOMP, reasonCode: 0 });
      case PacketType.PUBACK:
        return this.#acknowledged(packet, true);
      case PacketType.PUBREC:
        this.#acknowledged(packet, false);
        return this.#answerLater(pubrelPacket(packet.packetId));
      case PacketType.PUBCOMP:
        this.#unfinished.delete(packet.packetId);
        return;
      case PacketType.SUBACK:
      case PacketType.UNSUBACK:
        if (packet.reasonCodes.some(isError)) this.#complain("was refused a subscription");
        return this.#requests.get(packet.packetId)?.resolve();
      case PacketType.PINGRESP:
        return this.#requests.get(0)?.resolve();
      default:
        this.#complain(`got a packet of type ${packet.type}`);
    }
  }

  #accepted(reasonCode: ReasonCode, sessionPresent: boolean): void {
    if (reasonCode !== ReasonCode.Success) this.#complain(`was refused: ${reasonCode}`);
    this.established = true;
    if (!sessionPresent) {
      this.#received.clear();
      this.#unfinished.clear();
    }
    for (const [packetId, { message, released }] of this.#unfinished) {
      this.#wire!.send(
        released ? pubrelPacket(packetId) : publishPacket(message, packetId, true),
      );
    }
    this.#connack!.resolve(sessionPresent);
  }

  #receive(packet: Publish): void {
    const { qos, packetId } = packet;
    const known = qos === 2 && this.#received.has(packetId);
    if (!known) this.#options.receive?.(packet);
    if (qos === 0) return;
    if (qos === 2) this.#received.add(packetId);
    const type = qos === 1 ? PacketType.PUBACK : PacketType.PUBREC;
    this.#answerLater({ type, packetId, reasonCode: 0, properties: NO_PROPERTIES });
  }

  /** PUBACK, with which all is `done`, or PUBREC. */
  #acknowledged({ packetId, reasonCode }: PublishAck<PacketType>, done: boolean): void {
    const unfinished = this.#unfinished.get(packetId);
    if (unfinished === undefined) return this.#complain(`got an answer to nothing: ${packetId}`);
    if (isError(reasonCode)) this.#complain(`was refused a message: ${reasonCode}`);
    if (!unfinished.released) unfinished.message.acknowledged();
    if (done) this.#unfinished.delete(packetId);
    else unfinished.released = true;
  }

  /** Answers keep their order. */
  #answerLater(packet: Packet): void {
    const { dawdles } = this.#options;
    if (dawdles === undefined) return this.#wire!.send(packet);
    this.#answers.push(packet);
    this.#dawdling ??= setTimeout(() => this.#answer(), dawdles.below(DAWDLE_MS + 1));
  }

  #answer(): void {
    clearTimeout(this.#dawdling);
    this.#dawdling = undefined;
    for (const packet of this.#answers) this.#wire?.send(packet);
    this.#answers = [];
  }

  #request(id: number, packet: Packet): Promise<void> {
    if (this.#wire === undefined) {
      return Promise.reject(new ConnectionLost(`${this.clientId} is offline`));
    }
    const request = Promise.withResolvers<void>();
    this.#requests.set(id, request);
    this.#wire.send(packet);
    const answered = request.promise.finally(() => this.#requests.delete(id));
    return withinLimit(answered, `an answer for ${this.clientId}`);
  }

  #lost(wire: Wire): void {
    if (this.#wire !== wire) return;
    this.#wire = undefined;
    clearTimeout(this.#dawdling);
    this.#dawdling = undefined;
    this.#answers = [];
    const error = new ConnectionLost(`${this.clientId} has lost its connection`);
    this.#connack?.reject(error);
    for (const request of this.#requests.values()) request.reject(error);
  }

  /** The smallest: an id that is used again at once shows what the broker still thinks of it. */
  #freePacketId(): number {
    for (let packetId = 1;; packetId++) {
      if (!this.#unfinished.has(packetId) && !this.#requests.has(packetId)) return packetId;
    }
  }

  #complain(what: string): void {
    this.#options.complain(`${this.clientId} ${what}`);
  }
}

function publishPacket(message: OutgoingMessage, packetId: number, dup: boolean): Publish {
  const { topic, qos, retain = false, payload } = message;
  return {
    type: PacketType.PUBLISH,
    dup,
    qos,
    retain,
    topic,
    packetId,
    payload,
    properties: NO_PROPERTIES,
  };
}

function pubrelPacket(packetId: number): Packet {
  return { type: PacketType.PUBREL, packetId, reasonCode: 0, properties: NO_PROPERTIES };
}
