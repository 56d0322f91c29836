/**
 * The short way of a plain PUBLISH is invisible: a broker that has it and one that does not (its
 * cluster says that it has peers) treat the same bytes in the same way.
 */
import assert from "#assert";
import fc from "fast-check";
import type { Packet } from "mqtt-packet";
import type { BrokerObserver } from "../../src/events/observer.ts";
import type { Authorizer } from "../../src/auth/auth.ts";
import { StandaloneCluster } from "../../src/cluster/standalone.ts";
import type { Receiver, Transport } from "../../src/transport/transport.ts";
import { Relay } from "../../src/broker/relay.ts";
import type { RawClient, SentPacket } from "../support/raw_client.ts";
import { TestBroker, type TestBrokerOptions } from "../support/test_broker.ts";

/** Sends every message the long way. */
class ClusterWithPeers extends StandaloneCluster {
  override readonly alone = false;
}

const TOPICS = ["a/x", "a/y", "i/x", "q/x", "s/x", "n/x", "none", "secret", "$SYS/x"] as const;

const RECEIVERS = ["old", "present", "exact", "exactOld", "narrow", "small"];

/** Who receives: each kind that the short way has to notice. */
async function receivers(broker: TestBroker): Promise<RawClient[]> {
  const old = await broker.connect({ protocolVersion: 4, clientId: "old" });
  await old.subscribe(["a/+"]);
  const old31 = await broker.connect({ protocolVersion: 3, clientId: "old31" });
  await old31.subscribe(["a/x"]);
  const present = await broker.connect({ clientId: "present" });
  await present.subscribe(["a/#", "n/x"], { qos: 1 });
  const exact = await broker.connect({ clientId: "exact" });
  await exact.subscribe(["a/#", "n/x"], { qos: 2 });
  await present.subscribe("q/x", { qos: 1 }); // often as the only one
  const exactOld = await broker.connect({ protocolVersion: 4, clientId: "exactOld" });
  await exactOld.subscribe(["a/y", "n/x"], { qos: 2 });
  const narrow = await broker.connect({ clientId: "narrow", properties: { receiveMaximum: 2 } });
  await narrow.subscribe("a/#", { qos: 2 });
  const identified = await broker.connect({ clientId: "identified" });
  await identified.subscribe(["a/x", "i/x"], { properties: { subscriptionIdentifier: 7 } });
  const aliased = await broker.connect({
    clientId: "aliased",
    properties: { topicAliasMaximum: 2 },
  });
  await aliased.subscribe("a/#");
  const small = await broker.connect({ clientId: "small", properties: { maximumPacketSize: 30 } });
  await small.subscribe("a/#");
  const members = [];
  for (const clientId of ["member1", "member2"]) {
    const member = await broker.connect({ clientId });
    await member.subscribe("$share/group/s/#");
    members.push(member);
  }
  const away = await broker.connect({
    protocolVersion: 4,
    clientId: "away",
    clean: false,
  });
  await away.subscribe("a/y", { qos: 1 });
  await away.disconnect();
  return [old, old31, present, exact, exactOld, narrow, identified, aliased, small, ...members];
}

/** What everybody does about what has come. */
type Answers = "all" | "none" | "refusals";

interface Step {
  readonly publisher: 0 | 1;
  readonly packets: readonly SentPacket[];
  readonly answers: Answers;
  /** Where the bytes of the step are cut into two writes. */
  readonly cut: number;
}

const publish: fc.Arbitrary<SentPacket> = fc.record({
  cmd: fc.constant("publish" as const),
  topic: fc.constantFrom(...TOPICS),
  payload: fc.constantFrom("", "short", "x".repeat(40)),
  qos: fc.constantFrom(0 as const, 0 as const, 1 as const, 2 as const),
  dup: fc.constantFrom(false, false, false, false, false, true),
  retain: fc.constantFrom(false, false, false, false, false, true),
  messageId: fc.integer({ min: 1, max: 6 }),
}).map(({ messageId, dup, ...packet }) =>
  packet.qos === 0 ? packet : { ...packet, dup, messageId }
);

/** What a client answers to a packet. */
function answerTo(packet: Packet, answers: Answers): SentPacket | undefined {
  if (answers === "none") return undefined;
  const { cmd, messageId = 0 } = packet;
  const reasonCode = answers === "refusals" ? 0x97 : 0;
  if (cmd === "pubrec") return { cmd: "pubrel", messageId };
  if (cmd === "pubrel") return { cmd: "pubcomp", messageId };
  if (cmd !== "publish" || packet.qos === 0) return undefined;
  return packet.qos === 1
    ? { cmd: "puback", messageId, reasonCode }
    : { cmd: "pubrec", messageId, reasonCode };
}

/** All that has come to the client, which answers it. */
async function exchange(client: RawClient, answers: Answers): Promise<unknown> {
  const packets = await client.untilPing();
  for (const packet of packets) {
    const answer = answerTo(packet, answers);
    if (answer !== undefined) await client.send(answer);
  }
  return packets;
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    publisher: fc.constantFrom(0 as const, 1 as const),
    packets: fc.array(publish, { minLength: 1, maxLength: 8 }),
    answers: fc.constantFrom("all" as const, "none" as const, "refusals" as const),
    cut: fc.nat(200),
  }),
  { minLength: 1, maxLength: 8 },
);

/** What the world saw of the steps. */
async function played(script: readonly Step[], options: TestBrokerOptions): Promise<unknown> {
  const seen: unknown[] = [];
  const told = (what: string) => (...args: unknown[]) => {
    const [first, message] = args.length === 1 ? [undefined, args[0]] : args;
    const { topic, payload, qos, retain, publisher, receivedAt } = message as Record<
      string,
      unknown
    >;
    // Of what was passed on nobody knows the payload any more when the receiver refuses it.
    const known = args[2] !== "refused_by_receiver";
    const text = known && new TextDecoder().decode(payload as Uint8Array);
    const origin = known && [publisher, receivedAt];
    seen.push([what, first, topic, text, qos, retain, origin, args[2]]);
  };
  /** Runs are as long as they happen to be; what they add up to is not. */
  const counted = new Map<string, [messages: number, bytes: number, last: string]>();
  const observer: BrokerObserver = {
    messagesPublished: ({ topic, publisher, messages, bytes, payload }) => {
      const key = `${publisher} ${topic}`;
      const [messagesBefore, bytesBefore] = counted.get(key) ?? [0, 0];
      const last = new TextDecoder().decode(payload);
      counted.set(key, [messagesBefore + messages, bytesBefore + bytes, last]);
    },
    messagePublished: told("published"),
    messageDelivered: told("delivered"),
    messageDropped: told("dropped"),
  };
  const authorizer: Authorizer = {
    publish: (identity, topic) => {
      seen.push(["asked", identity.clientId, topic]);
      return topic !== "secret";
    },
    subscribe: () => true,
  };
  await using broker = await TestBroker.start({
    observer,
    authorizer,
    limits: { v3RefusedPublish: "acknowledge" },
    ...options,
  });
  const clients = await receivers(broker);
  const publishers = [
    await broker.connect({ protocolVersion: 4, clientId: "publisher4" }),
    await broker.connect({ clientId: "publisher5" }),
  ];
  // One who gets nothing of what it says itself.
  await publishers[1]!.subscribe([{ topic: "n/x", nl: true }]);
  for (const [index, { publisher, packets, answers, cut }] of script.entries()) {
    const exact = clients[3]!;
    const messageId = 100 + index;
    if (index % 2 === 1) {
      await exact.send({ cmd: "subscribe", messageId, subscriptions: [{ topic: "q/x", qos: 2 }] });
    } else await exact.send({ cmd: "unsubscribe", messageId, unsubscriptions: ["q/x"] });

    const client = publishers[publisher]!;
    const bytes = packets.flatMap((packet) => [...client.encode(packet)]);
    const at = cut % (bytes.length + 1);
    await client.sendBytes(new Uint8Array(bytes.slice(0, at)));
    await client.sendBytes(new Uint8Array(bytes.slice(at)));
    for (const each of [...publishers, ...clients]) seen.push(await exchange(each, answers));
  }
  const { inspector } = broker.broker;
  for (const clientId of ["publisher4", "publisher5", ...RECEIVERS]) {
    const { outbound, ...counts } = inspector.messages.inFlight(clientId)!;
    seen.push(counts, outbound.map(({ message: _kept, ...record }) => record));
  }
  for (const each of [...publishers, ...clients]) seen.push(await exchange(each, "all"));
  const back = await broker.connect({ protocolVersion: 4, clientId: "away", clean: false });
  seen.push(await exchange(back, "all"));
  for (const each of [...publishers, ...clients]) seen.push(await exchange(each, "all"));
  seen.push(inspector.accounting(), { ...inspector.statistics }, [...counted].toSorted());
  return JSON.parse(JSON.stringify(seen));
}

Deno.test("a plain PUBLISH is treated alike on the short way and on the long one", async () => {
  const short = [0, 0, 0];
  const total = () => short[0]! + short[1]! + short[2]!;
  const { relay } = Relay.prototype;
  Relay.prototype.relay = function (...args) {
    const relayed = relay.apply(this, args);
    if (relayed !== undefined) short[relayed]!++;
    return relayed;
  };
  try {
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        const before = total();
        const long = await played(script, { cluster: new ClusterWithPeers("node-under-test") });
        assert.equal(total(), before, "no message went the short way");
        assert.deepEqual(await played(script, {}), long);
      }),
      { numRuns: 120 },
    );
  } finally {
    Relay.prototype.relay = relay;
  }
  for (const count of short) assert.ok(count > 20, `only ${short} messages went the short way`);
});

/** Hands over chunks in memory that it uses again at once, as a socket's read buffer is. */
class LendingTransport implements Transport {
  readonly kind = "memory";
  readonly remoteAddress = "memory:1";
  readonly #memory = new Uint8Array(4096);
  #receiver: Receiver | undefined;

  start(receiver: Receiver): void {
    this.#receiver = receiver;
  }

  /** Returns at once, unless the receiver takes its time. */
  receive(bytes: Uint8Array): Promise<void> | undefined {
    const chunk = this.#memory.subarray(0, bytes.length);
    chunk.set(bytes);
    const more = true; // so that output is gathered beyond this turn
    const taken = this.#receiver!.receive(chunk, more);
    if (taken === undefined) chunk.fill(0xff);
    return taken;
  }

  write(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#receiver!.closed(undefined);
    return Promise.resolve();
  }

  abort(): void {}
}

Deno.test("a plain PUBLISH that is passed on does not change with the read buffer", async () => {
  await using broker = await TestBroker.start();
  const receiver = await broker.connect();
  await receiver.subscribe("a");
  const transport = new LendingTransport();
  broker.broker.accept(transport);
  const encoder = await broker.client(4);
  const connect: SentPacket = {
    cmd: "connect",
    protocolId: "MQTT",
    protocolVersion: 4,
    clientId: "lender",
    clean: true,
    keepalive: 0,
  };
  await transport.receive(encoder.encode(connect));
  const message = (payload: string) =>
    encoder.encode({ cmd: "publish", topic: "a", payload, qos: 0, dup: false, retain: false });
  for (const payload of ["one", "two", "three", "four"]) {
    const taken = transport.receive(new Uint8Array([...message(payload), ...message(payload)]));
    assert.equal(taken, undefined, "it was passed on at once");
  }
  for (const payload of ["one", "two", "three", "four"]) {
    await receiver.expect("publish", { payload });
    await receiver.expect("publish", { payload });
  }
});

Deno.test("a payload that is too large is refused on a topic that was used before too", async () => {
  await using broker = await TestBroker.start({ limits: { messageSizeMax: 10 } });
  const client = await broker.connect();
  await client.publish("a", "1234567890");
  await client.publish("a", "1234567890");
  await client.publish("a", "12345678901");
  await client.expect("disconnect", { reasonCode: 0x95 });
  await client.expectClosed();
});

Deno.test("a publisher waits for a receiver that does not read, before anything is dropped", async () => {
  await using broker = await TestBroker.start({
    limits: { outputHighWater: 1_000, outputLowWater: 100, outputMax: 1_000_000 },
    transport: { windowBytes: 100 },
  });
  const receiver = await broker.connect();
  await receiver.subscribe("a");
  const publisher = await broker.connect();
  receiver.freeze();
  const count = 200;
  const messages = Array.from({ length: count }, (_, each) => `message ${each}`);
  const sent = Promise.all(messages.map((payload) => publisher.publish("a", payload)));
  await broker.advance(0);
  const { matched } = broker.broker.inspector.accounting();
  assert.ok(matched < count, `all ${matched} messages were taken`);
  receiver.thaw();
  for (const payload of messages) await receiver.expect("publish", { payload });
  await sent;
});

Deno.test("a publisher may not exceed the quota on a topic that was used before either", async () => {
  await using broker = await TestBroker.start({ limits: { receiveMaximum: 2 } });
  const client = await broker.connect();
  await client.publish("a", "known");
  for (const messageId of [1, 2, 3]) {
    await client.send({ cmd: "publish", topic: "a", qos: 2, messageId });
  }
  await client.expect("pubrec", { messageId: 1 });
  await client.expect("pubrec", { messageId: 2 });
  await client.expect("disconnect", { reasonCode: 0x93 });
  await client.expectClosed();
});
