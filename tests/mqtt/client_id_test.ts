import assert from "#assert";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { connectBytes, ConnectFlag } from "../support/connect_bytes.ts";
import { expectRefused } from "../support/endings.ts";
import { ScriptedAuthenticator } from "../support/scripted_authenticator.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

testVersions(
  "[MQTT-3.1.3-5] identifiers of 1 to 23 letters and digits are accepted",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    for (let length = 1; length <= 23; length++) {
      const start = length * 7 % ALPHABET.length;
      const clientId = (ALPHABET + ALPHABET).slice(start, start + length);
      await broker.connect({ clientId, protocolVersion: version });
      assert.equal(broker.broker.inspector.session(clientId)?.connected, true);
    }
    for (const character of ALPHABET) {
      await broker.connect({ clientId: character, protocolVersion: version });
    }
  },
);

testVersions("identifiers of 65,535 bytes are accepted", [4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const clientId = "x".repeat(65_535);
  await broker.connect({ clientId, protocolVersion: version });
  assert.equal(broker.broker.inspector.session(clientId)?.connected, true);
});

testVersions(
  "[MQTT-3.1.3-8] an identifier of 24 characters is refused in 3.1",
  [3],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.client(version);
    await client.sendBytes(connectBytes(version, { payload: ["x".repeat(24)] }));
    await expectRefused(client, ReasonCode.ClientIdentifierNotValid, 2);
  },
);

testVersions(
  "[MQTT-3.1.3-2] identifiers name different sessions when they differ in any byte",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    // Letter case, a trailing blank, and two Unicode spellings of the same letter.
    const clientIds = ["Caf", "caf", "caf ", "caf\u00e9", "cafe\u0301", "a/b", "a/+", "#"];
    const clients = [];
    for (const clientId of clientIds) {
      const client = await broker.connect({ clientId, protocolVersion: version });
      await client.subscribe(`of/${clients.length}`);
      clients.push(client);
    }
    for (const [index, client] of clients.entries()) {
      await client.publish(`of/${index}`, "yours");
      await client.expect("publish", { topic: `of/${index}` });
    }
    for (const client of clients) await client.expectNothing();
  },
);

testVersions(
  "[MQTT-3.1.3-2] the session comes back by the identifier, whatever the address and user",
  [4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const options = {
      clientId: "known",
      clean: false,
      protocolVersion: version,
      ...(version === 5 ? { properties: { sessionExpiryInterval: 60 } } : {}),
    };
    const first = await broker.connect({ ...options, username: "one" });
    await first.subscribe("a");
    await first.disconnect();
    const second = await broker.client(version);
    await second.connect({ ...options, username: "two" });
    await second.publish("a", "still subscribed");
    await second.expect("publish", { topic: "a" });
  },
);

testVersions(
  "[MQTT-3.1.3-6] [MQTT-3.1.3-7] [MQTT-3.2.2-16] an empty identifier is replaced by a new one, which CONNACK tells",
  [5],
  async () => {
    await using broker = await TestBroker.start();
    const assigned = new Set<string>();
    for (const flags of [ConnectFlag.CLEAN_START, 0, ConnectFlag.CLEAN_START, 0]) {
      const client = await broker.client();
      await client.sendBytes(connectBytes(5, { flags, payload: [""] }));
      const connack = await client.expect("connack", { reasonCode: 0 });
      const clientId: string = connack.properties?.assignedClientIdentifier ?? "";
      assert.notEqual(clientId, "", "no Assigned Client Identifier");
      assert.equal(connack.sessionPresent, false);
      assert.equal(broker.broker.inspector.session(clientId)?.connected, true);
      assigned.add(clientId);
    }
    assert.equal(assigned.size, 4);
  },
);

testVersions(
  "[MQTT-3.1.3-7] the session of an assigned identifier can be resumed with it",
  [5],
  async () => {
    await using broker = await TestBroker.start();
    const properties = { sessionExpiryInterval: 60 };
    const first = await broker.client();
    const { properties: told } = await first.connect({ clientId: "", properties });
    const clientId = told!.assignedClientIdentifier!;
    await first.disconnect();
    const second = await broker.client();
    const connack = await second.connect({ clientId, clean: false, properties });
    assert.equal(connack.sessionPresent, true);
    assert.equal(connack.properties?.assignedClientIdentifier, undefined);
  },
);

testVersions(
  "[MQTT-3.2.2-16] an identifier that a session has already is not assigned",
  [5],
  async () => {
    // The same seed: both brokers would assign the same identifiers in the same order.
    const assigned: string[] = [];
    {
      await using rehearsal = await TestBroker.start();
      for (let i = 0; i < 3; i++) {
        const client = await rehearsal.client();
        const connack = await client.connect({ clientId: "" });
        assigned.push(connack.properties!.assignedClientIdentifier!);
      }
    }
    await using broker = await TestBroker.start();
    const online = await broker.connect({ clientId: assigned[0]! });
    const properties = { sessionExpiryInterval: 60 };
    const offline = await broker.connect({ clientId: assigned[1]!, properties });
    await offline.disconnect();
    const client = await broker.client();
    const connack = await client.connect({ clientId: "" });
    assert.equal(connack.properties?.assignedClientIdentifier, assigned[2]);
    await online.expectNothing();
  },
);

testVersions(
  "[MQTT-3.1.3-6] the authenticator is asked about the assigned identifier",
  [4, 5],
  async (version) => {
    const authenticator = new ScriptedAuthenticator();
    await using broker = await TestBroker.start({ authenticator });
    await broker.connect({ clientId: "", protocolVersion: version });
    await broker.connect({ clientId: "", protocolVersion: version });
    const [first, second] = authenticator.requests;
    assert.notEqual(first!.clientId, "");
    assert.notEqual(first!.clientId, second!.clientId);
    assert.equal(first!.connect.clientId, "");
    assert.equal(broker.broker.inspector.session(first!.clientId)?.connected, true);
  },
);

testVersions(
  "[MQTT-3.1.3-6] clients without identifier do not disturb each other",
  [4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const clients = [];
    for (let i = 0; i < 5; i++) {
      clients.push(await broker.connect({ clientId: "", protocolVersion: version }));
    }
    for (const client of clients) await client.expectNothing();
    assert.equal(broker.broker.inspector.counts().sessions, 5);
  },
);

testVersions(
  "[MQTT-3.1.3-8] an empty identifier needs clean session 1 in 3.1.1",
  [4],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.client(version);
    await client.sendBytes(connectBytes(version, { flags: 0, payload: [""] }));
    await expectRefused(client, ReasonCode.ClientIdentifierNotValid, 2);
  },
);

testVersions("[MQTT-3.1.3-8] 3.1 has no empty identifier", [3], async (version) => {
  await using broker = await TestBroker.start();
  const client = await broker.client(version);
  await client.sendBytes(connectBytes(version, { payload: [""] }));
  await expectRefused(client, ReasonCode.ClientIdentifierNotValid, 2);
});
