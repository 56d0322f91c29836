import type { Receiver, Transport } from "../../src/transport/transport.ts";

const READ_BUFFER_BYTES = 65_536;

/** Connects to `address` (`host:port`), with a transport that shares no code with the broker's. */
export async function connectTcpStream(address: string): Promise<Transport> {
  const colon = address.lastIndexOf(":");
  const hostname = address.slice(0, colon).replace(/^\[|\]$/g, "");
  const conn = await Deno.connect({ hostname, port: Number(address.slice(colon + 1)) });
  conn.setNoDelay(true);
  return new TcpStream(conn, address);
}

class TcpStream implements Transport {
  readonly kind = "tcp";
  #conn: Deno.Conn;
  #open = true;
  #ended = Promise.resolve();

  constructor(conn: Deno.Conn, readonly remoteAddress: string) {
    this.#conn = conn;
  }

  start(receiver: Receiver): void {
    this.#ended = this.#read(receiver);
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let written = 0; written < bytes.length;) {
      written += await this.#conn.write(bytes.subarray(written));
    }
  }

  async close(): Promise<void> {
    if (this.#open) await this.#conn.closeWrite().catch(() => {});
    this.abort();
    await this.#ended;
  }

  abort(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#conn.close();
  }

  async #read(receiver: Receiver): Promise<void> {
    const buffer = new Uint8Array(READ_BUFFER_BYTES);
    let error: Error | undefined;
    try {
      for (;;) {
        const length = await this.#conn.read(buffer);
        if (length === null) break;
        await receiver.receive(buffer.subarray(0, length));
      }
    } catch (thrown) {
      if (this.#open) error = thrown as Error;
    }
    this.abort();
    receiver.closed(error);
  }
}
