/** Subscriptions that the broker refuses: by its authorizer, and by its limit for each session. */
import assert from "#assert";
import type { Authorizer } from "../../src/auth/auth.ts";
import type { BrokerObserver } from "../../src/events/observer.ts";
import type { QoS } from "../../src/mqtt/packet.ts";
import { durable, receive } from "../support/exchange.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

type Decide = (topicFilter: string, qos: QoS, clientId: string) => boolean | Promise<boolean>;

/** Lets `decide` answer for each topic filter; everybody may publish everything. */
function subscribeAuthorizer(decide: Decide): Authorizer {
  return {
    publish: () => true,
    subscribe: (identity, topicFilter, qos) => decide(topicFilter, qos, identity.clientId),
  };
}

testVersions(
  "[MQTT-3.8.4-7] a filter that the authorizer denies fails with 0x87, in 3.x with 0x80",
  [3, 4, 5],
  async (version) => {
    const denied: string[] = [];
    const observer: BrokerObserver = {
      subscribeDenied: (clientId, topicFilter) => denied.push(`${clientId} ${topicFilter}`),
    };
    const authorizer = subscribeAuthorizer((filter) => !filter.includes("secret"));
    await using broker = await TestBroker.start({ authorizer, observer });
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    const code = version === 5 ? 0x87 : 0x80;
    const suback = await client.subscribe([
      { topic: "open", qos: 1 },
      { topic: "secret/#", qos: 1 },
      { topic: "$share/g/secret", qos: 0 },
      { topic: "open/too", qos: 2 },
    ]);
    assert.deepEqual(suback.granted, [1, code, code, 2]);
    await client.publish("secret/x", "x");
    await client.publish("secret", "x");
    await client.publish("open", "x");
    await client.expect("publish", { topic: "open" });
    await client.expectNothing();
    assert.equal(broker.broker.inspector.session("c")?.subscriptions, 2);
    assert.deepEqual(denied, ["c secret/#", "c $share/g/secret"]);
    assert.equal(broker.broker.inspector.statistics.authorizationErrors, 2);
  },
);

testVersions(
  "a denied filter gets no retained messages and leaves a subscription that there is",
  [3, 4, 5],
  async (version) => {
    let allowed = true;
    await using broker = await TestBroker.start({ authorizer: subscribeAuthorizer(() => allowed) });
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    await publisher.publish("a", "kept", { retain: true });
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await client.subscribe("a", { qos: 1 });
    await client.expect("publish", { payload: "kept" });
    allowed = false;
    await client.subscribe(["a", "+"], { qos: 0 });
    await client.expectNothing();
    await publisher.publish("a", "x", { qos: 1 });
    await receive(client, { payload: "x", qos: 1 });
    await client.expectNothing();
  },
);

testVersions(
  "the authorizer is asked with the filter as written, the QoS asked for and who asks",
  [3, 4, 5],
  async (version) => {
    const asked: unknown[] = [];
    const authorizer = subscribeAuthorizer((...question) => asked.push(question) > 0);
    await using broker = await TestBroker.start({ authorizer, limits: { maximumQoS: 0 } });
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await client.subscribe([
      { topic: "a/+", qos: 2 },
      { topic: "not#valid", qos: 0 },
      { topic: "$share/g/b", qos: 1 },
    ]);
    assert.deepEqual(asked, [["a/+", 2, "c"], ["$share/g/b", 1, "c"]]);
  },
);

testVersions(
  "SUBACK waits for an authorizer that takes its time, and so do the packets behind it",
  [3, 4, 5],
  async (version) => {
    const answers: ((allowed: boolean) => void)[] = [];
    const authorizer = subscribeAuthorizer(() =>
      new Promise<boolean>((resolve) => answers.push(resolve))
    );
    await using broker = await TestBroker.start({ authorizer });
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    const other = await broker.connect({ clientId: "other", protocolVersion: version });
    await client.send({
      cmd: "subscribe",
      messageId: 1,
      subscriptions: [{ topic: "a", qos: 1 }, { topic: "b", qos: 1 }, { topic: "c", qos: 1 }],
    });
    await client.send({ cmd: "pingreq" });
    for (const allowed of [true, false, true]) {
      while (answers.length === 0) await other.ping();
      assert.equal(client.pending, 0);
      answers.shift()!(allowed);
    }
    const code = version === 5 ? 0x87 : 0x80;
    await client.expect("suback", { messageId: 1, granted: [1, code, 1] });
    await client.expect("pingresp");
  },
);

testVersions(
  "an authorizer that fails allows nothing",
  [3, 4, 5],
  async (version) => {
    const authorizer = subscribeAuthorizer((filter) => {
      if (filter === "throws") throw new Error("the authorizer is broken");
      return Promise.reject(new Error("the authorizer cannot be reached"));
    });
    await using broker = await TestBroker.start({ authorizer });
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    const code = version === 5 ? 0x87 : 0x80;
    const suback = await client.subscribe(["throws", "rejects"]);
    assert.deepEqual(suback.granted, [code, code]);
    assert.equal(broker.broker.inspector.counts().subscriptions, 0);
  },
);

testVersions(
  "a client that goes while the authorizer thinks leaves no subscription of that SUBSCRIBE",
  [3, 4, 5],
  async (version) => {
    const answers: ((allowed: boolean) => void)[] = [];
    const authorizer = subscribeAuthorizer((filter) =>
      filter === "at once" || new Promise<boolean>((resolve) => answers.push(resolve))
    );
    await using broker = await TestBroker.start({ authorizer });
    const client = await broker.connect(durable(version, "c"));
    const other = await broker.connect({ clientId: "other", protocolVersion: version });
    await client.send({
      cmd: "subscribe",
      messageId: 1,
      subscriptions: [{ topic: "at once", qos: 1 }, { topic: "later", qos: 1 }],
    });
    while (answers.length === 0) await other.ping();
    await client.abort();
    answers.shift()!(true);
    await other.ping();
    // What was never acknowledged is neither in memory nor in the store: both say the same.
    assert.equal(broker.broker.inspector.session("c")?.subscriptions, 0);
    assert.deepEqual(await broker.store.subscriptions.list("c"), []);
    await other.publish("at once", "x", { qos: 1 });
    assert.equal(broker.broker.inspector.session("c")?.queued, 0);
  },
);

testVersions(
  "a session has no more subscriptions than the limit: 0x97, in 3.x 0x80",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start({ limits: { subscriptionsMax: 3 } });
    const client = await broker.connect(durable(version, "c"));
    const code = version === 5 ? 0x97 : 0x80;
    assert.deepEqual((await client.subscribe(["a", "b"])).granted, [0, 0]);
    // The limit is reached within this packet; replacing needs no room.
    const suback = await client.subscribe(["c", "d", "a", "$share/g/a", "b"], { qos: 1 });
    assert.deepEqual(suback.granted, [1, code, 1, code, 1]);
    assert.equal(broker.broker.inspector.session("c")?.subscriptions, 3);
    await client.publish("d", "nobody");
    await client.expectNothing();
    await client.unsubscribe("b");
    assert.deepEqual((await client.subscribe(["d", "e"])).granted, [0, code]);
    await client.disconnect();
    // It holds for the session, not for the connection, and for each session on its own.
    const resumed = await broker.connect(durable(version, "c"));
    assert.deepEqual((await resumed.subscribe(["e", "d"])).granted, [code, 0]);
    const other = await broker.connect({ clientId: "other", protocolVersion: version });
    assert.deepEqual((await other.subscribe(["1", "2", "3", "4"])).granted, [0, 0, 0, code]);
  },
);

Deno.test("SUBACK names the first problem in its Reason String (5.0)", async () => {
  const authorizer = subscribeAuthorizer((filter) => filter !== "secret");
  await using broker = await TestBroker.start({ authorizer, limits: { subscriptionsMax: 1 } });
  const client = await broker.connect();
  for (
    const [filters, granted, reason] of [
      [["a", "b", "secret"], [0, 0x97, 0x87], /too many/],
      [["a", "secret", "b"], [0, 0x87, 0x97], /not authorized/],
      [["a"], [0], undefined],
    ] as const
  ) {
    const suback = await client.subscribe([...filters]);
    assert.deepEqual(suback.granted, granted);
    const text = suback.properties?.reasonString;
    if (reason === undefined) assert.equal(text, undefined);
    else assert.match(String(text), reason);
  }
  await client.unsubscribe("a");
  const suback = await client.subscribe(["secret"]);
  assert.deepEqual(suback.granted, [0x87]);
  assert.match(String(suback.properties?.reasonString), /not authorized/);
});
