import assert from "#assert";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { connectBytes } from "../support/connect_bytes.ts";
import { expectRefused } from "../support/endings.ts";
import { refuse, ScriptedAuthenticator } from "../support/scripted_authenticator.ts";
import { TEST_LIMITS, TestBroker, testVersions } from "../support/test_broker.ts";

/** CONNECT options of a session that outlives its connection. */
function kept(version: 3 | 4 | 5, clientId = "kept") {
  return {
    clientId,
    clean: false,
    protocolVersion: version,
    ...(version === 5 ? { properties: { sessionExpiryInterval: 60 } } : {}),
  };
}

testVersions(
  "[MQTT-3.2.2-1] CONNACK has no flag but Session Present",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    for (const sessionPresent of [0, 1]) {
      const client = await broker.client(version);
      await client.connect(kept(version));
      assert.equal(client.lastBytes[0], 0x20);
      // 3.1 has no such flag: its clients expect a reserved 0.
      assert.equal(client.lastBytes[2], version === 3 ? 0 : sessionPresent);
      await client.disconnect();
    }
  },
);

testVersions(
  "[MQTT-3.2.0-1] CONNACK comes before what waits for the client",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const first = await broker.connect(kept(version));
    await first.subscribe("a", { qos: 1 });
    await first.disconnect();
    const publisher = await broker.connect();
    await publisher.publish("a", "waiting", { qos: 1 });
    const second = await broker.client(version);
    const connack = await second.connect(kept(version));
    assert.equal(connack.reasonCode ?? connack.returnCode, 0);
    await second.expect("publish", { payload: "waiting", qos: 1 });
  },
);

testVersions(
  "[MQTT-3.2.0-1] a CONNACK that is larger than the client takes is not skipped: the client is refused",
  [5],
  async () => {
    await using broker = await TestBroker.start();
    const measured = await broker.connect({ clientId: "c" });
    const size = measured.lastBytes.length;
    const fits = await broker.client();
    await fits.connect({ clientId: "c", properties: { maximumPacketSize: size } });
    assert.equal(fits.lastBytes.length, size);
    const old = await broker.connect({ clientId: "d" });
    const tooSmall = await broker.client();
    await tooSmall.sendConnect({
      clientId: "d",
      properties: { maximumPacketSize: size - 1 },
    });
    await expectRefused(tooSmall, ReasonCode.ImplementationSpecificError, undefined);
    // The refused one has not taken the session over.
    await old.expectNothing();
  },
);

testVersions(
  "[MQTT-3.1.2-24] a client that takes no packet of any use is closed without one",
  [5],
  async () => {
    await using broker = await TestBroker.start();
    for (let maximumPacketSize = 1; maximumPacketSize <= 4; maximumPacketSize++) {
      const client = await broker.client();
      await client.sendConnect({
        clientId: "tiny",
        properties: { maximumPacketSize },
      });
      await client.expectClosed();
    }
  },
);

testVersions(
  "[MQTT-3.2.2-6] [MQTT-3.2.2-7] a refused client is told nothing of its session and is closed",
  [3, 4, 5],
  async (version) => {
    const authenticator = new ScriptedAuthenticator();
    await using broker = await TestBroker.start({ authenticator });
    const first = await broker.connect(kept(version));
    await first.disconnect();
    authenticator.plain = refuse(ReasonCode.NotAuthorized);
    const second = await broker.client(version);
    await second.sendBytes(connectBytes(version, { flags: 0, payload: ["kept"] }));
    await expectRefused(second, ReasonCode.NotAuthorized, 5);
    assert.equal(second.lastBytes[2], 0);
  },
);

/** Reason codes that an authenticator may give, with the return code of 3.x. */
const REFUSALS: readonly (readonly [ReasonCode, number])[] = [
  [ReasonCode.UnspecifiedError, 3],
  [ReasonCode.ImplementationSpecificError, 3],
  [ReasonCode.ClientIdentifierNotValid, 2],
  [ReasonCode.BadUserNameOrPassword, 4],
  [ReasonCode.NotAuthorized, 5],
  [ReasonCode.ServerUnavailable, 3],
  [ReasonCode.ServerBusy, 3],
  [ReasonCode.Banned, 5],
  [ReasonCode.QuotaExceeded, 3],
  [ReasonCode.ConnectionRateExceeded, 3],
];

for (const [reasonCode, returnCode] of REFUSALS) {
  const code = `0x${reasonCode.toString(16)}`;
  const id = reasonCode === ReasonCode.ClientIdentifierNotValid ? "[MQTT-3.1.3-8] " : "";
  testVersions(
    `${id}[MQTT-3.2.2-7] [MQTT-3.2.2-8] CONNACK ${code} has the code of the version and ends the connection`,
    [3, 4, 5],
    async (version) => {
      const authenticator = new ScriptedAuthenticator(refuse(reasonCode));
      await using broker = await TestBroker.start({ authenticator });
      const client = await broker.client(version);
      await client.sendBytes(connectBytes(version));
      await expectRefused(client, reasonCode, returnCode);
    },
  );
}

testVersions(
  "CONNACK names the limits that hold for the client, and nothing else",
  [5],
  async () => {
    await using broker = await TestBroker.start();
    const client = await broker.client();
    const connack = await client.connect({ clientId: "plain" });
    const set = Object.entries(connack.properties!).filter(([, value]) => value !== undefined);
    assert.deepEqual(Object.fromEntries(set), {
      receiveMaximum: TEST_LIMITS.receiveMaximum,
      maximumPacketSize: TEST_LIMITS.packetSizeMax,
      topicAliasMaximum: TEST_LIMITS.topicAliasMaximum,
    });
  },
);

testVersions("CONNACK of 3.x is four bytes long", [3, 4], async (version) => {
  await using broker = await TestBroker.start({
    limits: { maximumQoS: 1, keepAliveSecondsMax: 9 },
  });
  const client = await broker.client(version);
  await client.connect({ clientId: "plain", protocolVersion: version });
  assert.equal(client.lastBytes.toHex(), "20020000");
});

testVersions(
  "[MQTT-3.1.2-28] Response Information only comes when it is asked for",
  [5],
  async () => {
    await using broker = await TestBroker.start();
    const told = async (properties: { requestResponseInformation?: boolean }) => {
      const client = await broker.client();
      const connack = await client.connect({ clientId: "requester", properties });
      return connack.properties?.responseInformation;
    };
    assert.equal(await told({ requestResponseInformation: true }), "response/requester");
    assert.equal(await told({ requestResponseInformation: false }), undefined);
    assert.equal(await told({}), undefined);
  },
);

testVersions("the topic of the Response Information serves for responses", [5], async () => {
  await using broker = await TestBroker.start();
  const requester = await broker.client();
  const connack = await requester.connect({
    clientId: "requester",
    properties: { requestResponseInformation: true },
  });
  const responseTopic = `${connack.properties!.responseInformation}/1`;
  await requester.subscribe(`${connack.properties!.responseInformation}/#`);
  const responder = await broker.connect({ clientId: "responder" });
  await responder.subscribe("request");
  await requester.publish("request", "?", { properties: { responseTopic } });
  const request = await responder.expect("publish", { properties: { responseTopic } });
  await responder.publish(request.properties!.responseTopic!, "!");
  await requester.expect("publish", { topic: responseTopic, payload: "!" });
});

testVersions(
  "[MQTT-3.2.2-19] a Reason String is left out of a CONNACK that it would make too large",
  [5],
  async () => {
    const reasonString = "a reason of some length";
    const authenticator = new ScriptedAuthenticator(refuse(ReasonCode.Banned, reasonString));
    await using broker = await TestBroker.start({ authenticator });
    const refused = async (maximumPacketSize: number | undefined) => {
      const client = await broker.client();
      await client.sendConnect({
        clientId: "c",
        properties: maximumPacketSize === undefined ? {} : { maximumPacketSize },
      });
      const connack = await expectRefused(client, ReasonCode.Banned, undefined);
      return { size: client.lastBytes.length, reason: connack!.properties?.reasonString };
    };
    const whole = await refused(undefined);
    assert.equal(whole.reason, reasonString);
    assert.deepEqual(await refused(whole.size), whole);
    assert.deepEqual(await refused(whole.size - 1), { size: 5, reason: undefined });
  },
);

testVersions(
  "[MQTT-3.2.2-20] User Properties are left out of a CONNACK that they would make too large",
  [5],
  async () => {
    const authenticator = new ScriptedAuthenticator(() => ({
      kind: "refused",
      reasonCode: ReasonCode.Banned,
      reasonString: "why",
      userProperties: [["until", "tomorrow"], ["until", "noon"]],
    }));
    await using broker = await TestBroker.start({ authenticator });
    const refused = async (maximumPacketSize: number | undefined) => {
      const client = await broker.client();
      await client.sendConnect({
        clientId: "c",
        properties: maximumPacketSize === undefined ? {} : { maximumPacketSize },
      });
      const connack = await expectRefused(client, ReasonCode.Banned, undefined);
      const { reasonString, userProperties } = connack!.properties!;
      const until = userProperties?.until;
      return { size: client.lastBytes.length, reasonString, until };
    };
    const whole = await refused(undefined);
    assert.deepEqual(whole.until, ["tomorrow", "noon"]);
    assert.deepEqual(await refused(whole.size), whole);
    const shorter = await refused(whole.size - 1);
    assert.deepEqual([shorter.reasonString, shorter.until], ["why", undefined]);
  },
);

testVersions(
  "[MQTT-3.1.2-29] a refusal says why even to a client that wants no problem information",
  [5],
  async () => {
    const authenticator = new ScriptedAuthenticator(refuse(ReasonCode.Banned, "why"));
    await using broker = await TestBroker.start({ authenticator });
    const client = await broker.client();
    await client.sendConnect({
      clientId: "c",
      properties: { requestProblemInformation: false },
    });
    const connack = await expectRefused(client, ReasonCode.Banned, undefined);
    assert.equal(connack?.properties?.reasonString, "why");
  },
);

testVersions(
  "[MQTT-3.1.2-29] acknowledgements carry a Reason String only for those who want it",
  [5],
  async () => {
    const nothing = { publish: () => false, subscribe: () => false };
    await using broker = await TestBroker.start({ authorizer: nothing });
    for (const wanted of [undefined, true, false]) {
      const client = await broker.connect({
        clientId: "c",
        properties: wanted === undefined ? {} : { requestProblemInformation: wanted },
      });
      const answers = [
        await client.publish("a", "x", { qos: 1 }),
        await client.publish("a", "x", { qos: 2 }),
        await client.subscribe("a"),
      ];
      for (const answer of answers) {
        const reason = answer!.properties?.reasonString;
        assert.equal(reason, wanted === false ? undefined : "not authorized", answer!.cmd);
      }
    }
  },
);
