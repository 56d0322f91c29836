/**
 * The store against a model, through any steps: what it shows is what the store in memory shows,
 * and what lies on the disk is consistent. The invariants that are checked there:
 *
 * - a body is there exactly when its count is, and the count is the number of deliveries that name
 *   it (never a leak, never a reference to nothing);
 * - what is in flight and came out of the queue has its delivery, until it is released;
 * - the summary of a queue is what its entries add up to;
 * - the index of expiries has one entry for each session that is to expire, and no other.
 */
import assert from "#assert";
import fc from "fast-check";
import { silentLogger } from "../../base/log.ts";
import { SystemClock } from "../../base/system_clock.ts";
import {
  assertInflight,
  assertMessages,
  assertQueue,
  collect,
  delivery,
  message,
  NOW,
  session,
  sortedBy,
  subscription,
  will,
} from "../conformance/fixtures.ts";
import { MemoryStore } from "../memory.ts";
import type { Store, StoreBatch } from "../store.ts";
import { assertConsistent } from "./consistency_fixture.ts";
import { copyDatabase } from "./copy_fixture.ts";
import { Database } from "./database.ts";
import { type LevelStore, openLevelStore } from "./level_store.ts";
import { LEVEL_LIMITS, type LevelLimits } from "./limits.ts";
import { cutLogAfter } from "./log_tail.ts";

const CLIENTS = ["a", "a/", "b"];
const FILTERS = ["f", "f/g"];
const TOPICS = ["t", "t/u"];
const PACKET_IDS = [1, 2, 3];

/** Caches that hold next to nothing, so that most of what a write has to know is read. */
const FORGETFUL: LevelLimits = { ...LEVEL_LIMITS, headEntriesMax: 3, bodyCountsMax: 1 };

/** `pick` chooses among what there is; `other` is a second choice. */
const step = fc.record({
  kind: fc.constantFrom(
    ...["publish", "publish", "enqueue", "dequeue", "start", "putInflight", "release", "finish"],
    ...["received", "subscribe", "unsubscribe", "session", "deleteSession", "retain", "will"],
  ),
  client: fc.constantFrom(...CLIENTS),
  pick: fc.nat(1000),
  other: fc.nat(1000),
});
const batch = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 6 }),
  after: fc.constantFrom("go on", "go on", "go on", "wait", "wait", "reopen", "crash"),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Makes the same steps in the store and in the model, always ones that the contract allows. */
class Steps {
  readonly model = new MemoryStore();
  /** Seqs in each queue, in order: what may be started. */
  readonly #queued = new Map<string, number[]>(CLIENTS.map((client) => [client, []]));
  #seq = 0;
  #id = 0;

  gather(steps: readonly Step[], batches: readonly StoreBatch[]): void {
    for (const each of steps) {
      const write = this.#write(each);
      for (const batch of batches) write(batch);
    }
  }

  #write({ kind, client, pick, other }: Step): (batch: StoreBatch) => void {
    const queue = this.#queued.get(client)!;
    const packetId = PACKET_IDS[pick % PACKET_IDS.length]!;
    switch (kind) {
      case "publish":
        return this.#publish(pick % 7 + 1);
      case "enqueue": {
        const seq = ++this.#seq;
        queue.push(seq);
        const queued = delivery(this.#message(other), {
          share: other % 2 ? "$share/g/t" : undefined,
        });
        return (batch) => batch.enqueue(client, seq, queued);
      }
      case "dequeue": {
        const seq = queue[pick % (queue.length + 1)] ?? pick;
        if (queue.includes(seq)) queue.splice(queue.indexOf(seq), 1);
        return (batch) => batch.dequeue(client, seq);
      }
      case "start": {
        const seq = queue.shift();
        return (batch) => seq && batch.startInflight(client, packetId, seq);
      }
      case "putInflight": {
        const seq = ++this.#seq;
        const started = other % 4 === 0 ? undefined : delivery(this.#message(other), { qos: 2 });
        return (batch) => batch.putInflight(client, packetId, seq, started);
      }
      case "release":
        return (batch) => batch.releaseInflight(client, packetId);
      case "finish":
        return (batch) => batch.deleteInflight(client, packetId);
      case "received":
        return (batch) =>
          other % 2 ? batch.putReceived(client, packetId) : batch.deleteReceived(client, packetId);
      default:
        return this.#writeOther(kind, client, pick, other);
    }
  }

  #writeOther(kind: string, client: string, pick: number, other: number) {
    const filter = FILTERS[pick % FILTERS.length]!;
    const topic = TOPICS[pick % TOPICS.length]!;
    switch (kind) {
      case "subscribe":
        return (batch: StoreBatch) =>
          batch.putSubscription(client, subscription(filter, { qos: other % 2 ? 1 : 2 }));
      case "unsubscribe":
        return (batch: StoreBatch) => batch.deleteSubscription(client, filter);
      case "session":
        return (batch: StoreBatch) =>
          batch.putSession(session(client, {
            epoch: pick,
            connected: other % 3 === 0,
            disconnectedAt: NOW + pick,
            expiryInterval: other % 4,
          }));
      case "deleteSession":
        this.#queued.set(client, []);
        return (batch: StoreBatch) => batch.deleteSession(client);
      case "retain": {
        const retained = message(++this.#id, { topic });
        return (batch: StoreBatch) =>
          other % 3 ? batch.putRetained(retained) : batch.deleteRetained(topic);
      }
      default:
        return (batch: StoreBatch) =>
          other % 2 ? batch.putWill(will(client, { dueAt: pick })) : batch.deleteWill(client);
    }
  }

  /** One message to several sessions at once: a bit of `to` for each. */
  #publish(to: number): (batch: StoreBatch) => void {
    const shared = delivery(this.#message(0));
    const seqs = CLIENTS.flatMap((client, index) => {
      if ((to & 1 << index) === 0) return [];
      const seq = ++this.#seq;
      this.#queued.get(client)!.push(seq);
      return [[client, seq] as const];
    });
    return (batch) => {
      for (const [client, seq] of seqs) batch.enqueue(client, seq, shared);
    };
  }

  /** A new one, or one that was stored before. */
  #message(choice: number) {
    const again = choice % 3 > 0 && this.#id > 0;
    return message(again ? Math.max(1, this.#id - choice % 4) : ++this.#id);
  }
}

async function assertSame(store: Store, model: Store): Promise<void> {
  for (const client of CLIENTS) {
    assert.deepEqual(await store.sessions.get(client), await model.sessions.get(client));
    assert.deepEqual(
      await store.subscriptions.list(client),
      await model.subscriptions.list(client),
    );
    assert.deepEqual(await store.queue.summary(client), await model.queue.summary(client), client);
    const queue = await model.queue.page(client, 0, 1000);
    assertQueue(await store.queue.page(client, 0, 1000), queue.map((r) => [r.seq, r.delivery]));
    const [first] = queue;
    if (first !== undefined) {
      const rest = queue.slice(1, 3).map((r) => [r.seq, r.delivery] as const);
      assertQueue(await store.queue.page(client, first.seq, 2), rest);
    }
    const inflight = await model.inflight.list(client);
    assertInflight(
      await store.inflight.list(client),
      inflight.map((r) => [r.packetId, r.seq, r.delivery]),
    );
    const received = await model.inflight.received(client);
    assert.deepEqual(await store.inflight.received(client), received.sort((a, b) => a - b));
    assert.deepEqual(await store.wills.get(client), await model.wills.get(client));
  }
  for (const topic of TOPICS) {
    const [own, expected] = [await store.retained.get(topic), await model.retained.get(topic)];
    assertMessages(own ? [own] : [], expected ? [expected] : []);
  }
  for (const now of [NOW, NOW + 1500, NOW + 1e6]) {
    const expired = async (of: Store) =>
      sortedBy(await collect(of.sessions.expired(now)), ({ clientId }) => clientId);
    assert.deepEqual(await expired(store), await expired(model));
  }
  assert.equal(await store.sessions.count(), await model.sessions.count());
  assert.equal(await store.subscriptions.count(), await model.subscriptions.count());
  assert.equal(await store.retained.count(), await model.retained.count());
}

async function runBatches(
  batches: readonly { steps: readonly Step[]; after: string }[],
  limits: LevelLimits,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "tidemq-model-" });
  const options = {
    directory,
    sync: "never",
    syncIntervalMs: 100,
    checkOnStartBytes: Infinity,
    clock: new SystemClock(),
    log: silentLogger,
  } as const;
  const steps = new Steps();
  let store: LevelStore = await openLevelStore(options, limits);
  try {
    for (const { steps: writes, after } of batches) {
      const [own, model] = [store.batch(), steps.model.batch()];
      steps.gather(writes, [own, model]);
      const durable = own.commit();
      await model.commit();
      if (after !== "go on") await durable;
      if (after === "crash") await checkCrash(directory, store.batchNumber - writes.length);
      if (after === "reopen") {
        await store.close();
        await checkDisk(directory);
        store = await openLevelStore(options, limits);
      }
      if (after !== "go on") await assertSame(store, steps.model);
    }
    await assertSame(store, steps.model);
    await store.close();
    await checkDisk(directory);
  } finally {
    await store.close();
    await Deno.remove(directory, { recursive: true });
  }
}

/** What a crash leaves that takes everything behind batch number `last`. */
async function checkCrash(directory: string, last: number): Promise<void> {
  const copy = `${directory}-crashed`;
  await copyDatabase(directory, copy);
  try {
    await cutLogAfter(copy, last);
    await checkDisk(copy);
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
}

async function checkDisk(directory: string): Promise<void> {
  const database = await Database.open(directory);
  try {
    await assertConsistent(database);
  } finally {
    await database.close();
  }
}

for (const [name, limits] of [["", LEVEL_LIMITS], [" that forgets", FORGETFUL]] as const) {
  Deno.test(`LevelStore${name} is what the store in memory is, through any steps`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(batch, { maxLength: 40, size: "max" }),
        (batches) => runBatches(batches, limits),
      ),
      { numRuns: 60 },
    );
  });
}
