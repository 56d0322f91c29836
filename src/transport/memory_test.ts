import assert from "#assert";
import { MemoryListener, memoryTransportPair, SPENT_BYTE } from "./memory.ts";
import { Collector, patternBytes, transportConformance, turns } from "./transport_conformance.ts";
import type { Transport } from "./transport.ts";

for (const options of [{}, { windowBytes: 0, chunkBytes: 7_001 }]) {
  transportConformance(`memoryTransportPair ${JSON.stringify(options)}`, () => {
    const [client, server] = memoryTransportPair(options);
    return Promise.resolve({ client, server, dispose: () => Promise.resolve() });
  }, { abortIsError: true });
}

Deno.test("memoryTransportPair: overwrites a chunk that is no longer the receiver's", async () => {
  const [client, server] = memoryTransportPair();
  const release = Promise.withResolvers<void>();
  const kept: Uint8Array[] = [];
  const receive = (chunk: Uint8Array) => {
    kept.push(chunk);
    return kept.length === 1 ? undefined : release.promise;
  };
  server.start({ receive, closed: () => {} });
  await client.write(patternBytes(3));
  await turns(1);
  assert.deepEqual([...kept[0]!], [SPENT_BYTE, SPENT_BYTE, SPENT_BYTE]);
  await client.write(patternBytes(3));
  await turns(1);
  assert.deepEqual(kept[1], patternBytes(3));
  release.resolve();
  await turns(1);
  assert.deepEqual([...kept[1]!], [SPENT_BYTE, SPENT_BYTE, SPENT_BYTE]);
});

Deno.test("memoryTransportPair: the writer's bytes may be used again after the write", async () => {
  const [client, server] = memoryTransportPair();
  const bytes = patternBytes(10);
  await client.write(bytes);
  bytes.fill(0);
  const atServer = new Collector();
  server.start(atServer);
  assert.deepEqual(await atServer.bytes(10), patternBytes(10));
});

Deno.test("memoryTransportPair: a write waits for the reader beyond the window", async () => {
  const [client, server] = memoryTransportPair({ windowBytes: 10 });
  await client.write(patternBytes(10));
  let written = false;
  const writing = client.write(patternBytes(1)).then(() => written = true);
  await turns(1);
  assert.equal(written, false);
  server.start(new Collector());
  await writing;
});

Deno.test("memoryTransportPair: delivers nothing inside a call of write", async () => {
  const [client, server] = memoryTransportPair();
  const atServer = new Collector();
  server.start(atServer);
  await turns(1);
  const writing = client.write(patternBytes(1));
  assert.equal(atServer.byteLength, 0);
  await writing;
  await atServer.bytes(1);
});

Deno.test("memoryTransportPair: splits a long write into chunks", async () => {
  const [client, server] = memoryTransportPair({ chunkBytes: 4 });
  const atServer = new Collector();
  server.start(atServer);
  await client.write(patternBytes(10));
  await atServer.bytes(10);
  assert.deepEqual(atServer.chunks.map((chunk) => chunk.length), [4, 4, 2]);
});

Deno.test("memoryTransportPair: abort drops what the peer has not read", async () => {
  const [client, server] = memoryTransportPair();
  await client.write(patternBytes(10));
  client.abort();
  const atServer = new Collector();
  server.start(atServer);
  assert.equal((await atServer.ended)?.name, "TransportResetError");
  assert.equal(atServer.byteLength, 0);
});

Deno.test("memoryTransportPair: receives nothing after close, whenever it is called", async () => {
  for (let microtasks = 0; microtasks < 8; microtasks++) {
    const [client, server] = memoryTransportPair();
    const atServer = new Collector();
    server.start(atServer);
    await turns(1);
    const writing = client.write(patternBytes(1));
    for (let i = 0; i < microtasks; i++) await null;
    const closing = server.close();
    const received = atServer.byteLength;
    await Promise.all([writing, closing]);
    assert.equal(atServer.byteLength, received, `after ${microtasks} microtasks`);
  }
});

Deno.test("MemoryListener: connects clients to accept until it is closed", async () => {
  const accepted: Transport[] = [];
  const listener = new MemoryListener((transport) => accepted.push(transport));
  const clients = [listener.connect(), listener.connect()];
  assert.deepEqual(accepted.map((end) => end.remoteAddress), ["memory:1", "memory:2"]);
  await listener.close();
  assert.throws(() => listener.connect(), { name: "TransportClosedError" });
  const atServer = new Collector();
  accepted[0]!.start(atServer);
  await clients[0]!.write(patternBytes(5));
  assert.deepEqual(await atServer.bytes(5), patternBytes(5));
});
