import assert from "#assert";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { connectBytes } from "../support/connect_bytes.ts";
import { expectDisconnected } from "../support/endings.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

const LIMITS = { readTimeoutMs: 20_000, writeTimeoutMs: 30_000 };

testVersions("a connection that says nothing is closed after the read time-out", [5], async () => {
  await using broker = await TestBroker.start({ limits: LIMITS });
  const client = await broker.client();
  await broker.advance(19_999);
  assert.equal(client.open, true);
  await broker.advance(1);
  await client.expectClosed();
  assert.equal(broker.broker.inspector.counts().connections, 0);
});

testVersions(
  "a CONNECT that trickles in is closed after the read time-out, however it goes on",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start({ limits: LIMITS });
    const client = await broker.client(version);
    const bytes = connectBytes(version);
    for (const byte of bytes.subarray(0, 9)) {
      await client.sendBytes(new Uint8Array([byte]));
      await broker.advance(2000);
    }
    assert.equal(client.open, true);
    await client.sendBytes(bytes.subarray(9, 10));
    await broker.advance(2000);
    await client.expectClosed();
  },
);

testVersions(
  "a CONNECT that is complete just in time is accepted, and the client may then be idle",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start({ limits: LIMITS });
    const client = await broker.client(version);
    const bytes = connectBytes(version);
    await client.sendBytes(bytes.subarray(0, 5));
    await broker.advance(19_999);
    await client.sendBytes(bytes.subarray(5));
    await client.expect("connack");
    await broker.advance(3_600_000);
    await client.expectNothing();
  },
);

for (const stalled of ["30", "30 05", "30 05 0001 61"]) {
  testVersions(
    `a packet that stalls behind ${stalled} ends the connection`,
    [3, 4, 5],
    async (version) => {
      await using broker = await TestBroker.start({ limits: LIMITS });
      const client = await broker.connect({ clientId: "client", protocolVersion: version });
      await client.sendBytes(stalled);
      await broker.advance(19_999);
      assert.equal(client.open, true);
      await broker.advance(1);
      await expectDisconnected(client, ReasonCode.UnspecifiedError);
    },
  );
}

testVersions("a packet may take long as long as it goes on", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start({ limits: LIMITS });
  const client = await broker.connect({ clientId: "client", protocolVersion: version });
  await client.subscribe("a");
  const publish = client.encode({ cmd: "publish", topic: "a", payload: "in slow motion" });
  for (const byte of publish) {
    await client.sendBytes(new Uint8Array([byte]));
    await broker.advance(19_000);
  }
  await client.expect("publish", { payload: "in slow motion" });
  await client.expectNothing();
});

testVersions(
  "a client that reads nothing for the write time-out is broken off",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start({
      limits: LIMITS,
      transport: { windowBytes: 0 },
    });
    const client = await broker.connect({ clientId: "client", protocolVersion: version });
    await client.subscribe("a");
    client.freeze();
    const publisher = await broker.connect({ clientId: "publisher" });
    await publisher.publish("a", "x");
    await broker.advance(29_999);
    assert.equal(broker.broker.inspector.session("client")?.connected, true);
    await broker.advance(1);
    assert.equal(broker.broker.inspector.session("client"), undefined);
    assert.equal(broker.broker.inspector.accounting().dropped.connection_lost, 1);
  },
);
