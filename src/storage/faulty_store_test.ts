import assert from "#assert";
import { FakeClock } from "../base/fake_clock.ts";
import { SeededRandom } from "../base/random.ts";
import { collect, session } from "./conformance/fixtures.ts";
import { FaultyStore, randomFaults } from "./faulty_store.ts";
import { MemoryStore } from "./memory.ts";
import { storeConformance, withoutDisk } from "./store_conformance.ts";
import { StoreError } from "./store.ts";

const NO_DISK = { skipped: "the store behind the faults is in memory" };
const withoutHooks = { reopen: NO_DISK, crash: NO_DISK, tear: NO_DISK, fillDisk: NO_DISK };

storeConformance("FaultyStore without faults", {
  ...withoutDisk(() => new FaultyStore(new MemoryStore())),
  ...withoutHooks,
});
storeConformance("FaultyStore with slow commits", {
  ...withoutDisk(() => new FaultyStore(new MemoryStore(), () => Promise.resolve("pass"))),
  ...withoutHooks,
});

function put(store: FaultyStore, clientId: string) {
  const batch = store.batch();
  batch.putSession(session(clientId));
  return batch.commit();
}

const failsWith = (kind: string) => (error: unknown) =>
  error instanceof StoreError && error.kind === kind;

Deno.test("FaultyStore.hold() keeps commits back, in order, until release()", async () => {
  const inner = new MemoryStore();
  const store = new FaultyStore(inner);
  store.hold();
  const done: string[] = [];
  const first = put(store, "a")!.then(() => done.push("a"));
  const second = put(store, "b")!.then(() => done.push("b"));
  assert.equal(store.held, 2);
  assert.equal(await inner.sessions.count(), 0);
  store.release(1);
  await first;
  assert.deepEqual(done, ["a"]);
  assert.equal(await inner.sessions.count(), 1);
  store.releaseAll();
  await second;
  assert.equal(put(store, "c"), undefined, "nothing is held any more");
});

Deno.test("FaultyStore keeps a read that follows a held commit waiting", async () => {
  const store = new FaultyStore(new MemoryStore());
  store.hold();
  const durable = put(store, "a");
  const reads = Promise.all([store.sessions.count(), collect(store.sessions.list())]);
  store.releaseAll();
  const [count, listed] = await reads;
  assert.deepEqual([count, listed.length], [1, 1]);
  await durable;
});

Deno.test("FaultyStore.failHeld() refuses the oldest and shows nothing of it", async () => {
  const store = new FaultyStore(new MemoryStore());
  store.hold();
  const refused = assert.rejects(put(store, "a")!, failsWith("full"));
  const applied = put(store, "b");
  store.failHeld("full", 1);
  store.releaseAll();
  await refused;
  await applied;
  assert.equal(await store.sessions.get("a"), undefined);
  assert.notEqual(await store.sessions.get("b"), undefined);
});

Deno.test("FaultyStore.failNext() refuses as many commits as were asked for", async () => {
  const store = new FaultyStore(new MemoryStore());
  store.failNext("failed", 2);
  await assert.rejects(put(store, "a")!, failsWith("failed"));
  await assert.rejects(put(store, "b")!, failsWith("failed"));
  await put(store, "c");
  assert.equal(await store.sessions.count(), 1);
  assert.equal(store.commits, 3);
});

Deno.test("FaultyStore applies commits in order, however long each of them takes", async () => {
  const ends = [Promise.withResolvers<"pass">(), Promise.withResolvers<"pass">()];
  const inner = new MemoryStore();
  const store = new FaultyStore(inner, (index) => ends[index]!.promise);
  const first = put(store, "a");
  const second = put(store, "b");
  ends[1]!.resolve("pass");
  await ends[1]!.promise;
  assert.equal(await inner.sessions.count(), 0);
  ends[0]!.resolve("pass");
  await Promise.all([first, second]);
  const ids = (await collect(inner.sessions.list())).map(({ clientId }) => clientId);
  assert.deepEqual(ids, ["a", "b"]);
});

Deno.test("FaultyStore.close() waits for slow commits before it closes the store behind", async () => {
  const end = Promise.withResolvers<"pass">();
  const inner = new MemoryStore();
  const store = new FaultyStore(inner, () => end.promise);
  const durable = put(store, "a");
  const closed = store.close();
  await Promise.resolve();
  assert.equal(inner.health().writable, true);
  end.resolve("pass");
  await closed;
  await durable;
  assert.equal(inner.health().writable, false);
});

Deno.test("FaultyStore.failReads() makes every kind of read fail until it is taken back", async () => {
  const store = new FaultyStore(new MemoryStore());
  store.failReads("failed");
  await assert.rejects(store.sessions.get("a"), failsWith("failed"));
  await assert.rejects(store.inflight.list("a"), failsWith("failed"));
  await assert.rejects(collect(store.retained.list()), failsWith("failed"));
  store.failReads(undefined);
  assert.equal(await store.sessions.count(), 0);
});

Deno.test("randomFaults() repeats from its seed", async () => {
  const ends = async (seed: number) => {
    const clock = new FakeClock();
    const store = new FaultyStore(
      new MemoryStore(),
      randomFaults(new SeededRandom(seed), clock, { delayMsMax: 20, failuresPerMille: 300 }),
    );
    const outcomes = Promise.all(Array.from({ length: 50 }, async (_, index) => {
      try {
        await put(store, `client ${index}`);
        return "pass";
      } catch (error) {
        return (error as StoreError).kind;
      }
    }));
    await clock.advance(20);
    const seen = (await outcomes).join();
    assert.equal(await store.sessions.count(), seen.split("pass").length - 1);
    return seen;
  };
  const seen = await ends(7);
  assert.equal(await ends(7), seen);
  assert.ok(seen.includes("failed") && seen.includes("pass"));
  assert.notEqual(await ends(8), seen);
});
