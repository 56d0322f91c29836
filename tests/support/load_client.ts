import { type Packet, PacketType, type ProtocolVersion, type QoS } from "../../src/mqtt/packet.ts";
import { PacketDecoder } from "../../src/mqtt/packet_decoder.ts";
import { toBytes } from "../../src/mqtt/packet_encoder.ts";
import type { Publish } from "../../src/mqtt/packets/publish.ts";
import { NO_PROPERTIES } from "../../src/mqtt/properties.ts";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";

const READ_BUFFER_BYTES = 16_384;
const PACKET_BYTES_MAX = 1 << 28;

export interface LoadClientOptions {
  readonly port: number;
  readonly clientId: string;
  readonly version: ProtocolVersion;
  /** Default: a session that ends with the connection. */
  readonly durable?: boolean;
  /** Called for each PUBLISH; the packet and its payload are only lent. */
  readonly onPublish?: (publish: Publish) => void;
}

/**
 * A client for loads, on our own codec because the tests' other one takes a hundred times as long.
 * It acknowledges by itself, and resolves what it was asked for when the exchange is over.
 */
export class LoadClient {
  /** Resolves when the connection has ended, with the reason code of a DISCONNECT that came. */
  readonly ended: Promise<ReasonCode | undefined>;
  readonly #options: LoadClientOptions;
  readonly #conn: Deno.TcpConn;
  readonly #decoder: PacketDecoder;
  readonly #ended = Promise.withResolvers<ReasonCode | undefined>();
  /** What waits for a packet, by its type and packet id. */
  readonly #waiting = new Map<string, PromiseWithResolvers<Packet>>();
  #reason: ReasonCode | undefined;
  /** Why nothing can be asked any more. */
  #over: Error | undefined;
  #unsent: Uint8Array[] = [];
  #writing = false;
  #packetId = 0;

  private constructor(conn: Deno.TcpConn, options: LoadClientOptions) {
    conn.setNoDelay(true);
    this.#conn = conn;
    this.#options = options;
    this.#decoder = new PacketDecoder({
      role: "client",
      version: options.version,
      maximumPacketSize: PACKET_BYTES_MAX,
    });
    this.ended = this.#ended.promise;
    void this.#read();
  }

  /** Resolves when the broker has accepted the client. */
  static async connect(options: LoadClientOptions): Promise<LoadClient> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: options.port });
    const client = new LoadClient(conn, options);
    const { version, clientId, durable = false } = options;
    const connack = await client.#exchange({
      type: PacketType.CONNECT,
      protocolVersion: version,
      bridge: false,
      clientId,
      cleanStart: !durable,
      keepAlive: 0,
      will: undefined,
      username: undefined,
      password: undefined,
      properties: durable && version === 5 ? { sessionExpiryInterval: 3600 } : NO_PROPERTIES,
    }, PacketType.CONNACK);
    if (connack.type !== PacketType.CONNACK || connack.reasonCode !== ReasonCode.Success) {
      throw new Error(`${clientId} was refused`);
    }
    return client;
  }

  async subscribe(topicFilters: readonly string[], qos: QoS): Promise<void> {
    const packetId = this.#nextPacketId();
    const subscriptions = topicFilters.map((topicFilter) => ({
      topicFilter,
      qos,
      noLocal: false,
      retainAsPublished: false,
      retainHandling: 0 as const,
    }));
    await this.#exchange(
      { type: PacketType.SUBSCRIBE, packetId, subscriptions, properties: NO_PROPERTIES },
      PacketType.SUBACK,
      packetId,
    );
  }

  /** Resolves at QoS 0 at once, at QoS 1 with the PUBACK, at QoS 2 with the PUBCOMP. */
  async publish(topic: string, payload: Uint8Array, qos: QoS): Promise<void> {
    const packetId = qos === 0 ? 0 : this.#nextPacketId();
    const properties = NO_PROPERTIES;
    const publish: Publish = {
      type: PacketType.PUBLISH,
      dup: false,
      qos,
      retain: false,
      topic,
      packetId,
      payload,
      properties,
    };
    if (qos === 0) return this.#send(publish);
    if (qos === 1) return void await this.#exchange(publish, PacketType.PUBACK, packetId);
    await this.#exchange(publish, PacketType.PUBREC, packetId);
    await this.#exchange(
      { type: PacketType.PUBREL, packetId, reasonCode: ReasonCode.Success, properties },
      PacketType.PUBCOMP,
      packetId,
    );
  }

  /** All that the broker had to send before has arrived. */
  async ping(): Promise<void> {
    await this.#exchange({ type: PacketType.PINGREQ }, PacketType.PINGRESP);
  }

  /** Ends the connection in order, and the session with it unless it is durable. */
  async disconnect(): Promise<void> {
    const reasonCode = ReasonCode.Success;
    this.#send({ type: PacketType.DISCONNECT, reasonCode, properties: NO_PROPERTIES });
    await this.ended;
  }

  /** Closes the socket, whatever is under way. */
  cut(): void {
    try {
      this.#conn.close();
    } catch {
      // It has ended already.
    }
  }

  #exchange(packet: Packet, answer: PacketType, packetId?: number): Promise<Packet> {
    if (this.#over !== undefined) return Promise.reject(this.#over);
    const waiting = Promise.withResolvers<Packet>();
    this.#waiting.set(keyOf(answer, packetId), waiting);
    this.#send(packet);
    return waiting.promise;
  }

  #nextPacketId(): number {
    this.#packetId = this.#packetId % 65_535 + 1;
    return this.#packetId;
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(READ_BUFFER_BYTES);
    try {
      for (;;) {
        const count = await this.#conn.read(buffer);
        if (count === null) break;
        this.#decoder.push(buffer.subarray(0, count));
        for (let packet; (packet = this.#decoder.next()) !== undefined;) this.#receive(packet);
      }
    } catch (error) {
      const gone = error instanceof Deno.errors.BadResource ||
        error instanceof Deno.errors.Interrupted || error instanceof Deno.errors.ConnectionReset;
      if (!gone) return this.#end(error as Error);
    }
    this.#end(new Error(`the connection of ${this.#options.clientId} has ended`));
  }

  #end(error: Error): void {
    this.cut();
    this.#over = error;
    for (const { promise, reject } of this.#waiting.values()) {
      promise.catch(() => {}); // Who still waits hears of it; who does not, need not.
      reject(error);
    }
    this.#ended.resolve(this.#reason);
  }

  #receive(packet: Packet): void {
    switch (packet.type) {
      case PacketType.PUBLISH:
        this.#options.onPublish?.(packet);
        if (packet.qos === 1) this.#acknowledge(PacketType.PUBACK, packet.packetId);
        if (packet.qos === 2) this.#acknowledge(PacketType.PUBREC, packet.packetId);
        break;
      case PacketType.PUBREL:
        this.#acknowledge(PacketType.PUBCOMP, packet.packetId);
        break;
      case PacketType.DISCONNECT:
        this.#reason = packet.reasonCode;
        break;
      default: {
        const key = keyOf(packet.type, "packetId" in packet ? packet.packetId : undefined);
        this.#waiting.get(key)?.resolve(packet);
        this.#waiting.delete(key);
      }
    }
  }

  #acknowledge(
    type: typeof PacketType.PUBACK | typeof PacketType.PUBREC | typeof PacketType.PUBCOMP,
    packetId: number,
  ): void {
    this.#send({ type, packetId, reasonCode: ReasonCode.Success, properties: NO_PROPERTIES });
  }

  #send(packet: Packet): void {
    this.#unsent.push(toBytes(packet, this.#options.version));
    if (!this.#writing) void this.#write();
  }

  /** What gathers while a write is under way goes out in the next one. */
  async #write(): Promise<void> {
    this.#writing = true;
    try {
      await undefined;
      while (this.#unsent.length > 0) {
        const bytes = joined(this.#unsent);
        this.#unsent = [];
        for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
      }
    } catch {
      // The connection has ended: the reading half says so.
    }
    this.#writing = false;
  }
}

function keyOf(type: PacketType, packetId: number | undefined): string {
  return `${type}/${packetId ?? ""}`;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return bytes;
}
