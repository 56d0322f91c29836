import assert from "#assert";
import type { Authorizer } from "../../auth/auth.ts";
import { QUEUED_MAX } from "../../bridges/http/http_subscription.ts";
import { nextTurn } from "../../../tests/support/test_broker.ts";
import { type AdminFixture, adminFixture, ask, bearer, json } from "../admin_fixture.ts";

type Json = Record<string, unknown>;

async function publish(fixture: AdminFixture, body: Json, path = "/api/v1/publish") {
  const content = json(body);
  const headers = { ...content.headers, ...await bearer(fixture, "operator") };
  const response = await ask(fixture.api, path, { method: "POST", body: content.body, headers });
  return { status: response.status, body: await response.json() };
}

/** The events of a stream: type and data of each. */
async function* events(response: Response): AsyncGenerator<[string, Json]> {
  let text = "";
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split("\n\n");
    text = blocks.pop()!;
    for (const block of blocks) {
      const found = /^event: (.*)\ndata: (.*)$/.exec(block);
      if (found !== null) yield [found[1]!, JSON.parse(found[2]!)];
    }
  }
}

async function subscribe(fixture: AdminFixture, query: string, path = "/api/v1/subscribe") {
  const headers = await bearer(fixture, "viewer");
  return await ask(fixture.api, `${path}?${query}`, { headers });
}

for (const path of ["/publish", "/api/v1/publish"]) {
  Deno.test(`POST ${path}: a subscriber gets what was published, with all properties`, async () => {
    await using fixture = await adminFixture();
    const client = await fixture.test.connect({ clientId: "a" });
    await client.subscribe("t/#", { qos: 2 });
    const { status, body } = await publish(fixture, {
      topic: "t/1",
      payload: "AP8=",
      qos: 1,
      retain: true,
      content_type: "x/y",
      response_topic: "r",
      correlation_data: "AQ==",
      message_expiry_interval: 60,
      user_properties: [["k", "v"]],
    }, path);
    assert.deepEqual([status, body], [200, { status: "ok", matched: 1, reason_code: 0 }]);
    const { payload, qos, properties } = await client.expect("publish", { topic: "t/1" });
    assert.deepEqual([...payload as Uint8Array], [0, 0xff]);
    assert.equal(qos, 1);
    assert.equal(properties?.messageExpiryInterval, 60);
    assert.equal(properties?.contentType, "x/y");
    assert.equal(properties?.responseTopic, "r");
    assert.deepEqual([...properties!.correlationData!], [1]);
    assert.deepEqual({ ...properties?.userProperties }, { k: "v" });
    assert.equal(fixture.inspector.retained.get("t/1")?.publisher, "http/a operator");
  });
}

for (
  const [encoding, payload, expected] of [
    ["text", "é", "é"],
    ["json", { a: [1, null] }, '{"a":[1,null]}'],
    ["json", null, "null"],
    ["base64", "aGk=", "hi"],
  ] as const
) {
  Deno.test(`POST /publish: ${JSON.stringify(payload)} as ${encoding}`, async () => {
    await using fixture = await adminFixture();
    const client = await fixture.test.connect({ clientId: "a" });
    await client.subscribe("t");
    await publish(fixture, { topic: "t", payload, payload_encoding: encoding });
    assert.equal((await client.expect("publish", { topic: "t" })).payload.toString(), expected);
  });
}

Deno.test("POST /publish: says that nobody is subscribed, and what is wrong", async () => {
  await using fixture = await adminFixture();
  const of = async (body: Json) => (await publish(fixture, body)).body;
  assert.equal((await of({ topic: "t", payload: "" })).reason_code, 16);
  assert.equal((await of({ topic: "t/#", payload: "" })).code, "validation_failed");
  assert.equal((await of({ topic: "t", payload: "x" })).errors[0].pointer, "/body/payload");
  assert.equal((await of({ topic: "t" })).errors[0].pointer, "/body/payload");
  assert.equal((await of({ topic: "$SYS/x", payload: "" })).code, "message_refused");
});

for (const path of ["/subscribe", "/api/v1/subscribe"]) {
  Deno.test(`GET ${path}: retained messages, then what comes, at any QoS`, async () => {
    await using fixture = await adminFixture();
    await publish(fixture, { topic: "t/0", payload: "aGk=", retain: true });
    const response = await subscribe(fixture, "filter=t/%23&qos=2", path);
    const stream = events(response);
    const [type, first] = (await stream.next()).value!;
    assert.deepEqual([type, first.topic, first.payload, first.retain], [
      "message",
      "t/0",
      "hi",
      true,
    ]);
    for (const qos of [0, 1, 2]) {
      await publish(fixture, { topic: "t/1", payload: "/w==", qos, content_type: "x/y" });
      const [, data] = (await stream.next()).value!;
      assert.deepEqual([data.qos, data.payload, data.payload_encoding], [qos, "/w==", "base64"]);
      assert.deepEqual(data.properties, { content_type: "x/y" });
    }
    await nextTurn();
    fixture.test.assertBalanced();
    const { items: [session] } = await fixture.inspector.sessions.page({}, { limit: 1 });
    assert.deepEqual([session!.username, session!.inFlight], ["a viewer", 0]);
    assert.equal(session!.connection?.remoteAddress, "127.0.0.1");
    await stream.return(undefined);
    await nextTurn();
    await nextTurn();
    assert.equal(fixture.inspector.counts().sessions, 0);
  });
}

Deno.test("GET /subscribe: who does not read loses messages, and nobody waits for it", async () => {
  await using fixture = await adminFixture();
  const response = await subscribe(fixture, "filter=t&qos=1");
  const sent = QUEUED_MAX + 50;
  const publisher = await fixture.test.connect({ clientId: "p" });
  for (let n = 0; n < sent; n++) await publisher.publish("t", String(n), { qos: 1 });
  await nextTurn();
  const stream = events(response);
  let seen = 0;
  for (;;) {
    const [type, data] = (await stream.next()).value!;
    if (type === "dropped") {
      assert.equal(data.count, sent - seen);
      break;
    }
    assert.equal(data.payload, String(seen++));
  }
  assert.ok(seen >= QUEUED_MAX && seen < sent, String(seen));
  await stream.return(undefined);
});

Deno.test("/publish, /subscribe: the authorizer of MQTT is asked, with the name of the token", async () => {
  const asked: unknown[] = [];
  const authorizer: Authorizer = {
    publish: ({ username }, topic) => {
      asked.push([username, topic]);
      return topic === "yes";
    },
    subscribe: ({ username }, topicFilter) => {
      asked.push([username, topicFilter]);
      return Promise.resolve(topicFilter === "yes");
    },
  };
  await using fixture = await adminFixture(authorizer);
  assert.equal((await publish(fixture, { topic: "yes", payload: "" })).status, 200);
  const refused = await publish(fixture, { topic: "no", payload: "" });
  assert.deepEqual([refused.status, refused.body.code], [403, "topic_not_allowed"]);
  const open = await subscribe(fixture, "filter=yes");
  assert.equal(open.status, 200);
  await open.body!.cancel();
  const closed = await subscribe(fixture, "filter=no");
  assert.deepEqual([closed.status, (await closed.json()).code], [403, "topic_not_allowed"]);
  assert.deepEqual(asked, [
    ["a operator", "yes"],
    ["a operator", "no"],
    ["a viewer", "yes"],
    ["a viewer", "no"],
  ]);
});

Deno.test("POST /publish: an authorizer that fails refuses", async () => {
  await using fixture = await adminFixture({
    publish: () => Promise.reject(new Error("it is down")),
    subscribe: () => true,
  });
  assert.equal((await publish(fixture, { topic: "t", payload: "" })).status, 403);
});

Deno.test("GET /subscribe: ends when an operator disconnects its client", async () => {
  await using fixture = await adminFixture();
  const stream = events(await subscribe(fixture, "filter=t"));
  const { items: [session] } = await fixture.inspector.sessions.page({}, { limit: 1 });
  fixture.inspector.actions.disconnect(session!.clientId);
  assert.deepEqual(await stream.next(), { done: true, value: undefined });
});

Deno.test("GET /subscribe: streams at once are bounded", async () => {
  await using fixture = await adminFixture();
  const streams: Response[] = [];
  for (let response; (response = await subscribe(fixture, "filter=t")).ok;) {
    streams.push(response);
    assert.ok(streams.length <= 100);
  }
  assert.equal(streams.length, 100);
  await streams[0]!.body!.cancel();
  assert.equal((await subscribe(fixture, "filter=t")).status, 200);
});
