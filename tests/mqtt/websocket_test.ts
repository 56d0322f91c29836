/** MQTT over WebSocket: MQTT 5.0 section 6, against the whole server. */
import assert from "#assert";
import { connect as connectTcp } from "node:net";
import { configFrom } from "../../src/config/load.ts";
import { type Server, startServer } from "../../src/server.ts";
import { publish, receive } from "../support/exchange.ts";
import { type ConnectOptions, RawClient } from "../support/raw_client.ts";
import { testVersions } from "../support/test_broker.ts";
import { dial, WebSocketStream } from "../support/websocket_stream.ts";

/** A server on free ports of 127.0.0.1 and its clients. */
class TestServer implements AsyncDisposable {
  readonly #clients: RawClient[] = [];

  private constructor(readonly server: Server) {}

  static async start(): Promise<TestServer> {
    const free = "127.0.0.1:0";
    const config = configFrom({
      server: { tcp_addr: free, ws_addr: free, http_addr: free, health_addr: free },
      storage: { type: "memory" },
    });
    return new TestServer(await startServer(config));
  }

  address(name: string): string {
    return this.server.addresses.find((each) => each.name === name)!.address;
  }

  url(name = "ws"): string {
    return `ws://${this.address(name)}/mqtt`;
  }

  async connect(
    options: ConnectOptions,
    name: "tcp" | "ws" | "http" = "ws",
  ): Promise<RawClient & { readonly stream: WebSocketStream }> {
    const transport = name === "tcp" ? undefined : await WebSocketStream.connect(this.url(name));
    const client = transport === undefined
      ? await RawClient.connectTcp(this.address("tcp"))
      : new RawClient(transport);
    this.#clients.push(client);
    await client.connect(options);
    return Object.assign(client, { stream: transport! });
  }

  /** A socket with nothing around it, and what it takes to be a client. */
  async raw(): Promise<{ client: RawClient; stream: WebSocketStream }> {
    const stream = await WebSocketStream.connect(this.url());
    const client = new RawClient(stream);
    this.#clients.push(client);
    return { client, stream };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) await client[Symbol.asyncDispose]();
    await this.server.close();
  }
}

const WILL = {
  topic: "will",
  payload: new TextEncoder().encode("gone"),
  qos: 0,
  retain: false,
} as const;

testVersions(
  "[MQTT-6.0.0-1] messages of each QoS pass between TCP and both WebSocket addresses, in binary frames",
  [3, 4, 5],
  async (protocolVersion) => {
    await using server = await TestServer.start();
    const clients = {
      tcp: await server.connect({ clientId: "tcp", protocolVersion }, "tcp"),
      ws: await server.connect({ clientId: "ws", protocolVersion }, "ws"),
      http: await server.connect({ clientId: "http", protocolVersion }, "http"),
    };
    for (const [name, client] of Object.entries(clients)) {
      await client.subscribe(`to/${name}`, { qos: 2 });
    }
    for (const from of Object.values(clients)) {
      for (const [name, to] of Object.entries(clients)) {
        if (from === to) continue;
        for (const qos of [0, 1, 2] as const) {
          await publish(from, `to/${name}`, `${qos}`, { qos });
          await receive(to, { topic: `to/${name}`, payload: `${qos}`, qos });
        }
      }
    }
  },
);

testVersions(
  "[MQTT-6.0.0-1] a text frame ends the connection, and the will is published",
  [3, 4, 5],
  async (protocolVersion) => {
    await using server = await TestServer.start();
    const watcher = await server.connect({ clientId: "watcher", protocolVersion }, "tcp");
    await watcher.subscribe("will");
    const client = await server.connect({ clientId: "c", protocolVersion, will: WILL });
    // PINGREQ, in a frame of the wrong kind.
    client.stream.socket.send("\u00c0\u0000");
    await client.expectClosed();
    assert.equal(client.stream.closeCode, 1003);
    await watcher.expect("publish", { payload: "gone" });
  },
);

Deno.test("[MQTT-6.0.0-1] a text frame before CONNECT, or an empty one, ends the connection", async () => {
  await using server = await TestServer.start();
  for (const text of ["MQTT", ""]) {
    const { client, stream } = await server.raw();
    stream.socket.send(text);
    await client.expectClosed();
    assert.equal(stream.closeCode, 1003);
  }
});

testVersions(
  "[MQTT-6.0.0-2] packets may be cut anywhere: one byte in a frame, with empty frames between them",
  [3, 4, 5],
  async (protocolVersion) => {
    await using server = await TestServer.start();
    const { client } = await server.raw();
    const protocolId = protocolVersion === 3 ? "MQIsdp" : "MQTT";
    client.protocolVersion = protocolVersion;
    const bytes = [
      client.encode({
        cmd: "connect",
        protocolId,
        protocolVersion,
        clientId: "c",
        clean: true,
        keepalive: 0,
      }),
      client.encode({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "a", qos: 1 }] }),
      client.encode({ cmd: "publish", topic: "a", payload: "cut up", qos: 1, messageId: 2 }),
    ].flatMap((packet) => [...packet]);
    for (const byte of bytes) {
      await client.sendBytes(new Uint8Array([byte]));
      await client.sendBytes(new Uint8Array(0));
    }
    await client.expect("connack");
    await client.expect("suback", { granted: [1] });
    const [one, other] = [await client.next(), await client.next()];
    const message = one.cmd === "publish" ? one : other;
    assert.deepEqual([one.cmd, other.cmd].sort(), ["puback", "publish"]);
    assert.equal(message.cmd === "publish" && message.payload.toString(), "cut up");
  },
);

testVersions(
  "[MQTT-6.0.0-2] one frame may hold many packets and a part of the next one",
  [3, 4, 5],
  async (protocolVersion) => {
    await using server = await TestServer.start();
    const { client } = await server.raw();
    const protocolId = protocolVersion === 3 ? "MQIsdp" : "MQTT";
    client.protocolVersion = protocolVersion;
    const count = 500;
    const bytes = new Uint8Array([
      client.encode({
        cmd: "connect",
        protocolId,
        protocolVersion,
        clientId: "c",
        clean: true,
        keepalive: 0,
      }),
      client.encode({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "a", qos: 0 }] }),
      ...Array.from(
        { length: count },
        (_, index) => client.encode({ cmd: "publish", topic: "a", payload: `${index}` }),
      ),
    ].flatMap((packet) => [...packet]));
    await client.sendBytes(bytes.subarray(0, bytes.length - 3));
    await client.sendBytes(bytes.subarray(bytes.length - 3));
    await client.expect("connack");
    await client.expect("suback");
    for (let index = 0; index < count; index++) {
      await client.expect("publish", { payload: `${index}` });
    }
  },
);

Deno.test("[MQTT-6.0.0-2] a packet may come in the fragments of one WebSocket message (5.0)", async () => {
  await using server = await TestServer.start();
  const client = await server.connect({ clientId: "c" });
  const ping = new Uint8Array([0xc0, 0x00]);
  client.stream.socket.send(ping.subarray(0, 1), { binary: true, fin: false });
  client.stream.socket.send(new Uint8Array(0), { binary: true, fin: false });
  client.stream.socket.send(ping.subarray(1), { binary: true, fin: true });
  await client.expect("pingresp");
});

Deno.test("a message of a megabyte passes in both directions (5.0)", async () => {
  await using server = await TestServer.start();
  const client = await server.connect({ clientId: "c" });
  await client.subscribe("a");
  const payload = new Uint8Array(1024 * 1024).map((_, index) => index * 31 >> 3);
  await client.publish("a", payload);
  const message = await client.expect("publish");
  assert.deepEqual(new Uint8Array(message.payload as Uint8Array), payload);
});

Deno.test("what the broker has to send goes out in a few frames, not one for each packet (5.0)", async () => {
  await using server = await TestServer.start();
  const client = await server.connect({ clientId: "c" });
  await client.subscribe("a");
  const before = client.stream.frames.length;
  const count = 1_000;
  const packet = client.encode({ cmd: "publish", topic: "a", payload: "x" });
  await client.sendBytes(
    new Uint8Array(count * packet.length).map((_, at) => packet[at % packet.length]!),
  );
  for (let index = 0; index < count; index++) await client.expect("publish");
  const frames = client.stream.frames.length - before;
  assert.ok(frames < count / 20, `${frames} frames`);
});

Deno.test("[MQTT-6.0.0-3] a client that does not offer the subprotocol is refused", async () => {
  await using server = await TestServer.start();
  for (const name of ["ws", "http"] as const) {
    for (const protocols of [[], ["chat"], ["MQTT"], ["mqtt5"]]) {
      await assert.rejects(dial(server.url(name), protocols), /Unexpected server response: 400/);
    }
  }
  assert.equal(server.server.broker.inspector.counts().connections, 0);
});

Deno.test("[MQTT-6.0.0-4] the subprotocol that is returned is mqtt, whatever else was offered", async () => {
  await using server = await TestServer.start();
  for (const name of ["ws", "http"] as const) {
    for (const protocols of [["mqtt"], ["chat", "mqtt"], ["mqttv3.1", "mqtt"]]) {
      const socket = await dial(server.url(name), protocols);
      assert.equal(socket.protocol, "mqtt");
      socket.terminate();
    }
  }
});

Deno.test("a client of 3.1 may offer mqttv3.1, the name of its time (3.1)", async () => {
  await using server = await TestServer.start();
  const stream = await WebSocketStream.connect(server.url(), ["mqttv3.1"]);
  assert.equal(stream.socket.protocol, "mqttv3.1");
  const client = new RawClient(stream);
  await client.connect({ clientId: "c", protocolVersion: 3 });
  await client.ping();
  await client[Symbol.asyncDispose]();
});

testVersions(
  "a socket that closes without DISCONNECT publishes the will, with a close frame and without",
  [3, 4, 5],
  async (protocolVersion) => {
    await using server = await TestServer.start();
    const watcher = await server.connect({ clientId: "watcher", protocolVersion }, "tcp");
    await watcher.subscribe("will");
    for (const end of ["close", "terminate"] as const) {
      const client = await server.connect({ clientId: "c", protocolVersion, will: WILL });
      client.stream.socket[end]();
      await watcher.expect("publish", { payload: "gone" });
    }
    const client = await server.connect({ clientId: "c", protocolVersion, will: WILL });
    await client.disconnect();
    assert.equal(client.stream.closeCode, 1000);
    await watcher.expectNothing();
  },
);

Deno.test("a peer that vanishes half-way through a frame publishes the will (5.0)", async () => {
  await using server = await TestServer.start();
  const watcher = await server.connect({ clientId: "watcher" }, "tcp");
  await watcher.subscribe("will");
  const [host, port] = server.address("ws").split(":");
  const socket = connectTcp({ host: host!, port: Number(port) });
  socket.write(
    "GET /mqtt HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
      "Sec-WebSocket-Protocol: mqtt\r\n\r\n",
  );
  const connect = watcher.encode({
    cmd: "connect",
    protocolId: "MQTT",
    protocolVersion: 5,
    clientId: "c",
    clean: true,
    keepalive: 0,
    will: WILL,
  });
  // A masked binary frame (the mask is zero) with CONNECT, then one that announces more than comes.
  socket.write(new Uint8Array([0x82, 0x80 | connect.length, 0, 0, 0, 0, ...connect]));
  socket.write(new Uint8Array([0x82, 0x80 | 10, 0, 0, 0, 0, 0xc0]));
  let received = "";
  await new Promise<void>((resolve) =>
    socket.on("data", (data) => {
      received += data.toString("latin1");
      if (/\r\n\r\n\x82/.test(received)) resolve(); // the CONNACK
    })
  );
  socket.destroy();
  await watcher.expect("publish", { payload: "gone" });
});

testVersions(
  "a protocol error is answered as over TCP, then the socket is closed in good order",
  [3, 4, 5],
  async (protocolVersion) => {
    await using server = await TestServer.start();
    const client = await server.connect({ clientId: "c", protocolVersion });
    await client.sendBytes("00 00");
    if (protocolVersion === 5) await client.expect("disconnect", { reasonCode: 0x81 });
    await client.expectClosed();
    assert.equal(client.stream.closeCode, 1000);
  },
);

testVersions(
  "a server that stops says so, then closes the sockets",
  [3, 4, 5],
  async (protocolVersion) => {
    await using server = await TestServer.start();
    const client = await server.connect({ clientId: "c", protocolVersion });
    const closing = server.server.close();
    if (protocolVersion === 5) await client.expect("disconnect", { reasonCode: 0x8b });
    await client.expectClosed();
    await closing;
    await assert.rejects(dial(server.url()));
  },
);
