/** Peers that mean no good, on real sockets: the broker lives on, and others notice nothing. */
import assert from "#assert";
import { connect as connectSocket } from "node:net";
import type { LogFields, Logger } from "../../src/base/log.ts";
import { silentLogger } from "../../src/base/log.ts";
import { SeededRandom } from "../../src/base/random.ts";
import type { ConfigInput } from "../../src/config/schema.ts";
import { LocalServer } from "../support/local_server.ts";
import { memoryInUse } from "../support/memory.ts";
import { RawClient } from "../support/raw_client.ts";
import { until, withinLimit } from "../support/until.ts";
import { dial } from "../support/websocket_stream.ts";

const MIB = 1024 * 1024;
const PINGREQ = Uint8Array.of(0xc0, 0x00);
/** CONNECT of 5.0 with client id "x" and clean start. */
const CONNECT = Uint8Array.fromHex("100e00044d51545405020000000001" + "78");
const PACKET_TOO_LARGE = 0x95;
const MALFORMED_PACKET = 0x81;

/** A server under attack, with a client that expects to be served as ever. */
class Besieged implements AsyncDisposable {
  readonly server: LocalServer;
  readonly bystander: RawClient;
  readonly #errors: string[];
  readonly #before;

  private constructor(server: LocalServer, bystander: RawClient, errors: string[]) {
    this.server = server;
    this.bystander = bystander;
    this.#errors = errors;
    this.#before = server.inspector.counts();
  }

  static async start(config: ConfigInput = {}): Promise<Besieged> {
    const errors: string[] = [];
    const logger: Logger = {
      ...silentLogger,
      error: (text: string, fields?: LogFields) => {
        errors.push(`${text} ${JSON.stringify(fields)}`);
      },
    };
    const server = await LocalServer.start(config, { logger });
    const bystander = await RawClient.connectTcp(server.address);
    await bystander.connect({ clientId: "bystander" });
    await bystander.subscribe("quiet/#", { qos: 1 });
    return new Besieged(server, bystander, errors);
  }

  /** The bystander is served, `/health` and `/ready` answer, and nothing was a bug of ours. */
  async assertServes(): Promise<void> {
    await this.bystander.publish("quiet/life", "still here");
    await this.bystander.expect("publish", { payload: "still here" });
    for (const path of ["health", "ready"]) {
      const response = await fetch(`http://${this.server.addressOf("http")}/${path}`);
      await response.body?.cancel();
      assert.equal(response.status, 200);
    }
    assert.deepEqual(this.#errors, []);
  }

  /** Of the attackers nothing is left. */
  async assertAlone(): Promise<void> {
    const { inspector } = this.server;
    await until(
      () => inspector.counts().connections === 1,
      () => JSON.stringify(inspector.counts()),
    );
    assert.deepEqual(inspector.counts(), this.#before);
  }

  dial(): Promise<Deno.TcpConn> {
    return Deno.connect({ hostname: "127.0.0.1", port: this.server.port });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bystander.disconnect();
    await this.server[Symbol.asyncDispose]();
  }
}

/** Everything that comes until the other side ends the stream. */
async function readAll(conn: Deno.TcpConn): Promise<Uint8Array> {
  const received: number[] = [];
  const buffer = new Uint8Array(65_536);
  const reading = (async () => {
    try {
      for (let count; (count = await conn.read(buffer)) !== null;) {
        received.push(...buffer.subarray(0, count));
      }
    } catch {
      // Reset is an end too.
    }
  })();
  await withinLimit(reading, "the end of the stream");
  return Uint8Array.from(received);
}

/** Resolves when the broker has ended the connection; how long it took, in ms. */
async function lifetime(conn: Deno.TcpConn): Promise<number> {
  const started = performance.now();
  await readAll(conn);
  conn.close();
  return performance.now() - started;
}

async function write(conn: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

Deno.test("hostile: random bytes on 200 connections", async () => {
  await using besieged = await Besieged.start();
  const random = new SeededRandom(1883);
  const attacks = Array.from({ length: 200 }, async (_, index) => {
    const conn = await besieged.dial();
    const noise = random.bytes(4096);
    try {
      // Half of them as the broker would have it until then: noise behind a good CONNECT.
      if (index % 2 === 0) await write(conn, CONNECT);
      await write(conn, noise);
      await conn.closeWrite();
    } catch {
      // The broker has had enough.
    }
    await readAll(conn);
    conn.close();
  });
  await Promise.all(attacks);
  await besieged.assertServes();
  await besieged.assertAlone();
});

Deno.test("hostile: half packets, then a reset, and every will is published", async () => {
  await using besieged = await Besieged.start();
  const { bystander, server } = besieged;
  await bystander.subscribe("will/#", { qos: 0 });
  const count = 100;
  for (let index = 0; index < count; index++) {
    const socket = connectSocket({ host: "127.0.0.1", port: server.port });
    const connack = new Promise((resolve) => socket.once("data", resolve));
    socket.write(bystander.encode({
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: 5,
      clientId: `half ${index}`,
      clean: true,
      keepalive: 0,
      will: { topic: `will/${index}`, payload: new Uint8Array(), qos: 0, retain: false },
    }));
    await connack;
    const publish = bystander.encode({ cmd: "publish", topic: "a", payload: "never whole" });
    await new Promise((resolve) => socket.write(publish.subarray(0, 1 + index % 10), resolve));
    socket.resetAndDestroy();
    await bystander.expect("publish", { topic: `will/${index}` });
  }
  await besieged.assertServes();
  await bystander.unsubscribe("will/#");
  await besieged.assertAlone();
});

Deno.test("hostile: a client that asks and asks and reads no answer is not read on", async () => {
  await using besieged = await Besieged.start();
  const memory = memoryInUse();
  const conn = await besieged.dial();
  await write(conn, CONNECT);
  const count = 20 * MIB / PINGREQ.length;
  const requests = new Uint8Array(20 * MIB).map((_, index) => PINGREQ[index % 2]!);
  let written = 0;
  const writing = (async () => {
    while (written < requests.length) {
      written += await conn.write(requests.subarray(written, written + 65_536));
    }
  })();
  // It gets stuck where the broker stops reading: not a byte goes while others are served.
  for (let before = -1; written !== before;) {
    before = written;
    for (let exchange = 0; exchange < 50; exchange++) await besieged.bystander.ping();
  }
  await besieged.assertServes();
  assert.ok(written < requests.length, "the broker took everything");
  assert.ok(memoryInUse() - memory - requests.length < 16 * MIB);
  // All of it is answered once it reads.
  await takeConnack(conn);
  let received = 0;
  const buffer = new Uint8Array(65_536);
  while (received < count * 2) {
    const length = await withinLimit(conn.read(buffer), "an answer");
    if (length === null) break;
    received += length;
  }
  await writing;
  assert.equal(received, count * 2);
  conn.close();
  await besieged.assertAlone();
});

/** Reads the CONNACK and nothing more. */
async function takeConnack(conn: Deno.TcpConn): Promise<void> {
  const header = new Uint8Array(2);
  for (let at = 0; at < 2;) at += (await conn.read(header.subarray(at)))!;
  const rest = new Uint8Array(header[1]!);
  for (let at = 0; at < rest.length;) at += (await conn.read(rest.subarray(at)))!;
}

for (
  const [what, bytes, reasonCode] of [
    ["a CONNECT of 256 MiB", "10ffffff7f", undefined],
    ["a PUBLISH of 256 MiB", "30ffffff7f", PACKET_TOO_LARGE],
    ["a Remaining Length of five bytes", "30ffffffff01", MALFORMED_PACKET],
    ["a SUBSCRIBE of 256 MiB", "82ffffff7f0001", PACKET_TOO_LARGE],
  ] as const
) {
  Deno.test(`hostile: ${what} is refused by its header`, async () => {
    await using besieged = await Besieged.start();
    const memory = memoryInUse();
    const conn = await besieged.dial();
    if (reasonCode !== undefined) {
      await write(conn, CONNECT);
      await takeConnack(conn);
    }
    await write(conn, Uint8Array.fromHex(bytes));
    const answer = await readAll(conn);
    conn.close();
    if (reasonCode !== undefined) assert.deepEqual([answer[0], answer[2]], [0xe0, reasonCode]);
    assert.ok(memoryInUse() - memory < MIB);
    await besieged.assertServes();
    await besieged.assertAlone();
  });
}

Deno.test("hostile: who sends too slowly is ended after tcp_read_timeout, who is idle is not", async () => {
  const timeoutMs = 300;
  await using besieged = await Besieged.start({ server: { tcp_read_timeout: `${timeoutMs}ms` } });
  const silent = await besieged.dial();
  const halfConnect = await besieged.dial();
  await write(halfConnect, CONNECT.subarray(0, 9));
  const halfPublish = await besieged.dial();
  await write(halfPublish, CONNECT);
  await takeConnack(halfPublish);
  await write(halfPublish, Uint8Array.of(0x30, 100, 0));
  const dripping = await besieged.dial();
  let dripped = 0;
  const drip = setInterval(() => {
    dripping.write(CONNECT.subarray(dripped, ++dripped)).catch(() => {});
  }, timeoutMs / 10);
  const lifetimes = await Promise.all([silent, halfConnect, halfPublish, dripping].map(lifetime));
  clearInterval(drip);
  for (const ms of lifetimes) assert.ok(ms >= timeoutMs * 0.9, `${lifetimes}`);
  assert.ok(dripped < CONNECT.length, "it could finish its CONNECT");
  await besieged.assertServes();
  await besieged.assertAlone();
});

Deno.test("hostile: many large packets that stay unfinished cost no more than they hold", async () => {
  await using besieged = await Besieged.start();
  const memory = memoryInUse();
  const count = 40;
  const header = Uint8Array.of(0x30, 0x84, 0x80, 0x40, 0, 1, 0x61, 0); // 1 MiB of payload
  const payload = new Uint8Array(MIB - 1);
  const conns: Deno.TcpConn[] = [];
  for (let index = 0; index < count; index++) {
    const conn = await besieged.dial();
    // Client ids of one byte: "!", …
    await write(conn, Uint8Array.from([...CONNECT.subarray(0, -1), 0x21 + index]));
    await takeConnack(conn);
    await write(conn, header);
    await write(conn, payload);
    conns.push(conn);
  }
  await besieged.assertServes();
  assert.ok(memoryInUse() - memory < count * 3 * MIB, `${memoryInUse() - memory}`);
  for (const conn of conns) conn.close();
  await besieged.assertAlone();
  await until(() => memoryInUse() - memory < 4 * MIB, () => `${memoryInUse() - memory} bytes left`);
});

Deno.test("hostile: connections beyond tcp_max_connections are refused, until one goes", async () => {
  await using besieged = await Besieged.start({ server: { tcp_max_connections: 10 } });
  const conns = await Promise.all(Array.from({ length: 9 }, () => besieged.dial()));
  const { inspector } = besieged.server;
  await until(
    () => inspector.counts().connections === 10,
    () => `${inspector.counts().connections}`,
  );
  for (let index = 0; index < 50; index++) {
    const refused = await besieged.dial();
    assert.deepEqual(await readAll(refused), new Uint8Array());
    refused.close();
  }
  await besieged.assertServes();
  conns.pop()!.close();
  await until(
    () => inspector.counts().connections === 9,
    () => `${inspector.counts().connections}`,
  );
  await using client = await RawClient.connectTcp(besieged.server.address);
  await client.connect({ clientId: "late" });
  await client.disconnect();
  for (const conn of conns) conn.close();
  await besieged.assertAlone();
});

Deno.test("hostile: each WebSocket listener has its limit too, and answers 503", async () => {
  await using besieged = await Besieged.start({ server: { tcp_max_connections: 2 } });
  const url = `ws://${besieged.server.addressOf("ws")}/mqtt`;
  const sockets = [await dial(url), await dial(url)];
  await assert.rejects(dial(url), /response: 503/);
  await besieged.assertServes();
  for (const socket of sockets) {
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.terminate();
    await closed;
  }
  await besieged.assertAlone();
  const again = await dial(url);
  again.terminate();
  await besieged.assertAlone();
});

Deno.test("hostile: noise and headers without end on the HTTP listeners", async () => {
  await using besieged = await Besieged.start();
  const random = new SeededRandom(8080);
  const listeners = ["ws", "http"] as const;
  const attacks = Array.from({ length: 100 }, async (_, index) => {
    const [hostname, port] = besieged.server.addressOf(listeners[index % 2]!).split(":");
    const conn = await Deno.connect({ hostname: hostname!, port: Number(port) });
    try {
      if (index % 4 < 2) await write(conn, random.bytes(1024));
      else {
        await write(conn, new TextEncoder().encode("GET /mqtt HTTP/1.1\r\nHost: x\r\n"));
        const line = new TextEncoder().encode(`X-Filler: ${"x".repeat(1000)}\r\n`);
        for (let lines = 0; lines < 100; lines++) await write(conn, line);
      }
      await conn.closeWrite();
    } catch {
      // It has had enough.
    }
    await readAll(conn);
    conn.close();
  });
  await Promise.all(attacks);
  await besieged.assertServes();
  await besieged.assertAlone();
});

Deno.test("hostile: 2,000 connections that are gone at once", async () => {
  await using besieged = await Besieged.start();
  for (let wave = 0; wave < 20; wave++) {
    const conns = await Promise.all(Array.from({ length: 100 }, () => besieged.dial()));
    for (const conn of conns) conn.close();
  }
  await besieged.assertServes();
  await besieged.assertAlone();
});
