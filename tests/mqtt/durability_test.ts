/** Acknowledgements leave after the write that they promise, in order: design section 5. */
import assert from "#assert";
import type { Packet } from "mqtt-packet";
import { SeededRandom } from "../../src/base/random.ts";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { type CommitEnd, type FaultPlan, FaultyStore } from "../../src/storage/faulty_store.ts";
import { MemoryStore } from "../../src/storage/memory.ts";
import { StoreError } from "../../src/storage/store.ts";
import { expectDisconnected } from "../support/endings.ts";
import { durable, payloads, publish, receive, receiveAll } from "../support/exchange.ts";
import type { RawClient, SentPacket } from "../support/raw_client.ts";
import { SlowPeers } from "../support/slow_peers.ts";
import { nextTurn, TestBroker, testVersions } from "../support/test_broker.ts";

type Version = 3 | 4 | 5;

interface Bench extends AsyncDisposable {
  readonly store: FaultyStore;
  readonly broker: TestBroker;
  readonly publisher: RawClient;
  /** Durable, subscribed to "kept" at QoS 2. */
  readonly subscriber: RawClient;
}

async function bench(protocolVersion: Version, options: { away?: boolean } = {}): Promise<Bench> {
  const store = new FaultyStore(new MemoryStore());
  const broker = await TestBroker.start({ store });
  const subscriber = await broker.connect(durable(protocolVersion, "sub"));
  await subscriber.subscribe("kept", { qos: 2 });
  if (options.away) await subscriber.disconnect();
  const publisher = await broker.connect({ clientId: "pub", protocolVersion });
  return {
    store,
    broker,
    publisher,
    subscriber,
    [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose](),
  };
}

/** Nothing has been sent to these clients. */
async function assertSilent(...clients: RawClient[]): Promise<void> {
  await nextTurn();
  await nextTurn();
  assert.deepEqual(clients.map(({ pending }) => pending), clients.map(() => 0));
}

function send(client: RawClient, qos: 0 | 1 | 2, messageId: number, payload = "x"): Promise<void> {
  return client.send({ cmd: "publish", topic: "kept", payload, qos, messageId });
}

// Before the write

for (const away of [false, true]) {
  for (const [qos, cmd] of [[1, "puback"], [2, "pubrec"]] as const) {
    testVersions(
      `[MQTT-4.3.${qos + 1}-${
        qos === 1 ? 4 : 8
      }] ${cmd.toUpperCase()} waits until the message is stored, ` +
        `for a subscriber that is ${away ? "away" : "there"}`,
      [3, 4, 5],
      async (version) => {
        await using on = await bench(version, { away });
        on.store.hold();
        await send(on.publisher, qos, 7);
        // At QoS 1 it may come twice after a crash anyway, so it need not wait.
        if (qos === 1 && !away) await on.subscriber.expect("publish", { qos, dup: false });
        await assertSilent(on.publisher, on.subscriber);
        assert.equal(on.store.held, 1, "one batch for the whole step");
        on.store.releaseAll();
        await on.publisher.expect(cmd, { messageId: 7 });
        if (qos === 1 && !away) return;
        const receiver = away ? await on.broker.connect(durable(version, "sub")) : on.subscriber;
        await receive(receiver, { qos, dup: false });
      },
    );
  }
}

testVersions(
  "[MQTT-4.3.2-4] PUBACK does not wait for the store once everybody has acknowledged the message",
  [3, 4, 5],
  async (version) => {
    await using on = await bench(version);
    const second = await on.broker.connect(durable(version, "second"));
    await second.subscribe("kept", { qos: 1 });
    on.store.hold();
    const before = on.store.commits;
    await send(on.publisher, 1, 7);
    await receive(on.subscriber, { qos: 1 });
    const { messageId } = await second.expect("publish", { qos: 1 });
    await assertSilent(on.publisher);
    await second.send({ cmd: "puback", messageId: messageId! });
    await on.publisher.expect("puback", { messageId: 7 });
    assert.equal(on.store.commits - before, 1, "nothing had to be deleted");
    on.store.releaseAll();
    for (const clientId of ["sub", "second"]) {
      assert.deepEqual(await on.store.inflight.list(clientId), []);
    }
  },
);

testVersions(
  "What was written before it was acknowledged is deleted",
  [3, 4, 5],
  async (version) => {
    await using on = await bench(version);
    on.store.hold();
    await send(on.publisher, 1, 7);
    const { messageId } = await on.subscriber.expect("publish", { qos: 1 });
    on.store.release(1);
    await on.publisher.expect("puback", { messageId: 7 });
    on.store.releaseAll();
    assert.equal((await on.store.inflight.list("sub")).length, 1);
    await on.subscriber.send({ cmd: "puback", messageId: messageId! });
    await on.subscriber.ping();
    assert.deepEqual(await on.store.inflight.list("sub"), []);
  },
);

testVersions(
  "After a restart packet ids do not begin anew",
  [3, 4, 5],
  async (version) => {
    const store = new MemoryStore();
    const first = await TestBroker.start({ store });
    const client = await first.connect(durable(version, "sub"));
    await client.subscribe("kept", { qos: 1 });
    await first.stop();
    const ids = new Set<number>();
    for (const seed of [1, 2, 3]) {
      const broker = await TestBroker.start({ store, random: new SeededRandom(seed) });
      const again = await broker.connect(durable(version, "sub"));
      const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
      await publish(publisher, "kept", "x", { qos: 1 });
      ids.add((await again.expect("publish")).messageId!);
      await again.send({ cmd: "puback", messageId: [...ids].at(-1)! });
      await broker.stop();
    }
    assert.equal(ids.size, 3);
  },
);

testVersions("PUBREC and PUBCOMP of a durable publisher wait for its id", [3, 4, 5], async (v) => {
  await using on = await bench(v);
  const publisher = await on.broker.connect(durable(v, "durable pub"));
  on.store.hold();
  await publisher.send({ cmd: "publish", topic: "nobody", payload: "x", qos: 2, messageId: 7 });
  await assertSilent(publisher);
  on.store.release(1);
  await publisher.expect("pubrec", { messageId: 7 });
  await publisher.send({ cmd: "pubrel", messageId: 7 });
  await assertSilent(publisher);
  on.store.releaseAll();
  await publisher.expect("pubcomp", { messageId: 7 });
  assert.deepEqual(await on.store.inflight.received("durable pub"), []);
});

testVersions(
  "[MQTT-4.3.3-6] PUBREL waits until it is certain that PUBLISH never comes again",
  [3, 4, 5],
  async (version) => {
    await using on = await bench(version);
    await publish(on.publisher, "kept", "x", { qos: 2 });
    const messageId = (await on.subscriber.expect("publish")).messageId!;
    on.store.hold();
    await on.subscriber.send({ cmd: "pubrec", messageId });
    await assertSilent(on.subscriber);
    on.store.releaseAll();
    await on.subscriber.expect("pubrel", { messageId });
    const [record] = await on.store.inflight.list("sub");
    assert.equal(record!.delivery, undefined);
  },
);

testVersions(
  "What needs no store does not wait for it: QoS 0, and QoS 1 and 2 that nobody keeps",
  [3, 4, 5],
  async (version) => {
    await using on = await bench(version);
    const online = await on.broker.connect({ clientId: "online", protocolVersion: version });
    await online.subscribe("#", { qos: 2 });
    on.store.hold();
    await on.publisher.publish("kept", "zero");
    await receive(on.subscriber, { payload: "zero", qos: 0 });
    await receive(online, { payload: "zero", qos: 0 });
    for (const qos of [1, 2] as const) {
      await publish(on.publisher, "passing", `${qos}`, { qos });
      await receive(online, { payload: `${qos}`, qos });
    }
    assert.equal(on.store.held, 0);
    // Whoever is only online also gets what others keep, before it is stored.
    await send(on.publisher, 1, 99, "kept");
    await receive(online, { payload: "kept", qos: 1 });
    await on.subscriber.expect("publish", { payload: "kept", qos: 1 });
    await assertSilent(on.publisher, on.subscriber);
  },
);

// In order

testVersions(
  "[MQTT-4.6.0-2] [MQTT-4.6.0-3] Answers keep the order of their packets, whichever is stored first",
  [3, 4, 5],
  async (version) => {
    const cluster = new SlowPeers();
    await using broker = await TestBroker.start({ cluster });
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    const kinds = [1, 2, 1, 2, 1] as const;
    for (const [index, qos] of kinds.entries()) {
      const messageId = index + 1;
      await publisher.send({ cmd: "publish", topic: "a", payload: `${messageId}`, qos, messageId });
    }
    await publisher.send({ cmd: "pubrel", messageId: 9 });
    await nextTurn();
    for (const payload of ["5", "3", "2", "4"]) {
      cluster.stored(payload);
      await assertSilent(publisher);
    }
    cluster.stored("1");
    for (const [index, qos] of kinds.entries()) {
      await publisher.expect(qos === 1 ? "puback" : "pubrec", { messageId: index + 1 });
    }
    await publisher.expect("pubcomp", { messageId: 9 });
  },
);

testVersions(
  "An answer that had not to wait stays behind one that has",
  [3, 4, 5],
  async (version) => {
    await using on = await bench(version, { away: true });
    on.store.hold();
    await send(on.publisher, 1, 1);
    await on.publisher.send({ cmd: "publish", topic: "nobody", qos: 1, messageId: 2 });
    await on.publisher.send({ cmd: "publish", topic: "nobody", qos: 2, messageId: 3 });
    await assertSilent(on.publisher);
    on.store.releaseAll();
    await on.publisher.expect("puback", { messageId: 1 });
    await on.publisher.expect("puback", { messageId: 2 });
    await on.publisher.expect("pubrec", { messageId: 3 });
  },
);

Deno.test("A failure is told in its place, and what follows is not (5.0)", async () => {
  const cluster = new SlowPeers();
  await using broker = await TestBroker.start({ cluster });
  const publisher = await broker.connect({ clientId: "pub" });
  for (const messageId of [1, 2, 3]) {
    await publisher.send({
      cmd: "publish",
      topic: "a",
      payload: `${messageId}`,
      qos: 1,
      messageId,
    });
  }
  await nextTurn();
  cluster.failed("2", new StoreError("full", "no space on the peer"));
  cluster.stored("3");
  await assertSilent(publisher);
  cluster.stored("1");
  const codes: number[] = [];
  for (const messageId of [1, 2, 3]) {
    codes.push((await publisher.expect("puback", { messageId })).reasonCode!);
  }
  const { NoMatchingSubscribers, QuotaExceeded } = ReasonCode;
  assert.deepEqual(codes, [NoMatchingSubscribers, QuotaExceeded, NoMatchingSubscribers]);
});

// When the write fails

const FAILURES = [["full", ReasonCode.QuotaExceeded], [
  "failed",
  ReasonCode.UnspecifiedError,
]] as const;

for (const [kind, reasonCode] of FAILURES) {
  for (const away of [false, true]) {
    testVersions(
      `A store that is ${kind}: told to 5.0, 3.x is closed; the message is nowhere ` +
        `(subscriber ${away ? "away" : "there"})`,
      [3, 4, 5],
      async (version) => {
        for (const qos of [1, 2] as const) {
          await using on = await bench(version, { away });
          on.store.refuseWrites(kind);
          await send(on.publisher, qos, 7, "lost");
          if (version === 5) {
            const cmd = qos === 1 ? "puback" : "pubrec";
            await on.publisher.expect<"puback" | "pubrec">(cmd, { messageId: 7, reasonCode });
            await on.publisher.expectNothing();
          } else {
            await on.publisher.expectClosed();
          }
          on.store.refuseWrites(undefined);
          const receiver = away ? await on.broker.connect(durable(version, "sub")) : on.subscriber;
          await receiver.expectNothing();
          // Tried again under the same id, it is a new message [MQTT-4.3.3-9].
          const again = await on.broker.connect({ clientId: "again", protocolVersion: version });
          await publish(version === 5 ? on.publisher : again, "kept", "tried again", {
            qos,
            messageId: 7,
          });
          await receive(receiver, { payload: "tried again", qos, dup: false });
          assert.equal(on.broker.broker.inspector.accounting().dropped.store_failed, 1);
        }
      },
    );
  }
}

testVersions(
  "A write that fails behind a message at QoS 1: the publisher is told, and who has it keeps it",
  [3, 4, 5],
  async (version) => {
    await using on = await bench(version);
    on.store.failNext("failed");
    await send(on.publisher, 1, 7, "told");
    if (version === 5) await on.publisher.expect("puback", { reasonCode: 0x80 });
    else await on.publisher.expectClosed();
    const { messageId } = await on.subscriber.expect("publish", { payload: "told" });
    // It was not acknowledged, so it comes again as long as the broker runs.
    await on.subscriber.abort();
    const again = await on.broker.connect(durable(version, "sub"));
    await again.expect("publish", { payload: "told", messageId: messageId!, dup: true });
    await again.send({ cmd: "puback", messageId: messageId! });
    await again.ping();
    const { dropped, delivered, inFlight } = on.broker.broker.inspector.accounting();
    assert.deepEqual([dropped.store_failed, delivered, inFlight], [0, 1, 0]);
  },
);

testVersions("QoS 0 goes on while the store takes nothing", [3, 4, 5], async (version) => {
  await using on = await bench(version);
  on.store.failNext("full", 100);
  await on.publisher.publish("kept", "zero");
  await receive(on.subscriber, { payload: "zero", qos: 0 });
  await on.publisher.ping();
});

Deno.test("[MQTT-4.3.3-9] An id whose message was not stored is free on the next connection (5.0)", async () => {
  await using on = await bench(5);
  const first = await on.broker.connect(durable(5, "durable pub"));
  on.store.hold();
  await send(first, 2, 7, "lost");
  await nextTurn();
  await first.abort();
  on.store.failHeld("failed", 1);
  on.store.releaseAll();
  const second = await on.broker.connect(durable(5, "durable pub"));
  const answer = await second.publish("kept", "tried again", { qos: 2, messageId: 7, dup: true });
  assert.equal(answer!.reasonCode, ReasonCode.Success);
  await second.release(7);
  await receive(on.subscriber, { payload: "tried again" });
  await on.subscriber.expectNothing();
});

testVersions(
  "What waits behind a message that could not be stored goes on",
  [4, 5],
  async (version) => {
    const store = new FaultyStore(new MemoryStore());
    await using broker = await TestBroker.start({ store, limits: { inflightMax: 1 } });
    const subscriber = await broker.connect(durable(version, "sub"));
    await subscriber.subscribe("kept", { qos: 2 });
    const publishers = [1, 2].map((number) =>
      broker.connect({ clientId: `pub${number}`, protocolVersion: version })
    );
    const [first, second] = await Promise.all(publishers);
    store.hold();
    await send(first!, 2, 1, "lost");
    await nextTurn();
    await send(second!, 2, 1, "kept");
    await nextTurn();
    store.failHeld("failed", 1);
    store.releaseAll();
    await second!.expect("pubrec");
    await receive(subscriber, { payload: "kept" });
  },
);

testVersions(
  "A message that is acknowledged but not yet forgotten by the store is not sent again",
  [3, 4, 5],
  async (version) => {
    await using on = await bench(version);
    await publish(on.publisher, "kept", "x", { qos: 1 });
    const { messageId } = await on.subscriber.expect("publish");
    on.store.failNext("failed");
    await on.subscriber.send({ cmd: "puback", messageId: messageId! });
    await on.subscriber.ping();
    await on.subscriber.close();
    const again = await on.broker.connect(durable(version, "sub"));
    await again.expectNothing();
  },
);

testVersions(
  "A queued message whose start cannot be stored keeps its place and is tried again",
  [3, 4, 5],
  async (version) => {
    const store = new FaultyStore(new MemoryStore());
    await using broker = await TestBroker.start({ store, limits: { inflightMax: 2 } });
    const subscriber = await broker.connect(durable(version, "sub"));
    await subscriber.subscribe("kept", { qos: 1 });
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    for (const payload of ["1", "2", "3", "4"]) {
      await publish(publisher, "kept", payload, { qos: 1 });
    }
    const ids: number[] = [];
    for (const payload of ["1", "2"]) {
      ids.push((await subscriber.expect("publish", { payload })).messageId!);
    }
    store.failNext("failed");
    // The start of 3 fails, that of 4 succeeds: it must not come first.
    for (const messageId of ids) await subscriber.send({ cmd: "puback", messageId });
    await subscriber.expectNothing();
    store.failNext("failed");
    await broker.advance(1_000);
    await subscriber.expectNothing();
    await broker.advance(1_000);
    assert.deepEqual(payloads(await receiveAll(subscriber)), ["3", "4"]);
    assert.equal(broker.broker.inspector.accounting().delivered, 4);
  },
);

testVersions(
  "[MQTT-4.3.3-6] When the release is not stored there is no PUBREL, and PUBLISH may come again",
  [3, 4, 5],
  async (version) => {
    const store = new FaultyStore(new MemoryStore());
    const before = await TestBroker.start({ store });
    const first = await before.connect(durable(version, "sub"));
    await first.subscribe("kept", { qos: 2 });
    const publisher = await before.connect({ clientId: "pub", protocolVersion: version });
    await publish(publisher, "kept", "x", { qos: 2 });
    const messageId = (await first.expect("publish")).messageId!;
    store.failNext("failed");
    await first.send({ cmd: "pubrec", messageId });
    await expectDisconnected(first, ReasonCode.UnspecifiedError);
    const second = await before.connect(durable(version, "sub"));
    await second.expect("publish", { payload: "x", messageId, dup: true });
    await second.send({ cmd: "pubrec", messageId });
    await second.expect("pubrel", { messageId });
    await before.stop();
    await using after = await TestBroker.start({ store });
    const third = await after.connect(durable(version, "sub"));
    await third.expect("pubrel", { messageId });
    await third.send({ cmd: "pubcomp", messageId });
    await third.expectNothing();
  },
);

testVersions(
  "[MQTT-4.3.3-12] When the end of an exchange is not stored there is no PUBCOMP, and PUBREL may come again",
  [3, 4, 5],
  async (version) => {
    const store = new FaultyStore(new MemoryStore());
    const before = await TestBroker.start({ store });
    const subscriber = await before.connect(durable(version, "sub"));
    await subscriber.subscribe("kept", { qos: 2 });
    const first = await before.connect(durable(version, "durable pub"));
    await first.publish("kept", "x", { qos: 2, messageId: 7 });
    await receive(subscriber, { payload: "x" });
    store.failNext("failed");
    await first.send({ cmd: "pubrel", messageId: 7 });
    await expectDisconnected(first, ReasonCode.UnspecifiedError);
    const second = await before.connect(durable(version, "durable pub"));
    assert.equal((await second.release(7)).reasonCode ?? 0, 0, "the id is known");
    await before.stop();
    // Had the store kept the id, this would be taken for a repetition.
    await using after = await TestBroker.start({ store });
    const subscriberAgain = await after.connect(durable(version, "sub"));
    const third = await after.connect(durable(version, "durable pub"));
    await publish(third, "kept", "new", { qos: 2, messageId: 7 });
    await receive(subscriberAgain, { payload: "new" });
  },
);

// Whatever happens

/** Commits that take a turn or two, one in `oneIn` of which fails. */
function unreliable(random: SeededRandom, oneIn: number): () => Promise<CommitEnd> {
  return async () => {
    for (let turns = random.below(3); turns > 0; turns--) await nextTurn();
    return random.below(oneIn) === 0 ? "failed" : "pass";
  };
}

/** A durable subscriber that comes back whenever it is disconnected, and acknowledges all it gets. */
class Stubborn {
  readonly received: string[] = [];
  readonly #broker: TestBroker;
  /** QoS 2: between PUBLISH and PUBREL. */
  readonly #unreleased = new Set<number>();
  #client!: RawClient;

  constructor(broker: TestBroker) {
    this.#broker = broker;
  }

  /** As often as it takes; takes the session over where there is a connection. */
  async connect(): Promise<RawClient> {
    for (;;) {
      this.#client = await this.#broker.client();
      const connack = await this.#client.connect(durable(5, "sub"));
      if (connack.reasonCode === 0) return this.#client;
      await this.#client.expectClosed();
    }
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  /** Takes what has come, until nothing comes any more. */
  async take(): Promise<void> {
    for (let quiet = false; !quiet;) {
      quiet = true;
      await this.#send({ cmd: "pingreq" });
      for (
        let packet = await this.#next();
        packet?.cmd !== "pingresp";
        packet = await this.#next()
      ) {
        quiet = false;
        if (packet === undefined) {
          await this.connect();
          break;
        }
        await this.#answer(packet);
      }
    }
  }

  async #answer(packet: Packet): Promise<void> {
    const messageId = packet.messageId!;
    if (packet.cmd === "pubrel") {
      this.#unreleased.delete(messageId);
      await this.#send({ cmd: "pubcomp", messageId });
    } else if (packet.cmd === "publish") {
      if (!this.#unreleased.has(messageId)) this.received.push(`${packet.payload}`);
      if (packet.qos === 2) this.#unreleased.add(messageId);
      await this.#send({ cmd: packet.qos === 1 ? "puback" : "pubrec", messageId });
    }
  }

  /** Undefined when the connection has ended. */
  #next(): Promise<Packet | undefined> {
    return this.#client.next().catch(() => undefined);
  }

  /** A connection that has ended is found out by reading. */
  #send(packet: SentPacket): Promise<void> {
    return this.#client.send(packet).catch(() => {});
  }
}

for (const seed of [2, 5]) {
  for (const qos of [1, 2] as const) {
    Deno.test(`What was acknowledged arrives, in order, and once at QoS 2: seed ${seed}, QoS ${qos} (5.0)`, async () => {
      const random = new SeededRandom(seed);
      let plan: FaultPlan = () => "pass";
      const store = new FaultyStore(new MemoryStore(), (index) => plan(index));
      await using broker = await TestBroker.start({ store, limits: { inflightMax: 4 } });
      const subscriber = new Stubborn(broker);
      await (await subscriber.connect()).subscribe("kept", { qos });
      const publisher = await broker.connect({ clientId: "pub" });
      plan = unreliable(random, 6);
      const acknowledged: string[] = [];
      for (let index = 0; index < 40; index++) {
        const answer = await publisher.publish("kept", `${index}`, { qos, messageId: 7 });
        if (answer!.reasonCode! < 0x80) {
          acknowledged.push(`${index}`);
          if (qos === 2) await publisher.release(7);
        }
        if (random.below(3) === 0) await subscriber.take();
        if (random.below(8) === 0) {
          if (random.below(2) === 0) await subscriber.close();
          await subscriber.connect();
        }
        await broker.advance(random.below(500));
      }
      plan = () => "pass";
      await broker.advance(5_000);
      await subscriber.take();
      const { received } = subscriber;
      if (qos === 2) assert.deepEqual(received, acknowledged);
      else {
        // What the publisher was told to be lost may have come all the same.
        const came = [...new Set(received)].filter((payload) => acknowledged.includes(payload));
        assert.deepEqual(came, acknowledged);
      }
    });
  }
}

// Beside the writes

testVersions("PINGRESP does not wait for the store: it is slow, not dead", [3, 4, 5], async (v) => {
  await using parts = await bench(v);
  const { store, publisher, subscriber } = parts;
  store.hold();
  await send(publisher, 1, 1);
  await publisher.ping();
  await publisher.ping();
  store.releaseAll();
  await publisher.expect("puback", { messageId: 1 });
  await receive(subscriber, { payload: "x" });
});

Deno.test("A publisher of retained messages at QoS 0 does not run ahead of the store without a bound (5.0)", async () => {
  const store = new FaultyStore(new MemoryStore());
  await using broker = await TestBroker.start({ store, limits: { receiveMaximum: 10 } });
  const publisher = await broker.connect();
  store.hold();
  for (let number = 0; number < 30; number++) {
    const packet = { topic: `t/${number}`, payload: "x", qos: 0, retain: true } as const;
    await publisher.send({ cmd: "publish", ...packet });
  }
  await nextTurn();
  await nextTurn();
  assert.equal(store.held, 10);
  store.failHeld("full", 1);
  store.releaseAll();
  await publisher.ping();
  assert.equal(await store.retained.count(), 29, "the connection survives a write that failed");
});
