import type { Packet, ProtocolVersion } from "../../src/mqtt/packet.ts";
import { PacketDecoder } from "../../src/mqtt/packet_decoder.ts";
import { toBytes } from "../../src/mqtt/packet_encoder.ts";

const READ_BUFFER_BYTES = 65_536;
const PACKET_BYTES_MAX = 1024 * 1024;

/** The network has ended a connection, or the broker has. */
export class ConnectionLost extends Error {
  override name = "ConnectionLost";
}

export interface WireListener {
  /** Gets each packet; its payload is only valid during the call. */
  receive(packet: Packet): void;
  /** What was received is no packet. */
  fail(error: unknown): void;
}

/** A connection as packets. What is sent in one turn goes out in one write. */
export class Wire {
  readonly #conn: Deno.TcpConn;
  readonly #version: ProtocolVersion;
  readonly #ended = Promise.withResolvers<void>();
  #unsent: Uint8Array[] = [];
  #writing = false;
  #open = true;

  private constructor(conn: Deno.TcpConn, version: ProtocolVersion) {
    this.#conn = conn;
    this.#version = version;
  }

  /** Connects to a port of this machine. Rejects with {@link ConnectionLost}. */
  static async open(
    port: number,
    version: ProtocolVersion,
    listener: WireListener,
  ): Promise<Wire> {
    let conn: Deno.TcpConn;
    try {
      conn = await Deno.connect({ hostname: "127.0.0.1", port });
    } catch (error) {
      throw new ConnectionLost(String(error));
    }
    conn.setNoDelay(true);
    const wire = new Wire(conn, version);
    void wire.#read(listener);
    return wire;
  }

  /** Resolves when the connection has ended, whoever has ended it. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  send(packet: Packet): void {
    this.#unsent.push(toBytes(packet, this.#version));
    if (this.#writing) return;
    this.#writing = true;
    queueMicrotask(() => void this.#write());
  }

  /** Breaks the connection off. */
  abort(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#conn.close();
  }

  async #write(): Promise<void> {
    try {
      while (this.#unsent.length > 0 && this.#open) {
        let rest = joined(this.#unsent);
        this.#unsent = [];
        while (rest.length > 0) rest = rest.subarray(await this.#conn.write(rest));
      }
    } catch {
      this.abort();
    }
    this.#writing = false;
  }

  async #read(listener: WireListener): Promise<void> {
    const decoder = new PacketDecoder({
      role: "client",
      version: this.#version,
      maximumPacketSize: PACKET_BYTES_MAX,
    });
    const buffer = new Uint8Array(READ_BUFFER_BYTES);
    try {
      for (;;) {
        const length = await this.#conn.read(buffer);
        if (length === null || !this.#open) break;
        decoder.push(buffer.subarray(0, length));
        for (let next = decoder.next(); next !== undefined; next = decoder.next()) {
          listener.receive(next);
        }
      }
    } catch (error) {
      if (!isNetworkError(error)) listener.fail(error);
    } finally {
      this.abort();
      this.#ended.resolve();
    }
  }
}

function isNetworkError(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BadResource ||
    error instanceof Deno.errors.Interrupted || error instanceof Deno.errors.BrokenPipe;
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
