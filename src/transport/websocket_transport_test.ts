import assert from "#assert";
import { type Duplex, duplexPair } from "node:stream";
import { FakeClock } from "../base/fake_clock.ts";
import { LINGER_BYTES_MAX } from "./tcp_transport.ts";
import { Collector, equalBytes, patternBytes, turns } from "./transport_conformance.ts";
import type { Receiver } from "./transport.ts";
import { WebSocketTransport } from "./websocket_transport.ts";

const LINGER_MS = 1_000;

/** A transport over a stream that is no socket, and the other end of that. */
class Ends {
  readonly clock = new FakeClock();
  readonly peer: Duplex;
  readonly transport: WebSocketTransport;
  readonly atServer = new Collector();
  readonly #sent: Uint8Array[] = [];
  /** The other end has seen FIN. */
  finished = false;
  ended = 0;

  constructor() {
    const [peer, own] = duplexPair({ highWaterMark: 1024 * 1024 });
    this.peer = peer;
    peer.on("data", (data) => this.#sent.push(data));
    peer.on("end", () => this.finished = true);
    this.transport = new WebSocketTransport(own, {
      kind: "wss",
      remoteAddress: "peer",
      clock: this.clock,
      messageBytesMax: 1_000_000,
      lingerMs: LINGER_MS,
      onEnded: () => this.ended++,
    });
  }

  /** What the transport has sent until now, in hexadecimal. */
  async sent(): Promise<string> {
    await turns(2);
    return this.#sent.map((bytes) => bytes.toHex()).join("");
  }

  async send(...frames: Uint8Array[]): Promise<void> {
    for (const bytes of frames) this.peer.write(bytes);
    await turns(2);
  }
}

/** A whole frame with the mask 0. */
function frame(opcode: number, payload: readonly number[] = []): Uint8Array {
  return Uint8Array.of(0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0, ...payload);
}

const [TEXT, BINARY, CLOSE, PING] = [1, 2, 8, 9];
const CLOSE_NORMAL = "880203e8";

Deno.test("WebSocketTransport, open: all frames of a read are one chunk without them", async () => {
  const { transport, atServer, peer } = new Ends();
  transport.start(atServer);
  const bytes = [frame(BINARY, [1, 2]), frame(PING), frame(BINARY), frame(BINARY, [3])];
  peer.write(Uint8Array.from(bytes.flatMap((each) => [...each])));
  assert.deepEqual([...await atServer.bytes(3)], [1, 2, 3]);
  assert.equal(atServer.chunks.length, 1);
  transport.abort();
});

Deno.test("WebSocketTransport, open: says that more is at hand after a read as large as can be", async () => {
  const { transport, peer } = new Ends();
  const more: (boolean | undefined)[] = [];
  transport.start({
    receive: (_chunk, isMore) => void more.push(isMore),
    closed: () => {},
  });
  for (const length of [65_535, 65_536]) {
    const bytes = new Uint8Array(length);
    bytes.set([0x82, 0xfe]);
    new DataView(bytes.buffer).setUint16(2, length - 8);
    peer.write(bytes);
    await turns(2);
  }
  transport.abort();
  assert.deepEqual(more, [false, true]);
});

Deno.test("WebSocketTransport, open: the peer's close frame comes back with FIN, after its data", async () => {
  for (
    const [payload, answer] of [
      [[], "8800"],
      [[0x0f, 0xa1, 65], "88020fa1"],
    ] as const
  ) {
    const ends = new Ends();
    const { transport, atServer, peer } = ends;
    const release = Promise.withResolvers<void>();
    atServer.hold = release.promise;
    transport.start(atServer);
    await ends.send(frame(BINARY, [1]), frame(CLOSE, payload));
    assert.deepEqual([await ends.sent(), ends.finished, atServer.byteLength], ["", false, 1]);
    release.resolve();
    assert.deepEqual([await ends.sent(), ends.finished], [answer, true]);
    assert.equal(atServer.closedCalls, 0);
    await assert.rejects(transport.write(patternBytes(1)), { name: "TransportClosedError" });
    peer.end();
    assert.equal(await atServer.ended, undefined);
    assert.deepEqual([ends.ended, ends.clock.pending], [1, 0]);
  }
});

Deno.test("WebSocketTransport, open: a wrong frame is answered with its code and FIN, and an error", async () => {
  for (
    const [bytes, answer, why] of [
      [frame(3), "880203ea", /unknown type/],
      [frame(TEXT, [65]), "880203eb", /text frame/],
      [frame(CLOSE, [3, 232, 0xff]), "880203ef", /UTF-8/],
      [Uint8Array.of(0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0), "880203f1", /limit/],
    ] as const
  ) {
    const ends = new Ends();
    const { transport, atServer, peer } = ends;
    transport.start(atServer);
    await ends.send(frame(BINARY, [1]), bytes, frame(BINARY, [2]), frame(PING));
    assert.deepEqual([await ends.sent(), ends.finished], [answer, true]);
    peer.end();
    assert.match((await atServer.ended)!.message, why);
    assert.deepEqual([atServer.byteLength, atServer.closedCalls, ends.ended], [1, 1, 1]);
  }
});

Deno.test("WebSocketTransport, open: FIN without a close frame is an error", async () => {
  const { transport, atServer, peer } = new Ends();
  transport.start(atServer);
  peer.end();
  assert.equal((await atServer.ended)!.name, "TransportResetError");
});

Deno.test("WebSocketTransport, closing: answers neither a ping nor a wrong frame", async () => {
  const ends = new Ends();
  const { transport, atServer, peer } = ends;
  transport.start(atServer);
  const closing = transport.close();
  await ends.send(frame(BINARY, [1]), frame(PING));
  assert.deepEqual([await ends.sent(), ends.finished], [CLOSE_NORMAL, false]);
  await ends.send(frame(TEXT, [65]));
  assert.deepEqual([await ends.sent(), ends.finished], [CLOSE_NORMAL, true]);
  peer.end();
  await closing;
  assert.deepEqual([await atServer.ended, atServer.byteLength], [undefined, 0]);
});

Deno.test("WebSocketTransport, closing: a ping that waits for its answer gets none", async () => {
  for (const last of [CLOSE, BINARY]) {
    const ends = new Ends();
    const { transport, peer } = ends;
    const ended: (Error | undefined)[] = [];
    transport.start({
      receive: () => void transport.close(),
      closed: (error) => void ended.push(error),
    });
    const frames = [frame(PING, [1]), frame(PING, [2]), frame(last, [3, 232])];
    peer.write(Uint8Array.from(frames.flatMap((each) => [...each])));
    assert.equal(await ends.sent(), `8a0101${CLOSE_NORMAL}`);
    assert.deepEqual(ended, [], "the peer has its time to read that and to go");
    await ends.send(frame(CLOSE, [3, 232]));
    assert.equal(ends.finished, true);
    peer.end();
    await turns(2);
    assert.deepEqual(ended, [undefined]);
  }
});

Deno.test("WebSocketTransport, closing: the peer's close frame or FIN is followed by our FIN", async () => {
  for (const orderly of [true, false]) {
    const ends = new Ends();
    const { transport, atServer, peer } = ends;
    transport.start(atServer);
    const closing = transport.close();
    assert.deepEqual([await ends.sent(), ends.finished], [CLOSE_NORMAL, false]);
    if (orderly) await ends.send(frame(CLOSE, [3, 232]));
    else peer.end();
    assert.deepEqual([await ends.sent(), ends.finished], [CLOSE_NORMAL, true]);
    peer.end();
    await closing;
    assert.equal(await atServer.ended, undefined);
  }
});

Deno.test("WebSocketTransport, closing: reads on while the receiver holds a chunk", async () => {
  const ends = new Ends();
  const { transport, atServer, peer } = ends;
  atServer.hold = new Promise(() => {});
  transport.start(atServer);
  await ends.send(frame(BINARY, [1]));
  const closing = transport.close();
  await ends.send(frame(BINARY, [2]), frame(CLOSE));
  peer.end();
  await closing;
  assert.deepEqual([await atServer.ended, atServer.byteLength], [undefined, 1]);
});

Deno.test("WebSocketTransport, closing: ends when its time is up", async () => {
  for (const violation of [false, true]) {
    const ends = new Ends();
    const { transport, atServer, clock } = ends;
    transport.start(atServer);
    if (violation) await ends.send(frame(TEXT));
    else void transport.close();
    await clock.advance(LINGER_MS - 1);
    assert.equal(atServer.closedCalls, 0);
    await clock.advance(1);
    assert.equal(await atServer.ended instanceof Error, violation);
    assert.equal(ends.ended, 1);
  }
});

Deno.test("WebSocketTransport, closing: ends when the peer goes on sending", async () => {
  const ends = new Ends();
  const { transport, atServer, peer } = ends;
  transport.start(atServer);
  const closing = transport.close();
  const part = new Uint8Array(1024 * 1024);
  for (let sent = 0; sent < LINGER_BYTES_MAX; sent += part.length) await ends.send(part);
  assert.equal(ends.ended, 0);
  peer.write(part);
  await closing;
  assert.deepEqual([ends.ended, atServer.closedCalls], [1, 1]);
});

Deno.test("WebSocketTransport: a receiver that throws or rejects ends the stream with its error", async () => {
  const failing: Receiver["receive"][] = [
    () => {
      throw new Error("broken");
    },
    () => Promise.reject(new Error("broken")),
  ];
  for (const receive of failing) {
    const ends = new Ends();
    const ended = Promise.withResolvers<Error | undefined>();
    ends.transport.start({ receive, closed: ended.resolve });
    await ends.send(frame(BINARY, [1]));
    assert.equal((await ended.promise)?.message, "broken");
  }
});

Deno.test("WebSocketTransport: an answer to a ping stands between messages, never in one", async () => {
  const ends = new Ends();
  const { transport, atServer } = ends;
  transport.start(atServer);
  const sent = patternBytes(300_000);
  const writing = transport.write(sent);
  await ends.send(frame(PING, [7]));
  await writing;
  await transport.write(patternBytes(2));
  const bytes = Uint8Array.fromHex(await ends.sent());
  assert.equal(bytes.subarray(0, 10).toHex(), "827f00000000000493e0");
  assert.ok(equalBytes(bytes.subarray(10, 10 + sent.length), sent));
  assert.equal(bytes.subarray(10 + sent.length).toHex(), "8a0107" + "8202001f");
  transport.abort();
});

Deno.test("WebSocketTransport: abort rejects a write that is under way", async () => {
  const { transport, atServer, peer } = new Ends();
  peer.pause();
  transport.start(atServer);
  const writing = transport.write(new Uint8Array(4 * 1024 * 1024));
  const rejected = assert.rejects(writing, { name: "TransportClosedError" });
  await turns(2);
  transport.abort();
  await rejected;
});

Deno.test("WebSocketTransport: nothing is received after abort, also of what was read before", async () => {
  const ends = new Ends();
  const { transport } = ends;
  await ends.send(frame(BINARY, [1]), frame(BINARY, [2]));
  let chunks = 0;
  const closed = Promise.withResolvers<void>();
  transport.start({
    receive() {
      chunks++;
      transport.abort();
      return undefined;
    },
    closed: () => closed.resolve(),
  });
  await closed.promise;
  await turns(2);
  assert.equal(chunks, 1);
});
