/** What every receiver of a message gets unaltered: MQTT 5.0 section 3.3.2.3. */
import assert from "#assert";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { type Bytes, lengthPrefixed, packetBytes, propertyBytes } from "../support/bytes.ts";
import { expectDisconnected } from "../support/endings.ts";
import { durable } from "../support/exchange.ts";
import type { RawClient } from "../support/raw_client.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

const TOPIC = lengthPrefixed("a");
const PAYLOAD = [0xff, 0x00, 0x7f];

function userProperty(name: string, value: string): Bytes[] {
  return [[0x26], lengthPrefixed(name), lengthPrefixed(value)];
}

/** Order, repetition, empty names and values, and names that look alike: all of it has to stay. */
const USER_PROPERTIES = [
  ...userProperty("b", "1"),
  ...userProperty("a", "2"),
  ...userProperty("b", "1"),
  ...userProperty("b", "0"),
  ...userProperty("", ""),
  ...userProperty("é", "e\u0301"),
  ...userProperty("a", "3"),
];

/** Cases of properties that a message may have, in the order in which the broker writes them. */
const PROPERTIES: readonly [ids: string, what: string, properties: Bytes[]][] = [
  ["[MQTT-3.3.2-4]", "Payload Format Indicator 0", [[0x01, 0]]],
  ["[MQTT-3.3.2-4]", "Payload Format Indicator 1", [[0x01, 1]]],
  ["[MQTT-3.3.2-20]", "Content Type", [[0x03], lengthPrefixed("text/plain; é")]],
  ["[MQTT-3.3.2-20]", "an empty Content Type", [[0x03], lengthPrefixed("")]],
  ["[MQTT-3.3.2-15]", "Response Topic", [[0x08], lengthPrefixed("/answers//$here/é")]],
  ["[MQTT-3.3.2-16]", "Correlation Data", [[0x09], lengthPrefixed([0, 0xff, 0xc3, 0x28, 0])]],
  ["[MQTT-3.3.2-16]", "empty Correlation Data", [[0x09], lengthPrefixed([])]],
  ["[MQTT-3.3.2-17] [MQTT-3.3.2-18] [MQTT-3.1.3-10]", "User Properties", USER_PROPERTIES],
  [
    "[MQTT-3.3.2-4] [MQTT-3.3.2-15] [MQTT-3.3.2-16] [MQTT-3.3.2-17] [MQTT-3.3.2-20]",
    "all of them together",
    [
      [0x01, 1],
      [0x03],
      lengthPrefixed("t"),
      [0x08],
      lengthPrefixed("r"),
      [0x09],
      lengthPrefixed([1]),
      ...USER_PROPERTIES,
    ],
  ],
];

/** A PUBLISH with packet id 1 at QoS > 0. */
function publishBytes(properties: Bytes[], qos = 0, retain = false): Uint8Array {
  const firstByte = 0x30 | qos << 1 | (retain ? 1 : 0);
  const packetId = qos === 0 ? [] : [0, 1];
  return packetBytes(firstByte, TOPIC, packetId, propertyBytes(...properties), PAYLOAD);
}

async function assertReceives(subscriber: RawClient, bytes: Uint8Array): Promise<void> {
  await subscriber.expect("publish");
  assert.equal(subscriber.lastBytes.toHex(), bytes.toHex());
}

for (const [ids, what, properties] of PROPERTIES) {
  Deno.test(`${ids} ${what}: passed on byte by byte at each QoS (5.0)`, async () => {
    await using broker = await TestBroker.start();
    const subscriber = await broker.connect({ clientId: "sub" });
    await subscriber.subscribe("a", { qos: 2 });
    for (const qos of [0, 1, 2]) {
      const publisher = await broker.connect({ clientId: `pub${qos}` });
      await publisher.sendBytes(publishBytes(properties, qos));
      const { messageId } = await subscriber.expect("publish");
      const expected = publishBytes(properties, qos);
      if (qos > 0) expected[expected.indexOf(0x61) + 2] = messageId!;
      assert.equal(subscriber.lastBytes.toHex(), expected.toHex());
    }
  });

  Deno.test(`${ids} ${what}: passed on byte by byte when retained (5.0)`, async () => {
    await using broker = await TestBroker.start();
    const publisher = await broker.connect({ clientId: "pub" });
    await publisher.sendBytes(publishBytes(properties, 0, true));
    await publisher.ping();
    const subscriber = await broker.connect({ clientId: "sub" });
    await subscriber.subscribe("a");
    await assertReceives(subscriber, publishBytes(properties, 0, true));
  });

  Deno.test(`${ids} ${what}: passed on byte by byte from the queue (5.0)`, async () => {
    await using broker = await TestBroker.start();
    const first = await broker.connect(durable(5, "sub"));
    await first.subscribe("a", { qos: 1 });
    await first.disconnect();
    const publisher = await broker.connect({ clientId: "pub" });
    await publisher.sendBytes(publishBytes(properties, 1));
    await publisher.expect("puback");
    const second = await broker.connect(durable(5, "sub"));
    await assertReceives(second, publishBytes(properties, 1));
    await second.abort();
    // And when it is sent again.
    const third = await broker.connect(durable(5, "sub"));
    const again = publishBytes(properties, 1);
    again[0]! |= 0x08;
    await assertReceives(third, again);
  });
}

Deno.test("[MQTT-3.3.2-17] Every receiver of a fan-out gets the User Properties (5.0)", async () => {
  await using broker = await TestBroker.start();
  const subscribers: RawClient[] = [];
  for (let index = 0; index < 5; index++) {
    const subscriber = await broker.connect({ clientId: `sub${index}` });
    await subscriber.subscribe("a");
    subscribers.push(subscriber);
  }
  const publisher = await broker.connect({ clientId: "pub" });
  await publisher.sendBytes(publishBytes(USER_PROPERTIES));
  for (const each of subscribers) await assertReceives(each, publishBytes(USER_PROPERTIES));
});

Deno.test("[MQTT-3.3.2-17] [MQTT-3.3.2-18] User Properties keep their order around others (5.0)", async () => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "c" });
  await client.subscribe("a");
  const scattered = [
    ...userProperty("b", "1"),
    [0x01, 1],
    ...userProperty("a", "2"),
    [0x03],
    lengthPrefixed("t"),
    ...userProperty("b", "0"),
  ];
  await client.sendBytes(publishBytes(scattered));
  await assertReceives(
    client,
    publishBytes([
      [0x01, 1],
      [0x03],
      lengthPrefixed("t"),
      ...userProperty("b", "1"),
      ...userProperty("a", "2"),
      ...userProperty("b", "0"),
    ]),
  );
});

Deno.test("Many User Properties are passed on (5.0)", async () => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "c" });
  await client.subscribe("a");
  const many = Array.from({ length: 3000 }, (_, index) => userProperty(`${index % 7}`, `${index}`));
  await client.sendBytes(publishBytes(many.flat()));
  await assertReceives(client, publishBytes(many.flat()));
});

testVersions(
  "A 3.x subscriber gets the message without its properties",
  [3, 4],
  async (version) => {
    await using broker = await TestBroker.start();
    const subscriber = await broker.connect({ protocolVersion: version, clientId: "sub" });
    await subscriber.subscribe("a");
    const publisher = await broker.connect({ clientId: "pub" });
    await publisher.sendBytes(publishBytes(USER_PROPERTIES));
    await assertReceives(subscriber, packetBytes(0x30, TOPIC, PAYLOAD));
  },
);

Deno.test("A message of a 3.1.1 client reaches 5.0 without properties (3.1.1, 5.0)", async () => {
  await using broker = await TestBroker.start();
  const subscriber = await broker.connect({ clientId: "sub" });
  await subscriber.subscribe("a");
  const publisher = await broker.connect({ protocolVersion: 4, clientId: "pub" });
  await publisher.sendBytes(packetBytes(0x30, TOPIC, PAYLOAD));
  await assertReceives(subscriber, publishBytes([]));
});

const REFUSED: readonly [ids: string, what: string, properties: Bytes[], reasonCode: ReasonCode][] =
  [
    [
      "[MQTT-3.3.2-19]",
      "a Content Type that is no UTF-8",
      [[0x03], lengthPrefixed([0xff])],
      ReasonCode.MalformedPacket,
    ],
    [
      "[MQTT-3.3.2-13]",
      "a Response Topic that is no UTF-8",
      [[0x08], lengthPrefixed([0xc0, 0x80])],
      ReasonCode.MalformedPacket,
    ],
    [
      "[MQTT-3.3.2-14]",
      "a Response Topic with #",
      [[0x08], lengthPrefixed("a/#")],
      ReasonCode.ProtocolError,
    ],
    [
      "[MQTT-3.3.2-14]",
      "a Response Topic with +",
      [[0x08], lengthPrefixed("+")],
      ReasonCode.ProtocolError,
    ],
    ["", "an empty Response Topic", [[0x08], lengthPrefixed("")], ReasonCode.ProtocolError],
    [
      "",
      "two Content Types",
      [[0x03], lengthPrefixed("t"), [0x03], lengthPrefixed("t")],
      ReasonCode.ProtocolError,
    ],
    [
      "[MQTT-3.3.4-6]",
      "a Subscription Identifier from a client",
      [[0x0b, 1]],
      ReasonCode.ProtocolError,
    ],
  ];

for (const [ids, what, properties, reasonCode] of REFUSED) {
  Deno.test(`${ids && `${ids} `}PUBLISH with ${what} ends the connection (5.0)`, async () => {
    await using broker = await TestBroker.start();
    const subscriber = await broker.connect({ clientId: "sub" });
    await subscriber.subscribe("a");
    const publisher = await broker.connect({ clientId: "pub" });
    await publisher.sendBytes(publishBytes(properties));
    await expectDisconnected(publisher, reasonCode);
    await subscriber.expectNothing();
  });
}
