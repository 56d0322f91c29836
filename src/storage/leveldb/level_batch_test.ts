import assert from "#assert";
import { delivery, message } from "../conformance/fixtures.ts";
import { GroupEntry } from "./group_commit.ts";
import { LevelBatch, type LevelCommit } from "./level_batch.ts";

/** A batch, and what it was entered as. */
function batchAndEntries() {
  const entries: { entry: GroupEntry<LevelCommit>; leisurely: boolean }[] = [];
  const batch = new LevelBatch((commit, bytes, leisurely) => {
    const entry = new GroupEntry(commit, bytes, () => {});
    entries.push({ entry, leisurely });
    return entry;
  });
  return { batch, entries };
}

for (const end of ["written", "failed"] as const) {
  Deno.test(`LevelBatch keeps nothing of what was ${end} for whoever may withdraw it`, async () => {
    const { batch, entries } = batchAndEntries();
    const shared = delivery(message(1));
    const pending = ["c", "d"].map((client) => batch.putInflight(client, 1, 1, shared));
    const durable = batch.commit()!;
    assert.equal(batch.begin().length, 3, "a body and two references");
    assert.equal(batch.begin().length, 3, "they may be asked for again until the end");
    if (end === "written") entries[0]!.entry.resolve();
    else entries[0]!.entry.reject(new Error("not taken"));
    await durable.catch(() => {});
    assert.deepEqual(batch.begin(), []);
    assert.deepEqual(pending.map((write) => write.withdraw()), [false, false]);
  });
}

for (
  const [what, isLeisurely, fill] of [
    ["deliveries at QoS 1", true, (batch) => {
      for (const client of ["c", "d"]) batch.putInflight(client, 1, 1, delivery(message(1)));
    }],
    ["what is acknowledged", true, (batch) => batch.deleteInflight("c", 1)],
    ["a delivery at QoS 2", false, (batch) => {
      batch.putInflight("c", 1, 1, delivery(message(1), { qos: 2 }));
    }],
    ["deliveries at both", false, (batch) => {
      batch.putInflight("c", 1, 1, delivery(message(1)));
      batch.putInflight("d", 1, 1, delivery(message(1), { qos: 2 }));
    }],
    ["what is queued after all others were withdrawn", false, (batch) => {
      batch.putInflight("c", 1, 1, delivery(message(1))).withdraw();
      batch.enqueue("d", 1, delivery(message(1)));
    }],
  ] as [string, boolean, (batch: LevelBatch) => void][]
) {
  const how = isLeisurely ? "leisurely" : "in a hurry";
  Deno.test(`LevelBatch commits ${what} ${how}`, () => {
    const { batch, entries } = batchAndEntries();
    fill(batch);
    batch.commit();
    assert.deepEqual(entries.map(({ leisurely }) => leisurely), [isLeisurely]);
  });
}
