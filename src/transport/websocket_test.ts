import assert from "#assert";
import type { IncomingMessage } from "node:http";
import { connect, Socket } from "node:net";
// @ts-types="@types/ws"
import { WebSocket } from "ws";
import { dial } from "../../tests/support/websocket_stream.ts";
import { FakeClock } from "../base/fake_clock.ts";
import { silentLogger } from "../base/log.ts";
import { SystemClock } from "../base/system_clock.ts";
import { type Address, parseAddress } from "./address.ts";
import { type HttpRoutes, HttpServer, type UpgradeHandler } from "./http_server.ts";
import { Collector, patternBytes, transportConformance, turns } from "./transport_conformance.ts";
import type { Listener, Transport } from "./transport.ts";
import { listenWebSocket, type WebSocketOptions } from "./websocket.ts";
import { PeerTransport } from "./websocket_fixture.ts";

const clock = new SystemClock();

const OPTIONS = {
  hostname: "127.0.0.1",
  port: 0,
  path: "/mqtt",
  maxConnections: 10,
  clock,
  logger: silentLogger,
};

/** A request for an upgrade that offers no subprotocol; its last line is still to come. */
const UPGRADE = "GET /mqtt HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/** A served `/mqtt` with what it has accepted. */
class Endpoint {
  readonly #accepted: Transport[] = [];
  readonly #wanted: ((transport: Transport) => void)[] = [];
  listener!: Listener;

  static async open(options: Partial<WebSocketOptions> = {}): Promise<Endpoint> {
    const endpoint = new Endpoint();
    const http = new HttpServer({ clock, logger: silentLogger });
    endpoint.listener = await listenWebSocket(http, {
      ...OPTIONS,
      ...options,
    }, (transport) => {
      const wanted = endpoint.#wanted.shift();
      if (wanted === undefined) endpoint.#accepted.push(transport);
      else wanted(transport);
    });
    return endpoint;
  }

  /** The next accepted peer. */
  next(): Promise<Transport> {
    const transport = this.#accepted.shift();
    if (transport !== undefined) return Promise.resolve(transport);
    return new Promise((resolve) => this.#wanted.push(resolve));
  }

  url(path = "/mqtt"): string {
    return `ws://${this.listener.address}${path}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.listener.close();
  }
}

function closeOf(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => socket.once("close", resolve));
}

/**
 * Sends `head`, one byte for each character, and resolves with everything that comes back until the
 * server closes.
 */
function exchange(address: string, head: string): Promise<string> {
  const { hostname, port } = parseAddress(address);
  const { promise, resolve } = Promise.withResolvers<string>();
  let answer = "";
  const socket = connect({ host: hostname, port }, () => socket.write(head, "latin1"));
  socket.on("data", (data) => answer += data.toString("latin1"));
  socket.on("close", () => resolve(answer));
  return promise;
}

transportConformance("websocket", async () => {
  const endpoint = await Endpoint.open();
  const socket = new WebSocket(endpoint.url(), ["mqtt"]);
  const client = await new Promise<Transport>((resolve) => {
    socket.once("open", () => resolve(new PeerTransport(socket)));
  });
  const server = await endpoint.next();
  return { client, server, dispose: () => endpoint.listener.close() };
}, { abortIsError: true });

Deno.test("[MQTT-6.0.0-3] [MQTT-6.0.0-4] listenWebSocket: selects mqtt, also among others", async () => {
  await using endpoint = await Endpoint.open();
  for (
    const [offered, selected] of [
      [["mqtt"], "mqtt"],
      [["chat", "mqtt"], "mqtt"],
      [["mqttv3.1", "mqtt"], "mqtt"],
      [["mqttv3.1"], "mqttv3.1"],
    ] as const
  ) {
    const socket = await dial(endpoint.url(), [...offered]);
    assert.equal(socket.protocol, selected);
    socket.terminate();
    (await endpoint.next()).abort();
  }
});

Deno.test("[MQTT-6.0.0-3] listenWebSocket: refuses a peer that does not offer mqtt", async () => {
  await using endpoint = await Endpoint.open();
  for (const offered of [[], ["chat", "MQTT"]]) {
    await assert.rejects(dial(endpoint.url(), offered), /Unexpected server response: 400/);
  }
  const answer = await exchange(endpoint.listener.address, `${UPGRADE}\r\n`);
  assert.match(answer, /needs the subprotocol "mqtt"/);
});

Deno.test("listenWebSocket: says which version of WebSocket it speaks to who asks for another", async () => {
  await using endpoint = await Endpoint.open();
  const request = `${UPGRADE.replace("13", "8")}Sec-WebSocket-Protocol: mqtt\r\n\r\n`;
  const answer = await exchange(endpoint.listener.address, request);
  assert.match(answer, /^HTTP\/1\.1 426 Upgrade Required\r\n/);
  assert.match(answer, /\r\nsec-websocket-version: 13\r\n/);
});

Deno.test("listenWebSocket: what comes together with the request is not lost", async () => {
  await using endpoint = await Endpoint.open();
  // A frame with two bytes, and a close frame, with the mask 0.
  const frames = "\x82\x82\0\0\0\0hi\x88\x80\0\0\0\0";
  const request = `${UPGRADE}Sec-WebSocket-Protocol: mqtt\r\n\r\n${frames}`;
  const answer = exchange(endpoint.listener.address, request);
  const server = await endpoint.next();
  const atServer = new Collector();
  server.start(atServer);
  assert.deepEqual(await atServer.bytes(2), new TextEncoder().encode("hi"));
  assert.ok((await answer).endsWith("\r\n\r\n\x88\0"));
  assert.equal(await atServer.ended, undefined);
});

Deno.test("listenWebSocket: a peer that has gone before it is answered is not accepted", async () => {
  let handler: UpgradeHandler | undefined;
  const http = {
    listen: (_address: Address, { webSocket }: HttpRoutes) => {
      handler = webSocket;
      return Promise.resolve({ address: "x", close: () => Promise.resolve() });
    },
  } as unknown as HttpServer;
  let accepted = 0;
  await listenWebSocket(http, OPTIONS, () => accepted++);
  const headers = {
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    "sec-websocket-protocol": "mqtt",
  };
  const socket = new Socket();
  socket.destroy();
  handler!.upgrade({ method: "GET", headers } as IncomingMessage, socket, new Uint8Array(0));
  assert.equal(accepted, 0);
});

Deno.test("listenWebSocket: another path is 404, a plain GET of the path 426", async () => {
  await using endpoint = await Endpoint.open();
  await assert.rejects(dial(endpoint.url("/other")), /Unexpected server response: 404/);
  const { address } = endpoint.listener;
  const plain = await fetch(`http://${address}/mqtt`);
  assert.equal(plain.status, 426);
  assert.equal(plain.headers.get("upgrade"), "websocket");
  await plain.body?.cancel();
});

Deno.test("[MQTT-6.0.0-2] WebSocketTransport: frames may split and join packets anywhere", async () => {
  await using endpoint = await Endpoint.open();
  const socket = await dial(endpoint.url());
  const server = await endpoint.next();
  const atServer = new Collector();
  server.start(atServer);
  const sent = patternBytes(1_000);
  // Bytes one by one, empty frames between, one message of several fragments, then the rest.
  for (let i = 0; i < 10; i++) {
    socket.send(sent.subarray(i, i + 1));
    socket.send(new Uint8Array(0));
  }
  socket.send(sent.subarray(10, 20), { fin: false });
  socket.send(new Uint8Array(0), { fin: false });
  socket.send(sent.subarray(20, 30), { fin: true });
  socket.send(sent.subarray(30));
  assert.deepEqual(await atServer.bytes(sent.length), sent);
  assert.ok(atServer.chunks.every((chunk) => chunk.length > 0), "no empty chunk");
  server.abort();
  await closeOf(socket);
});

Deno.test("[MQTT-6.0.0-1] WebSocketTransport: a text frame closes the connection", async () => {
  await using endpoint = await Endpoint.open();
  const socket = await dial(endpoint.url());
  const server = await endpoint.next();
  const atServer = new Collector();
  server.start(atServer);
  const closed = closeOf(socket);
  socket.send("text");
  socket.send(patternBytes(5));
  assert.equal(await closed, 1003);
  assert.match((await atServer.ended)!.message, /text frame/);
  assert.equal(atServer.byteLength, 0);
});

Deno.test("WebSocketTransport: a message above the limit closes with 1009", async () => {
  await using endpoint = await Endpoint.open({ frameBytesMax: 1_000 });
  const socket = await dial(endpoint.url());
  const server = await endpoint.next();
  const atServer = new Collector();
  server.start(atServer);
  socket.send(patternBytes(1_000));
  assert.deepEqual(await atServer.bytes(1_000), patternBytes(1_000));
  const closed = closeOf(socket);
  socket.send(patternBytes(1_001));
  assert.equal(await closed, 1009);
  assert.ok(await atServer.ended instanceof Error);
  assert.equal(atServer.closedCalls, 1);
});

Deno.test("WebSocketTransport: every write is one binary frame", async () => {
  await using endpoint = await Endpoint.open();
  const socket = await dial(endpoint.url());
  const frames: [number, boolean][] = [];
  socket.on("message", (data: Uint8Array, isBinary) => frames.push([data.length, isBinary]));
  const server = await endpoint.next();
  server.start(new Collector());
  const lengths = [1, 125, 126, 65_535, 65_536, 70_000, 300];
  for (const length of lengths) await server.write(patternBytes(length));
  const closed = closeOf(socket);
  await server.close();
  await closed;
  assert.deepEqual(frames, lengths.map((length) => [length, true]));
});

Deno.test("WebSocketTransport: close sends a close frame and the peer's ends it", async () => {
  await using endpoint = await Endpoint.open({ clock: new FakeClock() });
  const socket = await dial(endpoint.url());
  const server = await endpoint.next();
  server.start(new Collector());
  const closed = closeOf(socket);
  await server.close();
  assert.equal(await closed, 1000);
});

Deno.test("WebSocketTransport: close gives up a peer that does not answer when its time is up", async () => {
  const fake = new FakeClock();
  await using endpoint = await Endpoint.open({ clock: fake, lingerMs: 60_000 });
  const socket = await dial(endpoint.url());
  socket.pause();
  const server = await endpoint.next();
  const atServer = new Collector();
  server.start(atServer);
  const closing = server.close();
  await fake.advance(59_999);
  assert.equal(atServer.closedCalls, 0);
  await fake.advance(1);
  await closing;
  assert.equal(await atServer.ended, undefined);
  assert.equal(fake.pending, 0);
  socket.terminate();
});

Deno.test("WebSocketTransport: what the peer sends after our close is not looked at", async () => {
  await using endpoint = await Endpoint.open();
  const socket = await dial(endpoint.url());
  const server = await endpoint.next();
  const atServer = new Collector();
  server.start(atServer);
  socket.pause();
  const closing = server.close();
  socket.send("text");
  socket.send(patternBytes(5));
  socket.resume();
  await closing;
  assert.equal(await atServer.ended, undefined);
  assert.equal(atServer.byteLength, 0);
});

Deno.test("WebSocketTransport: a peer's close frame is an orderly end, its absence an error", async () => {
  await using endpoint = await Endpoint.open();
  for (const orderly of [true, false]) {
    const socket = await dial(endpoint.url());
    const server = await endpoint.next();
    const atServer = new Collector();
    server.start(atServer);
    if (orderly) socket.close(1000);
    else socket.terminate();
    assert.equal(await atServer.ended === undefined, orderly);
  }
});

Deno.test("WebSocketTransport: frames before the peer's close reach a receiver that waits", async () => {
  await using endpoint = await Endpoint.open();
  const socket = await dial(endpoint.url());
  const server = await endpoint.next();
  const atServer = new Collector();
  const release = Promise.withResolvers<void>();
  atServer.hold = release.promise;
  server.start(atServer);
  for (let i = 0; i < 5; i++) socket.send(patternBytes(10));
  socket.close(1000);
  await atServer.bytes(10);
  await turns();
  assert.deepEqual([atServer.chunks.length, atServer.closedCalls], [1, 0]);
  release.resolve();
  assert.equal(await atServer.ended, undefined);
  assert.equal(atServer.byteLength, 50);
});

Deno.test("WebSocketTransport: pings are answered", async () => {
  await using endpoint = await Endpoint.open();
  const socket = await dial(endpoint.url());
  const server = await endpoint.next();
  server.start(new Collector());
  const pongs: string[] = [];
  const last = new Promise<void>((resolve) =>
    socket.on("pong", (data) => {
      pongs.push(data.toString());
      if (pongs.at(-1) === "last") resolve();
    })
  );
  for (const text of ["first", "second", "last"]) socket.ping(text);
  await last;
  server.abort();
  await closeOf(socket);
});

Deno.test("WebSocketTransport: unread answers to pings do not pile up", async () => {
  await using endpoint = await Endpoint.open();
  const socket = await dial(endpoint.url());
  socket.pause();
  const server = await endpoint.next();
  server.start(new Collector());
  // Fill the way back, so that no answer can leave.
  const stuck = server.write(new Uint8Array(32 * 1024 * 1024)).catch(() => {});
  await turns();
  const before = memoryInUse();
  for (let i = 0; i < 100; i++) {
    for (let j = 0; j < 1_000; j++) socket.ping(patternBytes(125));
    await new Promise((resolve) => socket.ping("", undefined, resolve));
  }
  await turns();
  assert.ok(memoryInUse() - before < 8 * 1024 * 1024);
  server.abort();
  await stuck;
  socket.terminate();
});

Deno.test("listenWebSocket: refuses peers beyond maxConnections with 503 and counts them", async () => {
  const refused: string[] = [];
  await using endpoint = await Endpoint.open({
    maxConnections: 1,
    onRefused: (remoteAddress) => refused.push(remoteAddress),
  });
  const first = await dial(endpoint.url());
  const server = await endpoint.next();
  await assert.rejects(dial(endpoint.url()), /Unexpected server response: 503/);
  assert.match(refused.join(), /^127\.0\.0\.1:\d+$/);
  const firstClosed = closeOf(first);
  server.abort();
  await firstClosed;
  (await dial(endpoint.url())).terminate();
  (await endpoint.next()).abort();
});

Deno.test("listenWebSocket: refuses an origin that is not in the list", async () => {
  await using endpoint = await Endpoint.open({ allowedOrigins: ["https://good.example"] });
  await assert.rejects(
    dial(endpoint.url(), ["mqtt"], { origin: "https://bad.example" }),
    /Unexpected server response: 403/,
  );
  // A client that is no browser has no origin.
  for (const options of [{ origin: "https://good.example" }, {}]) {
    (await dial(endpoint.url(), ["mqtt"], options)).terminate();
    (await endpoint.next()).abort();
  }
});

Deno.test("listenWebSocket: close lets accepted transports live on", async () => {
  const endpoint = await Endpoint.open();
  const socket = await dial(endpoint.url());
  const server = await endpoint.next();
  await endpoint.listener.close();
  await assert.rejects(dial(endpoint.url()));
  const atServer = new Collector();
  server.start(atServer);
  socket.send(patternBytes(3));
  assert.deepEqual(await atServer.bytes(3), patternBytes(3));
  server.abort();
  await closeOf(socket);
});

function memoryInUse(): number {
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}
