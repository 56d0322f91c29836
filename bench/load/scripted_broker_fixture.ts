import { type Packet, PacketType } from "../../src/mqtt/packet.ts";
import { PacketDecoder } from "../../src/mqtt/packet_decoder.ts";
import { toBytes } from "../../src/mqtt/packet_encoder.ts";
import type { Publish } from "../../src/mqtt/packets/publish.ts";
import { NO_PROPERTIES } from "../../src/mqtt/properties.ts";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";

const VERSION = 4;

/** What becomes of the n-th message (from 1): what is returned is delivered, in that order. */
export type Script = (publish: Publish, n: number) => readonly Publish[];

/**
 * Just enough of a broker for one publisher and one subscriber: acknowledges everything, and
 * delivers what the script says.
 */
export class ScriptedBroker implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #script: Script;
  readonly #connections = new Set<Deno.TcpConn>();
  readonly #done: Promise<unknown>;
  #subscriber: Deno.TcpConn | undefined;
  #count = 0;
  #deliveries = 0;

  constructor(script: Script) {
    this.#script = script;
    this.#done = this.#accept();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#connections) connection.close();
    await this.#done;
  }

  async #accept(): Promise<void> {
    const served: Promise<void>[] = [];
    try {
      for await (const connection of this.#listener) served.push(this.#serve(connection));
    } catch {
      // It was closed.
    }
    await Promise.all(served);
  }

  async #serve(connection: Deno.TcpConn): Promise<void> {
    this.#connections.add(connection);
    const decoder = new PacketDecoder({
      role: "server",
      maximumPacketSize: 1 << 20,
      version: VERSION,
    });
    try {
      for await (const chunk of connection.readable) {
        decoder.push(chunk);
        for (let packet; (packet = decoder.next()) !== undefined;) {
          await this.#answer(connection, packet);
        }
      }
    } catch {
      // The generator, or the test, has ended.
    }
    this.#connections.delete(connection);
  }

  async #answer(connection: Deno.TcpConn, packet: Packet): Promise<void> {
    const properties = NO_PROPERTIES;
    const reasonCode = ReasonCode.Success;
    switch (packet.type) {
      case PacketType.CONNECT:
        return await send(connection, {
          type: PacketType.CONNACK,
          sessionPresent: false,
          reasonCode,
          properties,
        });
      case PacketType.SUBSCRIBE: {
        this.#subscriber = connection;
        const reasonCodes = packet.subscriptions.map(({ qos }) => qos as ReasonCode);
        const { packetId } = packet;
        return await send(connection, {
          type: PacketType.SUBACK,
          packetId,
          reasonCodes,
          properties,
        });
      }
      case PacketType.PUBLISH: {
        const { packetId, qos } = packet;
        for (const delivery of this.#script(packet, ++this.#count)) {
          // A publisher uses its ids again before the subscriber is done with them.
          const id = qos === 0 ? 0 : ++this.#deliveries % 65_535 + 1;
          await send(this.#subscriber!, { ...delivery, packetId: id });
        }
        if (qos === 0) return;
        const type = qos === 1 ? PacketType.PUBACK : PacketType.PUBREC;
        return await send(connection, { type, packetId, reasonCode, properties });
      }
      case PacketType.PUBREC:
        return await send(connection, { ...packet, type: PacketType.PUBREL });
      case PacketType.PUBREL:
        return await send(connection, { ...packet, type: PacketType.PUBCOMP });
    }
  }
}

async function send(connection: Deno.TcpConn, packet: Packet): Promise<void> {
  const bytes = toBytes(packet, VERSION);
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}
