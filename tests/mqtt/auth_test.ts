import assert from "#assert";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { connectBytes } from "../support/connect_bytes.ts";
import { auth, CONTINUE, METHOD, RE_AUTHENTICATE, riddle } from "../support/enhanced_auth.ts";
import { expectDisconnected, expectRefused } from "../support/endings.ts";
import type { RawClient, SentPacket } from "../support/raw_client.ts";
import {
  accept,
  challenge,
  refuse,
  ScriptedAuthenticator,
} from "../support/scripted_authenticator.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

/** A client that the broker has challenged and that has not answered yet. */
async function challenged(broker: TestBroker): Promise<RawClient> {
  const client = await broker.client();
  await client.sendConnect(riddle());
  await client.expect("auth", { reasonCode: CONTINUE });
  return client;
}

testVersions(
  "[MQTT-4.12.0-2] [MQTT-4.12.0-5] [MQTT-3.15.2-1] challenge and response lead to CONNACK, with method and data",
  [5],
  async () => {
    const authenticator = new ScriptedAuthenticator()
      .script(METHOD, challenge("what walks on four legs?"), accept("right"));
    await using broker = await TestBroker.start({ authenticator });
    const client = await broker.client();
    await client.sendConnect(riddle("ask me"));
    await client.expect("auth", {
      reasonCode: CONTINUE,
      properties: {
        authenticationMethod: METHOD,
        authenticationData: "what walks on four legs?",
        reasonString: undefined,
        userProperties: undefined,
      },
    });
    await client.send(auth(CONTINUE, "man"));
    await client.expect("connack", {
      reasonCode: 0,
      properties: { authenticationMethod: METHOD, authenticationData: "right" },
    });
    await client.expectNothing();
    assert.deepEqual(authenticator.received, ["ask me", "man"]);
    assert.equal(authenticator.requests.length, 0, "plain authentication was asked as well");
  },
);

testVersions(
  "[MQTT-3.15.2-2] [MQTT-3.15.2-3] AUTH has nothing that makes it larger than its method and data",
  [5],
  async () => {
    const authenticator = new ScriptedAuthenticator().script(METHOD, challenge("data"), accept());
    await using broker = await TestBroker.start({ authenticator });
    const client = await broker.client();
    const properties = { maximumPacketSize: 100 };
    await client.sendConnect(riddle(undefined, { properties }));
    await client.expect("auth", { reasonCode: CONTINUE });
    assert.equal(client.lastBytes.length, 2 + 2 + 3 + METHOD.length + 3 + "data".length);
    await client.send(auth(CONTINUE));
    await client.expect("connack", { reasonCode: 0 });
    authenticator.script(METHOD, accept());
    await client.send(auth(RE_AUTHENTICATE));
    await client.expect("auth", { reasonCode: 0 });
    assert.equal(client.lastBytes.length, 2 + 2 + 3 + METHOD.length);
  },
);

testVersions(
  "[MQTT-4.12.0-5] a method that needs no challenge is named in CONNACK, its data are optional",
  [5],
  async () => {
    const authenticator = new ScriptedAuthenticator().script(METHOD, accept());
    await using broker = await TestBroker.start({ authenticator });
    const client = await broker.client();
    const connack = await client.connect(riddle());
    assert.equal(connack.properties?.authenticationMethod, METHOD);
    assert.equal(connack.properties?.authenticationData, undefined);
    assert.deepEqual(authenticator.received, [undefined]);
  },
);

testVersions(
  "[MQTT-4.12.0-2] [MQTT-4.12.0-5] an exchange takes as many steps as it needs",
  [5],
  async () => {
    const steps = Array.from({ length: 10 }, (_, i) => challenge(`question ${i}`));
    const authenticator = new ScriptedAuthenticator().script(METHOD, ...steps, accept());
    await using broker = await TestBroker.start({ authenticator });
    const client = await broker.client();
    await client.sendConnect(riddle());
    for (let i = 0; i < 10; i++) {
      await client.expect("auth", {
        reasonCode: CONTINUE,
        properties: { authenticationMethod: METHOD, authenticationData: `question ${i}` },
      });
      await client.send(auth(CONTINUE, `answer ${i}`));
    }
    await client.expect("connack", { reasonCode: 0 });
    assert.equal(authenticator.received.at(-1), "answer 9");
  },
);

testVersions("[MQTT-4.12.0-1] an unknown method is refused", [5], async () => {
  const authenticator = new ScriptedAuthenticator().script(METHOD, accept());
  await using broker = await TestBroker.start({ authenticator });
  const client = await broker.client();
  await client.sendConnect({
    clientId: "sphinx",
    properties: { authenticationMethod: METHOD.toLowerCase() },
  });
  await expectRefused(client, ReasonCode.BadAuthenticationMethod, undefined);
  assert.equal(broker.broker.inspector.statistics.authErrors, 1);
});

testVersions(
  "[MQTT-4.12.0-1] a broker without enhanced authentication refuses every method",
  [5],
  async () => {
    await using broker = await TestBroker.start();
    const client = await broker.client();
    await client.sendConnect(riddle());
    await expectRefused(client, ReasonCode.BadAuthenticationMethod, undefined);
  },
);

for (const step of [0, 1, 2]) {
  testVersions(
    `[MQTT-4.12.0-4] the authenticator can refuse after ${step} challenges`,
    [5],
    async () => {
      const steps = Array.from({ length: step }, () => challenge("?"));
      const authenticator = new ScriptedAuthenticator()
        .script(METHOD, ...steps, refuse(ReasonCode.NotAuthorized, "wrong answer"));
      await using broker = await TestBroker.start({ authenticator });
      const client = await broker.client();
      await client.sendConnect(riddle());
      for (let i = 0; i < step; i++) {
        await client.expect("auth", { reasonCode: CONTINUE });
        await client.send(auth(CONTINUE, "eh"));
      }
      const connack = await expectRefused(client, ReasonCode.NotAuthorized, undefined);
      assert.equal(connack?.properties?.reasonString, "wrong answer");
      assert.equal(broker.broker.inspector.counts().sessions, 0);
    },
  );
}

testVersions("an authenticator that fails in an exchange refuses with 0x88", [5], async () => {
  const authenticator = new ScriptedAuthenticator()
    .script(METHOD, challenge(), () => Promise.reject(new Error("the test wants it")));
  await using broker = await TestBroker.start({ authenticator });
  const client = await challenged(broker);
  await client.send(auth(CONTINUE));
  await expectRefused(client, ReasonCode.ServerUnavailable, undefined);
});

testVersions(
  "[MQTT-3.2.2-8] a code that CONNACK cannot carry ends the connection, not the broker",
  [5],
  async () => {
    const authenticator = new ScriptedAuthenticator(refuse(ReasonCode.SessionTakenOver));
    await using broker = await TestBroker.start({ authenticator });
    const client = await broker.client();
    await client.sendConnect({ clientId: "sphinx" });
    await client.expectClosed();
    authenticator.plain = accept();
    const next = await broker.connect({ clientId: "next" });
    await next.expectNothing();
  },
);

testVersions(
  "[MQTT-4.12.0-6] without a method there is no AUTH and no method in CONNACK",
  [5],
  async () => {
    const authenticator = new ScriptedAuthenticator().script(METHOD, accept());
    await using broker = await TestBroker.start({ authenticator });
    const client = await broker.client();
    const connack = await client.connect({ clientId: "plain" });
    assert.equal(connack.properties?.authenticationMethod, undefined);
    assert.equal(connack.properties?.authenticationData, undefined);
  },
);

testVersions(
  "[MQTT-4.12.0-7] AUTH without a method in CONNECT is a protocol error",
  [5],
  async () => {
    for (const reasonCode of [CONTINUE, RE_AUTHENTICATE]) {
      await using broker = await TestBroker.start();
      const client = await broker.connect({ clientId: "plain" });
      await client.send(auth(reasonCode));
      await expectDisconnected(client, ReasonCode.ProtocolError);
    }
  },
);

testVersions("AUTH does not exist", [3, 4], async (version) => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "plain", protocolVersion: version });
  await client.sendBytes("f000");
  await client.expectClosed();
});

// What does not fit an exchange that leads to CONNACK.

const MISFITS: Record<string, (client: RawClient) => SentPacket | string | Uint8Array> = {
  "[MQTT-4.12.0-5] another method": () => auth(CONTINUE, "x", "OTHER"),
  "[MQTT-3.15.2-1] [MQTT-4.12.0-3] AUTH 0x00": () => auth(0, "x"),
  "[MQTT-4.12.1-1] [MQTT-4.12.0-3] AUTH 0x19": () => auth(RE_AUTHENTICATE, "x"),
  "AUTH without a method": () => "f0 02 18 00",
  "AUTH without anything": () => "f0 00",
  "[MQTT-3.15.2-1] AUTH with the code of another packet": () => "f0 02 87 00",
  "[MQTT-3.1.2-30] PUBLISH": () => ({ cmd: "publish", topic: "a", payload: "early" }),
  "[MQTT-3.1.2-30] PUBLISH with a Topic Alias of 0": () => "30 07 0001 61 03 230000",
  "[MQTT-3.1.2-30] PINGREQ": () => ({ cmd: "pingreq" }),
  "[MQTT-3.1.2-30] SUBSCRIBE": () => ({
    cmd: "subscribe",
    messageId: 1,
    subscriptions: [{ topic: "a", qos: 0 }],
  }),
  "[MQTT-3.1.0-2] [MQTT-3.2.0-2] a second CONNECT": () => connectBytes(5, { payload: ["sphinx"] }),
};

for (const [misfit, packet] of Object.entries(MISFITS)) {
  testVersions(`${misfit} before CONNACK is a protocol error`, [5], async () => {
    const authenticator = new ScriptedAuthenticator();
    await using broker = await TestBroker.start({ authenticator });
    const watcher = await broker.connect({ clientId: "watcher" });
    await watcher.subscribe("#");
    authenticator.script(METHOD, challenge(), accept());
    const client = await challenged(broker);
    const sent = packet(client);
    if (typeof sent === "string" || sent instanceof Uint8Array) await client.sendBytes(sent);
    else await client.send(sent);
    // Also for what has a code of its own after CONNACK.
    await expectRefused(client, ReasonCode.ProtocolError, undefined);
    await watcher.expectNothing();
    assert.equal(broker.broker.inspector.session("sphinx"), undefined);
  });
}

testVersions("[MQTT-3.15.1-1] AUTH with flags is malformed", [5], async () => {
  for (const first of ["f1", "f2", "f4", "f8"]) {
    const authenticator = new ScriptedAuthenticator().script(METHOD, challenge(), accept());
    await using broker = await TestBroker.start({ authenticator });
    const client = await challenged(broker);
    const { length } = client.encode(auth(CONTINUE));
    const packet = client.encode(auth(CONTINUE));
    await client.sendBytes(first + packet.toHex().slice(2, 2 * length));
    await expectRefused(client, ReasonCode.MalformedPacket, undefined);
  }
});

testVersions(
  "[MQTT-3.1.2-30] DISCONNECT before CONNACK is allowed, and answered with nothing",
  [5],
  async () => {
    const authenticator = new ScriptedAuthenticator().script(METHOD, challenge());
    await using broker = await TestBroker.start({ authenticator });
    const client = await challenged(broker);
    await client.disconnect();
    assert.equal(broker.broker.inspector.counts().sessions, 0);
  },
);

testVersions("a client that does not answer a challenge is closed in the end", [5], async () => {
  const authenticator = new ScriptedAuthenticator().script(METHOD, challenge());
  await using broker = await TestBroker.start({ authenticator });
  const client = await challenged(broker);
  await broker.advance(59_999);
  assert.equal(client.open, true);
  await broker.advance(1);
  await client.expectClosed();
});

testVersions("each challenge gives the client its full time", [5], async () => {
  const authenticator = new ScriptedAuthenticator()
    .script(METHOD, challenge(), challenge(), accept());
  await using broker = await TestBroker.start({ authenticator });
  const client = await challenged(broker);
  await broker.advance(50_000);
  await client.send(auth(CONTINUE));
  await client.expect("auth");
  await broker.advance(50_000);
  await client.send(auth(CONTINUE));
  await client.expect("connack", { reasonCode: 0 });
});

testVersions("an authenticator may take its time over each step", [5], async () => {
  const decision = Promise.withResolvers<void>();
  const authenticator = new ScriptedAuthenticator()
    .script(METHOD, challenge(), async (request, data) => {
      await decision.promise;
      return await accept()(request, data);
    });
  await using broker = await TestBroker.start({ authenticator });
  const client = await challenged(broker);
  await client.send(auth(CONTINUE));
  await broker.advance(3_600_000);
  assert.equal(client.open, true);
  decision.resolve();
  await client.expect("connack", { reasonCode: 0 });
});

testVersions(
  "[MQTT-3.1.2-24] a challenge that is larger than the client takes refuses it at once",
  [5],
  async () => {
    const authenticator = new ScriptedAuthenticator().script(METHOD, challenge("x".repeat(100)));
    await using broker = await TestBroker.start({ authenticator });
    const client = await broker.client();
    await client.sendConnect(riddle(undefined, { properties: { maximumPacketSize: 100 } }));
    await expectRefused(client, ReasonCode.ImplementationSpecificError, undefined);
  },
);

testVersions("a session is resumed by enhanced authentication as well", [5], async () => {
  const authenticator = new ScriptedAuthenticator()
    .script(METHOD, accept()).script(METHOD, challenge(), accept());
  await using broker = await TestBroker.start({ authenticator });
  const kept = riddle(undefined, { clean: false, properties: { sessionExpiryInterval: 60 } });
  const first = await broker.connect(kept);
  await first.disconnect();
  const second = await broker.client();
  await second.sendConnect(kept);
  await second.expect("auth");
  await second.send(auth(CONTINUE));
  await second.expect("connack", { sessionPresent: true });
});
