/** How the real command stops, and how `/ready` tells. */
import assert from "#assert";
import { StandaloneCluster } from "../../src/cluster/standalone.ts";
import type { ClusterHost } from "../../src/cluster/cluster.ts";
import { configFrom } from "../../src/config/load.ts";
import { startServer } from "../../src/server.ts";
import { Program } from "../support/program.ts";
import { RawClient } from "../support/raw_client.ts";
import {
  FREE_PORTS,
  FREE_PORTS_ENV,
  freePort,
  reachedBy,
  RealBroker,
} from "../support/real_broker.ts";
import { testVersions } from "../support/test_broker.ts";
import { dial, WebSocketStream } from "../support/websocket_stream.ts";

/** Keeps the broker waiting for a client that does not close, so that its stop can be watched. */
const SLOW_STOP = { server: { close_linger: "60s" } } as const;
const SERVER_SHUTTING_DOWN = 0x8b;

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  testVersions(
    `stop: ${signal} tells the clients, and ends with exit code 0`,
    [3, 4, 5],
    async (version) => {
      await using broker = await RealBroker.start();
      await using tcp = await RawClient.connectTcp(broker.address, { protocolVersion: version });
      const subprotocols = [version === 3 ? "mqttv3.1" : "mqtt"];
      const stream = await WebSocketStream.connect(broker.webSockets[0]!, subprotocols);
      await using overWebSocket = new RawClient(stream, { protocolVersion: version });
      const clients = [tcp, overWebSocket];
      for (const [index, client] of clients.entries()) {
        await client.connect({ clientId: `c${index}` });
      }
      const stopped = broker.stop(signal);
      for (const client of clients) {
        if (version === 5) await client.expect("disconnect", { reasonCode: SERVER_SHUTTING_DOWN });
        await client.expectClosed();
      }
      await stopped;
    },
  );
}

Deno.test("stop: /ready turns to 503 and nobody is let in, while the last clients are told", async () => {
  await using broker = await RealBroker.start({ config: SLOW_STOP });
  assert.deepEqual(await broker.probe("/ready"), {
    status: 200,
    body: { status: "ready", details: { store: "on disk", cluster: "standalone" } },
  });
  const client = await lingeringClient(broker);
  const stopped = broker.stop();
  await client.told();
  assert.deepEqual(await broker.probe("/ready"), {
    status: 503,
    body: { status: "not_ready", details: { server: "stopping" } },
  });
  assert.equal((await broker.probe("/health")).status, 200);
  await assert.rejects(Deno.connect({ hostname: "127.0.0.1", port: broker.port }));
  await assert.rejects(dial(broker.webSockets[0]!));
  await assert.rejects(dial(broker.webSockets[1]!), /response: 404/);
  client.close();
  await stopped;
});

for (
  const [first, second, code] of [
    ["SIGTERM", "SIGINT", 130],
    ["SIGINT", "SIGTERM", 143],
  ] as const
) {
  Deno.test(`stop: ${second} after ${first} ends a stop that takes long, with ${code}`, async () => {
    await using program = startSlow();
    const client = await lingeringClient(await reachedBy(program));
    program.signal(first);
    await client.told();
    program.signal(second);
    const ended = await program.ended();
    assert.equal(ended.code, code, ended.err);
    assert.doesNotMatch(ended.err, /stopped/);
    client.close();
  });
}

Deno.test("stop: shutdown_timeout ends a stop that takes long, with exit code 1", async () => {
  await using program = startSlow(["--set", "server.shutdown_timeout=200ms"]);
  const client = await lingeringClient(await reachedBy(program));
  program.signal("SIGTERM");
  await client.told();
  const ended = await program.ended();
  assert.equal(ended.code, 1);
  assert.match(ended.err, /ERROR not stopped within server\.shutdown_timeout.* timeoutMs=200\n$/);
  client.close();
});

for (const command of [["deno", "task", "start"], ["npx", "-y", "deno@2.9.6", "task", "start"]]) {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.test(`stop: ${signal} to all of ${command.join(" ")}, as by Ctrl+C, is one request`, async () => {
      await using program = new Program(command[0] === "deno" ? Deno.execPath() : "npx", {
        args: command.slice(1),
        cwd: new URL("../../", import.meta.url).pathname,
        env: FREE_PORTS_ENV,
        group: true,
      });
      const { port } = await reachedBy(program);
      await using client = await RawClient.connectTcp(`127.0.0.1:${port}`);
      await client.connect({ clientId: "c" });
      program.signalGroup(signal);
      await client.expect("disconnect", { reasonCode: SERVER_SHUTTING_DOWN });
      await client.expectClosed();
      // npx itself dies of the signal: what counts is that the broker has stopped in order.
      const { err } = await program.ended();
      assert.match(err, /INFO {2}stopped\n/);
    });
  }
}

Deno.test("startServer: /ready says that the broker starts, serves, stops", async () => {
  const cluster = new SlowCluster("node");
  const port = freePort();
  const health = `127.0.0.1:${port}`;
  const starting = startServer(
    configFrom({
      server: { ...FREE_PORTS, health_addr: health, close_linger: "60s" },
      storage: { type: "memory" },
    }),
    { cluster },
  );
  const ready = async () => {
    const response = await fetch(`http://${health}/ready`);
    return [response.status, (await response.json()).details.server];
  };
  await cluster.joining;
  assert.deepEqual(await ready(), [503, "starting"]);
  cluster.proceed();
  const server = await starting;
  assert.deepEqual(await ready(), [200, undefined]);
  const [tcp] = server.addresses;
  assert.deepEqual(server.addresses.map(({ name }) => name), ["tcp", "ws", "http", "health"]);
  const client = await lingeringClient({ port: Number(tcp!.address.split(":")[1]) });
  const closed = server.close();
  await client.told();
  assert.deepEqual(await ready(), [503, "stopping"]);
  client.close();
  await closed;
  await assert.rejects(fetch(`http://${health}/ready`));
});

/** Joins when the test says so. */
class SlowCluster extends StandaloneCluster {
  readonly #joining = Promise.withResolvers<void>();
  readonly #proceed = Promise.withResolvers<void>();
  readonly joining = this.#joining.promise;
  readonly proceed = this.#proceed.resolve;

  override async join(host: ClusterHost): Promise<void> {
    this.#joining.resolve();
    await this.#proceed.promise;
    await super.join(host);
  }
}

function startSlow(args: readonly string[] = []): Program {
  return new Program(Deno.execPath(), {
    args: ["task", "--quiet", "start", "--set", "server.close_linger=60s", ...args],
    env: FREE_PORTS_ENV,
    group: true,
  });
}

/** A 5.0 client that reads the DISCONNECT of the broker and leaves its connection open. */
async function lingeringClient({ port }: { port: number }) {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const buffer = new Uint8Array(1024);
  await conn.write(Uint8Array.fromHex("100e00044d515454050200000000" + "0161"));
  await conn.read(buffer);
  return {
    async told(): Promise<void> {
      await conn.read(buffer);
      assert.deepEqual([buffer[0], buffer[2]], [0xe0, SERVER_SHUTTING_DOWN]);
    },
    close: () => conn.close(),
  };
}
