import assert from "#assert";
import { type AdminFixture, adminFixture, ask, bearer, json } from "../admin_fixture.ts";

type Json = Record<string, unknown>;

/** Three clients: `a` is away with two messages, `b` and `c` are there; `c` speaks 3.1.1. */
async function populated() {
  const fixture = await adminFixture();
  const { test } = fixture;
  const away = await test.connect({ clientId: "a", properties: { sessionExpiryInterval: 600 } });
  await away.subscribe("queue/#", { qos: 1 });
  await away.send({ cmd: "disconnect", reasonCode: 0 });
  await away.expectClosed();
  const here = await test.connect({ clientId: "b", username: "bob" });
  const old = await test.connect({ clientId: "c", protocolVersion: 4 });
  for (const payload of ["one", "two"]) {
    const outcome = await fixture.inspector.actions.publish({
      topic: "queue/1",
      payload: new TextEncoder().encode(payload),
      qos: 1,
      retain: false,
    });
    assert.equal(outcome.matched, 1);
  }
  const headers = await bearer(fixture, "operator");
  const get = async (path: string) => await (await ask(fixture.api, path, { headers })).json();
  return { fixture, here, old, headers, get };
}

const ids = ({ items }: { items: Json[] }) => items.map(({ client_id }) => client_id);

for (
  const [query, expected] of [
    ["", ["a", "b", "c"]],
    ["state=connected", ["b", "c"]],
    ["state=disconnected", ["a"]],
    ["q=B", ["b"]],
    ["username=bob", ["b"]],
    ["username=bo", []],
    ["ip=memory", ["b", "c"]],
    ["protocol=3.1.1", ["c"]],
    ["protocol=5.0", ["a", "b"]],
    ["durable=true", ["a"]],
    ["queue_len[gte]=2", ["a"]],
    ["queue_len[gte]=3", []],
    ["queue_len[lte]=1", ["b", "c"]],
    ["dropped[gte]=1", []],
    ["memory[gte]=1000000000", []],
    ["sort=-client_id", ["c", "b", "a"]],
    ["sort=-queue_len", ["a", "b", "c"]],
    ["sort=queue_len", ["b", "c", "a"]],
    ["state=connected&sort=-client_id", ["c", "b"]],
  ] as const
) {
  Deno.test(`GET /sessions?${query}: selects and sorts`, async () => {
    const { fixture, get } = await populated();
    await using _ = fixture;
    const found = await get(`/api/v1/sessions?count=true&${query}`);
    assert.deepEqual(ids(found), expected);
    assert.deepEqual(found.total, { value: expected.length, relation: "eq" });
  });
}

for (const sort of ["client_id", "-client_id", "-queue_len", "memory"]) {
  Deno.test(`GET /sessions?sort=${sort}: pages follow each other`, async () => {
    const { fixture, get } = await populated();
    await using _ = fixture;
    const all = ids(await get(`/api/v1/sessions?sort=${sort}`));
    const seen: unknown[] = [];
    let cursor = "";
    do {
      const page = await get(`/api/v1/sessions?sort=${sort}&limit=2&fields=client_id${cursor}`);
      seen.push(...page.items.map((item: Json) => item.client_id));
      assert.deepEqual(Object.keys(page.items[0]), ["client_id"]);
      cursor = page.next_cursor === null ? "" : `&cursor=${page.next_cursor}`;
    } while (cursor !== "");
    assert.deepEqual(seen, all);
  });
}

Deno.test("GET /sessions: a sorted list that is too old is 410", async () => {
  const { fixture, get } = await populated();
  await using _ = fixture;
  const { next_cursor } = await get("/api/v1/sessions?sort=-queue_len&limit=1");
  await fixture.clock.advance(6 * 60_000);
  const late = await get(`/api/v1/sessions?sort=-queue_len&limit=1&cursor=${next_cursor}`);
  assert.deepEqual([late.status, late.code], [410, "cursor_expired"]);
});

Deno.test("GET /sessions/{client_id}: says what is known of a client that is away", async () => {
  const { fixture, get } = await populated();
  await using _ = fixture;
  const found = await get("/api/v1/sessions/a");
  assert.deepEqual(
    [found.connected, found.connection, found.queue_len, found.subscriptions, found.durable],
    [false, null, 2, 1, true],
  );
  assert.equal(found.expires_at, new Date(fixture.clock.now() + 600_000).toISOString());
  assert.equal(found.node, "node-1");
  const there = await get("/api/v1/sessions/b");
  assert.deepEqual([there.username, there.disconnected_at], ["bob", null]);
  assert.match(there.connection.remote_address, /^memory:/);
});

Deno.test("GET /sessions/{client_id}/queue: shows payloads in pages", async () => {
  const { fixture, get } = await populated();
  await using _ = fixture;
  const first = await get("/api/v1/sessions/a/queue?limit=1&count=true");
  assert.equal(first.items[0].message.payload_preview, "one");
  assert.equal(first.items[0].message.encoding, "text");
  assert.deepEqual(first.total, { value: 2, relation: "eq" });
  const next = await get(`/api/v1/sessions/a/queue?limit=1&cursor=${first.next_cursor}`);
  assert.equal(next.items[0].message.payload_preview, "two");
  assert.equal(next.next_cursor, null);
  const missing = await get("/api/v1/sessions/nobody/queue");
  assert.equal(missing.code, "session_not_found");
});

Deno.test("GET /sessions/{client_id}/inflight: shows what is under way", async () => {
  const { fixture, here, get } = await populated();
  await using _ = fixture;
  await here.subscribe("x", { qos: 1 });
  const payload = new Uint8Array([0xff, 0]);
  await fixture.inspector.actions.publish({ topic: "x", payload, qos: 1, retain: false });
  const found = await get("/api/v1/sessions/b/inflight");
  assert.equal(found.outbound_count, 1);
  assert.equal(found.outbound[0].message.payload_preview, "/wA=");
  assert.equal(found.outbound[0].message.encoding, "base64");
});

Deno.test("GET /sessions/{client_id}/events: in order, also after the end", async () => {
  const { fixture, here, get } = await populated();
  await using _ = fixture;
  await here.send({ cmd: "disconnect", reasonCode: 0 });
  await here.expectClosed();
  const { items } = await get("/api/v1/sessions/b/events");
  const types = items.map(({ type }: Json) => type);
  assert.deepEqual(types, ["connected", "disconnected", "session_ended"]);
  assert.deepEqual(items[0].detail.protocol_version, 5);
});

async function send(fixture: AdminFixture, path: string, method: string, body?: unknown) {
  const headers = await bearer(fixture, "operator");
  const content = body === undefined ? {} : json(body);
  const init = {
    method,
    ...content,
    headers: { ...(content as { headers?: Record<string, string> }).headers, ...headers },
  };
  return await ask(fixture.api, path, init);
}

Deno.test("DELETE /sessions/{client_id}: disconnect leaves a durable session, discard does not", async () => {
  const { fixture } = await populated();
  await using _ = fixture;
  const client = await fixture.test.connect({
    clientId: "d",
    properties: { sessionExpiryInterval: 60 },
  });
  assert.equal((await send(fixture, "/api/v1/sessions/d?mode=disconnect", "DELETE")).status, 204);
  await client.expect("disconnect", { reasonCode: 0x98 });
  await client.expectClosed();
  const again = await send(fixture, "/api/v1/sessions/d?mode=disconnect", "DELETE");
  assert.deepEqual([again.status, (await again.json()).code], [409, "not_connected"]);
  assert.equal((await send(fixture, "/api/v1/sessions/d", "DELETE")).status, 204);
  assert.equal(fixture.inspector.session("d"), undefined);
});

Deno.test("POST /sessions:batchDelete: says what came of each, and does nothing on a dry run", async () => {
  const { fixture, here } = await populated();
  await using _ = fixture;
  const batch = async (body: Json) =>
    (await (await send(fixture, "/api/v1/sessions:batchDelete", "POST", body)).json()).items
      .map(({ result }: Json) => result);
  const client_ids = ["a", "b", "nobody"];
  const wanted = { client_ids, mode: "disconnect" };
  assert.deepEqual(await batch({ ...wanted, dry_run: true }), [
    "not_connected",
    "disconnected",
    "not_found",
  ]);
  assert.equal(fixture.inspector.session("b")?.connected, true);
  assert.deepEqual(await batch({ client_ids }), ["discarded", "discarded", "not_found"]);
  await here.expect("disconnect", { reasonCode: 0x98 });
  assert.equal(fixture.inspector.counts().sessions, 1);
});

Deno.test("/sessions/{client_id}/subscriptions: subscribes and unsubscribes on behalf", async () => {
  const { fixture, here, get } = await populated();
  await using _ = fixture;
  const path = "/api/v1/sessions/b/subscriptions";
  const wanted = { topic_filters: ["on/#", "$share/g/s"], qos: 2, subscription_identifier: 7 };
  const made = await (await send(fixture, path, "POST", wanted)).json();
  assert.deepEqual(made.items.map(({ reason_code }: Json) => reason_code), [2, 2]);
  const { items } = await get(path);
  assert.deepEqual(
    items.map(({ topic_filter, group, subscription_identifier }: Json) => [
      topic_filter,
      group,
      subscription_identifier,
    ]),
    [["$share/g/s", "g", 7], ["on/#", null, 7]],
  );
  const payload = new TextEncoder().encode("x");
  await fixture.inspector.actions.publish({ topic: "on/1", payload, qos: 0, retain: false });
  await here.expect("publish", { topic: "on/1" });
  const removed = await send(fixture, `${path}?topic_filter=on%2F%23`, "DELETE");
  assert.deepEqual((await removed.json()).items[0].reason_code, 0);
  assert.equal((await get(path)).items.length, 1);
  const wrong = await send(fixture, path, "POST", { topic_filters: ["a/#/b"] });
  assert.equal((await wrong.json()).code, "validation_failed");
});
