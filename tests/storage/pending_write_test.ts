/** What is in flight to one session may stay there for ever, and must not keep what has ended. */
import assert from "#assert";
import type { PendingWrite } from "../../src/base/durable.ts";
import type { Delivery } from "../../src/mqtt/delivery.ts";
import { commit, delivery, message } from "../../src/storage/conformance/fixtures.ts";
import { openLevelStore } from "../../src/storage/leveldb/level_store.ts";
import { storeOptions } from "../../src/storage/leveldb/store_fixture.ts";
import { MemoryStore } from "../../src/storage/memory.ts";
import type { Store } from "../../src/storage/store.ts";
import { memoryInUse } from "../support/memory.ts";

/** Two deliveries of one step, one of which is acknowledged; the other's write is returned. */
async function acknowledgeOne(store: Store): Promise<[PendingWrite, WeakRef<Delivery>]> {
  const acknowledged = delivery(message(1));
  const batch = store.batch();
  batch.putInflight("c", 1, 1, acknowledged);
  const kept = batch.putInflight("d", 1, 1, delivery(message(1)));
  await batch.commit();
  await commit(store, (next) => next.deleteInflight("c", 1));
  return [kept, new WeakRef(acknowledged)];
}

for (const name of ["MemoryStore", "LevelStore"]) {
  Deno.test(`${name}: a write that may be withdrawn keeps nothing of the others of its step`, async () => {
    const directory = await Deno.makeTempDir({ prefix: "tidemq-pending-" });
    const store: Store = name === "MemoryStore"
      ? new MemoryStore()
      : await openLevelStore(storeOptions(`${directory}/0`));
    const [kept, acknowledged] = await acknowledgeOne(store);
    await new Promise((resolve) => setTimeout(resolve, 0)); // a WeakRef holds on for its turn
    memoryInUse();
    assert.equal(acknowledged.deref(), undefined);
    assert.equal(kept.withdraw(), false);
    await store.close();
    await Deno.remove(directory, { recursive: true });
  });
}
