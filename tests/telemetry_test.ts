/** What a running server shows of itself and does on request. */
import assert from "#assert";
import { configFrom } from "../src/config/load.ts";
import type { ConfigInput } from "../src/config/schema.ts";
import { startServer } from "../src/server.ts";
import { MemoryStore } from "../src/storage/memory.ts";
import type { Store } from "../src/storage/store.ts";
import { RawClient } from "./support/raw_client.ts";

function start(store: Store, admin: ConfigInput["admin"] = {}) {
  const server = {
    tcp_addr: "127.0.0.1:0",
    ws_enabled: false,
    http_enabled: false,
    health_enabled: false,
  };
  return startServer(configFrom({ server, admin, storage: { type: "memory" } }), { store });
}

/** A store that outlives the server which closes it. */
function lasting(store: Store): Store {
  return new Proxy(store, {
    get(target, name) {
      if (name === "close" || name === Symbol.asyncDispose) return () => Promise.resolve();
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

Deno.test("the server counts topics and tells what happened to a client", async () => {
  await using server = await start(new MemoryStore());
  await using client = await RawClient.connectTcp(server.addresses[0]!.address);
  await client.connect({ clientId: "c" });
  await client.publish("a/b", "hello");
  await client.ping();
  const { telemetry } = server;
  assert.equal(telemetry.topics!.topic("a/b")!.lastPublisher, "c");
  assert.deepEqual(telemetry.timeline.events("c").map(({ type }) => type), ["connected"]);
  assert.ok(telemetry.history!.names.includes("clients_connected"));
});

Deno.test("the server counts no topics when that is turned off", async () => {
  await using server = await start(new MemoryStore(), { topic_statistics: false });
  assert.equal(server.telemetry.topics, undefined);
});

Deno.test("the server disconnects who is banned, and refuses them, also after a restart", async () => {
  const store = new MemoryStore();
  {
    await using server = await start(lasting(store));
    await using client = await RawClient.connectTcp(server.addresses[0]!.address);
    await client.connect({ clientId: "c" });
    const createdAt = Date.now();
    await server.bans.add({ kind: "client_id", value: "c", reason: "r", by: "b", createdAt });
    await client.expect("disconnect", { reasonCode: 0x98 });
    await client.expectClosed();
  }
  await using server = await start(lasting(store));
  await using client = await RawClient.connectTcp(server.addresses[0]!.address);
  assert.equal((await client.connect({ clientId: "c" })).reasonCode, 0x8a);
  await client.expectClosed();
});
