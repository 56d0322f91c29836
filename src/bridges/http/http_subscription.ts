/**
 * One topic filter, read by one HTTP client: a client of the broker inside the process.
 *
 * | state       | event                                | next        | effect                      |
 * |-------------|--------------------------------------|-------------|-----------------------------|
 * | connecting  | CONNACK accepts                      | subscribing | SUBSCRIBE                   |
 * | connecting  | CONNACK refuses                      | ended       | answered with the code      |
 * | subscribing | SUBACK grants                        | open        | answered                    |
 * | subscribing | SUBACK refuses                       | ended       | answered with the code      |
 * | open        | PUBLISH, the reader waits            | open        | given to it, acknowledged   |
 * | open        | PUBLISH, there is room               | open        | queued, acknowledged        |
 * | open        | PUBLISH, the queue is full           | open        | lost, counted, acknowledged |
 * | open        | reader asks, nothing queued, lost    | open        | gets how many are lost      |
 * | any         | DISCONNECT, stream lost, closed      | ended       | what is queued is read yet  |
 *
 * It always takes what the broker sends, so that no publisher waits for an HTTP client. A message is
 * acknowledged when it is queued here: over HTTP nobody says what was read.
 */
import type { Clock, Timer } from "../../base/clock.ts";
import { RingQueue } from "../../base/ring_queue.ts";
import { type Packet, PacketType, type QoS } from "../../mqtt/packet.ts";
import { PacketDecoder } from "../../mqtt/packet_decoder.ts";
import { toBytes } from "../../mqtt/packet_encoder.ts";
import type { Publish } from "../../mqtt/packets/publish.ts";
import { type MessageProperties, NO_PROPERTIES } from "../../mqtt/properties.ts";
import { isError, ReasonCode } from "../../mqtt/reason_code.ts";
import type { Receiver, Transport } from "../../transport/transport.ts";

/** What waits for one reader: messages, and bytes of their payloads. */
export const QUEUED_MAX = 256;
export const QUEUED_BYTES_MAX = 4 * 1024 * 1024;

/** The largest packet that there is (section 2.1.4). */
const PACKET_SIZE_MAX = 268_435_460;
const PACKET_ID = 1;

/** A message as it was delivered. */
export interface HttpMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly properties: Readonly<MessageProperties>;
}

export type HttpDelivery =
  | { readonly kind: "message"; readonly message: HttpMessage }
  /** So many messages were lost here, as the reader was too slow. */
  | { readonly kind: "dropped"; readonly count: number };

export interface HttpSubscriptionOptions {
  readonly clock: Clock;
  /** Owned from now on. */
  readonly transport: Transport;
  readonly clientId: string;
  readonly username: string;
  readonly password: Uint8Array;
  readonly topicFilter: string;
  readonly qos: QoS;
  /** Called once. */
  readonly onEnd: () => void;
}

export class HttpSubscription implements Receiver {
  /** The code of SUBACK, or of the CONNACK that refused; rejects never. */
  readonly answered: Promise<ReasonCode>;
  readonly #options: HttpSubscriptionOptions;
  readonly #decoder = new PacketDecoder({
    role: "client",
    version: 5,
    maximumPacketSize: PACKET_SIZE_MAX,
  });
  readonly #answer = Promise.withResolvers<ReasonCode>();
  readonly #queue = new RingQueue<HttpMessage>();
  #queuedBytes = 0;
  #lost = 0;
  #ended = false;
  #waiting: ((delivery: HttpDelivery | undefined) => void) | undefined;
  #writing: Promise<void> = Promise.resolve();
  #ping: Timer | undefined;

  constructor(options: HttpSubscriptionOptions) {
    this.#options = options;
    this.answered = this.#answer.promise;
    options.transport.start(this);
    const { clientId, username, password } = options;
    this.#send({
      type: PacketType.CONNECT,
      protocolVersion: 5,
      bridge: false,
      clientId,
      cleanStart: true,
      keepAlive: 0,
      will: undefined,
      username,
      password,
      properties: NO_PROPERTIES,
    });
  }

  /** The next delivery; undefined at the end. Asked again only when it has answered. */
  next(): Promise<HttpDelivery | undefined> {
    const message = this.#queue.shift();
    if (message !== undefined) {
      this.#queuedBytes -= message.payload.length;
      return Promise.resolve({ kind: "message", message });
    }
    if (this.#lost > 0) {
      const count = this.#lost;
      this.#lost = 0;
      return Promise.resolve({ kind: "dropped", count });
    }
    if (this.#ended) return Promise.resolve(undefined);
    return new Promise((resolve) => this.#waiting = resolve);
  }

  /** Ends it; what is queued is gone. Idempotent. */
  close(): void {
    this.#queue.clear();
    this.#lost = 0;
    if (this.#ended) return;
    const { transport } = this.#options;
    const reasonCode = ReasonCode.Success;
    this.#send({ type: PacketType.DISCONNECT, reasonCode, properties: NO_PROPERTIES });
    void this.#writing.then(() => transport.close());
    this.#end();
  }

  receive(chunk: Uint8Array): undefined {
    this.#decoder.push(chunk);
    for (let packet; (packet = this.#decoder.next()) !== undefined;) this.#take(packet);
  }

  closed(): void {
    this.#end();
  }

  #take(packet: Packet): void {
    switch (packet.type) {
      case PacketType.CONNACK:
        if (isError(packet.reasonCode)) this.#answer.resolve(packet.reasonCode);
        else this.#subscribe(packet.properties.serverKeepAlive ?? 0);
        return;
      case PacketType.SUBACK:
        return this.#answer.resolve(packet.reasonCodes[0]!);
      case PacketType.PUBLISH:
        return this.#published(packet);
      case PacketType.PUBREL: {
        const { packetId } = packet;
        const reasonCode = ReasonCode.Success;
        return this.#send({
          type: PacketType.PUBCOMP,
          packetId,
          reasonCode,
          properties: NO_PROPERTIES,
        });
      }
    }
  }

  #subscribe(keepAliveSeconds: number): void {
    const { topicFilter, qos } = this.#options;
    const options = { noLocal: false, retainAsPublished: true, retainHandling: 0 as const };
    this.#send({
      type: PacketType.SUBSCRIBE,
      packetId: PACKET_ID,
      subscriptions: [{ topicFilter, qos, ...options }],
      properties: NO_PROPERTIES,
    });
    if (keepAliveSeconds > 0) this.#pingEvery(keepAliveSeconds * 500);
  }

  #pingEvery(ms: number): void {
    this.#ping = this.#options.clock.after(ms, () => {
      this.#send({ type: PacketType.PINGREQ });
      this.#pingEvery(ms);
    });
  }

  #published(packet: Publish): void {
    const { topic, qos, retain, packetId, payload, properties } = packet;
    this.#offer({ topic, payload: new Uint8Array(payload), qos, retain, properties });
    if (qos === 0) return;
    const type = qos === 1 ? PacketType.PUBACK : PacketType.PUBREC;
    this.#send({ type, packetId, reasonCode: ReasonCode.Success, properties: NO_PROPERTIES });
  }

  #offer(message: HttpMessage): void {
    if (this.#waiting !== undefined) {
      const resolve = this.#waiting;
      this.#waiting = undefined;
      return resolve({ kind: "message", message });
    }
    const bytes = this.#queuedBytes + message.payload.length;
    const isFull = this.#queue.size >= QUEUED_MAX || bytes > QUEUED_BYTES_MAX;
    // What comes behind a loss is lost, too, until the reader has been told.
    if (isFull || this.#lost > 0) {
      this.#lost++;
      return;
    }
    this.#queue.push(message);
    this.#queuedBytes = bytes;
  }

  /** Writes one packet behind those before it; what fails shows as the end of the stream. */
  #send(packet: Packet): void {
    const bytes = toBytes(packet, 5);
    const { transport } = this.#options;
    this.#writing = this.#writing.then(() => transport.write(bytes)).catch(() => {});
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#ping?.cancel();
    this.#options.onEnd();
    this.#answer.resolve(ReasonCode.ServerUnavailable);
    this.#waiting?.(undefined);
    this.#waiting = undefined;
  }
}
