import assert from "#assert";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { auth, CONTINUE, METHOD, RE_AUTHENTICATE, riddle } from "../support/enhanced_auth.ts";
import { expectDisconnected } from "../support/endings.ts";
import type { ConnectOptions, RawClient, SentPacket } from "../support/raw_client.ts";
import {
  accept,
  challenge,
  refuse,
  ScriptedAuthenticator,
} from "../support/scripted_authenticator.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

/** A client that is connected by the method. */
async function authenticated(
  broker: TestBroker,
  authenticator: ScriptedAuthenticator,
  more: ConnectOptions = {},
): Promise<RawClient> {
  authenticator.script(METHOD, accept());
  return await broker.connect(riddle(undefined, more));
}

testVersions(
  "[MQTT-4.12.1-1] [MQTT-4.12.0-5] [MQTT-3.15.2-1] a client can authenticate again",
  [5],
  async () => {
    const authenticator = new ScriptedAuthenticator();
    await using broker = await TestBroker.start({ authenticator });
    const client = await authenticated(broker, authenticator);
    for (let round = 0; round < 2; round++) {
      authenticator.script(METHOD, challenge("again?"), accept("fine"));
      await client.send(auth(RE_AUTHENTICATE, "again"));
      await client.expect("auth", {
        reasonCode: CONTINUE,
        properties: { authenticationMethod: METHOD, authenticationData: "again?" },
      });
      await client.send(auth(CONTINUE, "again!"));
      await client.expect("auth", {
        reasonCode: 0,
        properties: { authenticationMethod: METHOD, authenticationData: "fine" },
      });
      await client.expectNothing();
    }
    assert.deepEqual(authenticator.received.slice(1, 3), ["again", "again!"]);
  },
);

testVersions("[MQTT-4.12.1-1] re-authentication may need no challenge", [5], async () => {
  const authenticator = new ScriptedAuthenticator();
  await using broker = await TestBroker.start({ authenticator });
  const client = await authenticated(broker, authenticator);
  authenticator.script(METHOD, accept());
  await client.send(auth(RE_AUTHENTICATE));
  await client.expect("auth", { reasonCode: 0, properties: { authenticationMethod: METHOD } });
});

testVersions("the session goes on while the client authenticates again", [5], async () => {
  const authenticator = new ScriptedAuthenticator();
  await using broker = await TestBroker.start({ authenticator });
  const client = await authenticated(broker, authenticator);
  await client.subscribe("a");
  authenticator.script(METHOD, challenge(), accept());
  await client.send(auth(RE_AUTHENTICATE));
  await client.expect("auth", { reasonCode: CONTINUE });
  await client.publish("a", "meanwhile");
  await client.expect("publish", { payload: "meanwhile" });
  await client.ping();
  await client.send(auth(CONTINUE));
  await client.expect("auth", { reasonCode: 0 });
});

testVersions("after it the client is who it then said it was", [5], async () => {
  const names: (string | undefined)[] = [];
  const authenticator = new ScriptedAuthenticator();
  await using broker = await TestBroker.start({
    authenticator,
    authorizer: {
      publish: (identity) => names.push(identity.username) > 0,
      subscribe: () => true,
    },
  });
  const client = await authenticated(broker, authenticator, { username: "before" });
  await client.publish("a", "x", { qos: 1 });
  authenticator.script(METHOD, (request) => ({
    kind: "accepted",
    identity: {
      clientId: request.clientId,
      username: "after",
      remoteAddress: request.remoteAddress,
      peerCertificate: undefined,
    },
  }));
  await client.send(auth(RE_AUTHENTICATE));
  await client.expect("auth", { reasonCode: 0 });
  await client.publish("a", "x", { qos: 1 });
  assert.deepEqual(names, ["before", "after"]);
});

testVersions("observers are told of every authentication and every refusal", [5], async () => {
  const told: string[] = [];
  const authenticator = new ScriptedAuthenticator();
  await using broker = await TestBroker.start({
    authenticator,
    observer: {
      authSucceeded: (clientId) => void told.push(`${clientId} in`),
      authFailed: (clientId, _, reason) => void told.push(`${clientId} out: ${reason}`),
    },
  });
  await broker.connect({ clientId: "plain" });
  const client = await authenticated(broker, authenticator);
  authenticator.script(METHOD, accept()).script(METHOD, refuse(ReasonCode.NotAuthorized, "bad"));
  await client.send(auth(RE_AUTHENTICATE));
  await client.expect("auth");
  await client.send(auth(RE_AUTHENTICATE));
  await expectDisconnected(client, ReasonCode.NotAuthorized);
  authenticator.plain = refuse(ReasonCode.Banned, "banned");
  const banned = await broker.client();
  await banned.connect({ clientId: "banned" });
  const stranger = await broker.client();
  await stranger.connect({ ...riddle(), clientId: "stranger" });
  assert.deepEqual(told, [
    "plain in",
    "sphinx in",
    "sphinx in",
    "sphinx out: bad",
    "banned out: banned",
    "stranger out: method not supported",
  ]);
  assert.equal(broker.broker.inspector.statistics.authErrors, 3);
});

/** What the authenticator says, and what DISCONNECT makes of it: it has fewer codes than CONNACK. */
const REFUSALS: readonly (readonly [ReasonCode, ReasonCode])[] = [
  [ReasonCode.NotAuthorized, ReasonCode.NotAuthorized],
  [ReasonCode.QuotaExceeded, ReasonCode.QuotaExceeded],
  [ReasonCode.BadAuthenticationMethod, ReasonCode.NotAuthorized],
  [ReasonCode.UnspecifiedError, ReasonCode.UnspecifiedError],
  [ReasonCode.BadUserNameOrPassword, ReasonCode.NotAuthorized],
  [ReasonCode.Banned, ReasonCode.NotAuthorized],
];

for (const [said, sent] of REFUSALS) {
  testVersions(
    `[MQTT-4.12.1-2] [MQTT-3.14.2-1] re-authentication refused with 0x${said.toString(16)} ends ` +
      `the connection with 0x${sent.toString(16)}`,
    [5],
    async () => {
      const authenticator = new ScriptedAuthenticator();
      await using broker = await TestBroker.start({ authenticator });
      const watcher = await broker.connect({ clientId: "watcher" });
      await watcher.subscribe("will");
      const will = { topic: "will", payload: "gone" };
      const client = await authenticated(broker, authenticator, { will });
      authenticator.script(METHOD, challenge(), refuse(said, "wrong answer"));
      await client.send(auth(RE_AUTHENTICATE));
      await client.expect("auth");
      await client.send(auth(CONTINUE));
      const disconnect = await expectDisconnected(client, sent);
      assert.equal(disconnect?.properties?.reasonString, "wrong answer");
      await watcher.expect("publish", { topic: "will" });
    },
  );
}

testVersions(
  "[MQTT-4.12.1-2] an authenticator that fails ends the connection",
  [5],
  async () => {
    const authenticator = new ScriptedAuthenticator();
    await using broker = await TestBroker.start({ authenticator });
    const client = await authenticated(broker, authenticator);
    authenticator.script(METHOD, () => Promise.reject(new Error("the test wants it")));
    await client.send(auth(RE_AUTHENTICATE));
    await expectDisconnected(client, ReasonCode.UnspecifiedError);
  },
);

testVersions(
  "[MQTT-4.12.1-2] a method that is not supported any more ends the connection",
  [5],
  async () => {
    const authenticator = new ScriptedAuthenticator();
    await using broker = await TestBroker.start({ authenticator });
    const client = await authenticated(broker, authenticator);
    await client.send(auth(RE_AUTHENTICATE));
    await expectDisconnected(client, ReasonCode.NotAuthorized);
  },
);

testVersions(
  "[MQTT-3.14.2-3] [MQTT-3.14.2-4] a refusal leaves out what would make DISCONNECT too large",
  [5],
  async () => {
    const refused = async (maximumPacketSize: number | undefined) => {
      const authenticator = new ScriptedAuthenticator();
      await using broker = await TestBroker.start({ authenticator });
      const client = await authenticated(broker, authenticator, {
        properties: maximumPacketSize === undefined ? {} : { maximumPacketSize },
      });
      authenticator.script(METHOD, () => ({
        kind: "refused",
        reasonCode: ReasonCode.NotAuthorized,
        reasonString: "a reason that is longer than any CONNACK of this broker, so that it counts",
        userProperties: [["until", "noon"]],
      }));
      await client.send(auth(RE_AUTHENTICATE));
      const disconnect = await expectDisconnected(client, ReasonCode.NotAuthorized);
      const { reasonString, userProperties } = disconnect?.properties ?? {};
      return {
        size: client.lastBytes.length,
        reason: reasonString !== undefined,
        until: userProperties?.until,
      };
    };
    const whole = await refused(undefined);
    assert.deepEqual([whole.reason, whole.until], [true, "noon"]);
    assert.deepEqual(await refused(whole.size), whole);
    const shorter = await refused(whole.size - 1);
    assert.deepEqual([shorter.reason, shorter.until], [true, undefined]);
    // With no room for the reason, the user property alone still fits.
    const shortest = await refused(shorter.size - 1);
    assert.deepEqual([shortest.reason, shortest.until], [false, "noon"]);
  },
);

testVersions(
  "[MQTT-3.1.2-24] a challenge that is larger than the client takes ends the connection",
  [5],
  async () => {
    const authenticator = new ScriptedAuthenticator();
    await using broker = await TestBroker.start({ authenticator });
    const client = await authenticated(broker, authenticator, {
      properties: { maximumPacketSize: 100 },
    });
    authenticator.script(METHOD, challenge("x".repeat(100)));
    await client.send(auth(RE_AUTHENTICATE));
    await expectDisconnected(client, ReasonCode.ImplementationSpecificError);
  },
);

/** What does not fit a connection that was authenticated before. */
const LATE_MISFITS: Record<string, SentPacket> = {
  "[MQTT-4.12.0-5] AUTH with another method": auth(RE_AUTHENTICATE, "x", "OTHER"),
  "AUTH 0x18 without an exchange": auth(CONTINUE, "x"),
  "[MQTT-3.15.2-1] AUTH 0x00": auth(0, "x"),
};

for (const [misfit, packet] of Object.entries(LATE_MISFITS)) {
  testVersions(`${misfit} after CONNACK is a protocol error`, [5], async () => {
    const authenticator = new ScriptedAuthenticator();
    await using broker = await TestBroker.start({ authenticator });
    const client = await authenticated(broker, authenticator);
    await client.send(packet);
    await expectDisconnected(client, ReasonCode.ProtocolError);
  });
}

testVersions("AUTH 0x19 while one runs is a protocol error", [5], async () => {
  const authenticator = new ScriptedAuthenticator();
  await using broker = await TestBroker.start({ authenticator });
  const client = await authenticated(broker, authenticator);
  authenticator.script(METHOD, challenge(), accept()).script(METHOD, accept());
  await client.send(auth(RE_AUTHENTICATE));
  await client.expect("auth", { reasonCode: CONTINUE });
  await client.send(auth(RE_AUTHENTICATE));
  await expectDisconnected(client, ReasonCode.ProtocolError);
});

testVersions("[MQTT-3.15.1-1] AUTH with flags is malformed after CONNACK, too", [5], async () => {
  const authenticator = new ScriptedAuthenticator();
  await using broker = await TestBroker.start({ authenticator });
  const client = await authenticated(broker, authenticator);
  await client.sendBytes("f1" + client.encode(auth(RE_AUTHENTICATE)).toHex().slice(2));
  await expectDisconnected(client, ReasonCode.MalformedPacket);
});
