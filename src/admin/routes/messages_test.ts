/** Topics, subscriptions and retained messages over the API. */
import assert from "#assert";
import { adminFixture, ask, bearer, json } from "../admin_fixture.ts";

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

const of = (name: string, { items }: { items: Json[] }) => items.map((item) => item[name]);

Deno.test("GET /topics: level by level, and by a part of the name", async () => {
  const { fixture, get } = await started();
  await using _ = fixture;
  const client = await fixture.test.connect({ clientId: "p" });
  for (const topic of ["a/b/c", "a/b/d", "a/x", "z/b"]) {
    await client.publish(topic, "1", { qos: 1 });
  }
  await fixture.clock.advance(10_000);
  assert.deepEqual(of("topic", await get("/topics")), ["a", "z"]);
  assert.deepEqual(of("topic", await get("/topics?parent=a")), ["a/b", "a/x"]);
  assert.deepEqual(of("topic", await get("/topics?q=B")), ["a/b/c", "a/b/d", "z/b"]);
  assert.deepEqual(of("topic", await get("/topics?q=b&parent=z")), ["z/b"]);
  const [first] = (await get("/topics?limit=1&count=true")).items;
  assert.deepEqual([first.children, first.total.messages, first.own.messages], [2, 3, 0]);
  const { items: [leaf] } = await get("/topics?parent=a%2Fb");
  assert.deepEqual(
    [leaf.preview, leaf.preview_encoding, leaf.last_publisher],
    ["1", "text", "p"],
  );
});

Deno.test("GET /topics/{topic}/stats: figures, who listens, whether something is retained", async () => {
  const { fixture, get } = await started();
  await using _ = fixture;
  const client = await fixture.test.connect({ clientId: "p" });
  await client.subscribe(["t/#", "$share/g/t/+"]);
  const publisher = await fixture.test.connect({ clientId: "q" });
  await publisher.publish("t/1", "x", { qos: 1, retain: true });
  for (const path of ["/topics/t%2F1/stats", "/topics/-/stats?topic=t%2F1"]) {
    const found = await get(path);
    assert.deepEqual([found.topic, found.own.messages, found.subscriptions], ["t/1", 1, 1]);
    assert.deepEqual([found.groups, found.retained], [1, true]);
  }
  assert.equal((await get("/topics/none/stats")).code, "topic_not_found");
});

Deno.test("GET /topics/{topic}/subscribers: clients in pages, groups beside them", async () => {
  const { fixture, get } = await started();
  await using _ = fixture;
  for (const clientId of ["a", "b", "c"]) {
    const client = await fixture.test.connect({ clientId });
    await client.subscribe(["t/#", "t/1"], { qos: 1 });
    if (clientId === "c") await client.subscribe("$share/g/t/1");
  }
  const first = await get("/topics/t%2F1/subscribers?limit=2&qos=2&count=true");
  assert.deepEqual(of("client_id", first), ["a", "b"]);
  assert.deepEqual(first.total, { value: 6, relation: "eq" });
  assert.deepEqual(first.items[0].topic_filters, ["t/#", "t/1"]);
  assert.equal(first.items[0].qos, 1);
  assert.deepEqual(first.groups, [{ topic_filter: "$share/g/t/1", members: 1, next: "c" }]);
  const path = `/topics/t%2F1/subscribers?limit=2&qos=2&cursor=${first.next_cursor}`;
  assert.deepEqual(of("client_id", await get(path)), ["c"]);
  assert.equal((await get("/topics/t%2F%23/subscribers")).code, "validation_failed");
});

Deno.test("GET /subscriptions, /shared-groups: select", async () => {
  const { fixture, get } = await started();
  await using _ = fixture;
  const a = await fixture.test.connect({ clientId: "a" });
  await a.subscribe(["t/#", "u/1"]);
  const b = await fixture.test.connect({ clientId: "b" });
  await b.subscribe(["t/+", "$share/g/t/1"]);
  for (
    const [query, expected] of [
      ["", ["t/#", "u/1", "$share/g/t/1", "t/+"]],
      ["client_id=a", ["t/#", "u/1"]],
      ["filter=t%2F%2B", ["t/+"]],
      ["match_topic=t/1", ["t/#", "$share/g/t/1", "t/+"]],
      ["group=g", ["$share/g/t/1"]],
      ["q=U/", ["u/1"]],
    ] as const
  ) {
    const found = await get(`/subscriptions?count=true&${query}`);
    assert.deepEqual(of("topic_filter", found), expected, query);
    assert.equal(found.total.value, expected.length, query);
  }
  assert.equal((await get("/subscriptions?match_topic=t/%23")).code, "validation_failed");
  assert.deepEqual((await get("/shared-groups?group=g")).items, [
    { topic_filter: "$share/g/t/1", group: "g", match_filter: "t/1", members: 1 },
  ]);
  assert.deepEqual((await get("/shared-groups?group=h")).items, []);
});

for (
  const topic of ["a/b", "a b", "%2F", "?x=1&y", "💧/é", "x".repeat(500), ".", "..", "/"]
) {
  Deno.test(`/retained/{topic}: ${topic.slice(0, 10)} goes there and back`, async () => {
    const { fixture, send, get } = await started();
    await using _ = fixture;
    const inQuery = `/retained/-?topic=${encodeURIComponent(topic)}`;
    const inPath = `/retained/${encodeURIComponent(topic)}`;
    for (const path of /^\.+$/.test(topic) ? [inQuery] : [inQuery, inPath]) {
      const set = await send("PUT", path, { payload: "on", qos: 1 });
      assert.equal(set.status, 204, await set.text());
      const found = await get(path);
      assert.deepEqual([found.topic, found.payload, found.encoding], [topic, "on", "text"]);
      assert.deepEqual(of("topic", await get("/retained")), [topic]);
      assert.equal((await send("DELETE", path)).status, 204);
      assert.equal((await get(path)).code, "retained_not_found");
    }
  });
}

Deno.test("/retained/{topic}: a payload in each encoding, with the properties", async () => {
  const { fixture, send, get } = await started();
  await using _ = fixture;
  const client = await fixture.test.connect({ clientId: "s" });
  await client.subscribe("t");
  const properties = {
    content_type: "application/json",
    response_topic: "reply",
    correlation_data: "AQI=",
    payload_format_indicator: 1,
    user_properties: [["a", "1"], ["a", "2"]],
  };
  const body = { payload: { on: true }, encoding: "json", ...properties };
  assert.equal((await send("PUT", "/retained/t", body)).status, 204);
  const got = await client.expect("publish", { topic: "t" });
  assert.equal(got.payload.toString(), '{"on":true}');
  const found = await get("/retained/t");
  assert.deepEqual(found.properties, properties);
  assert.equal(found.payload, '{"on":true}');
  assert.deepEqual((await get("/retained/t?encoding=json")).payload, { on: true });
  assert.equal((await get("/retained/t?encoding=base64")).payload, btoa('{"on":true}'));
  await send("PUT", "/retained/t", { payload: "/wA=", encoding: "base64" });
  assert.deepEqual([(await get("/retained/t")).payload], ["/wA="]);
  assert.equal((await get("/retained/t?encoding=text")).code, "validation_failed");
  assert.equal((await get("/retained")).items[0].encoding, "base64");
});

Deno.test("PUT /retained/{topic}: refuses what cannot be retained", async () => {
  const { fixture, send } = await started();
  await using _ = fixture;
  for (
    const [path, body, code] of [
      ["/retained/t", { payload: "" }, "validation_failed"],
      ["/retained/t", { payload: 1 }, "validation_failed"],
      ["/retained/t", { payload: "?", encoding: "base64" }, "validation_failed"],
      ["/retained/t", { payload: "\ud800" }, "validation_failed"],
      ["/retained/%2B", { payload: "x" }, "validation_failed"],
      ["/retained/%24SYS%2Fbroker%2Fx", { payload: "x" }, "message_refused"],
      ["/retained/t", { payload: "x".repeat(1024 * 1024 + 1) }, "message_refused"],
    ] as const
  ) assert.equal((await (await send("PUT", path, body)).json()).code, code, path);
});

Deno.test("GET /retained: selects by filter, age and publisher; a large payload is a preview", async () => {
  const { fixture, get } = await started();
  await using _ = fixture;
  const client = await fixture.test.connect({ clientId: "p" });
  await client.publish("old/1", "x".repeat(5000), { qos: 1, retain: true });
  await fixture.clock.advance(60_000);
  await client.publish("new/1", "x", { qos: 1, retain: true });
  assert.deepEqual(of("topic", await get("/retained?older_than=30")), ["old/1"]);
  assert.deepEqual(of("topic", await get("/retained?filter=new/%23")), ["new/1"]);
  assert.deepEqual(of("topic", await get("/retained?publisher=q")), []);
  assert.deepEqual(of("topic", await get("/retained?q=OLD")), ["old/1"]);
  const { items: [large] } = await get("/retained?filter=old/1");
  assert.deepEqual([large.size, large.payload_preview.length, large.truncated], [5000, 4096, true]);
  assert.equal((await get("/retained?filter=%24share/g/x")).code, "validation_failed");
});

Deno.test("/retained: orphans are found, counted and deleted", async () => {
  const { fixture, send, get } = await started();
  await using _ = fixture;
  const gone = await fixture.test.connect({ clientId: "gone" });
  await gone.publish("old", "x", { qos: 1, retain: true });
  await gone.send({ cmd: "disconnect" });
  await gone.expectClosed();
  const here = await fixture.test.connect({ clientId: "here" });
  await here.publish("new", "x", { qos: 1, retain: true });
  assert.deepEqual(of("topic", await get("/retained?orphan=true")), ["old"]);
  assert.deepEqual(of("topic", await get("/retained?orphan=false")), ["new"]);
  const path = "/retained:batchDelete";
  const body = { filter: "#", orphan: true };
  const dry = await (await send("POST", path, { ...body, dry_run: true })).json();
  assert.deepEqual([dry.matched, dry.deleted], [1, 0]);
  assert.equal((await (await send("POST", path, body)).json()).deleted, 1);
  assert.deepEqual(of("topic", await get("/retained")), ["new"]);
});

Deno.test("POST /retained:batchDelete: counts first, then deletes what matches", async () => {
  const { fixture, send } = await started();
  await using _ = fixture;
  const client = await fixture.test.connect({ clientId: "p" });
  for (let i = 0; i < 5; i++) await client.publish(`a/${i}`, "x", { qos: 1, retain: true });
  await client.publish("b", "x", { qos: 1, retain: true });
  const run = async (body: Json) =>
    await (await send("POST", "/retained:batchDelete", body)).json();
  const dry = await run({ filter: "a/#", dry_run: true });
  assert.deepEqual(dry, { dry_run: true, matched: 5, deleted: 0 });
  assert.equal(fixture.inspector.counts().retainedMessages, 6);
  assert.equal((await run({ filter: "a/#", older_than: 60 })).deleted, 0);
  assert.equal((await run({ filter: "a/#", publisher: "p" })).deleted, 5);
  assert.equal(fixture.inspector.counts().retainedMessages, 1);
  assert.equal((await run({})).code, "validation_failed");
});
