/** What one session holds: what is under way, and its will. */
import assert from "#assert";
import { durable, publish } from "../../../tests/support/exchange.ts";
import { adminFixture, ask, bearer } from "../admin_fixture.ts";

async function started() {
  const fixture = await adminFixture();
  const headers = await bearer(fixture, "viewer");
  const get = async (path: string) =>
    await (await ask(fixture.api, `/api/v1${path}`, { headers })).json();
  return { fixture, get };
}

Deno.test("GET /sessions/{client_id}/inflight: what a durable session has under way", async () => {
  const { fixture, get } = await started();
  await using _ = fixture;
  const client = await fixture.test.connect(durable(5, "meter"));
  await client.subscribe("t/#", { qos: 2 });
  const publisher = await fixture.test.connect({ clientId: "p" });
  await publish(publisher, "t/1", "one", { qos: 1 });
  await publish(publisher, "t/2", new Uint8Array([0xff, 0]), { qos: 2 });
  await publish(publisher, "t/3", "x".repeat(5_000), { qos: 2 });
  const first = (await client.expect("publish")).messageId!;
  const second = (await client.expect("publish")).messageId!;
  const third = (await client.expect("publish")).messageId!;
  await client.send({ cmd: "publish", topic: "u", payload: "", qos: 2, messageId: 99 });
  await client.expect("pubrec");

  const found = await get("/sessions/meter/inflight");
  const shown = found.outbound.map((item: Record<string, unknown>) => {
    const message = item["message"] as Record<string, unknown>;
    const { topic, payload_preview: payload, encoding, truncated, size } = message;
    return [
      item["packet_id"],
      item["qos"],
      item["state"],
      topic,
      payload,
      encoding,
      truncated,
      size,
    ];
  });
  assert.deepEqual(shown, [
    [first, 1, "published", "t/1", "one", "text", false, 3],
    [second, 2, "published", "t/2", "/wA=", "base64", false, 2],
    [third, 2, "published", "t/3", "x".repeat(4_096), "text", true, 5_000],
  ]);
  assert.deepEqual([found.outbound_count, found.inbound, found.inbound_count], [3, [99], 1]);

  await client.send({ cmd: "puback", messageId: first });
  await client.send({ cmd: "pubrec", messageId: second });
  await client.expect("pubrel", { messageId: second });
  await client.send({ cmd: "disconnect" });
  await client.expectClosed();
  const left = await get("/sessions/meter/inflight");
  assert.deepEqual(
    left.outbound.map((item: Record<string, unknown>) => [item["packet_id"], item["state"]]),
    [[second, "released"], [third, "published"]],
  );
  assert.equal(left.outbound[0].message, null);
});

Deno.test("GET /sessions/{client_id}: the will, armed, delayed, and gone", async () => {
  const { fixture, get } = await started();
  await using _ = fixture;
  const properties = {
    willDelayInterval: 60,
    messageExpiryInterval: 30,
    contentType: "text/plain",
    userProperties: { room: "north" },
  };
  const client = await fixture.test.connect({
    ...durable(5, "meter"),
    will: {
      topic: "gone",
      payload: new TextEncoder().encode("bye"),
      qos: 1,
      retain: true,
      properties,
    },
  });
  const { will, has_will } = await get("/sessions/meter");
  assert.equal(has_will, true);
  assert.deepEqual(will, {
    topic: "gone",
    qos: 1,
    retain: true,
    delay_interval: 60,
    message_expiry_interval: 30,
    due_at: null,
    size: 3,
    properties: { content_type: "text/plain", user_properties: [["room", "north"]] },
    payload_preview: "bye",
    encoding: "text",
    truncated: false,
  });
  const dueAt = new Date(fixture.clock.now() + 60_000).toISOString();
  await client.send({ cmd: "disconnect", reasonCode: 0x04 });
  await client.expectClosed();
  const delayed = await get("/sessions/meter");
  assert.deepEqual([delayed.connected, delayed.has_will, delayed.will.due_at], [
    false,
    true,
    dueAt,
  ]);
  await fixture.clock.advance(60_000);
  const published = await get("/sessions/meter");
  assert.deepEqual([published.has_will, published.will], [false, null]);
});
