import assert from "#assert";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { connectBytes, type ConnectFields, ConnectFlag } from "../support/connect_bytes.ts";
import { expectDisconnected, expectRefused } from "../support/endings.ts";
import { accept, refuse, ScriptedAuthenticator } from "../support/scripted_authenticator.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

const { CLEAN_START, PASSWORD, RESERVED, USER_NAME, WILL, WILL_QOS_1, WILL_QOS_2, WILL_RETAIN } =
  ConnectFlag;

/** CONNECT packets that break the format: in 5.0 CONNACK says how, 3.x just closes. */
interface Broken {
  readonly shows: string;
  readonly versions: readonly (3 | 4 | 5)[];
  readonly fields: ConnectFields;
  readonly reasonCode?: ReasonCode;
}

const BROKEN: readonly Broken[] = [
  {
    shows: "[MQTT-3.1.2-3] the reserved flag",
    versions: [4, 5],
    fields: { flags: CLEAN_START | RESERVED },
  },
  {
    shows: "[MQTT-3.1.2-11] a Will QoS without a will",
    versions: [4, 5],
    fields: { flags: CLEAN_START | WILL_QOS_1 },
  },
  {
    shows: "[MQTT-3.1.2-13] Will Retain without a will",
    versions: [4, 5],
    fields: { flags: CLEAN_START | WILL_RETAIN },
  },
  {
    shows: "[MQTT-3.1.2-12] a Will QoS of 3",
    versions: [4],
    fields: { flags: WILL | WILL_QOS_1 | WILL_QOS_2, payload: ["client", "topic", "payload"] },
  },
  {
    shows: "[MQTT-3.1.2-12] a Will QoS of 3",
    versions: [5],
    fields: {
      flags: WILL | WILL_QOS_1 | WILL_QOS_2,
      payload: ["client", { hex: "00" }, "topic", "payload"],
    },
  },
  {
    shows: "[MQTT-3.1.2-9] a will without topic and payload",
    versions: [3, 4],
    fields: { flags: WILL, payload: ["client"] },
  },
  {
    shows: "[MQTT-3.1.2-9] a will without topic and payload",
    versions: [5],
    fields: { flags: WILL, payload: ["client", { hex: "00" }] },
  },
  {
    shows: "[MQTT-3.1.2-9] a will without its properties",
    versions: [5],
    fields: { flags: WILL, payload: ["client", "topic", "payload"] },
  },
  {
    shows: "[MQTT-3.1.2-16] a User Name without its flag",
    versions: [3, 4, 5],
    fields: { payload: ["client", "user"] },
  },
  {
    shows: "[MQTT-3.1.2-17] no User Name behind its flag",
    versions: [4, 5],
    fields: { flags: CLEAN_START | USER_NAME },
  },
  {
    shows: "[MQTT-3.1.2-18] a Password without its flag",
    versions: [3, 4, 5],
    fields: { flags: CLEAN_START | USER_NAME, payload: ["client", "user", "password"] },
  },
  {
    shows: "[MQTT-3.1.2-19] no Password behind its flag",
    versions: [4, 5],
    fields: { flags: CLEAN_START | USER_NAME | PASSWORD, payload: ["client", "user"] },
  },
  {
    shows: "a Password without a User Name, which only 5.0 knows",
    versions: [4],
    fields: { flags: CLEAN_START | PASSWORD, payload: ["client", "password"] },
  },
  {
    shows: "[MQTT-3.1.3-3] no Client Identifier",
    versions: [3, 4, 5],
    fields: { payload: [] },
  },
  {
    shows: "[MQTT-3.1.3-4] [MQTT-1.5.4-1] a Client Identifier that is no UTF-8",
    versions: [3, 4, 5],
    fields: { payload: [new Uint8Array([0x61, 0xff])] },
  },
  {
    shows: "[MQTT-3.1.3-4] [MQTT-1.5.4-2] U+0000 in the Client Identifier",
    versions: [3, 4, 5],
    fields: { payload: ["a\0b"] },
  },
  {
    shows: "[MQTT-3.1.3-11] a Will Topic that is no UTF-8",
    versions: [3, 4],
    fields: { flags: WILL, payload: ["client", new Uint8Array([0xc3]), "payload"] },
  },
  {
    shows: "[MQTT-3.1.3-11] a Will Topic that is no UTF-8",
    versions: [5],
    fields: { flags: WILL, payload: ["client", { hex: "00" }, new Uint8Array([0xc3]), "payload"] },
  },
  {
    shows: "[MQTT-3.1.3-12] a User Name that is no UTF-8",
    versions: [3, 4, 5],
    fields: { flags: USER_NAME, payload: ["client", new Uint8Array([0xed, 0xa0, 0x80])] },
  },
  {
    shows: "[MQTT-3.1.4-1] bytes behind the last field",
    versions: [3, 4, 5],
    fields: { payload: ["client", { hex: "00" }] },
  },
  {
    shows: "[MQTT-3.1.4-1] a field that goes beyond the packet",
    versions: [3, 4, 5],
    fields: { payload: [{ hex: "00ff61" }] },
  },
  {
    shows: "[MQTT-3.1.4-1] a property that CONNECT does not have",
    versions: [5],
    fields: { properties: "0b01" }, // Subscription Identifier 1
  },
  {
    shows: "[MQTT-3.1.4-1] a Session Expiry Interval given twice",
    versions: [5],
    fields: { properties: "11000000011100000001" },
    reasonCode: ReasonCode.ProtocolError,
  },
  {
    shows: "[MQTT-3.1.4-1] a Receive Maximum of 0",
    versions: [5],
    fields: { properties: "210000" },
    reasonCode: ReasonCode.ProtocolError,
  },
  {
    shows: "[MQTT-3.1.4-1] a Maximum Packet Size of 0",
    versions: [5],
    fields: { properties: "2700000000" },
    reasonCode: ReasonCode.ProtocolError,
  },
  {
    shows: "[MQTT-3.1.4-1] a Request Response Information of 2",
    versions: [5],
    fields: { properties: "1902" },
    reasonCode: ReasonCode.ProtocolError,
  },
  {
    shows: "[MQTT-3.1.4-1] a Request Problem Information of 2",
    versions: [5],
    fields: { properties: "1702" },
    reasonCode: ReasonCode.ProtocolError,
  },
  {
    shows: "[MQTT-3.1.4-1] Authentication Data without a method",
    versions: [5],
    fields: { properties: "16000161" },
    reasonCode: ReasonCode.ProtocolError,
  },
  {
    shows: "[MQTT-3.1.4-1] a Will Delay Interval given twice",
    versions: [5],
    fields: {
      flags: WILL,
      payload: ["client", { hex: "0a18000000011800000001" }, "topic", "payload"],
    },
    reasonCode: ReasonCode.ProtocolError,
  },
  {
    shows: "[MQTT-3.1.4-1] a Session Expiry Interval among the will properties",
    versions: [5],
    fields: { flags: WILL, payload: ["client", { hex: "051100000001" }, "topic", "payload"] },
  },
  {
    shows: "[MQTT-3.1.4-1] a will Payload Format Indicator of 2",
    versions: [5],
    fields: { flags: WILL, payload: ["client", { hex: "020102" }, "topic", "payload"] },
    reasonCode: ReasonCode.ProtocolError,
  },
  {
    shows: "[MQTT-4.7.3-1] an empty Will Topic",
    versions: [3, 4],
    fields: { flags: WILL, payload: ["client", "", "payload"] },
  },
  {
    shows: "[MQTT-4.7.3-1] an empty Will Topic",
    versions: [5],
    fields: { flags: WILL, payload: ["client", { hex: "00" }, "", "payload"] },
    reasonCode: ReasonCode.ProtocolError,
  },
  {
    shows: "[MQTT-4.7.0-1] a wildcard in the Will Topic",
    versions: [3, 4],
    fields: { flags: WILL, payload: ["client", "a/+", "payload"] },
  },
  {
    shows: "[MQTT-4.7.0-1] a wildcard in the Will Topic",
    versions: [5],
    fields: { flags: WILL, payload: ["client", { hex: "00" }, "a/#", "payload"] },
    reasonCode: ReasonCode.TopicNameInvalid,
  },
];

for (const { shows, versions, fields, reasonCode } of BROKEN) {
  testVersions(`${shows}: CONNECT is refused`, versions, async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.client(version);
    await client.sendBytes(connectBytes(version, fields));
    await expectRefused(client, reasonCode ?? ReasonCode.MalformedPacket, undefined);
    assert.equal(broker.broker.inspector.counts().sessions, 0);
  });
}

testVersions("[MQTT-3.1.4-5] CONNECT is answered with CONNACK 0", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const client = await broker.client(version);
  await client.sendBytes(connectBytes(version));
  const connack = await client.expect("connack", { sessionPresent: false });
  assert.equal(connack.reasonCode ?? connack.returnCode, 0);
  await client.expectNothing();
});

testVersions("CONNECT may come byte by byte", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const client = await broker.client(version);
  for (const byte of connectBytes(version)) await client.sendBytes(new Uint8Array([byte]));
  await client.expect("connack");
});

testVersions("packets behind CONNECT need not wait for CONNACK", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const client = await broker.client(version);
  const bytes = [
    ...connectBytes(version),
    ...client.encode({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "a", qos: 0 }] }),
    ...client.encode({ cmd: "publish", topic: "a", payload: "early" }),
  ];
  await client.sendBytes(new Uint8Array(bytes));
  await client.expect("connack");
  await client.expect("suback", { messageId: 1 });
  await client.expect("publish", { payload: "early" });
});

testVersions(
  "[MQTT-3.1.0-1] a connection whose first packet is not CONNECT is closed",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const watcher = await broker.connect();
    await watcher.subscribe("#");
    const first = await broker.client(version);
    for (
      const bytes of [
        first.encode({ cmd: "publish", topic: "a", payload: "too early" }),
        first.encode({ cmd: "pingreq" }),
        first.encode({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "a", qos: 0 }] }),
        first.encode({ cmd: "disconnect" }),
      ]
    ) {
      const client = await broker.client(version);
      await client.sendBytes(bytes);
      await client.expectClosed();
    }
    await watcher.expectNothing();
  },
);

testVersions(
  "[MQTT-3.1.0-2] a second CONNECT is a protocol error",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ clientId: "twice", protocolVersion: version });
    await client.sendBytes(connectBytes(version, { payload: ["twice"] }));
    await expectDisconnected(client, ReasonCode.ProtocolError);
  },
);

/** A protocol that nobody knows is answered in the oldest form that says "unacceptable version". */
const FOREIGN: readonly { shows: string; version: 3 | 4 | 5; fields: ConnectFields }[] = [
  {
    shows: "[MQTT-3.1.2-1] another protocol name",
    version: 5,
    fields: { protocolName: "MQTX" },
  },
  {
    shows: "[MQTT-3.1.2-1] the right name in small letters",
    version: 5,
    fields: { protocolName: "mqtt" },
  },
  {
    shows: "[MQTT-3.1.2-1] another protocol name",
    version: 4,
    fields: { protocolName: "MQTT " },
  },
  {
    shows: "[MQTT-3.1.2-1] the name of 3.1 with the level of 3.1.1",
    version: 4,
    fields: { protocolName: "MQIsdp" },
  },
  {
    shows: "[MQTT-3.1.2-1] the name of 3.1.1 with the level of 3.1",
    version: 3,
    fields: { protocolName: "MQTT" },
  },
  { shows: "[MQTT-3.1.2-2] protocol level 6", version: 5, fields: { protocolLevel: 6 } },
  { shows: "[MQTT-3.1.2-2] protocol level 2", version: 4, fields: { protocolLevel: 2 } },
  { shows: "[MQTT-3.1.2-2] protocol level 0", version: 4, fields: { protocolLevel: 0 } },
  { shows: "[MQTT-3.1.2-2] the bridge bit in 5.0", version: 5, fields: { protocolLevel: 0x85 } },
];

for (const { shows, version, fields } of FOREIGN) {
  testVersions(`${shows} is refused`, [version], async () => {
    await using broker = await TestBroker.start();
    const client = await broker.client(4);
    await client.sendBytes(connectBytes(version, fields));
    await client.expect("connack", { returnCode: 1, sessionPresent: false });
    await client.expectClosed();
  });
}

testVersions(
  "[MQTT-3.1.2-2] a version that is turned off is refused",
  [3, 4, 5],
  async (version) => {
    const others = ([3, 4, 5] as const).filter((each) => each !== version);
    await using broker = await TestBroker.start({ limits: { protocolVersions: others } });
    const client = await broker.client(version);
    await client.sendBytes(connectBytes(version));
    await expectRefused(client, ReasonCode.UnsupportedProtocolVersion, 1);
    for (const other of others) await broker.connect({ clientId: "x", protocolVersion: other });
  },
);

testVersions(
  "[MQTT-3.1.3-1] Client Identifier, will, User Name and Password are read in this order",
  [3, 4, 5],
  async (version) => {
    const authenticator = new ScriptedAuthenticator();
    await using broker = await TestBroker.start({ authenticator });
    const watcher = await broker.connect();
    await watcher.subscribe("#");
    const client = await broker.client(version);
    const will = version === 5 ? [{ hex: "00" }, "topic", "gone"] : ["topic", "gone"];
    await client.sendBytes(connectBytes(version, {
      flags: WILL | USER_NAME | PASSWORD,
      payload: ["client", ...will, "user", "secret"],
    }));
    await client.expect("connack");
    const { clientId, connect } = authenticator.requests.at(-1)!;
    assert.deepEqual([clientId, connect.username], ["client", "user"]);
    assert.equal(new TextDecoder().decode(connect.password), "secret");
    await client.abort();
    await watcher.expect("publish", { topic: "topic", payload: "gone" });
  },
);

testVersions(
  "[MQTT-3.1.2-16] [MQTT-3.1.2-18] without their flags there is no User Name and no Password",
  [3, 4, 5],
  async (version) => {
    const authenticator = new ScriptedAuthenticator();
    await using broker = await TestBroker.start({ authenticator });
    await broker.connect({ clientId: "anonymous", protocolVersion: version });
    const { connect } = authenticator.requests[0]!;
    assert.deepEqual([connect.username, connect.password], [undefined, undefined]);
  },
);

testVersions(
  "[MQTT-3.1.2-17] [MQTT-3.1.2-19] User Name and Password may be empty",
  [3, 4, 5],
  async (version) => {
    const authenticator = new ScriptedAuthenticator();
    await using broker = await TestBroker.start({ authenticator });
    const client = await broker.client(version);
    await client.sendBytes(connectBytes(version, {
      flags: CLEAN_START | USER_NAME | PASSWORD,
      payload: ["client", "", ""],
    }));
    await client.expect("connack");
    const { connect } = authenticator.requests[0]!;
    assert.deepEqual([connect.username, connect.password?.length], ["", 0]);
  },
);

testVersions("a Password without a User Name reaches the authenticator", [5], async () => {
  const authenticator = new ScriptedAuthenticator();
  await using broker = await TestBroker.start({ authenticator });
  const client = await broker.client();
  await client.sendBytes(connectBytes(5, {
    flags: CLEAN_START | PASSWORD,
    payload: ["client", "token"],
  }));
  await client.expect("connack", { reasonCode: 0 });
  const { connect } = authenticator.requests[0]!;
  assert.deepEqual([connect.username, connect.password?.length], [undefined, 5]);
});

testVersions("3.1 disregards the flags that later versions reserve", [3], async () => {
  await using broker = await TestBroker.start();
  const client = await broker.client(3);
  await client.sendBytes(connectBytes(3, { flags: CLEAN_START | RESERVED | WILL_QOS_1 }));
  await client.expect("connack", { returnCode: 0 });
});

testVersions("User Name and Password may be missing behind their flags", [3], async () => {
  await using broker = await TestBroker.start();
  const client = await broker.client(3);
  await client.sendBytes(connectBytes(3, { flags: CLEAN_START | USER_NAME | PASSWORD }));
  await client.expect("connack", { returnCode: 0 });
});

testVersions(
  "[MQTT-3.1.4-2] a client that is not authorized is refused and closed",
  [3, 4, 5],
  async (version) => {
    const authenticator = new ScriptedAuthenticator(refuse(ReasonCode.NotAuthorized, "not you"));
    await using broker = await TestBroker.start({ authenticator });
    const client = await broker.client(version);
    await client.sendBytes(connectBytes(version));
    const connack = await expectRefused(client, ReasonCode.NotAuthorized, 5);
    if (version === 5) assert.equal(connack?.properties?.reasonString, "not you");
    assert.equal(broker.broker.inspector.statistics.authErrors, 1);
    assert.equal(broker.broker.inspector.counts().sessions, 0);
  },
);

testVersions(
  "[MQTT-3.1.4-2] a wrong password is refused with its own code",
  [3, 4, 5],
  async (version) => {
    const authenticator = new ScriptedAuthenticator(refuse(ReasonCode.BadUserNameOrPassword));
    await using broker = await TestBroker.start({ authenticator });
    const client = await broker.client(version);
    await client.sendBytes(connectBytes(version));
    await expectRefused(client, ReasonCode.BadUserNameOrPassword, 4);
  },
);

testVersions(
  "[MQTT-3.1.4-2] an authenticator that fails refuses with server unavailable",
  [3, 4, 5],
  async (version) => {
    const failures = [
      () => {
        throw new Error("the test wants it");
      },
      () => Promise.reject(new Error("the test wants it")),
    ];
    for (const failure of failures) {
      const authenticator = new ScriptedAuthenticator(failure);
      await using broker = await TestBroker.start({ authenticator });
      const client = await broker.client(version);
      await client.sendBytes(connectBytes(version));
      await expectRefused(client, ReasonCode.ServerUnavailable, 3);
    }
  },
);

testVersions(
  "[MQTT-3.1.4-6] nothing behind a CONNECT that is refused is processed",
  [3, 4, 5],
  async (version) => {
    const answer = Promise.withResolvers<void>();
    const authenticator = new ScriptedAuthenticator();
    await using broker = await TestBroker.start({ authenticator });
    const watcher = await broker.connect();
    await watcher.subscribe("#");
    authenticator.plain = async (request, data) => {
      await answer.promise;
      return await refuse(ReasonCode.NotAuthorized)(request, data);
    };
    const client = await broker.client(version);
    const publish = client.encode({ cmd: "publish", topic: "a", payload: "x", retain: true });
    await client.sendBytes(new Uint8Array([...connectBytes(version), ...publish]));
    await client.sendBytes(publish);
    answer.resolve();
    await expectRefused(client, ReasonCode.NotAuthorized, 5);
    await watcher.expectNothing();
    assert.equal(broker.broker.inspector.counts().retainedMessages, 0);
  },
);

testVersions(
  "what comes while the authenticator takes its time waits for CONNACK",
  [3, 4, 5],
  async (version) => {
    const answer = Promise.withResolvers<void>();
    const authenticator = new ScriptedAuthenticator(async (request, data) => {
      await answer.promise;
      return await accept()(request, data);
    });
    await using broker = await TestBroker.start({ authenticator });
    const client = await broker.client(version);
    const pingreq = client.encode({ cmd: "pingreq" });
    await client.sendBytes(new Uint8Array([...connectBytes(version), ...pingreq]));
    await broker.advance(1000);
    assert.equal(client.pending, 0);
    answer.resolve();
    await client.expect("connack");
    await client.expect("pingresp");
  },
);

testVersions(
  "a client that leaves while it is authenticated leaves no session and no will",
  [3, 4, 5],
  async (version) => {
    const answer = Promise.withResolvers<void>();
    const authenticator = new ScriptedAuthenticator();
    await using broker = await TestBroker.start({ authenticator });
    const watcher = await broker.connect();
    await watcher.subscribe("#");
    authenticator.plain = async (request, data) => {
      await answer.promise;
      return await accept()(request, data);
    };
    const client = await broker.client(version);
    const will = version === 5 ? [{ hex: "00" }, "topic", "gone"] : ["topic", "gone"];
    const bytes = connectBytes(version, { flags: WILL, payload: ["client", ...will] });
    await client.sendBytes(bytes);
    await broker.advance(0);
    await client.abort();
    answer.resolve();
    await broker.advance(0);
    await watcher.expectNothing();
    assert.equal(broker.broker.inspector.session("client"), undefined);
  },
);
