/** Shared subscriptions: MQTT 5.0 section 4.8.2. What members of a group get, and in which turns. */
import assert from "#assert";
import type { QoS } from "mqtt-packet";
import {
  durable,
  expectEnded,
  payloads,
  publish,
  receive,
  receiveAll,
} from "../support/exchange.ts";
import type { PacketOf, RawClient } from "../support/raw_client.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

/** Connected clients `m0`, `m1` … that share `filter`. */
async function members(
  broker: TestBroker,
  protocolVersion: 3 | 4 | 5,
  count: number,
  filter: string,
  qos: QoS = 0,
): Promise<RawClient[]> {
  const clients: RawClient[] = [];
  for (let index = 0; index < count; index++) {
    const client = await broker.connect({ clientId: `m${index}`, protocolVersion });
    await client.subscribe(filter, { qos });
    clients.push(client);
  }
  return clients;
}

/** What each client has been sent. */
async function received(clients: readonly RawClient[]): Promise<string[][]> {
  const all: string[][] = [];
  for (const client of clients) all.push(payloads(await receiveAll(client)));
  return all;
}

testVersions(
  "[MQTT-4.8.2-1] [MQTT-4.8.2-2] SharedSubscriptions_Parse: a $share form without name or filter, " +
    "or with a wildcard in its name, is not valid",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    const filters = [
      ...["$share", "$share/", "$share/g", "$share/g/", "$share//a", "$share//", "$share///a"],
      ...["$share/+/a", "$share/g+/a", "$share/+g/a", "$share/#/a", "$share/g#/a", "$share/#"],
      ...["$share/g/a#", "$share/g/#/a", "$share/g/a+", "$share/g/+a/b", "$share/g/##"],
    ];
    const { granted } = await client.subscribe(filters);
    assert.deepEqual(granted, filters.map(() => version === 5 ? 0x8f : 0x80));
    assert.equal(broker.broker.inspector.counts().subscriptions, 0);
    for (const topic of ["a", "$share", "$share/g", "$share/g/a", "g/a", "/a"]) {
      await client.publish(topic, "x");
    }
    await client.expectNothing();
  },
);

testVersions(
  "[MQTT-4.8.2-1] [MQTT-4.8.2-2] SharedSubscriptions_Parse: the name is what is between $share/ and " +
    "the next /, the filter all behind it",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const valid: [filter: string, topic: string][] = [
      ["$share/g/a", "a"],
      ["$share/g//a", "/a"],
      ["$share/g//", "/"],
      ["$share/g/#", "x/y"],
      ["$share/g/+/b", "x/b"],
      ["$share/ g /a", "a"],
      ["$share/\u00e9\u20ac/a", "a"],
      ["$share/$share/a", "a"],
      ["$share/g/$x/a", "$x/a"],
      ["$share/g/h/a", "h/a"],
      ["$share/g/$share/g/a", "$share/g/a"],
    ];
    for (const [filter, topic] of valid) {
      const [one, two] = await members(broker, version, 2, filter);
      await one!.publish(topic, "1");
      await one!.publish(topic, "2");
      assert.deepEqual(await received([one!, two!]), [["1"], ["2"]], filter);
      for (const client of [one!, two!]) await client.disconnect();
    }
  },
);

testVersions(
  "[MQTT-4.8.2-1] a filter that only looks like $share/ is an ordinary one",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    for (const filter of ["$SHARE/g/a", "$shared/g/a", "$share2/a", "share/g/a", "/$share/g/a"]) {
      const [one, two] = await members(broker, version, 2, filter);
      await one!.publish("a", "no");
      await one!.publish(filter, "yes");
      assert.deepEqual(await received([one!, two!]), [["yes"], ["yes"]], filter);
      for (const client of [one!, two!]) await client.disconnect();
    }
  },
);

for (const qos of [0, 1, 2] as const) {
  testVersions(
    `SharedSubscriptions_LoadBalancing: each message reaches one member, all equally many (QoS ${qos})`,
    [3, 4, 5],
    async (version) => {
      await using broker = await TestBroker.start();
      const clients = await members(broker, version, 3, "$share/g/a/+", qos);
      const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
      const sent: string[] = [];
      for (let index = 0; index < 30; index++) {
        await publish(publisher, `a/${index}`, `${index}`, { qos });
        sent.push(`${index}`);
      }
      const found = await received(clients);
      assert.deepEqual(found.map(({ length }) => length), [10, 10, 10]);
      assert.deepEqual(found.flat().sort(), sent.sort());
    },
  );
}

testVersions(
  "SharedSubscriptions_RoundRobinSelection: members take turns in the order in which they joined",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const [first, second] = await members(broker, version, 2, "$share/g/a");
    await first!.publish("a", "0");
    const third = await broker.connect({ clientId: "m9", protocolVersion: version });
    await third.subscribe("$share/g/a"); // the last of the round that is under way
    for (let index = 1; index < 9; index++) await third.publish("a", `${index}`);
    assert.deepEqual(
      await received([first!, second!, third]),
      [["0", "2", "5", "8"], ["1", "4", "7"], ["3", "6"]],
    );
  },
);

testVersions(
  "SharedSubscriptions_MixedWithNormal: ordinary subscribers get everything, beside the group",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const clients = await members(broker, version, 2, "$share/g/a");
    const ordinary = await broker.connect({ clientId: "ordinary", protocolVersion: version });
    await ordinary.subscribe("a");
    for (let index = 0; index < 4; index++) await ordinary.publish("a", `${index}`);
    assert.deepEqual(
      await received([...clients, ordinary]),
      [["0", "2"], ["1", "3"], ["0", "1", "2", "3"]],
    );
  },
);

testVersions(
  "SharedSubscriptions_MixedWithNormal: a client that has both gets both, each at its own QoS",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await client.subscribe([{ topic: "a", qos: 0 }, { topic: "$share/g/a", qos: 2 }]);
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    await publish(publisher, "a", "x", { qos: 2 });
    const found = await receiveAll(client);
    assert.deepEqual(found.map(({ qos }) => qos).sort(), [0, 2]);
    assert.deepEqual(payloads(found), ["x", "x"]);
    broker.assertBalanced();
  },
);

testVersions(
  "SharedSubscriptions_SubscriberLeaves: the others take the turns of one that has gone",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const [one, two, three] = await members(broker, version, 3, "$share/g/a");
    await one!.publish("a", "0");
    await two!.disconnect(); // it would be its turn
    for (let index = 1; index < 5; index++) await one!.publish("a", `${index}`);
    assert.deepEqual(await received([one!, three!]), [["0", "2", "4"], ["1", "3"]]);
    await one!.abort();
    for (let index = 5; index < 7; index++) await three!.publish("a", `${index}`);
    assert.deepEqual(await received([three!]), [["5", "6"]]);
  },
);

testVersions(
  "SharedSubscriptions_MultipleGroups: each group of a topic gets one copy",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const clients = await members(broker, version, 4, "$share/g/a");
    for (const [index, client] of clients.entries()) {
      if (index >= 2) await client.unsubscribe("$share/g/a");
      if (index >= 2) await client.subscribe("$share/h/a");
    }
    for (let index = 0; index < 4; index++) await clients[0]!.publish("a", `${index}`);
    assert.deepEqual(await received(clients), [["0", "2"], ["1", "3"], ["0", "2"], ["1", "3"]]);
  },
);

testVersions(
  "SharedSubscriptions_MultipleGroups: a client in two groups gets a copy from each",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const [both, one] = await members(broker, version, 2, "$share/g/a");
    await both!.subscribe("$share/h/a");
    for (let index = 0; index < 2; index++) await one!.publish("a", `${index}`);
    assert.deepEqual(await received([both!, one!]), [["0", "0", "1"], ["1"]]);
  },
);

Deno.test("SharedSubscriptions_GroupCreation: a group lives from its first member to its last (5.0)", async () => {
  await using broker = await TestBroker.start();
  const publisher = await broker.connect({ clientId: "pub" });
  const nobody = async () => (await publisher.publish("a", "x", { qos: 1 }))!.reasonCode === 0x10;
  assert.ok(await nobody());
  for (let round = 0; round < 2; round++) {
    const [one, two] = await members(broker, 5, 2, "$share/g/a", 1);
    assert.ok(!await nobody());
    assert.ok(!await nobody());
    await receive(one!);
    await receive(two!);
    await one!.unsubscribe("$share/g/a");
    assert.ok(!await nobody());
    await receive(two!);
    await two!.disconnect();
    assert.ok(await nobody());
    await one!.disconnect();
    assert.equal(broker.broker.inspector.counts().subscriptions, 0);
  }
});

testVersions(
  "SharedSubscriptions_Unsubscribe: a member that unsubscribes is given nothing more",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const [one, two] = await members(broker, version, 2, "$share/g/a");
    await one!.unsubscribe("$share/g/a");
    for (let index = 0; index < 3; index++) await one!.publish("a", `${index}`);
    assert.deepEqual(await received([one!, two!]), [[], ["0", "1", "2"]]);
  },
);

testVersions(
  "SharedSubscriptions_SessionDestroy: membership ends with the session, not with the connection",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect(durable(version, "c"));
    await client.subscribe("$share/g/a", { qos: 1 });
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    await client.abort();
    await publisher.publish("a", "kept", { qos: 1 });
    assert.equal(broker.broker.inspector.session("c")?.queued, 1);
    const again = await broker.connect(durable(version, "c"));
    await receive(again, { payload: "kept" });
    await again.disconnect();
    const anew = await broker.connect({ ...durable(version, "c"), clean: true });
    await publisher.publish("a", "for nobody", { qos: 1 });
    await anew.expectNothing();
    assert.equal(broker.broker.inspector.counts().subscriptions, 0);
  },
);

testVersions(
  "SharedSubscriptions_SameGroupDifferentTopics: the same name with another filter is another group",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const [one] = await members(broker, version, 1, "$share/g/a");
    const two = await broker.connect({ clientId: "two", protocolVersion: version });
    await two.subscribe("$share/g/b");
    for (const topic of ["a", "b", "a", "b"]) await two.publish(topic, topic);
    assert.deepEqual(await received([one!, two]), [["a", "a"], ["b", "b"]]);
  },
);

testVersions(
  "[MQTT-3.8.4-3] SharedSubscriptions_DuplicateSubscribe: subscribing again replaces, and keeps one turn",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const [one, two] = await members(broker, version, 2, "$share/g/a");
    for (let round = 0; round < 3; round++) await one!.subscribe("$share/g/a", { qos: 1 });
    assert.equal(broker.broker.inspector.counts().subscriptions, 2);
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    for (let index = 0; index < 4; index++) await publisher.publish("a", `${index}`, { qos: 1 });
    const found = await receiveAll(one!);
    assert.deepEqual(payloads(found), ["0", "2"]);
    assert.deepEqual(found.map(({ qos }) => qos), [1, 1]);
    assert.deepEqual(await received([two!]), [["1", "3"]]);
    await one!.unsubscribe("$share/g/a");
    await publisher.publish("a", "4", { qos: 1 });
    assert.deepEqual(await received([one!, two!]), [[], ["4"]]);
  },
);

testVersions(
  "SharedSubscriptions_RouterIntegration: overlapping filters of one name are groups of their own",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const filters = ["a/b", "a/+", "a/#", "#", "+/b", "a/c", "b/+"];
    const clients: RawClient[] = [];
    for (const filter of filters) {
      const client = await broker.connect({ clientId: `c${filter}`, protocolVersion: version });
      await client.subscribe(`$share/g/${filter}`);
      clients.push(client);
    }
    await clients[0]!.publish("a/b", "x");
    await clients[0]!.publish("$a/b", "hidden");
    assert.deepEqual(await received(clients), [["x"], ["x"], ["x"], ["x"], ["x"], [], []]);
  },
);

testVersions(
  "[MQTT-4.8.2-3] each member gets its messages at the QoS that it was granted",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const clients: RawClient[] = [];
    for (const qos of [0, 1, 2] as const) {
      const client = await broker.connect({ clientId: `q${qos}`, protocolVersion: version });
      await client.subscribe("$share/g/a", { qos });
      clients.push(client);
    }
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    for (const qos of [2, 2, 2, 1, 1, 1, 0, 0, 0] as const) {
      await publish(publisher, "a", "x", { qos });
    }
    const levels = [];
    for (const client of clients) levels.push((await receiveAll(client)).map(({ qos }) => qos));
    assert.deepEqual(levels, [[0, 0, 0], [1, 1, 0], [2, 1, 0]]);
  },
);

Deno.test("[MQTT-3.3.1-12] [MQTT-3.3.1-13] [MQTT-3.3.4-3] RETAIN and the identifier follow the subscription of the member that is picked (5.0)", async () => {
  await using broker = await TestBroker.start();
  const clients: RawClient[] = [];
  for (const rap of [true, false]) {
    const client = await broker.connect({ clientId: `rap${rap}` });
    await client.subscribe([{ topic: "$share/g/a", rap }], {
      properties: { subscriptionIdentifier: rap ? 1 : 2 },
    });
    clients.push(client);
  }
  const seen = async (client: RawClient) => {
    const found: PacketOf<"publish">[] = await receiveAll(client);
    return found.map(({ retain, properties }) => [retain, properties?.subscriptionIdentifier]);
  };
  for (let index = 0; index < 2; index++) await clients[0]!.publish("a", "x", { retain: true });
  assert.deepEqual(await seen(clients[0]!), [[true, 1]]);
  assert.deepEqual(await seen(clients[1]!), [[false, 2]]);
});

testVersions(
  "a shared subscription gets no retained messages, new or not",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await client.publish("a", "kept", { retain: true });
    for (const rh of version === 5 ? [0, 1, 2] : [0]) {
      for (let round = 0; round < 2; round++) {
        await client.subscribe([{ topic: "$share/g/a", rh }, { topic: "$share/g/#", rh }]);
        await client.expectNothing();
      }
      await client.unsubscribe(["$share/g/a", "$share/g/#"]);
    }
    // An ordinary one in the same packet does.
    await client.subscribe(["$share/g/a", "a"]);
    await client.expect("publish", { payload: "kept", retain: true });
    await client.expectNothing();
  },
);

Deno.test("[MQTT-3.8.3-4] No Local on a shared subscription ends the connection (5.0)", async () => {
  await using broker = await TestBroker.start();
  for (const topic of ["$share/g/a", "$share/g/#"]) {
    const client = await broker.connect({ clientId: "c" });
    await client.send({
      cmd: "subscribe",
      messageId: 1,
      subscriptions: [{ topic, qos: 1, nl: true }],
    });
    await expectEnded(client, 0x82);
  }
});

testVersions(
  "a member may get its own messages",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const [one, two] = await members(broker, version, 2, "$share/g/a");
    await one!.publish("a", "mine");
    await one!.publish("a", "yours");
    assert.deepEqual(await received([one!, two!]), [["mine"], ["yours"]]);
  },
);

// Members that are away

testVersions(
  "connected members come before those that are away",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    for (const clientId of ["away1", "away2"]) {
      const away = await broker.connect(durable(version, clientId));
      await away.subscribe("$share/g/a", { qos: 1 });
      await away.disconnect();
    }
    const [here] = await members(broker, version, 1, "$share/g/a", 1);
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    for (let index = 0; index < 6; index++) await publisher.publish("a", `${index}`, { qos: 1 });
    assert.deepEqual(await received([here!]), [["0", "1", "2", "3", "4", "5"]]);
    for (const clientId of ["away1", "away2"]) {
      assert.equal(broker.broker.inspector.session(clientId)?.queued, 0);
    }
  },
);

testVersions(
  "while all members are away their sessions queue in turns, and each gets its part when it is back",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    for (const clientId of ["one", "two"]) {
      const client = await broker.connect(durable(version, clientId));
      await client.subscribe("$share/g/a", { qos: 2 });
      await client.abort();
    }
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    for (let index = 0; index < 6; index++) {
      await publish(publisher, "a", `${index}`, { qos: index % 2 === 0 ? 1 : 2 });
    }
    const one = await broker.connect(durable(version, "one"));
    assert.deepEqual(await received([one]), [["0", "2", "4"]]);
    const two = await broker.connect(durable(version, "two"));
    assert.deepEqual(await received([two]), [["1", "3", "5"]]);
  },
);

testVersions(
  "QoS 0 finds a connected member, and is dropped, counted, when there is none",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const away = await broker.connect(durable(version, "away"));
    await away.subscribe("$share/g/a", { qos: 1 });
    await away.disconnect();
    const [here] = await members(broker, version, 1, "$share/g/a", 1);
    for (let index = 0; index < 4; index++) await here!.publish("a", `${index}`);
    assert.deepEqual(await received([here!]), [["0", "1", "2", "3"]]);
    await here!.unsubscribe("$share/g/a");
    await here!.publish("a", "lost");
    await here!.ping();
    assert.equal(broker.broker.inspector.accounting().dropped.qos0_offline, 1);
    assert.equal(broker.broker.inspector.session("away")?.queued, 0);
  },
);

testVersions(
  "[MQTT-4.8.2-3] a message is kept by a member that was granted QoS 1 rather than lost with one of QoS 0",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    for (const [clientId, qos] of [["zero", 0], ["one", 1], ["other", 0]] as const) {
      const client = await broker.connect(durable(version, clientId));
      await client.subscribe("$share/g/a", { qos });
      await client.disconnect();
    }
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    for (let index = 0; index < 4; index++) await publisher.publish("a", `${index}`, { qos: 1 });
    const one = await broker.connect(durable(version, "one"));
    assert.deepEqual(await received([one]), [["0", "1", "2", "3"]]);
    assert.equal(broker.broker.inspector.accounting().dropped.qos0_offline, 0);
  },
);

testVersions(
  "a member whose queue is full is passed over as long as another has room",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start({
      limits: { queue: { messagesMax: 3, bytesMax: 1_000_000 } },
    });
    for (const clientId of ["full", "room"]) {
      const client = await broker.connect(durable(version, clientId));
      await client.subscribe(["$share/g/a", `own/${clientId}`], { qos: 1 });
      await client.disconnect();
    }
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    for (let index = 0; index < 3; index++) await publisher.publish("own/full", "x", { qos: 1 });
    for (let index = 0; index < 5; index++) await publisher.publish("a", `${index}`, { qos: 1 });
    const { inspector } = broker.broker;
    assert.equal(inspector.session("room")?.queued, 3);
    // Two found no room anywhere.
    assert.equal(inspector.accounting().dropped.queue_full, 2);
    const room = await broker.connect(durable(version, "room"));
    assert.deepEqual(await received([room]), [["0", "1", "2"]]);
  },
);

for (const qos of [0, 1] as const) {
  testVersions(
    `a member that stops reading gets no more turns once it counts as slow (QoS ${qos})`,
    [4, 5],
    async (version) => {
      await using broker = await TestBroker.start({
        limits: { outputHighWater: 8_000, outputLowWater: 2_000, inflightMax: 10_000 },
        transport: { windowBytes: 1_000 },
      });
      const [frozen, reading] = await members(broker, version, 2, "$share/g/a", qos);
      const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
      const payload = "x".repeat(1_000);
      frozen!.freeze();
      let sent = 0;
      const send = () =>
        publisher.send({ cmd: "publish", topic: "a", payload, qos, messageId: ++sent });
      for (let index = 0; index < 40; index++) void send();
      for (let index = 0; index < 5; index++) await broker.advance(0);
      // The publisher is held for the grace period; afterwards nobody waits for the frozen one.
      await broker.advance(1_000);
      await broker.advance(0);
      const before = (await receiveAll(reading!)).length;
      for (let index = 0; index < 20; index++) void send();
      await publisher.untilPing();
      assert.equal((await receiveAll(reading!)).length, 20);
      frozen!.thaw();
      const late = (await receiveAll(frozen!)).length;
      const dropped = broker.broker.inspector.accounting().dropped;
      assert.equal(late + before + 20 + dropped.slow_receiver + dropped.queue_full, sent);
      // Back in turn.
      for (let index = 0; index < 10; index++) await send();
      await publisher.untilPing();
      assert.equal((await receiveAll(frozen!)).length, 5);
      assert.equal((await receiveAll(reading!)).length, 5);
    },
  );
}
