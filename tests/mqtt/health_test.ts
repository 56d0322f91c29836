/** Liveness and readiness over HTTP, against the whole server (requirement row O1). */
import assert from "#assert";
import { FakeClock } from "../../src/base/fake_clock.ts";
import { StandaloneCluster } from "../../src/cluster/standalone.ts";
import { configFrom } from "../../src/config/load.ts";
import type { ConfigInput } from "../../src/config/schema.ts";
import { Message } from "../../src/mqtt/message.ts";
import { type Server, type ServerDependencies, startServer } from "../../src/server.ts";
import { MemoryStore } from "../../src/storage/memory.ts";
import { RawClient } from "../support/raw_client.ts";

const FREE = "127.0.0.1:0";

function start(
  dependencies: ServerDependencies = {},
  server: ConfigInput["server"] = {},
): Promise<Server> {
  const addresses = { tcp_addr: FREE, ws_addr: FREE, http_addr: FREE };
  const config = { server: { ...addresses, ...server }, storage: { type: "memory" } } as const;
  return startServer(configFrom(config), dependencies);
}

function addressOf(server: Server, name: string): string {
  return server.addresses.find((each) => each.name === name)!.address;
}

/** Status and body of a GET on a connection of its own. */
async function get(address: string, path: string): Promise<[status: number, body: unknown]> {
  const response = await fetch(`http://${address}${path}`, { headers: { connection: "close" } });
  assert.equal(response.headers.get("cache-control"), "no-store");
  return [response.status, await response.json()];
}

/** A store that says of itself whether it takes writes. */
class FillingStore extends MemoryStore {
  full = false;

  override health(): { writable: boolean; detail: string } {
    return this.full ? { writable: false, detail: "no space left" } : super.health();
  }
}

/** A cluster whose node can be cut off. */
class FragileCluster extends StandaloneCluster {
  cutOff = false;

  override status() {
    return this.cutOff
      ? { ...super.status(), available: false, detail: "no quorum" }
      : super.status();
  }
}

Deno.test("/health and /ready answer 200 while the broker serves", async () => {
  await using server = await start();
  const address = addressOf(server, "http");
  assert.deepEqual(await get(address, "/health"), [200, { status: "healthy" }]);
  const [status, body] = await get(address, "/ready");
  assert.equal(status, 200);
  assert.equal((body as { status: string }).status, "ready");
  assert.equal((body as { details: { store: string } }).details.store, "in memory");
});

Deno.test("/ready answers 503 with the reason while the store takes no writes, /health still 200", async () => {
  const store = new FillingStore();
  await using server = await start({ store });
  const address = addressOf(server, "http");
  store.full = true;
  const [status, body] = await get(address, "/ready");
  assert.equal(status, 503);
  const { status: word, details } = body as { status: string; details: Record<string, string> };
  assert.deepEqual([word, details["store"]], ["not_ready", "no space left"]);
  assert.deepEqual(await get(address, "/health"), [200, { status: "healthy" }]);
  store.full = false;
  assert.equal((await get(address, "/ready"))[0], 200);
});

Deno.test("/ready answers 503 while the node is cut off from its cluster", async () => {
  const cluster = new FragileCluster("node");
  await using server = await start({ cluster });
  const address = addressOf(server, "http");
  cluster.cutOff = true;
  const [status, body] = await get(address, "/ready");
  assert.equal(status, 503);
  assert.equal((body as { details: { cluster: string } }).details.cluster, "no quorum");
});

Deno.test("/ready answers 503 from the request to stop until the last client is gone, /health 200", async () => {
  // Time stands still, so a client that does not read is not given up.
  const clock = new FakeClock();
  const server = await start({ clock });
  const address = addressOf(server, "http");
  const client = await RawClient.connectTcp(addressOf(server, "tcp"));
  await client.connect({ clientId: "c" });
  await client.subscribe("a");
  client.freeze();
  const payload = new Uint8Array(1_000_000);
  const receivedAt = clock.now();
  for (let index = 0; index < 20; index++) {
    server.broker.publish(new Message({ topic: "a", payload, qos: 0, retain: false, receivedAt }));
  }
  const publisher = await RawClient.connectTcp(addressOf(server, "tcp"));
  await publisher.connect({ clientId: "pub" });

  let stopped = false;
  const closing = server.close().then(() => stopped = true);
  await publisher.expect("disconnect", { reasonCode: 0x8b });
  const [status, body] = await get(address, "/ready");
  assert.equal(status, 503);
  assert.deepEqual(body, { status: "not_ready", details: { server: "stopping" } });
  assert.deepEqual(await get(address, "/health"), [200, { status: "healthy" }]);
  assert.ok(!stopped);

  client.thaw();
  await client[Symbol.asyncDispose]();
  await publisher[Symbol.asyncDispose]();
  await clock.advance(60_000);
  await closing;
  await assert.rejects(get(address, "/health"));
});

Deno.test("health has an address of its own when it is configured, and none when it is turned off", async () => {
  {
    await using server = await start({}, { health_addr: "127.0.0.1:0", http_enabled: false });
    const [status] = await get(addressOf(server, "health"), "/ready");
    assert.equal(status, 200);
  }
  await using server = await start({}, { health_enabled: false });
  const address = addressOf(server, "http");
  for (const path of ["/health", "/ready"]) {
    const response = await fetch(`http://${address}${path}`);
    await response.body?.cancel();
    assert.equal(response.status, 404);
  }
});

Deno.test("health is served on http_addr as well when it has an address of its own", async () => {
  await using server = await start({}, { health_addr: "127.0.0.2:0" });
  for (const name of ["http", "health"]) {
    const address = addressOf(server, name);
    assert.deepEqual(await get(address, "/health"), [200, { status: "healthy" }], name);
    for (const path of ["/ready", "/cluster/status"]) {
      assert.equal((await get(address, path))[0], 200, `${name} ${path}`);
    }
  }
});

Deno.test("health answers GET and HEAD only, on its two paths", async () => {
  await using server = await start();
  const address = addressOf(server, "http");
  for (
    const [method, path, status] of [
      ["HEAD", "/health", 200],
      ["POST", "/health", 404],
      ["GET", "/health/x", 404],
      ["GET", "/healthy", 404],
    ] as const
  ) {
    const response = await fetch(`http://${address}${path}`, { method });
    await response.body?.cancel();
    assert.equal(response.status, status, `${method} ${path}`);
  }
});
