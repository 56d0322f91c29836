import assert from "#assert";
import type { Receiver, Transport } from "./transport.ts";

/** Two connected ends, and what to close after a test. */
export interface TransportEnds {
  readonly client: Transport;
  readonly server: Transport;
  readonly dispose: () => Promise<void>;
}

/** Where implementations may differ. */
export interface TransportTraits {
  /** True when the abort of one end is an error at the other, not an orderly end. */
  readonly abortIsError: boolean;
}

/** Keeps what a transport reads; `hold` makes it a receiver that waits. */
export class Collector implements Receiver {
  readonly chunks: Uint8Array[] = [];
  readonly ended: Promise<Error | undefined>;
  byteLength = 0;
  closedCalls = 0;
  hold: Promise<void> | undefined;
  #settleEnd!: (error: Error | undefined) => void;
  #onChange: (() => void) | undefined;

  constructor() {
    this.ended = new Promise((resolve) => this.#settleEnd = resolve);
  }

  receive(chunk: Uint8Array): Promise<void> | undefined {
    this.chunks.push(chunk.slice());
    this.byteLength += chunk.length;
    this.#onChange?.();
    return this.hold;
  }

  closed(error: Error | undefined): void {
    this.closedCalls++;
    this.#settleEnd(error);
    this.#onChange?.();
  }

  /** Resolves when `count` bytes have come; rejects when the stream ends before. */
  async bytes(count: number): Promise<Uint8Array> {
    while (this.byteLength < count) {
      if (this.closedCalls > 0) throw new Error(`ended after ${this.byteLength} of ${count} bytes`);
      await new Promise<void>((resolve) => this.#onChange = resolve);
    }
    return joined(this.chunks);
  }
}

/** `length` bytes that show where they come from, so a lost or repeated part is seen. */
export function patternBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 31 + (i >>> 8) * 7 + (i >>> 16)) & 0xff;
  return bytes;
}

/** Gives the event loop `turns` turns: enough for anything on loopback that is going to happen. */
export async function turns(count = 20): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setTimeout(resolve, 1));
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk, offset);
    offset += chunk.length;
  }
  return all;
}

/** Shows that an implementation keeps the contract of {@linkcode Transport}. */
export function transportConformance(
  name: string,
  open: () => Promise<TransportEnds>,
  traits: TransportTraits,
): void {
  const test = (behaviour: string, body: (ends: TransportEnds) => Promise<void>) =>
    Deno.test(`${name}: ${behaviour}`, async () => {
      const ends = await open();
      try {
        await body(ends);
      } finally {
        ends.client.abort();
        ends.server.abort();
        await ends.dispose();
      }
    });

  test("[MQTT-4.2.0-1] 10 MB each way arrive complete and in order", async ({ client, server }) => {
    const sent = patternBytes(10_000_000);
    const [atClient, atServer] = [new Collector(), new Collector()];
    client.start(atClient);
    server.start(atServer);
    await Promise.all([writeInParts(client, sent), writeInParts(server, sent)]);
    for (const collector of [atClient, atServer]) {
      assert.ok(equalBytes(await collector.bytes(sent.length), sent));
    }
  });

  test("nothing is read, and nothing lost, before start", async ({ client, server }) => {
    const writing = client.write(patternBytes(100));
    await turns();
    const atServer = new Collector();
    server.start(atServer);
    assert.deepEqual(await atServer.bytes(100), patternBytes(100));
    await writing;
  });

  test("a chunk stays intact while the receiver's promise is pending", async (ends) => {
    const { client, server } = ends;
    const release = Promise.withResolvers<void>();
    const received = Promise.withResolvers<Uint8Array>();
    let calls = 0;
    client.start(new Collector());
    server.start({
      receive(chunk) {
        calls++;
        received.resolve(chunk);
        return release.promise;
      },
      closed: () => {},
    });
    const first = client.write(patternBytes(64));
    const chunk = await received.promise;
    const second = first.then(() => client.write(new Uint8Array(64).fill(1)));
    await turns();
    assert.equal(calls, 1);
    assert.deepEqual(chunk, patternBytes(64));
    release.resolve();
    await second;
    await turns();
    assert.equal(calls, 2);
  });

  test("a peer that does not read stalls the writer, and a late reader gets all", async (ends) => {
    const { client, server } = ends;
    const sent = patternBytes(32 * 1024 * 1024);
    const release = Promise.withResolvers<void>();
    const atServer = new Collector();
    atServer.hold = release.promise;
    client.start(new Collector());
    server.start(atServer);
    let written = false;
    const writing = writeInParts(client, sent).then(() => written = true);
    await turns(50);
    assert.equal(written, false);
    assert.equal(atServer.chunks.length, 1);
    release.resolve();
    assert.ok(equalBytes(await atServer.bytes(sent.length), sent));
    await writing;
  });

  test("close lets the peer read what was written, then both end once", async (ends) => {
    const { client, server } = ends;
    const [atClient, atServer] = [new Collector(), new Collector()];
    client.start(atClient);
    server.start(atServer);
    const sent = patternBytes(100_000);
    await server.write(sent);
    const closing = server.close();
    assert.equal(atServer.closedCalls, 0, "not inside the call of close");
    assert.equal(await atClient.ended, undefined);
    assert.ok(equalBytes(await atClient.bytes(sent.length), sent));
    await closing;
    assert.equal(await atServer.ended, undefined);
    await server.close();
    server.abort();
    await turns();
    assert.deepEqual([atClient.closedCalls, atServer.closedCalls], [1, 1]);
  });

  test("close before start ends the stream, and a later start is told", async (ends) => {
    await ends.server.close();
    const atServer = new Collector();
    ends.server.start(atServer);
    assert.equal(await atServer.ended, undefined);
  });

  test("nothing is received after close", async ({ client, server }) => {
    const atServer = new Collector();
    client.start(new Collector());
    server.start(atServer);
    const closing = server.close();
    await client.write(patternBytes(100)).catch(() => {});
    await closing;
    await turns();
    assert.equal(atServer.byteLength, 0);
  });

  test("close is not held up by a receiver that waits", async ({ client, server }) => {
    const atServer = new Collector();
    atServer.hold = new Promise(() => {});
    client.start(new Collector());
    server.start(atServer);
    const writing = client.write(patternBytes(10));
    await atServer.bytes(10);
    await server.close();
    assert.equal(await atServer.ended, undefined);
    await writing;
  });

  test("write after close and after abort rejects", async ({ client, server }) => {
    client.start(new Collector());
    server.start(new Collector());
    const closing = server.close();
    await assert.rejects(server.write(patternBytes(1)), { name: "TransportClosedError" });
    client.abort();
    await assert.rejects(client.write(patternBytes(1)), { name: "TransportClosedError" });
    await closing;
  });

  test("abort during a pending read ends both sides once", async ({ client, server }) => {
    const [atClient, atServer] = [new Collector(), new Collector()];
    client.start(atClient);
    server.start(atServer);
    await turns();
    server.abort();
    server.abort();
    assert.equal(atServer.closedCalls, 0, "not inside the call of abort");
    assert.equal(await atServer.ended, undefined);
    assert.equal(await atClient.ended !== undefined, traits.abortIsError);
    await turns();
    assert.deepEqual([atClient.closedCalls, atServer.closedCalls], [1, 1]);
  });

  test("abort during a pending write rejects it", async ({ client, server }) => {
    const atClient = new Collector();
    client.start(atClient);
    // The server is not started: it reads nothing.
    const writing = client.write(new Uint8Array(32 * 1024 * 1024));
    const rejected = assert.rejects(writing, { name: "TransportClosedError" });
    await turns();
    client.abort();
    await rejected;
    assert.equal(await atClient.ended, undefined);
    server.abort();
  });

  test("abort is not held up by a receiver that waits", async ({ client, server }) => {
    const atServer = new Collector();
    atServer.hold = new Promise(() => {});
    client.start(new Collector());
    server.start(atServer);
    const writing = client.write(patternBytes(10)).catch(() => {});
    await atServer.bytes(10);
    server.abort();
    assert.equal(await atServer.ended, undefined);
    await writing;
  });

  test("a peer that goes while we write ends the stream", async ({ client, server }) => {
    const atServer = new Collector();
    server.start(atServer);
    const writing = server.write(new Uint8Array(32 * 1024 * 1024));
    const rejected = assert.rejects(writing);
    await turns();
    client.abort();
    await rejected;
    await atServer.ended;
    await turns();
    assert.equal(atServer.closedCalls, 1);
  });
}

/** Byte-wise equality: `deepEqual` needs seconds for megabytes. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

async function writeInParts(transport: Transport, bytes: Uint8Array): Promise<void> {
  // Odd sizes around the buffer sizes, so that reads fill a buffer exactly, nearly and not at all.
  const sizes = [1, 1_023, 1_024, 1_025, 65_535, 65_536, 65_537, 300_000];
  for (let offset = 0, i = 0; offset < bytes.length; i++) {
    const part = bytes.subarray(offset, offset + sizes[i % sizes.length]!);
    await transport.write(part);
    offset += part.length;
  }
}
