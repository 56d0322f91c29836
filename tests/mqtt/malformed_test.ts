/**
 * What the broker answers to bytes that are no packet, or one that the standard forbids: MQTT 5.0
 * sections 1.5, 2.1, 2.2 and 4.13, as a client sees it.
 */
import assert from "#assert";
import { type ReasonCode, ReasonCode as Code } from "../../src/mqtt/reason_code.ts";
import {
  type Bytes,
  lengthPrefixed,
  packetBytes,
  propertyBytes,
  variableByteInteger,
} from "../support/bytes.ts";
import { expectDisconnected, expectRefused } from "../support/endings.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

type Version = 3 | 4 | 5;

/** A connected client that sends `bytes` is disconnected, and what it sends behind them is ignored. */
async function assertDisconnects(
  broker: TestBroker,
  version: Version,
  bytes: Bytes,
  reasonCode: ReasonCode,
): Promise<void> {
  const watcher = await broker.connect({ protocolVersion: version, clientId: "watcher" });
  await watcher.subscribe("behind");
  const client = await broker.connect({ protocolVersion: version, clientId: "c" });
  const behind = client.encode({ cmd: "publish", topic: "behind", payload: "x" });
  await client.sendBytes(new Uint8Array([...bytes, ...behind]));
  await expectDisconnected(client, reasonCode);
  await watcher.expectNothing();
  await watcher.disconnect();
}

/** Cases of `[what, bytes for a version, reason code]`, each as a test for each version. */
function testDisconnects(
  ids: string,
  versions: readonly Version[],
  cases: readonly [string, (version: Version) => Bytes, ReasonCode][],
): void {
  for (const [what, bytes, reasonCode] of cases) {
    testVersions(`${ids}${ids && " "}${what} ends the connection`, versions, async (version) => {
      await using broker = await TestBroker.start();
      await assertDisconnects(broker, version, bytes(version), reasonCode);
    });
  }
}

/** A QoS 0 PUBLISH; properties only in 5.0. */
function publishBytes(
  version: Version,
  topic: string | Bytes,
  options: { firstByte?: number; properties?: Bytes[]; packetId?: Bytes } = {},
): Uint8Array {
  const { firstByte = 0x30, properties = [], packetId = [] } = options;
  return packetBytes(
    firstByte,
    lengthPrefixed(topic),
    packetId,
    version === 5 ? propertyBytes(...properties) : [],
    [0x78],
  );
}

function subscribeBytes(version: Version, filter: Bytes): Uint8Array {
  return packetBytes(0x82, [0, 1], version === 5 ? [0] : [], lengthPrefixed(filter), [0]);
}

const A = lengthPrefixed("a");

// 1.5.4 UTF-8 Encoded String

const ILL_FORMED: readonly [string, number[]][] = [
  ["a surrogate", [0x61, 0xed, 0xa0, 0x80]],
  ["a pair of surrogates", [0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80]],
  ["an overlong form", [0xc0, 0xaf]],
  ["a character that is cut short", [0x61, 0xe2, 0x82]],
  ["a continuation byte alone", [0x61, 0x80]],
  ["a code point above U+10FFFF", [0xf4, 0x90, 0x80, 0x80]],
];

testDisconnects(
  "[MQTT-1.5.4-1]",
  [3, 4, 5],
  ILL_FORMED.flatMap(([what, text]) => [
    [`${what} in a Topic Name`, (version) => publishBytes(version, text), Code.MalformedPacket],
    [`${what} in a Topic Filter`, (version) => subscribeBytes(version, text), Code.MalformedPacket],
  ]),
);

testDisconnects("[MQTT-1.5.4-2]", [3, 4, 5], [
  [
    "U+0000 in a Topic Name",
    (version) => publishBytes(version, [0x61, 0, 0x62]),
    Code.MalformedPacket,
  ],
  ["U+0000 in a Topic Filter", (version) => subscribeBytes(version, [0]), Code.MalformedPacket],
]);

testVersions(
  "[MQTT-1.5.4-1] [MQTT-1.5.4-2] A client identifier that is no UTF-8 is refused",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    for (const text of [[0x61, 0], [0xed, 0xbf, 0xbf]]) {
      const client = await broker.client(version);
      await client.sendBytes(packetBytes(
        0x10,
        lengthPrefixed(version === 3 ? "MQIsdp" : "MQTT"),
        [version, 2, 0, 0],
        version === 5 ? [0] : [],
        lengthPrefixed(text),
      ));
      await expectRefused(client, Code.MalformedPacket, undefined);
    }
  },
);

testVersions(
  "[MQTT-1.5.4-3] U+FEFF is a character like any other, wherever it stands",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const subscriber = await broker.connect({ protocolVersion: version, clientId: "sub" });
    await subscriber.subscribe(["\ufeffa", "a", "b\ufeff"]);
    const publisher = await broker.connect({ protocolVersion: version, clientId: "pub" });
    await publisher.publish("\ufeffa", "with");
    await subscriber.expect("publish", { topic: "\ufeffa", payload: "with" });
    assert.deepEqual([...subscriber.lastBytes.subarray(4, 8)], [0xef, 0xbb, 0xbf, 0x61]);
    await publisher.publish("b\ufeff", "at the end");
    await subscriber.expect("publish", { topic: "b\ufeff" });
    await publisher.publish("b", "without");
    await subscriber.expectNothing();
  },
);

Deno.test("[MQTT-1.5.4-3] U+FEFF stays in every string of a message (5.0)", async () => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "c" });
  await client.subscribe("a");
  const text = lengthPrefixed("\ufefft\ufeff");
  const properties = [[0x03], text, [0x08], text, [0x26], text, text];
  await client.sendBytes(publishBytes(5, "a", { properties }));
  await client.expect("publish");
  const sent = packetBytes(0x30, A, propertyBytes(...properties), [0x78]);
  assert.deepEqual([...client.lastBytes], [...sent]);
});

// 1.5.5 Variable Byte Integer

testDisconnects("[MQTT-1.5.5-1]", [5], [
  ["a padded Remaining Length", () => [0xc0, 0x80, 0x00], Code.MalformedPacket],
  [
    "a padded Property Length",
    () => packetBytes(0x30, A, [0x80, 0x00], [0x78]),
    Code.MalformedPacket,
  ],
  [
    "a padded Subscription Identifier",
    () => packetBytes(0x82, [0, 1], propertyBytes([0x0b, 0x81, 0x00]), A, [0]),
    Code.MalformedPacket,
  ],
]);

testDisconnects("", [3, 4, 5], [
  [
    "a Remaining Length of five bytes",
    () => [0x30, 0xff, 0xff, 0xff, 0xff, 0x01],
    Code.MalformedPacket,
  ],
]);

testVersions("3.x does not demand the shortest Remaining Length", [3, 4], async (version) => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ protocolVersion: version, clientId: "c" });
  await client.sendBytes("c08000");
  await client.expect("pingresp");
});

testVersions(
  "[MQTT-1.5.5-1] The broker writes lengths in as few bytes as they need",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ protocolVersion: version, clientId: "c" });
    await client.subscribe("a");
    const overhead = version === 5 ? 4 : 3;
    for (const remainingLength of [127, 128, 16_383, 16_384, 70_000]) {
      await client.publish("a", new Uint8Array(remainingLength - overhead));
      await client.expect("publish");
      const length = variableByteInteger(remainingLength);
      assert.deepEqual([...client.lastBytes.subarray(1, 1 + length.length)], length);
      assert.equal(client.lastBytes.length, 1 + length.length + remainingLength);
    }
  },
);

// 1.5.7 UTF-8 String Pair

testDisconnects("[MQTT-1.5.7-1]", [5], [
  [
    "a User Property with an ill-formed name",
    () =>
      publishBytes(5, "a", {
        properties: [[0x26], lengthPrefixed([0xc3, 0x28]), lengthPrefixed("v")],
      }),
    Code.MalformedPacket,
  ],
  [
    "a User Property with an ill-formed value",
    () =>
      publishBytes(5, "a", { properties: [[0x26], lengthPrefixed("n"), lengthPrefixed([0xed])] }),
    Code.MalformedPacket,
  ],
  [
    "a User Property with U+0000 in its value",
    () => publishBytes(5, "a", { properties: [[0x26], lengthPrefixed("n"), lengthPrefixed([0])] }),
    Code.MalformedPacket,
  ],
]);

// 2.1 Fixed header

const FIXED_FLAGS: readonly [string, number, Bytes][] = [
  ["PUBACK", 0x40, [0, 1]],
  ["PUBREC", 0x50, [0, 1]],
  ["PUBREL", 0x62, [0, 1]],
  ["PUBCOMP", 0x70, [0, 1]],
  ["PINGREQ", 0xc0, []],
  ["DISCONNECT", 0xe0, []],
];

for (const [name, firstByte, body] of FIXED_FLAGS) {
  testVersions(
    `[MQTT-2.1.3-1]${
      name === "PUBREL" ? " [MQTT-3.6.1-1]" : ""
    } ${name} with any other flags ends the connection`,
    [4, 5],
    async (version) => {
      await using broker = await TestBroker.start();
      for (let flags = 0; flags < 16; flags++) {
        const byte = firstByte & 0xf0 | flags;
        if (byte === firstByte) continue;
        await assertDisconnects(broker, version, packetBytes(byte, body), Code.MalformedPacket);
      }
    },
  );
}

testDisconnects("", [3, 4, 5], [
  ["the packet type that is reserved", () => [0x00, 0x00], Code.MalformedPacket],
  ["a PINGREQ with something in it", () => packetBytes(0xc0, [0]), Code.MalformedPacket],
  [
    "a PUBREL that is cut short",
    () => packetBytes(0x62, [0]),
    Code.MalformedPacket,
  ],
  [
    "a Topic Name that goes beyond its packet",
    () => packetBytes(0x30, [0, 9], [0x61]),
    Code.MalformedPacket,
  ],
  [
    "a PUBLISH without a topic",
    (version) => packetBytes(0x30, [0, 0], version === 5 ? [0] : []),
    Code.ProtocolError,
  ],
  ["CONNACK from a client", () => packetBytes(0x20, [0, 0]), Code.ProtocolError],
  ["SUBACK from a client", () => packetBytes(0x90, [0, 1, 0]), Code.ProtocolError],
  ["UNSUBACK from a client", () => packetBytes(0xb0, [0, 1]), Code.ProtocolError],
  ["PINGRESP from a client", () => packetBytes(0xd0), Code.ProtocolError],
]);

testDisconnects("", [3, 4], [
  ["AUTH in 3.x", () => packetBytes(0xf0, [0x18, 0]), Code.MalformedPacket],
  ["a PUBACK with a reason code", () => packetBytes(0x40, [0, 1, 0]), Code.MalformedPacket],
]);

testVersions("A packet larger than the broker takes ends the connection", [3, 4, 5], async (v) => {
  await using broker = await TestBroker.start({ limits: { packetSizeMax: 100 } });
  await assertDisconnects(broker, v, packetBytes(0xc0, new Uint8Array(99)), Code.PacketTooLarge);
  // The header is enough: nobody waits for the rest.
  const client = await broker.connect({ protocolVersion: v, clientId: "c" });
  await client.sendBytes(new Uint8Array([0x30, ...variableByteInteger(99)]));
  await expectDisconnected(client, Code.PacketTooLarge);
});

testVersions("A packet of exactly the largest size is taken", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start({ limits: { packetSizeMax: 100 } });
  const client = await broker.connect({ protocolVersion: version, clientId: "c" });
  await client.subscribe("a");
  await client.publish("a", new Uint8Array(98 - (version === 5 ? 4 : 3)));
  await client.expect("publish");
  assert.equal(client.lastBytes.length, 100);
});

// 2.2 Variable header

testVersions(
  "[MQTT-2.2.1-2] QoS 0 has no Packet Identifier, received or sent",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ protocolVersion: version, clientId: "c" });
    await client.subscribe("a", { qos: 2 });
    // What would be a Packet Identifier is the beginning of the payload.
    const bytes = packetBytes(0x30, A, version === 5 ? [0] : [], [0x00, 0x07, 0x78]);
    await client.sendBytes(bytes);
    await client.expect("publish", { payload: "\0\x07x", messageId: undefined });
    assert.deepEqual([...client.lastBytes], [...bytes]);
  },
);

testDisconnects("[MQTT-2.2.1-3]", [3, 4, 5], [
  [
    "Packet Identifier 0 in a PUBLISH at QoS 1",
    (version) => publishBytes(version, "a", { firstByte: 0x32, packetId: [0, 0] }),
    Code.ProtocolError,
  ],
  [
    "Packet Identifier 0 in a PUBLISH at QoS 2",
    (version) => publishBytes(version, "a", { firstByte: 0x34, packetId: [0, 0] }),
    Code.ProtocolError,
  ],
  [
    "Packet Identifier 0 in a SUBSCRIBE",
    (version) => packetBytes(0x82, [0, 0], version === 5 ? [0] : [], A, [0]),
    Code.ProtocolError,
  ],
  [
    "Packet Identifier 0 in an UNSUBSCRIBE",
    (version) => packetBytes(0xa2, [0, 0], version === 5 ? [0] : [], A),
    Code.ProtocolError,
  ],
  ["Packet Identifier 0 in a PUBACK", () => packetBytes(0x40, [0, 0]), Code.ProtocolError],
]);

for (const packetId of [1, 0x1234, 65_535]) {
  testVersions(
    `[MQTT-2.2.1-5] [MQTT-2.2.1-6] Every answer has the Packet Identifier of its question: ${packetId}`,
    [3, 4, 5],
    async (version) => {
      await using broker = await TestBroker.start();
      const client = await broker.connect({ protocolVersion: version, clientId: "c" });
      // Each of these fails when the answer has another id.
      await client.subscribe("none", { messageId: packetId });
      await client.unsubscribe("none", { messageId: packetId });
      await client.publish("a", "1", { qos: 1, messageId: packetId });
      await client.publish("a", "2", { qos: 2, messageId: packetId });
      await client.release(packetId);
    },
  );
}

Deno.test("[MQTT-2.2.2-1] Where there are no properties, the broker says so with a length of 0 (5.0)", async () => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "c" });
  const lastBytes = () => [...client.lastBytes];
  await client.subscribe("a", { qos: 1, messageId: 1 });
  assert.deepEqual(lastBytes(), [0x90, 4, 0, 1, 0, 1]);
  await client.publish("a", "x");
  await client.expect("publish");
  assert.deepEqual(lastBytes(), [0x30, 5, 0, 1, 0x61, 0, 0x78]);
  await client.send({ cmd: "publish", topic: "a", payload: "x", qos: 1, messageId: 1 });
  await client.expect("publish");
  assert.deepEqual(lastBytes(), [0x32, 7, 0, 1, 0x61, 0, 1, 0, 0x78]);
  await client.expect("puback");
  await client.unsubscribe("a", { messageId: 2 });
  assert.deepEqual(lastBytes(), [0xb0, 4, 0, 2, 0, 0]);
});

testDisconnects("", [5], [
  [
    "a PUBLISH without a Property Length",
    () => packetBytes(0x30, A),
    Code.MalformedPacket,
  ],
  [
    "a SUBSCRIBE without a Property Length",
    () => packetBytes(0x82, [0, 1], A, [0]),
    Code.MalformedPacket,
  ],
  [
    "a Property Length that goes beyond its packet",
    () => packetBytes(0x30, A, [5, 0x01, 0]),
    Code.MalformedPacket,
  ],
  [
    "a property that goes beyond the Property Length",
    () => packetBytes(0x30, A, [3, 0x02, 0, 0], [0, 9, 0x78]),
    Code.MalformedPacket,
  ],
  [
    "a property that does not exist",
    () => publishBytes(5, "a", { properties: [[0x04, 0]] }),
    Code.MalformedPacket,
  ],
  [
    "a property of another packet",
    () => publishBytes(5, "a", { properties: [[0x11, 0, 0, 0, 1]] }),
    Code.MalformedPacket,
  ],
  [
    "a property that stands twice",
    () => publishBytes(5, "a", { properties: [[0x01, 0, 0x01, 0]] }),
    Code.ProtocolError,
  ],
  [
    "a Payload Format Indicator of 2",
    () => publishBytes(5, "a", { properties: [[0x01, 2]] }),
    Code.ProtocolError,
  ],
]);
