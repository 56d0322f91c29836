import assert from "#assert";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { connectBytes } from "../support/connect_bytes.ts";
import { expectDisconnected } from "../support/endings.ts";
import type { ConnectOptions, RawClient } from "../support/raw_client.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

function member(version: 3 | 4 | 5, more: ConnectOptions = {}): ConnectOptions {
  return { clientId: "client", protocolVersion: version, ...more };
}

// From the client.

testVersions("DISCONNECT closes the connection", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const client = await broker.connect(member(version));
  await client.sendBytes("e000");
  await client.expectClosed();
  assert.equal(broker.broker.inspector.counts().connections, 0);
  assert.equal(broker.broker.inspector.statistics.clientsConnected, 0);
});

testVersions("nothing behind DISCONNECT is processed", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const watcher = await broker.connect({ clientId: "watcher" });
  await watcher.subscribe("#");
  const client = await broker.connect(member(version));
  const publish = client.encode({ cmd: "publish", topic: "a", payload: "late" });
  await client.sendBytes(new Uint8Array([0xe0, 0, ...publish]));
  await client.expectClosed();
  await watcher.expectNothing();
});

testVersions("a packet in front of DISCONNECT is answered", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const client = await broker.connect(member(version));
  const publish = client.encode({
    cmd: "publish",
    topic: "a",
    payload: "x",
    qos: 1,
    messageId: 3,
  });
  await client.sendBytes(new Uint8Array([...publish, 0xe0, 0]));
  await client.expect("puback", { messageId: 3 });
  await client.expectClosed();
});

/** Every code that a client may send. */
const CLIENT_CODES = [
  0x00,
  0x04,
  0x80,
  0x81,
  0x82,
  0x83,
  0x90,
  0x93,
  0x94,
  0x95,
  0x96,
  0x97,
  0x98,
  0x99,
];

testVersions(
  "[MQTT-3.14.2-1] every reason code of a client is taken, and told to observers",
  [5],
  async () => {
    const told: unknown[] = [];
    await using broker = await TestBroker.start({
      observer: {
        clientDisconnected: (_, reasonCode, reason) => void told.push([reasonCode, reason]),
      },
    });
    for (const reasonCode of CLIENT_CODES) {
      const client = await broker.connect(member(5));
      await client.disconnect({ reasonCode, properties: { reasonString: `code ${reasonCode}` } });
    }
    assert.deepEqual(told, CLIENT_CODES.map((code) => [code, `code ${code}`]));
  },
);

testVersions(
  "[MQTT-3.14.2-1] a reason code that is not a client's is a protocol error",
  [5],
  async () => {
    // Success in another meaning, a refusal of CONNACK, codes of servers, one that does not exist.
    for (const code of [0x01, 0x18, 0x86, 0x87, 0x8b, 0x8e, 0xa2, 0xff]) {
      await using broker = await TestBroker.start();
      const client = await broker.connect(member(5));
      await client.sendBytes(new Uint8Array([0xe0, 1, code]));
      await expectDisconnected(client, ReasonCode.ProtocolError);
    }
  },
);

testVersions(
  "[MQTT-3.14.1-1] DISCONNECT with flags is malformed",
  [3, 4, 5],
  async (version) => {
    for (const first of [0xe1, 0xe2, 0xe4, 0xe8]) {
      await using broker = await TestBroker.start();
      const client = await broker.connect(member(version));
      await client.sendBytes(new Uint8Array([first, 0]));
      await expectDisconnected(client, ReasonCode.MalformedPacket);
    }
  },
);

testVersions("DISCONNECT with a body is malformed and keeps the will", [3, 4], async (version) => {
  await using broker = await TestBroker.start();
  const watcher = await broker.connect({ clientId: "watcher" });
  await watcher.subscribe("#");
  const will = { topic: "will", payload: "gone" };
  const client = await broker.connect(member(version, { will }));
  await client.sendBytes("e00100");
  await client.expectClosed();
  await watcher.expect("publish", { topic: "will" });
});

testVersions("a property that DISCONNECT does not have ends badly", [5], async () => {
  const cases = [
    // Receive Maximum; Session Expiry Interval twice; Server Reference, which is the server's.
    ["e0 05 00 03 210001", ReasonCode.MalformedPacket],
    ["e0 0c 00 0a 1100000000 1100000000", ReasonCode.ProtocolError],
    ["e0 06 00 04 1c000161", ReasonCode.ProtocolError],
  ] as const;
  for (const [bytes, reasonCode] of cases) {
    await using broker = await TestBroker.start();
    const client = await broker.connect(member(5));
    await client.sendBytes(bytes);
    await expectDisconnected(client, reasonCode);
  }
});

// From the broker.

/** Ways to be disconnected by the broker, and the code that 5.0 clients get. */
const ENDS: readonly {
  readonly how: string;
  readonly reasonCode: ReasonCode;
  end(client: RawClient, broker: TestBroker): Promise<unknown>;
}[] = [
  {
    how: "a protocol error",
    reasonCode: ReasonCode.ProtocolError,
    end: (client) => client.sendConnect({ clientId: "client" }),
  },
  {
    how: "a malformed packet",
    reasonCode: ReasonCode.MalformedPacket,
    end: (client) => client.sendBytes("c100"),
  },
  {
    how: "a takeover",
    reasonCode: ReasonCode.SessionTakenOver,
    end: (_, broker) => broker.connect({ clientId: "client" }),
  },
  {
    how: "silence",
    reasonCode: ReasonCode.KeepAliveTimeout,
    end: (_, broker) => broker.advance(150_000),
  },
  {
    how: "an administrator",
    reasonCode: ReasonCode.AdministrativeAction,
    end: (_, broker) =>
      broker.broker.inspector.removeSession(
        "client",
        ReasonCode.AdministrativeAction,
        "removed by the test",
      ),
  },
  {
    how: "a stop of the broker",
    reasonCode: ReasonCode.ServerShuttingDown,
    end: (_, broker) => broker.broker.stop(),
  },
];

for (const { how, reasonCode, end } of ENDS) {
  testVersions(
    `[MQTT-3.14.2-1] [MQTT-3.14.2-2] [MQTT-3.14.4-2] ${how} ends with its code and without a session expiry`,
    [5],
    async () => {
      await using broker = await TestBroker.start();
      const client = await broker.connect(member(5, {
        keepalive: 100,
        properties: { sessionExpiryInterval: 60 },
      }));
      await end(client, broker);
      const disconnect = await expectDisconnected(client, reasonCode);
      assert.equal(disconnect?.properties?.sessionExpiryInterval, undefined);
      assert.ok(disconnect?.properties?.reasonString, "no Reason String");
    },
  );

  testVersions(`${how} closes without a packet`, [3, 4], async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect(member(version, { keepalive: 100 }));
    await end(client, broker);
    await client.expectClosed();
  });

  testVersions(
    `[MQTT-3.14.2-3] ${how}: the Reason String is left out where it makes DISCONNECT too large`,
    [5],
    async () => {
      const reasonOf = async (maximumPacketSize: number | undefined) => {
        await using broker = await TestBroker.start();
        const client = await broker.connect(member(5, {
          keepalive: 100,
          properties: maximumPacketSize === undefined ? {} : { maximumPacketSize },
        }));
        await end(client, broker);
        const disconnect = await expectDisconnected(client, reasonCode);
        return { size: client.lastBytes.length, text: disconnect?.properties?.reasonString };
      };
      const whole = await reasonOf(undefined);
      assert.deepEqual(await reasonOf(whole.size), whole);
      assert.deepEqual(await reasonOf(whole.size - 1), { size: 3, text: undefined });
    },
  );
}

testVersions("a session that is not there cannot be removed", [5], async () => {
  await using broker = await TestBroker.start();
  await broker.connect(member(5));
  const { inspector } = broker.broker;
  const remove = (clientId: string) =>
    inspector.removeSession(clientId, ReasonCode.AdministrativeAction, "test");
  assert.equal(await remove("stranger"), false);
  assert.equal(await remove("client"), true);
  assert.equal(await remove("client"), false);
});

testVersions(
  "[MQTT-3.14.4-1] nothing follows a DISCONNECT of the broker",
  [5],
  async () => {
    await using broker = await TestBroker.start();
    const publisher = await broker.connect({ clientId: "publisher" });
    const client = await broker.connect(member(5, { properties: { sessionExpiryInterval: 60 } }));
    await client.subscribe("a", { qos: 1 });
    const ping = [0xc0, 0];
    const publish = client.encode({
      cmd: "publish",
      topic: "a",
      payload: "own",
      qos: 1,
      messageId: 1,
    });
    // A legal packet, one that ends the connection, and more that would be answered.
    await client.sendBytes(new Uint8Array([...ping, 0xc1, 0, ...ping, ...publish]));
    await client.expect("pingresp");
    await publisher.publish("a", "x", { qos: 1 });
    await expectDisconnected(client, ReasonCode.MalformedPacket);
  },
);

testVersions(
  "[MQTT-3.14.4-1] messages that wait for a frozen client do not follow its DISCONNECT",
  [5],
  async () => {
    await using broker = await TestBroker.start({ transport: { windowBytes: 0 } });
    const publisher = await broker.connect({ clientId: "publisher" });
    const client = await broker.connect(member(5, { properties: { sessionExpiryInterval: 60 } }));
    await client.subscribe("a", { qos: 1 });
    client.freeze();
    for (const payload of ["1", "2"]) await publisher.publish("a", payload, { qos: 1 });
    await broker.connect({ clientId: "client" });
    await publisher.publish("a", "3", { qos: 1 });
    client.thaw();
    await client.expect("publish", { payload: "1" });
    await client.expect("publish", { payload: "2" });
    await expectDisconnected(client, ReasonCode.SessionTakenOver);
  },
);

testVersions(
  "[MQTT-3.14.0-1] before CONNACK there is no DISCONNECT, however the connection ends",
  [5],
  async () => {
    const never = Promise.withResolvers<boolean>();
    const authenticator = {
      authenticate: () => never.promise.then(() => Promise.reject(new Error("test"))),
      begin: () => undefined,
    };
    const ends: ((client: RawClient, broker: TestBroker) => Promise<unknown>)[] = [
      (client) => client.sendBytes("c000"),
      (client) => client.sendBytes("c100"),
      (_, broker) => broker.advance(60_000),
      (_, broker) => broker.broker.stop(),
      async (client, broker) => {
        await client.sendBytes(connectBytes(5));
        await broker.advance(0);
        await broker.broker.stop();
      },
    ];
    for (const end of ends) {
      await using broker = await TestBroker.start({ authenticator });
      const client = await broker.client();
      await end(client, broker);
      await client.expectClosed();
    }
    never.resolve(true);
  },
);

testVersions(
  "a client that does not read its DISCONNECT is broken off after a while",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start({ transport: { windowBytes: 0 } });
    const client = await broker.connect(member(version));
    client.freeze();
    await client.sendBytes("c000");
    await broker.advance(0);
    client.sendBytes("c100").catch(() => {});
    await broker.advance(4999);
    assert.equal(broker.broker.inspector.counts().connections, 1);
    await broker.advance(1);
    assert.equal(broker.broker.inspector.counts().connections, 0);
  },
);
