import assert from "#assert";
import { memoryTransportPair } from "../../src/transport/memory.ts";
import { RawClient } from "./raw_client.ts";

/** Two raw clients that talk to each other: each is the other's broker. */
function pair(protocolVersion = 5): [RawClient, RawClient] {
  const [left, right] = memoryTransportPair();
  return [new RawClient(left, { protocolVersion }), new RawClient(right, { protocolVersion })];
}

/** The same over TCP. */
async function tcpPair() {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const [client, conn] = await Promise.all([
    RawClient.connectTcp(`127.0.0.1:${port}`),
    listener.accept(),
  ]);
  return { client, conn };
}

Deno.test("RawClient.connect() sends CONNECT and takes the CONNACK", async () => {
  for (const protocolVersion of [3, 4, 5] as const) {
    const [client, broker] = pair(protocolVersion);
    await using _client = client;
    await using _broker = broker;
    const connack = client.connect({ clientId: "a", protocolVersion });
    await broker.expect("connect", { clientId: "a", protocolVersion, clean: true });
    await broker.send({ cmd: "connack", sessionPresent: true, returnCode: 0, reasonCode: 0 });
    assert.equal((await connack).sessionPresent, true);
  }
});

Deno.test("RawClient shows packets in order, each with its bytes", async () => {
  const [client, broker] = pair();
  await using _client = client;
  await using _broker = broker;
  await broker.sendBytes("d0 00  40 02 00 07");
  assert.equal((await client.next()).cmd, "pingresp");
  assert.equal(client.lastBytes.toHex(), "d000");
  assert.equal((await client.rawNext()).toHex(), "40020007");
});

Deno.test("RawClient puts a packet together that comes in pieces", async () => {
  const [client, broker] = pair();
  await using _client = client;
  await using _broker = broker;
  const taken = client.expect("publish", { topic: "t", payload: "hello" });
  const bytes = broker.encode({ cmd: "publish", topic: "t", payload: "hello" });
  for (const byte of bytes) await broker.sendBytes(new Uint8Array([byte]));
  assert.equal((await taken).qos, 0);
});

Deno.test("RawClient.expect() fails on another packet and on another value", async () => {
  const [client, broker] = pair();
  await using _client = client;
  await using _broker = broker;
  await broker.send({ cmd: "pingresp" });
  await assert.rejects(client.expect("connack"), /expected connack.*pingresp/s);
  await broker.send({ cmd: "publish", topic: "t", payload: "x", properties: { contentType: "y" } });
  await assert.rejects(
    client.expect("publish", { properties: { contentType: undefined } }),
    /publish\.properties\.contentType/,
  );
});

Deno.test("RawClient.ping() fails when something else arrives first", async () => {
  const [client, broker] = pair();
  await using _client = client;
  await using _broker = broker;
  const ping = client.expectNothing();
  await broker.expect("pingreq");
  await broker.send({ cmd: "publish", topic: "surprise" });
  await broker.send({ cmd: "pingresp" });
  await assert.rejects(ping, /surprise/);
});

Deno.test("RawClient.untilPing() collects what arrives before the answer", async () => {
  const [client, broker] = pair();
  await using _client = client;
  await using _broker = broker;
  const packets = client.untilPing();
  await broker.expect("pingreq");
  await broker.send({ cmd: "publish", topic: "a" });
  await broker.send({ cmd: "pingresp" });
  assert.deepEqual((await packets).map(({ cmd }) => cmd), ["publish"]);
});

Deno.test("RawClient.expectClosed() fails on a packet and passes at the end", async () => {
  const [client, broker] = pair();
  await using _client = client;
  await using _broker = broker;
  await broker.send({ cmd: "pingresp" });
  await broker.close();
  await assert.rejects(client.expectClosed(), /end of the stream/);
  await client.expectClosed();
  await assert.rejects(client.next(), /stream ended/);
});

Deno.test("RawClient fails loudly on bytes that are no packet", async () => {
  const [client, broker] = pair();
  await using _client = client;
  await using _broker = broker;
  await broker.sendBytes("00 00");
  await assert.rejects(client.next(), /no packet.*0000/s);
});

Deno.test("RawClient.publish() takes the direct answer and nothing more", async () => {
  const [client, broker] = pair();
  await using _client = client;
  await using _broker = broker;
  const pubrec = client.publish("t", "x", { qos: 2 });
  const { messageId } = await broker.expect("publish", { qos: 2, payload: "x" });
  await broker.send({ cmd: "pubrec", messageId: messageId! });
  assert.equal((await pubrec)?.cmd, "pubrec");
  assert.equal(await client.publish("t", "y"), undefined);
  await broker.expect("publish", { qos: 0, payload: "y" });
  const pubcomp = client.release(messageId!);
  await broker.expect("pubrel", { messageId: messageId! });
  await broker.send({ cmd: "pubcomp", messageId: messageId! });
  await pubcomp;
});

Deno.test("RawClient.subscribe() passes the options on", async () => {
  const [client, broker] = pair();
  await using _client = client;
  await using _broker = broker;
  const suback = client.subscribe(["a", { topic: "b", nl: true }], {
    qos: 1,
    properties: { subscriptionIdentifier: 9 },
  });
  const { messageId } = await broker.expect("subscribe", {
    subscriptions: [{ topic: "a", qos: 1, nl: false }, { topic: "b", qos: 1, nl: true }],
    properties: { subscriptionIdentifier: 9 },
  });
  await broker.send({ cmd: "suback", messageId: messageId!, granted: [1, 1] });
  assert.deepEqual((await suback).granted, [1, 1]);
});

Deno.test("RawClient.freeze() stops reading until thaw()", async () => {
  const { client, conn } = await tcpPair();
  await using _client = client;
  using _conn = conn;
  await conn.write(client.encode({ cmd: "publish", topic: "first" }));
  await client.expect("publish", { topic: "first" });
  client.freeze();
  const payload = new Uint8Array(32 * 1024 * 1024);
  const bytes = client.encode({ cmd: "publish", topic: "big", payload });
  let written = 0;
  const writing = (async () => {
    while (written < bytes.length) written += await conn.write(bytes.subarray(written));
  })();
  // Time passes in round trips of another connection, until the writer makes no progress.
  const other = await tcpPair();
  await using _other = other.client;
  using _otherConn = other.conn;
  for (let rounds = 0, before = -1; rounds < 100; rounds = written === before ? rounds + 1 : 0) {
    before = written;
    await other.conn.write(client.encode({ cmd: "pingresp" }));
    await other.client.expect("pingresp");
  }
  assert.equal(client.pending, 0);
  assert.ok(written < bytes.length, "the frozen client has read everything");
  client.thaw();
  await writing;
  await client.expect("publish", { topic: "big" });
});

Deno.test("RawClient.connectTcp() carries bytes both ways and sees the end", async () => {
  const { client, conn } = await tcpPair();
  await using _client = client;
  await client.sendBytes("c000");
  const buffer = new Uint8Array(16);
  assert.equal(await conn.read(buffer), 2);
  await conn.write(Uint8Array.fromHex("d000"));
  await client.expect("pingresp");
  conn.close();
  await client.expectClosed();
  assert.equal(client.open, false);
});
