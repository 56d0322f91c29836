import assert from "#assert";
import { type Random, SeededRandom } from "../../../base/random.ts";
import { collect, commit, session } from "../../conformance/fixtures.ts";
import { damageValue } from "../damage_fixture.ts";
import { Database, type Entry } from "../database.ts";
import { BATCH_NUMBER_KEY, FORMAT_KEY } from "../keys.ts";
import { openLevelStore } from "../level_store.ts";
import { entriesOf, filledDirectory, storeOptions } from "../store_fixture.ts";
import { copyDirectory, TestFolder } from "./level_fixture.ts";
import { reconcile, type Reconciled } from "./reconcile.ts";

const ROUNDS = 12;

const NOTHING: Reconciled = {
  damaged: 0,
  damagedNamed: [],
  sessionsWithoutRecord: 0,
  deliveries: 0,
  corrections: 0,
};

async function reconciled(directory: string): Promise<Reconciled> {
  const database = await Database.open(directory);
  try {
    return await reconcile(database);
  } finally {
    await database.close();
  }
}

Deno.test("reconcile: changes nothing where everything agrees", async () => {
  await using folder = await TestFolder.make();
  const entries = await filledDirectory(folder.path);
  assert.deepEqual(await reconciled(folder.path), NOTHING);
  assert.deepEqual(await entriesOf(folder.path), entries);
});

Deno.test("reconcile: finds the expiries of sessions in their index", async () => {
  await using folder = await TestFolder.make();
  {
    await using store = await openLevelStore(storeOptions(folder.path));
    await commit(store, (batch) => {
      const away = { connected: false, disconnectedAt: 1_000, expiryInterval: 60 };
      batch.putSession(session("a", away));
      batch.putSession(session("b", away));
    });
  }
  assert.deepEqual(await reconciled(folder.path), NOTHING);
});

/** Takes some entries out, as a damaged block does. */
async function loseEntries(
  directory: string,
  entries: readonly Entry[],
  random: Random,
  perMille: number,
): Promise<void> {
  const lost = entries.filter(() => random.below(1000) < perMille);
  const database = await Database.open(directory);
  await database.write(lost.map(([key]) => ({ key, value: undefined })), true);
  await database.close();
}

/** Reads everything of the store, and removes it in the way in which a broker does. */
async function useUp(directory: string): Promise<void> {
  await using store = await openLevelStore(storeOptions(directory));
  for (const { clientId } of await collect(store.sessions.list())) {
    const { count, lastSeq } = await store.queue.summary(clientId);
    const queued = await store.queue.page(clientId, 0, 1000);
    assert.equal(queued.length, count, "the queue has as many entries as its summary says");
    const inflight = await store.inflight.list(clientId);
    for (const { seq } of [...queued, ...inflight]) assert.ok(seq <= lastSeq);
    await commit(store, (batch) => {
      for (const { seq } of queued) batch.dequeue(clientId, seq);
      for (const { packetId } of inflight) batch.releaseInflight(clientId, packetId);
    });
    assert.deepEqual((await store.queue.summary(clientId)).count, 0);
    await commit(store, (batch) => batch.deleteSession(clientId));
  }
  for (const { topic } of await collect(store.retained.list())) {
    await commit(store, (batch) => batch.deleteRetained(topic));
  }
  for (const { clientId } of await collect(store.wills.list())) {
    await commit(store, (batch) => batch.deleteWill(clientId));
  }
  for (const { key } of await store.admin.list("kind")) await store.admin.delete("kind", key);
}

Deno.test("reconcile: whatever is lost, the store works on, and forgets without a rest", async () => {
  await using folder = await TestFolder.make();
  const original = `${folder.path}/original`;
  await filledDirectory(original);
  const random = new SeededRandom(Number(Deno.env.get("TIDEMQ_TEST_SEED") ?? Date.now()));
  for (let round = 1; round <= ROUNDS; round++) {
    const directory = `${folder.path}/${round}`;
    await copyDirectory(original, directory);
    const entries = await entriesOf(directory);
    for (let count = random.below(4); count > 0; count--) {
      await damageValue(directory, entries[random.below(entries.length)]![0]);
    }
    await loseEntries(directory, entries, random, 10 + random.below(400));
    await reconciled(directory);
    const again = await reconciled(directory);
    const where = `seed ${random.seed}, round ${round}`;
    assert.deepEqual(again, NOTHING, where);
    await useUp(directory).catch((error) => assert.fail(`${where}: ${error.stack}`));
    const left = (await entriesOf(directory)).map(([key]) => new TextDecoder().decode(key));
    const expected = [BATCH_NUMBER_KEY, FORMAT_KEY].map((key) => new TextDecoder().decode(key));
    assert.deepEqual(left, expected, where);
  }
});
