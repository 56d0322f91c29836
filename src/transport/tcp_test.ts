import assert from "#assert";
import { FakeClock } from "../base/fake_clock.ts";
import { silentLogger } from "../base/log.ts";
import { TurnGate } from "../base/turn_gate.ts";
import { SystemClock } from "../base/system_clock.ts";
import { parseAddress } from "./address.ts";
import { BufferPool } from "./buffer_pool.ts";
import {
  ACCEPT_BACKOFF_MS,
  connectTcp,
  listenTcp,
  openListener,
  TcpListener,
  type TcpOptions,
} from "./tcp.ts";
import { BURST_BUFFER_BYTES, QUIET_BUFFER_BYTES } from "./read_buffers.ts";
import { LINGER_BYTES_MAX, TcpTransport } from "./tcp_transport.ts";
import {
  Collector,
  equalBytes,
  patternBytes,
  transportConformance,
  turns,
} from "./transport_conformance.ts";
import type { Listener, Transport } from "./transport.ts";

const clock = new SystemClock();
const base: TcpOptions = {
  hostname: "127.0.0.1",
  port: 0,
  maxConnections: 100,
  clock,
  logger: silentLogger,
};

/** A listener with one accepted peer, whose end is a bare socket. */
class Link {
  private constructor(
    readonly listener: Listener,
    readonly peer: Deno.TcpConn,
    readonly server: Transport,
    readonly atServer = new Collector(),
  ) {}

  static async open(options: Partial<TcpOptions> = {}): Promise<Link> {
    const accepted = Promise.withResolvers<Transport>();
    const listener = listenTcp({ ...base, ...options }, accepted.resolve);
    const peer = await Deno.connect(parseAddress(listener.address));
    const server = await accepted.promise;
    const link = new Link(listener, peer, server);
    server.start(link.atServer);
    return link;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.abort();
    try {
      this.peer.close();
    } catch {
      // The test has closed it.
    }
    await this.listener.close();
  }
}

/** Reads to the end of the stream. */
async function readAll(conn: Deno.Conn): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const buffer = new Uint8Array(65_536);
    const count = await conn.read(buffer);
    if (count === null) break;
    parts.push(buffer.subarray(0, count));
  }
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
}

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await conn.write(bytes.subarray(written));
  }
}

transportConformance("tcp", async () => {
  const accepted = Promise.withResolvers<Transport>();
  const listener = listenTcp(base, accepted.resolve);
  const client = await connectTcp({ ...parseAddress(listener.address), clock });
  const server = await accepted.promise;
  return { client, server, dispose: () => listener.close() };
}, { abortIsError: false });

Deno.test("TcpTransport: a peer that closes its write side is gone", async () => {
  await using link = await Link.open();
  await writeAll(link.peer, patternBytes(10));
  await link.peer.closeWrite();
  assert.equal(await link.atServer.ended, undefined);
  assert.deepEqual(await link.atServer.bytes(10), patternBytes(10));
  assert.equal(await link.peer.read(new Uint8Array(1)), null);
  await assert.rejects(link.server.write(patternBytes(1)), { name: "TransportClosedError" });
});

Deno.test("TcpTransport: sets tcp_nodelay, and a reset by the peer is an error, once", async () => {
  // Deno has no way to reset a connection, so this is a socket that says it was.
  const reset = new Deno.errors.ConnectionReset("reset");
  const delays: boolean[] = [];
  const conn = {
    remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
    setNoDelay: (on: boolean) => delays.push(!on),
    read: () => Promise.reject(reset),
    write: () => Promise.reject(reset),
    close: () => {},
  } as unknown as Deno.TcpConn;
  const transport = new TcpTransport(conn, { clock, lingerMs: 0, buffers: new BufferPool(0) });
  assert.deepEqual(delays, [false], "tcp_nodelay");
  const atServer = new Collector();
  transport.start(atServer);
  await assert.rejects(transport.write(patternBytes(1)));
  assert.equal(await atServer.ended, reset);
  await turns(1);
  assert.equal(atServer.closedCalls, 1);
});

Deno.test("TcpTransport: peers that are lost together part in several turns", async () => {
  const conn = () =>
    ({
      remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
      setNoDelay: () => {},
      read: () => Promise.resolve(null),
      close: () => {},
    }) as unknown as Deno.TcpConn;
  const fakeClock = new FakeClock();
  const partings = new TurnGate(fakeClock, 2);
  const options = { clock: fakeClock, lingerMs: 0, buffers: new BufferPool(0), partings };
  const peers = Array.from({ length: 3 }, () => new Collector());
  for (const peer of peers) new TcpTransport(conn(), options).start(peer);
  await Promise.all([peers[0]!.ended, peers[1]!.ended]);
  assert.deepEqual(peers.map(({ closedCalls }) => closedCalls), [1, 1, 0]);
  await peers[2]!.ended;
  await fakeClock.advance(0);
});

Deno.test("TcpTransport: a peer that never stops sending leaves the others their turn", async () => {
  const conn = {
    remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
    setNoDelay: () => {},
    read: (buffer: Uint8Array) => Promise.resolve(buffer.length), // there is always more
    close: () => {},
  } as unknown as Deno.TcpConn;
  const buffers = new BufferPool(1);
  const transport = new TcpTransport(conn, { clock: new FakeClock(), lingerMs: 0, buffers });
  let others = 0;
  const timer = setInterval(() => others++, 1);
  let chunks = 0;
  const ended = Promise.withResolvers<void>();
  transport.start({
    receive: () => {
      // Without a turn for the timer in between, the second bound ends the test.
      if (others === 3 || ++chunks === 1_000_000) transport.abort();
      return undefined;
    },
    closed: () => ended.resolve(),
  });
  await ended.promise;
  clearInterval(timer);
  assert.equal(others, 3);
});

Deno.test("TcpTransport: after close a peer that keeps sending still reads the last bytes", async () => {
  await using link = await Link.open();
  const last = patternBytes(20_000);
  const flood = writeAll(link.peer, new Uint8Array(4 * 1024 * 1024));
  await link.server.write(last);
  const closing = link.server.close();
  await flood;
  assert.ok(equalBytes(await readAll(link.peer), last));
  await link.peer.closeWrite();
  await closing;
});

Deno.test("TcpTransport: close gives up a silent peer when its time is up", async () => {
  const fake = new FakeClock();
  await using link = await Link.open({ clock: fake, lingerMs: 60_000 });
  const closing = link.server.close();
  await fake.advance(59_999);
  assert.equal(link.atServer.closedCalls, 0);
  await fake.advance(1);
  await closing;
  assert.equal(await link.atServer.ended, undefined);
});

Deno.test("TcpTransport: close needs no time when the peer closes too", async () => {
  const fake = new FakeClock();
  await using link = await Link.open({ clock: fake });
  const closing = link.server.close();
  assert.equal((await readAll(link.peer)).length, 0);
  link.peer.close();
  await closing;
  assert.equal(fake.pending, 0);
});

Deno.test("TcpTransport: close does not wait for a receiver that still holds a chunk", async () => {
  const fake = new FakeClock();
  await using link = await Link.open({ clock: fake });
  link.atServer.hold = new Promise(() => {});
  await writeAll(link.peer, patternBytes(10));
  await link.atServer.bytes(10);
  const closing = link.server.close();
  await readAll(link.peer);
  link.peer.close();
  await closing;
});

Deno.test("TcpTransport: close discards a bounded number of bytes", async () => {
  await using link = await Link.open({ clock: new FakeClock() });
  const closing = link.server.close();
  const flood = writeAll(link.peer, new Uint8Array(LINGER_BYTES_MAX + 32 * 1024 * 1024));
  await assert.rejects(flood);
  await closing;
});

Deno.test("TcpTransport: close ends although a write is stuck", async () => {
  const fake = new FakeClock();
  await using link = await Link.open({ clock: fake, lingerMs: 1_000 });
  const rejected = assert.rejects(link.server.write(new Uint8Array(32 * 1024 * 1024)), {
    name: "TransportClosedError",
  });
  await turns();
  const closing = link.server.close();
  await fake.advance(1_000);
  await closing;
  await rejected;
});

Deno.test("TcpTransport: reads a burst through a pooled buffer and gives it back", async () => {
  const buffers = new BufferPool(1);
  await using link = await Link.open({ buffers });
  await writeAll(link.peer, patternBytes(QUIET_BUFFER_BYTES - 1));
  await link.atServer.bytes(QUIET_BUFFER_BYTES - 1);
  assert.equal(link.atServer.chunks[0]!.length, QUIET_BUFFER_BYTES - 1);
  const lent: number[] = [];
  const receive = link.atServer.receive.bind(link.atServer);
  link.atServer.receive = (chunk) => {
    lent.push(buffers.lent);
    return receive(chunk);
  };
  await writeAll(link.peer, patternBytes(300_000));
  await link.atServer.bytes(300_000 + QUIET_BUFFER_BYTES - 1);
  assert.ok(Math.max(...link.atServer.chunks.map((chunk) => chunk.length)) > QUIET_BUFFER_BYTES);
  assert.equal(Math.max(...lent), 1);
  assert.equal(buffers.lent, 0, "quiet again");
});

Deno.test("TcpTransport: reads on with small buffers when the pool has none", async () => {
  await using link = await Link.open({ buffers: new BufferPool(0) });
  await writeAll(link.peer, patternBytes(50_000));
  assert.deepEqual(await link.atServer.bytes(50_000), patternBytes(50_000));
  assert.ok(link.atServer.chunks.every((chunk) => chunk.length <= BURST_BUFFER_BYTES));
});

Deno.test("TcpTransport: abort writes off the pooled buffer that a receiver still holds", async () => {
  const buffers = new BufferPool(1);
  await using link = await Link.open({ buffers });
  const held = Promise.withResolvers<void>();
  const receive = link.atServer.receive.bind(link.atServer);
  link.atServer.receive = (chunk) => {
    receive(chunk);
    if (chunk.length <= QUIET_BUFFER_BYTES) return undefined;
    held.resolve();
    return new Promise(() => {});
  };
  await writeAll(link.peer, patternBytes(50_000));
  await held.promise;
  assert.equal(buffers.lent, 1);
  link.server.abort();
  await link.atServer.ended;
  await turns(1);
  assert.equal(buffers.lent, 0);
});

Deno.test("TcpTransport: a receiver that throws ends the stream with its error", async () => {
  await using link = await Link.open();
  const failure = new Error("a bug");
  link.atServer.receive = () => {
    throw failure;
  };
  await writeAll(link.peer, patternBytes(1));
  assert.equal(await link.atServer.ended, failure);
});

Deno.test("TcpTransport: a write to a peer that does not read stalls and holds nobody else up", async () => {
  await using stuck = await Link.open();
  await using other = await Link.open();
  const writing = stuck.server.write(new Uint8Array(32 * 1024 * 1024)).catch(() => {});
  await other.server.write(patternBytes(100));
  assert.equal(await other.peer.read(new Uint8Array(100)), 100);
  stuck.server.abort();
  await writing;
});

Deno.test("listenTcp: refuses peers beyond maxConnections and counts them", async () => {
  const refused: string[] = [];
  const accepted: Transport[] = [];
  const listener = listenTcp(
    { ...base, maxConnections: 1, onRefused: (remoteAddress) => refused.push(remoteAddress) },
    (transport) => accepted.push(transport),
  );
  const address = parseAddress(listener.address);
  const first = await Deno.connect(address);
  const second = await Deno.connect(address);
  assert.equal(await second.read(new Uint8Array(1)), null);
  assert.deepEqual(refused, [`127.0.0.1:${(second.localAddr as Deno.NetAddr).port}`]);
  accepted[0]!.abort();
  assert.equal(await first.read(new Uint8Array(1)), null);
  const third = await Deno.connect(address);
  while (accepted.length < 2) await turns(1);
  for (const conn of [first, second, third]) conn.close();
  accepted[1]!.abort();
  await listener.close();
});

Deno.test("listenTcp: close leaves accepted transports alone", async () => {
  await using link = await Link.open();
  await link.listener.close();
  await assert.rejects(Deno.connect(parseAddress(link.listener.address)));
  await writeAll(link.peer, patternBytes(3));
  assert.deepEqual(await link.atServer.bytes(3), patternBytes(3));
});

Deno.test("openListener: the empty host is every interface, with IPv6 where there is some", () => {
  const asked: string[] = [];
  const listenOn = (refuse: Record<string, Error>) => {
    const listen = ({ hostname }: { hostname: string }) => {
      asked.push(hostname);
      if (refuse[hostname] !== undefined) throw refuse[hostname];
      return { hostname };
    };
    return openListener({ hostname: "", port: 1883 }, listen as unknown as typeof Deno.listen);
  };
  listenOn({});
  assert.deepEqual(asked.splice(0), ["::"]);
  listenOn({ "::": new Error("Address family not supported by protocol (os error 97)") });
  assert.deepEqual(asked.splice(0), ["::", "0.0.0.0"]);
  // In use is in use: half of the interfaces would not be what was asked for.
  const inUse = Object.assign(new Deno.errors.AddrInUse(), { code: "EADDRINUSE" });
  assert.throws(() => listenOn({ "::": inUse }), { name: "ListenError", address: ":1883" });
  assert.deepEqual(asked, ["::"]);
});

Deno.test("listenTcp: an IPv6 host is shown in brackets", async () => {
  const accepted = Promise.withResolvers<Transport>();
  const listener = listenTcp({ ...base, hostname: "::1" }, accepted.resolve);
  assert.match(listener.address, /^\[::1\]:\d+$/);
  const client = await connectTcp({ ...parseAddress(listener.address), clock });
  const server = await accepted.promise;
  assert.match(server.remoteAddress, /^\[::1\]:\d+$/);
  server.abort();
  client.abort();
  await listener.close();
});

Deno.test("listenTcp: an address in use is a ListenError of one line", async () => {
  const listener = listenTcp(base, () => {});
  assert.throws(() => listenTcp({ ...base, ...parseAddress(listener.address) }, () => {}), {
    name: "ListenError",
    address: listener.address,
    message: `cannot listen on ${listener.address}: the address is in use by another process`,
  });
  await listener.close();
});

Deno.test("listenTcp: an accept callback that throws costs its peer, not the listener", async () => {
  let calls = 0;
  const listener = listenTcp(base, () => {
    calls++;
    throw new Error("a bug");
  });
  for (let i = 1; i <= 2; i++) {
    const peer = await Deno.connect(parseAddress(listener.address));
    assert.equal(await peer.read(new Uint8Array(1)), null);
    assert.equal(calls, i);
    peer.close();
  }
  await listener.close();
});

Deno.test("TcpListener: survives errors of accept with a pause, and closes during one", async () => {
  const fake = new FakeClock();
  let accepts = 0;
  const source = {
    addr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
    accept: () => {
      accepts++;
      return Promise.reject(new Error("Too many open files (os error 24)"));
    },
    close: () => {},
  } as unknown as Deno.TcpListener;
  const warnings: string[] = [];
  const logger = { ...silentLogger, warn: (text: string) => void warnings.push(text) };
  const listener = new TcpListener({ ...base, clock: fake, logger }, () => {}, source);
  listener.start();
  await fake.advance(ACCEPT_BACKOFF_MS - 1);
  assert.equal(accepts, 1);
  await fake.advance(1);
  assert.equal(accepts, 2);
  assert.deepEqual(warnings.length, 2);
  await listener.close();
  assert.equal(fake.pending, 0);
});

Deno.test("connectTcp: rejects when nobody listens", async () => {
  const listener = listenTcp(base, () => {});
  await listener.close();
  await assert.rejects(
    connectTcp({ ...parseAddress(listener.address), clock }),
    Deno.errors.ConnectionRefused,
  );
});

Deno.test("connectTcp: rejects when its signal is aborted", async () => {
  const signal = AbortSignal.abort(new Error("given up"));
  await assert.rejects(connectTcp({ hostname: "127.0.0.1", port: 9, clock, signal }));
});
