import assert from "#assert";
import { TestBroker } from "../../../tests/support/test_broker.ts";

Deno.test("SessionView shows who is connected, with which limits, and what passed", async () => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({
    clientId: "meter",
    username: "alice",
    keepalive: 30,
    will: { topic: "gone", payload: new Uint8Array(1), qos: 0, retain: false },
    properties: { receiveMaximum: 7, maximumPacketSize: 1000, sessionExpiryInterval: 60 },
  });
  await client.subscribe("a/#");
  await client.publish("a/b", "hello");
  await client.expect("publish");
  const view = broker.broker.inspector.session("meter")!;
  assert.deepEqual(
    [view.username, view.connected, view.protocolVersion, view.durable, view.cleanStart],
    ["alice", true, 5, true, true],
  );
  assert.deepEqual(
    [view.connectedAt, view.disconnectedAt, view.expiryInterval, view.expiresAt, view.hasWill],
    [broker.clock.now(), undefined, 60, undefined, true],
  );
  assert.deepEqual(
    [view.receiveMaximum, view.maximumPacketSize, view.topicAliasMaximum, view.subscriptions],
    [7, 1000, 0, 1],
  );
  const connection = view.connection!;
  assert.match(connection.remoteAddress, /^memory:/);
  assert.deepEqual(
    [connection.keepAlive, connection.messagesReceived, connection.messagesSent],
    [30, 1, 1],
  );
  assert.ok(connection.bytesReceived > 50, `${connection.bytesReceived}`);
  assert.ok(connection.bytesSent > 15, `${connection.bytesSent}`);
  assert.deepEqual([connection.pendingBytes, connection.congestion], [0, "clear"]);
  assert.equal(view.memory.subscriptions, 356);
  assert.ok(view.memory.connection > 0);
});

Deno.test("SessionView of a client that is away says until when, what waits, and what was dropped", async () => {
  await using broker = await TestBroker.start({
    limits: { queue: { messagesMax: 2, bytesMax: 10_000 } },
  });
  const client = await broker.connect({
    clientId: "meter",
    clean: false,
    properties: { sessionExpiryInterval: 60 },
  });
  await client.subscribe("a", { qos: 1 });
  await client.send({ cmd: "disconnect" });
  await client.expectClosed();
  const publisher = await broker.connect({ clientId: "publisher" });
  for (let n = 0; n < 3; n++) await publisher.publish("a", "hello", { qos: 1 });
  await publisher.publish("a", "hello");
  await publisher.ping();
  const view = broker.broker.inspector.session("meter")!;
  const now = broker.clock.now();
  assert.deepEqual(
    [view.connected, view.connection, view.disconnectedAt, view.expiresAt],
    [false, undefined, now, now + 60_000],
  );
  assert.deepEqual([view.queued, view.dropped], [2, 2]);
  assert.deepEqual(view.drops, { queue_full: 1, qos0_offline: 1 });
  assert.equal(view.memory.queue, view.queuedBytes);
  const { memory } = view;
  assert.equal(memory.total, memory.session + memory.queue + memory.subscriptions);
});

Deno.test("SessionList lists the sessions of a broker", async () => {
  await using broker = await TestBroker.start();
  for (const clientId of ["b", "a"]) await broker.connect({ clientId });
  const gone = await broker.connect({ clientId: "c" });
  await gone.send({ cmd: "disconnect" });
  await gone.expectClosed();
  const { items, next } = await broker.broker.inspector.sessions.page({}, { limit: 10 });
  assert.deepEqual(items.map(({ clientId }) => clientId), ["a", "b"]);
  assert.equal(next, undefined);
});
