import assert from "#assert";
import mqttPacket from "mqtt-packet";
import type { IConnectPacket, IPublishPacket, ISubscription, Packet, QoS } from "mqtt-packet";
import { Buffer } from "node:buffer";
import { RingQueue } from "../../src/base/ring_queue.ts";
import type { Receiver, Transport } from "../../src/transport/transport.ts";
import { assertMatches } from "./matching.ts";
import { PacketStream, type ReceivedPacket } from "./packet_stream.ts";
import { connectTcpStream } from "./tcp_stream.ts";

/** How long a test waits for what it expects, in milliseconds of real time, before it fails. */
const RECEIVE_LIMIT_MS = 10_000;
/** How many packets the message of a failed test shows. */
const LOG_PACKETS_MAX = 20;

export type PacketCommand = Packet["cmd"];
export type PacketOf<C extends PacketCommand> = Extract<Packet, { cmd: C }>;

/** The same type with any bytes where `mqtt-packet` wants a Buffer of Node. */
type WithBytes<T> = T extends Uint8Array ? Uint8Array
  : T extends readonly unknown[] | string | number | boolean ? T
  : { [K in keyof T]: WithBytes<T[K]> };

/** A packet as a test sends it: `mqtt-packet`'s shape, of which an outgoing PUBLISH needs less. */
export type SentPacket =
  | WithBytes<Exclude<Packet, IPublishPacket>>
  | (WithBytes<Partial<IPublishPacket>> & { cmd: "publish"; topic: string });

/** What a packet is compared with: any part of it; bytes also as text. */
export type Expected<T> = T extends Uint8Array ? T | string
  : T extends (infer E)[] ? Expected<E>[]
  : T extends object ? { [K in keyof T]?: Expected<T[K]> | undefined }
  : T;

export type ConnectOptions = Partial<Omit<WithBytes<IConnectPacket>, "cmd">>;
export type PublishOptions = Partial<
  Omit<WithBytes<IPublishPacket>, "cmd" | "topic" | "payload">
>;

type Waiting = { resolve(received: ReceivedPacket | undefined): void; reject(error: Error): void };

/**
 * An MQTT client without behaviour: it sends what the test says and shows what came, packet by
 * packet, through an implementation of the protocol that is not ours. It acknowledges nothing,
 * answers nothing and keeps no session.
 *
 * Everything that is received has to be taken by the test: `expect`, `ping` and `expectClosed` fail
 * on a packet that was not asked for.
 */
export class RawClient implements AsyncDisposable {
  /** The version that packets are written and read with: that of the last CONNECT sent. */
  protocolVersion: number;
  readonly transport: Transport;
  readonly #stream = new PacketStream();
  readonly #received = new RingQueue<ReceivedPacket>();
  /** What came last, for the message of a test that fails. */
  readonly #log: Packet[] = [];
  readonly #ended = Promise.withResolvers<void>();
  #lastBytes: Uint8Array = new Uint8Array(0);
  #failure: Error | undefined;
  #open = true;
  #waiting: Waiting | undefined;
  #frozen: PromiseWithResolvers<void> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #packetId = 0;

  constructor(transport: Transport, options: { protocolVersion?: number } = {}) {
    this.transport = transport;
    this.protocolVersion = options.protocolVersion ?? 5;
    transport.start(this.#receiver());
  }

  static async connectTcp(
    address: string,
    options: { protocolVersion?: number } = {},
  ): Promise<RawClient> {
    return new RawClient(await connectTcpStream(address), options);
  }

  /** Bytes of the packet that was taken last. */
  get lastBytes(): Uint8Array {
    return this.#lastBytes;
  }

  /** Whether the stream is open, as far as is known here. */
  get open(): boolean {
    return this.#open;
  }

  /** How many packets have come that the test has not taken. */
  get pending(): number {
    return this.#received.size;
  }

  /** A packet id that this client has not used yet. */
  nextPacketId(): number {
    return ++this.#packetId;
  }

  /** Writes one packet; resolves when the transport has taken it. */
  send(packet: SentPacket): Promise<void> {
    if (packet.cmd === "connect") this.protocolVersion = packet.protocolVersion ?? 5;
    return this.sendBytes(this.encode(packet));
  }

  /** The bytes of a packet in the version of this client. */
  encode(packet: SentPacket): Uint8Array {
    const whole = packet.cmd === "publish"
      ? { qos: 0, dup: false, retain: false, payload: "", ...packet }
      : packet;
    const { protocolVersion } = this;
    return new Uint8Array(mqttPacket.generate(withBuffers(whole) as Packet, { protocolVersion }));
  }

  /** Writes bytes as they are, or from hexadecimal (blanks are ignored). */
  sendBytes(bytes: Uint8Array | string): Promise<void> {
    const raw = typeof bytes === "string" ? Uint8Array.fromHex(bytes.replace(/\s/g, "")) : bytes;
    // Transports take one write at a time; a write that failed does not stop later attempts.
    const write = this.#writing.then(() => this.transport.write(raw));
    this.#writing = write.catch(() => {});
    return write;
  }

  /** Takes the next packet. Fails when the stream ends, or nothing comes, instead. */
  async next(): Promise<Packet> {
    return (await this.#take("a packet")).packet;
  }

  /** Takes the next packet as bytes. */
  async rawNext(): Promise<Uint8Array> {
    return (await this.#take("a packet")).bytes;
  }

  /** Takes the next packet, which must be a `cmd` that agrees with `partial`. */
  async expect<C extends PacketCommand>(
    cmd: C,
    partial: Expected<PacketOf<C>> = {} as Expected<PacketOf<C>>,
  ): Promise<PacketOf<C>> {
    const { packet } = await this.#take(cmd);
    assert.equal(packet.cmd, cmd, `expected ${cmd}, but ${this.#story()}`);
    assertMatches(packet, partial, cmd);
    return packet as PacketOf<C>;
  }

  /** The other side ends the stream, without any further packet. */
  async expectClosed(): Promise<void> {
    const received = await this.#wait("the end of the stream");
    assert.ok(received === undefined, `expected the end of the stream, but ${this.#story()}`);
    await this.#ended.promise;
  }

  /**
   * PINGREQ and its answer, with nothing in between: all that the broker had to send before it has
   * arrived, so a negative is proven without a sleep.
   */
  async ping(): Promise<void> {
    await this.send({ cmd: "pingreq" });
    await this.expect("pingresp");
  }

  /** Nothing was sent to this client that the test has not taken. */
  expectNothing(): Promise<void> {
    return this.ping();
  }

  /** PINGREQ; everything that arrives before its answer. */
  async untilPing(): Promise<Packet[]> {
    await this.send({ cmd: "pingreq" });
    const packets: Packet[] = [];
    for (let packet = await this.next(); packet.cmd !== "pingresp"; packet = await this.next()) {
      packets.push(packet);
    }
    return packets;
  }

  /** Sends CONNECT (clean start, no keep-alive, unless told otherwise) and takes the CONNACK. */
  async connect(options: ConnectOptions = {}): Promise<PacketOf<"connack">> {
    await this.sendConnect(options);
    return await this.expect("connack");
  }

  /** Sends the same CONNECT; what comes of it is the test's. */
  async sendConnect(options: ConnectOptions = {}): Promise<void> {
    const protocolVersion = options.protocolVersion ?? (this.protocolVersion as 3 | 4 | 5);
    await this.send({
      cmd: "connect",
      protocolId: protocolVersion === 3 ? "MQIsdp" : "MQTT",
      clientId: "",
      clean: true,
      keepalive: 0,
      ...options,
      protocolVersion,
    });
  }

  /** Sends SUBSCRIBE (QoS 0, unless told otherwise) and takes the SUBACK. */
  async subscribe(
    filters: string | (string | Partial<ISubscription> & { topic: string })[],
    options: {
      qos?: QoS;
      messageId?: number;
      properties?: NonNullable<PacketOf<"subscribe">["properties"]>;
    } = {},
  ): Promise<PacketOf<"suback">> {
    const { qos = 0, messageId = this.nextPacketId(), ...rest } = options;
    const subscriptions = (typeof filters === "string" ? [filters] : filters).map((filter) => ({
      qos,
      nl: false,
      rap: false,
      rh: 0,
      ...(typeof filter === "string" ? { topic: filter } : filter),
    }));
    await this.send({ cmd: "subscribe", messageId, subscriptions, ...rest });
    return await this.expect("suback", { messageId });
  }

  /** Sends UNSUBSCRIBE and takes the UNSUBACK. */
  async unsubscribe(
    filters: string | string[],
    options: { messageId?: number } = {},
  ): Promise<PacketOf<"unsuback">> {
    const { messageId = this.nextPacketId() } = options;
    const unsubscriptions = typeof filters === "string" ? [filters] : filters;
    await this.send({ cmd: "unsubscribe", messageId, unsubscriptions });
    return await this.expect("unsuback", { messageId });
  }

  /**
   * Sends PUBLISH and takes the direct answer: nothing at QoS 0, the PUBACK at QoS 1, the PUBREC at
   * QoS 2 (what follows is the test's: {@linkcode release}).
   */
  async publish(
    topic: string,
    payload: string | Uint8Array = "",
    options: PublishOptions = {},
  ): Promise<PacketOf<"puback"> | PacketOf<"pubrec"> | undefined> {
    const { qos = 0 } = options;
    const messageId = options.messageId ?? (qos === 0 ? undefined : this.nextPacketId());
    await this.send({
      cmd: "publish",
      topic,
      payload,
      ...options,
      qos,
      ...(messageId === undefined ? {} : { messageId }),
    });
    if (messageId === undefined) return undefined;
    return await this.expect(qos === 1 ? "puback" : "pubrec", { messageId });
  }

  /** Sends PUBREL and takes the PUBCOMP. */
  async release(messageId: number): Promise<PacketOf<"pubcomp">> {
    await this.send({ cmd: "pubrel", messageId, reasonCode: 0 });
    return await this.expect("pubcomp", { messageId });
  }

  /** Sends DISCONNECT and waits for the end of the stream. */
  async disconnect(packet: Partial<Omit<PacketOf<"disconnect">, "cmd">> = {}): Promise<void> {
    await this.send({ cmd: "disconnect", ...packet });
    await this.expectClosed();
  }

  /** Stops reading: what the other side writes fills the buffers in between, then blocks there. */
  freeze(): void {
    this.#frozen ??= Promise.withResolvers();
  }

  /** Reads on. */
  thaw(): void {
    this.#frozen?.resolve();
    this.#frozen = undefined;
  }

  /** Ends the stream in good order, without DISCONNECT. */
  async close(): Promise<void> {
    this.thaw();
    await this.transport.close();
    await this.#ended.promise;
  }

  /** Breaks the stream off, as a network that fails. */
  async abort(): Promise<void> {
    this.thaw();
    this.transport.abort();
    await this.#ended.promise;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.abort();
  }

  #receiver(): Receiver {
    return {
      receive: (chunk) => {
        this.#receive(chunk);
        return this.#frozen?.promise;
      },
      closed: () => {
        this.#open = false;
        this.#ended.resolve();
        this.#wake();
      },
    };
  }

  #receive(chunk: Uint8Array): void {
    if (this.#failure !== undefined) return;
    try {
      for (const received of this.#stream.push(chunk, this.protocolVersion)) {
        this.#received.push(received);
        this.#log.push(received.packet);
        if (this.#log.length > LOG_PACKETS_MAX) this.#log.shift();
      }
    } catch (error) {
      this.#failure = new Error(`received what is no packet (${error}): ${chunk.toHex()}`);
    }
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    const received = this.#received.shift();
    if (received === undefined && this.#failure === undefined && this.#open) return;
    this.#waiting = undefined;
    if (received !== undefined || this.#failure === undefined) waiting.resolve(received);
    else waiting.reject(this.#failure);
  }

  async #take(what: string): Promise<ReceivedPacket> {
    const received = await this.#wait(what);
    if (received !== undefined) return received;
    throw new Error(`expected ${what}, but the stream ended; ${this.#story()}`);
  }

  /** The next packet; undefined when the stream has ended. */
  async #wait(what: string): Promise<ReceivedPacket | undefined> {
    assert.ok(this.#waiting === undefined, "the test waits for two packets of one client at once");
    const { promise, resolve, reject } = Promise.withResolvers<ReceivedPacket | undefined>();
    this.#waiting = { resolve, reject };
    const limit = setTimeout(() => {
      this.#waiting = undefined;
      reject(new Error(`expected ${what}, but nothing came for a while; ${this.#story()}`));
    }, RECEIVE_LIMIT_MS);
    this.#wake();
    try {
      const received = await promise;
      if (received !== undefined) this.#lastBytes = received.bytes;
      return received;
    } finally {
      clearTimeout(limit);
    }
  }

  #story(): string {
    const shown = this.#log.map(describe).join(", ") || "nothing";
    return `received last: ${shown}; not taken: ${this.#received.size}`;
  }
}

/** A copy in which all bytes are a Buffer of Node. */
function withBuffers(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (Array.isArray(value)) return value.map(withBuffers);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, member]) => [key, withBuffers(member)]);
  return Object.fromEntries(entries);
}

function describe(packet: Packet): string {
  const id = packet.messageId === undefined ? "" : ` id ${packet.messageId}`;
  const code = "reasonCode" in packet && packet.reasonCode ? ` code ${packet.reasonCode}` : "";
  const topic = packet.cmd === "publish" ? ` ${packet.topic} QoS ${packet.qos}` : "";
  return `${packet.cmd}${id}${code}${topic}`;
}
