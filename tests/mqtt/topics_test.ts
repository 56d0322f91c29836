/** Topic names and topic filters: MQTT 5.0 section 4.7, through the broker. */
import assert from "#assert";
import { expectEnded, publish, receiveAll } from "../support/exchange.ts";
import type { RawClient } from "../support/raw_client.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

/** A client that is subscribed to `filters` and nothing else. */
async function subscriberTo(
  broker: TestBroker,
  protocolVersion: 3 | 4 | 5,
  filters: string[],
): Promise<RawClient> {
  const client = await broker.connect({ clientId: "sub", protocolVersion });
  const { granted } = await client.subscribe(filters);
  assert.deepEqual(granted, filters.map(() => 0));
  return client;
}

/** Publishes one message to each topic; the topics of those that reached `subscriber`. */
async function topicsReaching(subscriber: RawClient, topics: string[]): Promise<string[]> {
  for (const topic of topics) await subscriber.send({ cmd: "publish", topic });
  return (await receiveAll(subscriber)).map(({ topic }) => topic);
}

/** PUBLISH at QoS 0 whose topic is these bytes. */
function publishBytes(version: number, topic: number[]): Uint8Array {
  const body = [topic.length >> 8, topic.length & 0xff, ...topic, ...(version === 5 ? [0] : [])];
  return new Uint8Array([0x30, body.length, ...body]);
}

const utf8 = (text: string) => [...new TextEncoder().encode(text)];

const EXAMPLES: [filter: string, matches: string[], others: string[]][] = [
  // The examples of sections 4.7.1.2 and 4.7.1.3, and what they leave open.
  [
    "sport/tennis/player1/#",
    [
      "sport/tennis/player1",
      "sport/tennis/player1/ranking",
      "sport/tennis/player1/score/wimbledon",
    ],
    ["sport/tennis/player10", "sport/tennis", "Sport/tennis/player1", "/sport/tennis/player1"],
  ],
  ["sport/#", ["sport", "sport/", "sport/a", "sport//"], ["sports", "sports/a", "s/sport"]],
  ["#", ["a", "/", "a/b/c", "/a", "a/", "//"], ["$x/a", "$x", "$"]],
  ["+", ["a"], ["/", "a/", "/a", "a/b", "$x"]],
  ["/+", ["/a", "/"], ["a", "//", "/a/"]],
  ["+/+", ["a/b", "/a", "a/", "/"], ["a", "a/b/c", "$a/b"]],
  ["sport/+", ["sport/", "sport/a"], ["sport", "sport/a/b"]],
  ["sport/tennis/+", ["sport/tennis/a", "sport/tennis/"], ["sport/tennis/a/b", "sport/tennis"]],
  ["sport/+/player1", ["sport/tennis/player1", "sport//player1"], [
    "sport/player1",
    "sport/a/b/player1",
  ]],
  ["+/tennis/#", ["sport/tennis", "/tennis/x", "sport/tennis/a/b"], ["tennis", "sport/a/tennis"]],
  ["+/+/#", ["a/b", "a/b/c/d", "/"], ["a"]],
  ["+/#", ["a", "a/b", "/"], ["$a", "$a/b"]],
  ["/#", ["/", "/a", "/a/b"], ["a", "a/b"]],
  ["$dollar/#", ["$dollar", "$dollar/a"], ["dollar/a"]],
  ["$dollar/+", ["$dollar/a"], ["$dollar", "$dollar/a/b"]],
];

for (const [filter, matches, others] of EXAMPLES) {
  testVersions(
    `[MQTT-4.7.1-1] [MQTT-4.7.1-2] the filter ${filter} matches what it should and nothing else`,
    [3, 4, 5],
    async (version) => {
      await using broker = await TestBroker.start();
      const client = await subscriberTo(broker, version, [filter]);
      assert.deepEqual(await topicsReaching(client, [...matches, ...others]), matches);
    },
  );
}

testVersions(
  "[MQTT-4.7.1-1] # anywhere but alone in the last level is not valid",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    const filters = ["a/b#", "a/#/b", "#/", "#/a", "##", "a#", "#a", "/#/", "a/##", "+#", "#+"];
    const { granted } = await client.subscribe(filters);
    assert.deepEqual(granted, filters.map(() => version === 5 ? 0x8f : 0x80));
    assert.equal(broker.broker.inspector.counts().subscriptions, 0);
  },
);

testVersions(
  "[MQTT-4.7.1-2] + that does not fill its level is not valid",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    const filters = ["a+", "+a", "a/+b", "a/b+/c", "++", "a/++", "sport+", "+/a+", "a+/#"];
    const { granted } = await client.subscribe(filters);
    assert.deepEqual(granted, filters.map(() => version === 5 ? 0x8f : 0x80));
    assert.equal(broker.broker.inspector.counts().subscriptions, 0);
  },
);

testVersions(
  "[MQTT-4.7.0-1] a wildcard in a topic name ends the connection and reaches nobody",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const subscriber = await subscriberTo(broker, version, ["#", "a/+", "a/#", "+"]);
    for (const topic of ["a/+", "a/#", "+", "#", "a+", "a#b", "a/+/b"]) {
      for (const qos of [0, 1, 2] as const) {
        const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
        await publisher.send({ cmd: "publish", topic, qos, messageId: 1, retain: true });
        await expectEnded(publisher, 0x90);
      }
    }
    await subscriber.expectNothing();
    assert.equal(broker.broker.inspector.counts().retainedMessages, 0);
  },
);

testVersions(
  "[MQTT-4.7.2-1] filters that begin with a wildcard do not match topics that begin with $",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const hidden = await subscriberTo(broker, version, ["#", "+/monitor/Clients", "+/#", "+"]);
    const open = await broker.connect({ clientId: "open", protocolVersion: version });
    await open.subscribe(["$x/#", "$x/+/Clients", "$x"]);
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    await publisher.publish("$x/monitor/Clients", "1");
    await publisher.publish("$x", "2");
    await hidden.expectNothing();
    assert.deepEqual(
      (await receiveAll(open)).map(({ topic }) => topic),
      ["$x/monitor/Clients", "$x"],
    );
    // A $ anywhere else is a character like any other.
    await publisher.publish("a/$x", "3");
    await hidden.expect("publish", { topic: "a/$x" });
  },
);

testVersions(
  "[MQTT-4.7.2-1] nor do they find retained messages of such topics",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await client.publish("$x/a", "hidden", { retain: true });
    await client.publish("x/a", "open", { retain: true });
    for (const filter of ["#", "+/a", "+/#"]) {
      await client.subscribe(filter);
      await client.expect("publish", { topic: "x/a" });
      await client.expectNothing();
      await client.unsubscribe(filter);
    }
    for (const filter of ["$x/#", "$x/a", "$x/+"]) {
      await client.subscribe(filter);
      await client.expect("publish", { topic: "$x/a", payload: "hidden" });
      await client.unsubscribe(filter);
    }
  },
);

testVersions(
  "[MQTT-4.7.2-1] nor do shared subscriptions whose filter begins with a wildcard",
  [4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await subscriberTo(broker, version, ["$share/g/#", "$share/h/+/a"]);
    assert.deepEqual(await topicsReaching(client, ["$x/a", "$x"]), []);
    const open = await broker.connect({ clientId: "open", protocolVersion: version });
    await open.subscribe("$share/g/$x/#");
    assert.deepEqual(await topicsReaching(open, ["$x/a"]), ["$x/a"]);
  },
);

testVersions("[MQTT-4.7.3-1] an empty topic filter is not valid", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "c", protocolVersion: version });
  const { granted } = await client.subscribe(["", "a"]);
  assert.deepEqual(granted, [version === 5 ? 0x8f : 0x80, 0]);
});

testVersions(
  "[MQTT-4.7.3-1] an empty topic name ends the connection",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await client.sendBytes(publishBytes(version, []));
    await expectEnded(client, 0x82);
  },
);

testVersions("[MQTT-4.7.3-1] a topic of one character is enough", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const client = await subscriberTo(broker, version, ["/", " ", "a", "é"]);
  assert.deepEqual(await topicsReaching(client, ["/", " ", "a", "é"]), ["/", " ", "a", "é"]);
});

testVersions(
  "[MQTT-4.7.3-2] U+0000 in a topic name or filter ends the connection",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const subscriber = await subscriberTo(broker, version, ["#"]);
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    await publisher.sendBytes(publishBytes(version, utf8("a\0b")));
    await expectEnded(publisher, 0x81);
    const other = await broker.connect({ clientId: "other", protocolVersion: version });
    await other.send({
      cmd: "subscribe",
      messageId: 1,
      subscriptions: [{ topic: "a\0b", qos: 0 }],
    });
    await expectEnded(other, 0x81);
    await subscriber.expectNothing();
  },
);

testVersions(
  "[MQTT-4.7.3-3] topics and filters of 65,535 bytes work, and no byte of them is lost",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    // Three bytes of UTF-8 each.
    const long = `${"\u20ac".repeat(21_844)}/bc`;
    assert.equal(utf8(long).length, 65_535);
    const client = await subscriberTo(broker, version, [long]);
    const almost = `${long.slice(0, -1)}d`;
    assert.deepEqual(await topicsReaching(client, [long, almost]), [long]);
    await publish(client, long, "kept", { retain: true });
    await client.expect("publish", { topic: long, payload: "kept", retain: false });
    await client.subscribe(long);
    await client.expect("publish", { topic: long, payload: "kept", retain: true });
  },
);

testVersions(
  "[MQTT-4.7.3-4] topics are matched character by character, never normalised",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    // Each pair looks alike or would be made equal by some kind of normalisation.
    const pairs: [string, string][] = [
      ["ACCOUNTS", "Accounts"],
      ["a/b", "a//b"],
      ["a", "a/"],
      ["a", "/a"],
      ["a b", "a  b"],
      ["x", "x "],
      ["\u00e9", "e\u0301"], // é, composed and not
      ["\u212b", "\u00c5"], // the Ångström sign and Å
      ["\ufb01", "fi"], // a ligature
      ["stra\u00dfe", "strasse"],
      ["\ufefftopic", "topic"], // a byte order mark is a character [MQTT-1.5.4-3]
      ["a/./b", "a/b"],
      ["a/../b", "b"],
      ["a%2Fb", "a/b"],
      ["\u{1f600}", "\u{1f601}"], // the same high surrogate
    ];
    for (const [one, other] of pairs) {
      const client = await broker.connect({ clientId: "c", protocolVersion: version });
      await client.subscribe(one);
      assert.deepEqual(await topicsReaching(client, [one, other]), [one]);
      await client.unsubscribe(other);
      await client.subscribe(other);
      assert.deepEqual(await topicsReaching(client, [one, other]), [one, other]);
      await client.disconnect();
    }
  },
);

testVersions(
  "[MQTT-4.7.3-4] characters that mean nothing to us are kept as they are",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const topics = [
      "\u0001",
      "\u007f",
      "\u009f",
      "\ufffe",
      "\ufffd",
      "\u{10ffff}",
      "\ufdd0",
      "a\tb",
    ];
    const client = await subscriberTo(broker, version, topics);
    assert.deepEqual(await topicsReaching(client, topics), topics);
  },
);

testVersions("a topic or filter may have 128 levels and no more", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const deepest = Array(128).fill("a").join("/");
  const tooDeep = `${deepest}/a`;
  const client = await broker.connect({ clientId: "c", protocolVersion: version });
  const { granted } = await client.subscribe([deepest, tooDeep]);
  assert.deepEqual(granted, [0, version === 5 ? 0x8f : 0x80]);
  assert.deepEqual(await topicsReaching(client, [deepest]), [deepest]);
  await client.send({ cmd: "publish", topic: tooDeep, qos: 1, messageId: 9 });
  if (version === 5) await client.expect("puback", { messageId: 9, reasonCode: 0x90 });
  else await client.expectClosed();
});
