/** PUBACK, PUBREC, PUBREL and PUBCOMP as packets: MQTT 5.0 sections 3.4 to 3.7. */
import assert from "#assert";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { FaultyStore } from "../../src/storage/faulty_store.ts";
import { MemoryStore } from "../../src/storage/memory.ts";
import { lengthPrefixed, packetBytes, propertyBytes } from "../support/bytes.ts";
import { expectDisconnected } from "../support/endings.ts";
import { durable } from "../support/exchange.ts";
import type { RawClient } from "../support/raw_client.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

const {
  Success,
  NoMatchingSubscribers,
  NotAuthorized,
  PacketIdentifierNotFound,
  QuotaExceeded,
  TopicNameInvalid,
  UnspecifiedError,
} = ReasonCode;

/** What a client may say in each of them (sections 3.4.2.1 to 3.7.2.1). */
const RECEIVER_REFUSALS = [0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99];
const PACKETS = [
  { name: "PUBACK", ids: "[MQTT-3.4.2-1]", firstByte: 0x40, codes: [0, ...RECEIVER_REFUSALS] },
  { name: "PUBREC", ids: "[MQTT-3.5.2-1]", firstByte: 0x50, codes: [0, ...RECEIVER_REFUSALS] },
  { name: "PUBREL", ids: "[MQTT-3.6.2-1]", firstByte: 0x62, codes: [0, 0x92] },
  { name: "PUBCOMP", ids: "[MQTT-3.7.2-1]", firstByte: 0x70, codes: [0, 0x92] },
] as const;

for (const { name, ids, firstByte, codes } of PACKETS) {
  Deno.test(`${ids} ${name} with a code of another packet ends the connection (5.0)`, async () => {
    await using broker = await TestBroker.start();
    const good = await broker.connect({ clientId: "good" });
    for (let reasonCode = 0; reasonCode < 256; reasonCode++) {
      const bytes = packetBytes(firstByte, [0, 9, reasonCode]);
      if ((codes as readonly number[]).includes(reasonCode)) {
        await good.sendBytes(bytes);
        await good.untilPing();
      } else {
        const bad = await broker.connect({ clientId: "bad" });
        await bad.sendBytes(bytes);
        await expectDisconnected(bad, ReasonCode.ProtocolError);
      }
    }
    await good.expectNothing();
  });

  Deno.test(`${name} is read in each of its lengths, with a Reason String and User Properties (5.0)`, async () => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ clientId: "c" });
    const text = lengthPrefixed("é");
    const properties = propertyBytes([0x1f], text, [0x26], text, text, [0x26], text, text);
    for (const rest of [[], [0], [0, 0], [0, ...properties]]) {
      await client.sendBytes(packetBytes(firstByte, [0, 9], rest));
      await client.untilPing();
    }
    await client.sendBytes(
      packetBytes(firstByte, [0, 9, 0], propertyBytes([0x1f], text, [0x1f], text)),
    );
    await expectDisconnected(client, ReasonCode.ProtocolError);
  });
}

// Reason codes that the broker sends

Deno.test("[MQTT-3.4.2-1] [MQTT-3.5.2-1] The broker says what became of a message (5.0)", async () => {
  const store = new FaultyStore(new MemoryStore());
  const authorizer = {
    publish: (_: unknown, topic: string) => topic !== "secret",
    subscribe: () => true,
  };
  await using broker = await TestBroker.start({ store, authorizer });
  const sleeper = await broker.connect(durable(5, "sleeper"));
  await sleeper.subscribe("kept", { qos: 2 });
  await sleeper.disconnect();
  const publisher = await broker.connect({ clientId: "pub" });
  const codes = async (topic: string) => {
    const found: number[] = [];
    for (const qos of [1, 2] as const) {
      const answer = await publisher.publish(topic, "x", { qos });
      found.push(answer!.reasonCode ?? Success);
      if (qos === 2 && found[1]! < 0x80) await publisher.release(answer!.messageId!);
    }
    return found;
  };
  assert.deepEqual(await codes("kept"), [Success, Success]);
  assert.deepEqual(await codes("nobody"), [NoMatchingSubscribers, NoMatchingSubscribers]);
  assert.deepEqual(await codes("secret"), [NotAuthorized, NotAuthorized]);
  assert.deepEqual(await codes("$SYS/x"), [NotAuthorized, NotAuthorized]);
  assert.deepEqual(await codes("/".repeat(128)), [TopicNameInvalid, TopicNameInvalid]);
  store.failNext("full", 2);
  assert.deepEqual(await codes("kept"), [QuotaExceeded, QuotaExceeded]);
  store.failNext("failed", 2);
  assert.deepEqual(await codes("kept"), [UnspecifiedError, UnspecifiedError]);
});

Deno.test("[MQTT-3.6.2-1] [MQTT-3.7.2-1] PUBREL and PUBCOMP say whether the id was known (5.0)", async () => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "c" });
  await client.publish("a", "x", { qos: 2, messageId: 7 });
  assert.equal((await client.release(7)).reasonCode, Success);
  assert.equal((await client.release(7)).reasonCode, PacketIdentifierNotFound);
  await client.subscribe("a", { qos: 2 });
  await client.send({ cmd: "publish", topic: "a", payload: "x", qos: 2, messageId: 8 });
  const { messageId } = await client.expect("publish");
  await client.expect("pubrec");
  await client.send({ cmd: "pubrec", messageId: messageId! });
  assert.equal((await client.expect("pubrel")).reasonCode, Success);
  await client.send({ cmd: "pubcomp", messageId: messageId! });
  await client.send({ cmd: "pubrec", messageId: messageId! });
  assert.equal((await client.expect("pubrel")).reasonCode, PacketIdentifierNotFound);
});

testVersions("3.x knows no reason codes: the answers have two bytes", [3, 4], async (version) => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "c", protocolVersion: version });
  const last = () => [...client.lastBytes];
  await client.publish("nobody", "x", { qos: 1, messageId: 7 });
  assert.deepEqual(last(), [0x40, 2, 0, 7]);
  await client.publish("nobody", "x", { qos: 2, messageId: 7 });
  assert.deepEqual(last(), [0x50, 2, 0, 7]);
  await client.release(9);
  assert.deepEqual(last(), [0x70, 2, 0, 9]);
  await client.send({ cmd: "pubrec", messageId: 9 });
  await client.expect("pubrel");
  assert.deepEqual(last(), [0x62, 2, 0, 9]);
});

// Reason String and User Properties

const REASON = "not authorized";
/** Header, packet id, code, Property Length, Reason String. */
const WHOLE_SIZE = 2 + 2 + 1 + 1 + 3 + REASON.length;
const BARE_SIZE = 2 + 2 + 1;

function refusingBroker(): Promise<TestBroker> {
  return TestBroker.start({ authorizer: { publish: () => false, subscribe: () => true } });
}

async function refusedSizes(client: RawClient): Promise<(string | undefined)[]> {
  const reasons: (string | undefined)[] = [];
  for (const qos of [1, 2] as const) {
    const answer = await client.publish("a", "x", { qos });
    assert.equal(answer!.reasonCode, NotAuthorized);
    const { reasonString, userProperties } = answer!.properties ?? {};
    assert.equal(userProperties, undefined);
    assert.equal(client.lastBytes.length, reasonString === undefined ? BARE_SIZE : WHOLE_SIZE);
    reasons.push(reasonString);
  }
  return reasons;
}

Deno.test("[MQTT-3.4.2-2] [MQTT-3.4.2-3] [MQTT-3.5.2-2] [MQTT-3.5.2-3] A Reason String only where it fits (5.0)", async () => {
  await using broker = await refusingBroker();
  for (const maximumPacketSize of [BARE_SIZE + 15, WHOLE_SIZE - 1, WHOLE_SIZE, 1000, undefined]) {
    const properties = maximumPacketSize === undefined ? {} : { maximumPacketSize };
    const client = await broker.connect({ clientId: "c", properties });
    const expected = (maximumPacketSize ?? Infinity) >= WHOLE_SIZE ? REASON : undefined;
    assert.deepEqual(await refusedSizes(client), [expected, expected]);
  }
});

Deno.test("[MQTT-3.1.2-29] No Reason String for a client that wants no problem information (5.0)", async () => {
  await using broker = await refusingBroker();
  for (const requestProblemInformation of [false, true]) {
    const properties = { requestProblemInformation };
    const client = await broker.connect({ clientId: "c", properties });
    const expected = requestProblemInformation ? REASON : undefined;
    assert.deepEqual(await refusedSizes(client), [expected, expected]);
  }
});

Deno.test("[MQTT-3.6.2-2] [MQTT-3.6.2-3] [MQTT-3.7.2-2] [MQTT-3.7.2-3] PUBREL and PUBCOMP carry the code and no more (5.0)", async () => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "c", properties: { maximumPacketSize: 20 } });
  const last = () => [...client.lastBytes];
  await client.release(9);
  assert.deepEqual(last(), [0x70, 3, 0, 9, PacketIdentifierNotFound]);
  await client.send({ cmd: "pubrec", messageId: 9 });
  await client.expect("pubrel");
  assert.deepEqual(last(), [0x62, 3, 0, 9, PacketIdentifierNotFound]);
});
