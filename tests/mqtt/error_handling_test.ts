import assert from "#assert";
import { silentLogger } from "../../src/base/log.ts";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { connectBytes } from "../support/connect_bytes.ts";
import { expectDisconnected, expectRefused } from "../support/endings.ts";
import type { RawClient, SentPacket } from "../support/raw_client.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

/** What a client may not do once it is connected, with the reason code that 5.0 gives for it. */
interface Offence {
  readonly what: string;
  readonly versions: readonly (3 | 4 | 5)[];
  readonly reasonCode: ReasonCode;
  readonly commit: string | SentPacket | SentPacket[];
}

const ALL = [3, 4, 5] as const;

function publishes(count: number): SentPacket[] {
  return Array.from({ length: count }, (_, i) => (
    { cmd: "publish", topic: "a", payload: "x", qos: 2, messageId: i + 1 }
  ));
}

const OFFENCES: readonly Offence[] = [
  {
    what: "a packet type that does not exist",
    versions: ALL,
    reasonCode: ReasonCode.MalformedPacket,
    commit: "00 00",
  },
  {
    what: "a remaining length of five bytes",
    versions: ALL,
    reasonCode: ReasonCode.MalformedPacket,
    commit: "30 ffffffff01",
  },
  {
    what: "a packet that only a server sends",
    versions: ALL,
    reasonCode: ReasonCode.ProtocolError,
    commit: "d0 00",
  },
  {
    what: "a second CONNECT",
    versions: ALL,
    reasonCode: ReasonCode.ProtocolError,
    commit: "10 0c 0004 4d515454 04 02 0000 0000",
  },
  {
    what: "a packet identifier of 0",
    versions: ALL,
    reasonCode: ReasonCode.ProtocolError,
    commit: "62 02 0000",
  },
  {
    what: "a wildcard in a topic name",
    versions: ALL,
    reasonCode: ReasonCode.TopicNameInvalid,
    commit: { cmd: "publish", topic: "a/+", payload: "x" },
  },
  {
    what: "a Topic Alias that is not allowed",
    versions: [5],
    reasonCode: ReasonCode.TopicAliasInvalid,
    commit: { cmd: "publish", topic: "a", payload: "x", properties: { topicAlias: 65 } },
  },
  {
    what: "more unfinished messages than Receive Maximum allows",
    versions: [5],
    reasonCode: ReasonCode.ReceiveMaximumExceeded,
    commit: publishes(4),
  },
  {
    what: "a packet larger than Maximum Packet Size",
    versions: ALL,
    reasonCode: ReasonCode.PacketTooLarge,
    commit: "30 d10f", // 2,001 bytes and the header
  },
  {
    what: "a QoS above Maximum QoS",
    versions: ALL,
    reasonCode: ReasonCode.QoSNotSupported,
    commit: { cmd: "publish", topic: "a", payload: "x", qos: 2, messageId: 1 },
  },
  {
    what: "a retained message where there is none",
    versions: ALL,
    reasonCode: ReasonCode.RetainNotSupported,
    commit: { cmd: "publish", topic: "a", payload: "x", retain: true },
  },
];

function limitsFor({ reasonCode }: Offence) {
  return {
    receiveMaximum: 3,
    packetSizeMax: 2000,
    maximumQoS: reasonCode === ReasonCode.QoSNotSupported ? 1 as const : 2 as const,
    retainAvailable: reasonCode !== ReasonCode.RetainNotSupported,
  };
}

async function commit(client: RawClient, { commit }: Offence): Promise<void> {
  if (typeof commit === "string") return await client.sendBytes(commit);
  const packets = Array.isArray(commit) ? commit : [commit];
  const bytes = packets.flatMap((packet) => [...client.encode(packet)]);
  await client.sendBytes(new Uint8Array(bytes));
}

for (const offence of OFFENCES) {
  testVersions(
    `[MQTT-4.13.1-1] [MQTT-4.13.2-1] ${offence.what} ends the connection, and only that`,
    offence.versions,
    async (version) => {
      const told: number[] = [];
      await using broker = await TestBroker.start({
        limits: limitsFor(offence),
        observer: { protocolError: (_, reasonCode) => void told.push(reasonCode) },
      });
      const watcher = await broker.connect({ clientId: "watcher" });
      await watcher.subscribe("will");
      const client = await broker.connect({
        clientId: "offender",
        clean: false,
        protocolVersion: version,
        will: { topic: "will", payload: "gone" },
        ...(version === 5 ? { properties: { sessionExpiryInterval: 60 } } : {}),
      });
      await commit(client, offence);
      if (Array.isArray(offence.commit)) {
        for (let i = 1; i < offence.commit.length; i++) await client.expect("pubrec");
      }
      await expectDisconnected(client, offence.reasonCode);
      // The broker takes it for a lost connection: the will goes out, the session stays.
      await watcher.expect("publish", { topic: "will" });
      assert.equal(broker.broker.inspector.session("offender")?.connected, false);
      assert.equal(broker.broker.inspector.counts().connections, 1);
      const { protocolErrors, packetErrors } = broker.broker.inspector.statistics;
      assert.deepEqual(
        [protocolErrors, packetErrors],
        offence.reasonCode === 0x81 ? [0, 1] : [1, 0],
      );
      await watcher.expectNothing();
    },
  );
}

testVersions(
  "[MQTT-4.13.1-1] [MQTT-4.13.2-1] a CONNECT that is wrong ends the connection",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.client(version);
    await client.sendBytes(connectBytes(version, { payload: [] }));
    await expectRefused(client, ReasonCode.MalformedPacket, undefined);
    assert.equal(broker.broker.inspector.statistics.packetErrors, 1);
    assert.equal(broker.broker.inspector.statistics.connectionsRefused, 1);
  },
);

testVersions(
  "[MQTT-4.13.1-1] bytes that are no MQTT at all are closed without an answer",
  [5],
  async () => {
    await using broker = await TestBroker.start();
    const strangers = [
      new TextEncoder().encode("GET / HTTP/1.1\r\nHost: broker\r\n\r\n"),
      new TextEncoder().encode("SSH-2.0-OpenSSH_9.6\r\n"),
      Uint8Array.fromHex("16030100c8010000c40303"), // the start of a TLS handshake
      new Uint8Array(100),
      new Uint8Array(100).fill(0xff),
    ];
    for (const bytes of strangers) {
      const client = await broker.client();
      await client.sendBytes(bytes);
      await client.expectClosed();
    }
    assert.equal(broker.broker.inspector.counts().connections, 0);
  },
);

testVersions(
  "an authorizer that throws ends the connection of that client, and only that",
  [3, 4, 5],
  async (version) => {
    const logged: string[] = [];
    await using broker = await TestBroker.start({
      authorizer: {
        publish: () => {
          throw new Error("a bug of the authorizer");
        },
        subscribe: () => true,
      },
      log: { ...silentLogger, error: (text) => void logged.push(text) },
    });
    const other = await broker.connect({ clientId: "other", protocolVersion: version });
    const client = await broker.connect({ clientId: "client", protocolVersion: version });
    await client.send({ cmd: "publish", topic: "a", payload: "x" });
    await expectDisconnected(client, ReasonCode.UnspecifiedError);
    assert.deepEqual(logged, ["cannot serve a client"]);
    await other.expectNothing();
  },
);
