/** Overview, metrics, drops, bans and the stream of events over the API. */
import { Alarms } from "../../telemetry/alarms.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import assert from "#assert";
import type { Inspector } from "../../broker/inspector/inspector.ts";
import { nextTurn } from "../../../tests/support/test_broker.ts";
import { type AdminFixture, adminFixture, ask, bearer, browser, json } from "../admin_fixture.ts";
import { adminApi } from "../http/api.ts";
import { CHECK_MS, STREAMS_MAX } from "../http/event_stream.ts";
import { overviewRoutes } from "./overview.ts";

type Json = Record<string, unknown>;

async function started() {
  const fixture = await adminFixture();
  const headers = await bearer(fixture, "operator");
  const send = async (method: string, path: string, body?: unknown) => {
    const content = body === undefined ? { headers: {} } : json(body);
    const init = { method, ...content, headers: { ...content.headers, ...headers } };
    return await ask(fixture.api, `/api/v1${path}`, init);
  };
  const get = async (path: string) => await (await send("GET", path)).json();
  return { fixture, send, get };
}

/** One that reads a stream of events, block by block. */
class StreamReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #text = "";

  constructor(response: Response) {
    assert.equal(response.headers.get("content-type"), "text/event-stream");
    this.#reader = response.body!.getReader();
  }

  /** The next block; undefined at the end. */
  async block(): Promise<string | undefined> {
    while (!this.#text.includes("\n\n")) {
      const { done, value } = await this.#reader.read();
      if (done) return undefined;
      this.#text += new TextDecoder().decode(value);
    }
    const end = this.#text.indexOf("\n\n");
    const block = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + 2);
    return block;
  }

  async event(): Promise<{ id: number; type: string; data: Json }> {
    const lines = Object.fromEntries(
      (await this.block())!.split("\n").map((line) => line.split(/: (.*)/s)),
    );
    return { id: Number(lines.id), type: lines.event!, data: JSON.parse(lines.data!) };
  }

  cancel(): Promise<void> {
    return this.#reader.cancel();
  }
}

async function watch(
  fixture: AdminFixture,
  query = "",
  headers?: Record<string, string>,
): Promise<StreamReader> {
  const all = headers ?? await bearer(fixture, "viewer");
  const reader = new StreamReader(
    await ask(fixture.api, `/api/v1/events${query}`, { headers: all }),
  );
  assert.equal(await reader.block(), "retry: 2000");
  return reader;
}

Deno.test("GET /overview: counts, rates, balanced books, no alarm", async () => {
  const { fixture, get } = await started();
  await using _ = fixture;
  const client = await fixture.test.connect({ clientId: "a" });
  await client.publish("t", "x", { qos: 1, retain: true });
  await fixture.clock.advance(10_000);
  const found = await get("/overview");
  assert.deepEqual(found.counts, {
    connections: 1,
    sessions: 1,
    subscriptions: 0,
    retained_messages: 1,
    delayed_wills: 0,
  });
  assert.equal(found.rates.publish_received, 0.1);
  assert.equal(found.accounting.difference, 0);
  assert.deepEqual(found.alarms, []);
  assert.deepEqual([found.node.node_id, found.node.ready, found.node.uptime_seconds], [
    "node-1",
    true,
    10,
  ]);
  assert.deepEqual((await get("/nodes")).items, [found.node]);
  for (const id of ["self", "node-1"]) assert.deepEqual(await get(`/nodes/${id}`), found.node);
  assert.equal((await get("/nodes/node-2")).code, "node_not_found");
  const cluster = await get("/cluster");
  assert.deepEqual([cluster.cluster_mode, cluster.node_count, cluster.sessions], [
    "standalone",
    1,
    1,
  ]);
});

Deno.test("GET /overview: what is wrong is an alarm", async () => {
  await using fixture = await adminFixture();
  const { parts, test } = fixture;
  const alarming = new Alarms({
    readiness: () => ({ ready: false, details: { store: "the disk is full" } }),
    storageDamage: ["a table was unreadable"],
    publish: () => {},
  });
  const telemetry = { alarms: alarming, history: undefined } as unknown as Telemetry;
  const books = { ...await fixture.inspector.books.report(), difference: -1 };
  const inspector = {
    counts: () => fixture.inspector.counts(),
    readiness: () => ({ ready: false, details: { store: "the disk is full" } }),
    books: { report: () => Promise.resolve(books) },
  } as unknown as Inspector;
  const routes = overviewRoutes({ ...parts, inspector, telemetry, now: () => test.clock.now() });
  const api = adminApi({ ...parts, version: "1", routes });
  const headers = await bearer(fixture, "viewer");
  const { alarms } = await (await ask(api, "/api/v1/overview", { headers })).json();
  assert.deepEqual(alarms.map(({ id }: Json) => id), [
    "not_ready",
    "storage_damage",
    "accounting_difference",
  ]);
  assert.equal(alarms[0].message, "store: the disk is full");
});

Deno.test("GET /accounting: says where deliveries ended", async () => {
  const { fixture, get } = await started();
  await using _ = fixture;
  const client = await fixture.test.connect({ clientId: "a" });
  await client.subscribe("t");
  const away = await fixture.test.connect({
    clientId: "b",
    properties: { sessionExpiryInterval: 9 },
  });
  await away.subscribe("t", { qos: 1 });
  await away.disconnect();
  await away.expectClosed();
  const payload = new Uint8Array(1);
  await fixture.inspector.actions.publish({ topic: "t", payload, qos: 1, retain: false });
  await client.expect("publish", { topic: "t" });
  const books = await get("/accounting");
  assert.deepEqual([books.matched, books.delivered, books.queued, books.difference], [2, 1, 1, 0]);
});

Deno.test("GET /dropped: by reason, client and topic", async () => {
  const { fixture, get } = await started();
  await using _ = fixture;
  const away = await fixture.test.connect({
    clientId: "b",
    properties: { sessionExpiryInterval: 9 },
  });
  await away.subscribe("t");
  await away.disconnect();
  await away.expectClosed();
  const payload = new Uint8Array(1);
  await fixture.inspector.actions.publish({ topic: "t", payload, qos: 0, retain: false });
  const found = await get("/dropped");
  assert.deepEqual([found.by_reason.qos0_offline, found.total], [1, 1]);
  assert.deepEqual(found.clients, [{ client_id: "b", count: 1, error: 0 }]);
  assert.deepEqual(found.topics, [{ topic: "t", count: 1, error: 0 }]);
  assert.deepEqual((await get("/slow-subscribers")).items, []);
});

Deno.test("/bans: set, listed in pages, lifted", async () => {
  const { fixture, send, get } = await started();
  await using _ = fixture;
  for (const value of ["a", "b", "c/d#"]) {
    const made = await send("POST", "/bans", { kind: "client_id", value, expires_in_seconds: 60 });
    assert.equal(made.status, 201);
    assert.equal((await made.json()).by, "token a operator");
  }
  const first = await get("/bans?limit=2&count=true");
  assert.deepEqual(first.items.map(({ value }: Json) => value), ["a", "b"]);
  assert.equal(first.total.value, 3);
  const next = await get(`/bans?limit=2&cursor=${first.next_cursor}`);
  assert.deepEqual(next.items.map(({ value }: Json) => value), ["c/d#"]);
  const path = `/bans?kind=client_id&value=${encodeURIComponent("c/d#")}`;
  assert.equal((await send("DELETE", path)).status, 204);
  assert.equal((await (await send("DELETE", path)).json()).code, "ban_not_found");
  await fixture.clock.advance(60_000);
  assert.deepEqual((await get("/bans")).items, []);
  const wrong = await send("POST", "/bans", { kind: "address", value: "10.0.0.0/33" });
  assert.deepEqual((await wrong.json()).errors[0].pointer, "/body/value");
});

Deno.test("GET /metrics/series: samples by ten seconds and by minutes", async () => {
  const { fixture, get } = await started();
  await using _ = fixture;
  await fixture.test.connect({ clientId: "a" });
  await fixture.clock.advance(120_000);
  const fine = await get("/metrics/series?name=clients_connected");
  assert.deepEqual([fine.points.length, fine.points[0][1], fine.step], [12, 1, 10]);
  const from = new Date(fixture.clock.now() - 60_000).toISOString();
  const coarse = await get(`/metrics/series?name=clients_connected&step=60&from=${from}`);
  assert.deepEqual(coarse.points, [[fixture.clock.now() - 60_000, 1]]);
  assert.deepEqual((await get("/metrics/series")).names, fine.names);
  assert.equal((await get("/metrics/series?name=none")).code, "series_not_found");
});

Deno.test("GET /events: what happens, of the types that were asked for", async () => {
  await using fixture = await adminFixture();
  const stream = await watch(fixture, "?types=connected,subscribed");
  const client = await fixture.test.connect({ clientId: "a/b", username: "u" });
  await client.subscribe("t/#", { qos: 1 });
  const { type, data } = await stream.event();
  assert.deepEqual([type, data.client_id, data.protocol_version], ["connected", "a/b", 5]);
  assert.equal(data.at, new Date(fixture.clock.now()).toISOString());
  assert.deepEqual((await stream.event()).data.topic_filter, "t/#");
  await stream.cancel();
  assert.equal(fixture.telemetry.events.watchers, 0);
});

Deno.test("HEAD /events: opens nothing", async () => {
  await using fixture = await adminFixture();
  const headers = await bearer(fixture, "viewer");
  const response = await ask(fixture.api, "/api/v1/events", { method: "HEAD", headers });
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  assert.equal(fixture.telemetry.events.watchers, 0);
});

Deno.test("GET /events: goes on behind Last-Event-ID", async () => {
  await using fixture = await adminFixture();
  const headers = await bearer(fixture, "viewer");
  const stream = await watch(fixture, "?types=connected");
  await fixture.test.connect({ clientId: "a" });
  const { id } = await stream.event();
  await stream.cancel();
  await fixture.test.connect({ clientId: "b" });
  const lastEventId = { ...headers, "last-event-id": String(id) };
  const again = await watch(fixture, "?types=connected", lastEventId);
  assert.equal((await again.event()).data.client_id, "b");
  await again.cancel();
});

Deno.test("GET /events: who does not read loses events and is told how many", async () => {
  await using fixture = await adminFixture();
  const stream = await watch(fixture, "?types=x");
  for (let n = 0; n < 300; n++) fixture.telemetry.events.publish("x", { n });
  let event = await stream.event();
  let seen = 0;
  for (; event.type === "x"; event = await stream.event()) assert.equal(event.data.n, seen++);
  assert.equal(event.type, "dropped");
  assert.equal(event.data.count, 300 - seen);
  assert.ok(seen >= 256 && seen < 270, `${seen}`);
  await stream.cancel();
});

for (
  const [what, end] of [
    ["its token is revoked", async ({ access }: AdminFixture) => {
      for (const { id } of await access.tokens.list()) await access.tokens.revoke(id);
    }],
    ["its token expires", async ({ clock }: AdminFixture) => await clock.advance(CHECK_MS)],
  ] as const
) {
  Deno.test(`GET /events: ends when ${what}`, async () => {
    await using fixture = await adminFixture();
    const headers = await bearer(fixture, "viewer", CHECK_MS + 1);
    const stream = await watch(fixture, "?types=none", headers);
    await end(fixture);
    await fixture.clock.advance(CHECK_MS);
    const rest = [];
    for (let block; (block = await stream.block()) !== undefined;) rest.push(block);
    assert.ok(rest.every((block) => block === ":"), JSON.stringify(rest));
    assert.equal(fixture.telemetry.events.watchers, 0);
  });
}

Deno.test("GET /events: a cookie opens it, does not live longer for it, and signing out ends it", async () => {
  await using fixture = await adminFixture();
  const { cookie, id } = await browser(fixture, "viewer");
  const used = fixture.access.sessions.find(id, false)!.usedAt;
  const stream = await watch(fixture, "?types=none", cookie);
  await fixture.clock.advance(CHECK_MS);
  assert.equal(await stream.block(), ":");
  assert.equal(fixture.access.sessions.find(id, false)!.usedAt, used);
  fixture.access.sessions.close(id);
  await fixture.clock.advance(CHECK_MS);
  assert.equal(await stream.block(), undefined);
});

Deno.test("GET /events: too many streams are 503, and closing the API ends those there are", async () => {
  await using fixture = await adminFixture();
  const headers = await bearer(fixture, "viewer");
  const open = () => ask(fixture.api, "/api/v1/events", { headers });
  const streams: StreamReader[] = [];
  for (let n = 0; n < STREAMS_MAX; n++) {
    const response = await open();
    if (response.ok) {
      streams.push(new StreamReader(response));
      continue;
    }
    assert.equal((await response.json()).code, "busy");
    assert.equal(response.headers.get("retry-after"), "5");
    break;
  }
  assert.equal(streams.length, 100);
  fixture.api.close();
  await nextTurn();
  for (const stream of streams) {
    await stream.block();
    assert.equal(await stream.block(), undefined);
  }
});
