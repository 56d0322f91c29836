import assert from "#assert";
import { commit, delivery, message, session } from "../../conformance/fixtures.ts";
import { damageValue } from "../damage_fixture.ts";
import { Database, EVERYTHING } from "../database.ts";
import {
  BATCH_NUMBER_KEY,
  clientPart,
  FORMAT_KEY,
  retainedKey,
  sessionKey,
  SessionPart,
} from "../keys.ts";
import { FORMAT_VERSION } from "../format.ts";
import { encodeNumber } from "../records.ts";
import { openLevelStore } from "../level_store.ts";
import { filledDirectory, storeOptions } from "../store_fixture.ts";
import {
  contents,
  flipBit,
  newestLog,
  tables,
  TestFolder,
  withLevel,
  writeBatches,
} from "./level_fixture.ts";
import { WHOLE, WITHOUT_TABLE_DATA } from "../scan/scan.ts";
import { checkDirectory, repairDirectory } from "./maintenance.ts";

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

Deno.test("repairDirectory: leaves a database alone whose files and records are intact", async () => {
  await using folder = await TestFolder.make();
  await filledDirectory(folder.path);
  const { aside, done } = await repairDirectory(folder.path, NOW);
  assert.deepEqual([aside, done], [undefined, []]);
});

Deno.test("repairDirectory: takes out a damaged record though every file is intact", async () => {
  await using folder = await TestFolder.make();
  {
    await using store = await openLevelStore(storeOptions(folder.path));
    await commit(store, (batch) => {
      batch.putSession(session("a"));
      for (let seq = 1; seq <= 3; seq++) batch.enqueue("a", seq, delivery(message(seq)));
      batch.putRetained(message(10, { topic: "t", retain: true }));
    });
  }
  await damageValue(folder.path, retainedKey("t"));
  await damageValue(folder.path, sessionKey(clientPart("a"), SessionPart.SUMMARY));
  await damageValue(folder.path, FORMAT_KEY);
  const { before, aside, done, contents } = await repairDirectory(folder.path, NOW);
  assert.equal(before.state, "intact");
  assert.equal(aside, "damaged-20260102T030405Z");
  assert.deepEqual(done, [
    "damaged and gone: the database's own records",
    'damaged and gone: summary of session "a"',
    'damaged and gone: retained message "t"',
    "2 counts and index entries were corrected",
  ]);
  assert.deepEqual([contents.deliveries, contents.retained], [3, 0]);
  await using store = await openLevelStore(storeOptions(folder.path));
  assert.equal((await store.queue.summary("a")).count, 3);
  assert.equal(await store.retained.get("t"), undefined);
  assert.deepEqual(store.health(), { writable: true, detail: "on disk" });
});

Deno.test("repairDirectory: corrects what an interrupted repair has left", async () => {
  await using folder = await TestFolder.make();
  await filledDirectory(folder.path);
  const database = await Database.open(folder.path);
  const record = sessionKey(clientPart("a"), SessionPart.RECORD);
  await database.write([{ key: record, value: undefined }], true);
  await database.close();
  const { done } = await repairDirectory(folder.path, NOW);
  assert.equal(done[0], "1 sessions whose record was lost are gone");
  assert.equal((await repairDirectory(folder.path, NOW)).aside, undefined);
});

Deno.test("checkDirectory: says that a database is of a newer format, wherever that stands", async () => {
  await using folder = await TestFolder.make();
  await filledDirectory(folder.path);
  const older = await checkDirectory(folder.path, WHOLE);
  assert.equal(older.state, "intact");
  const newer = { name: "StoreOpenError", problem: "newer_format" };
  const write = async (version: number) => {
    const database = await Database.open(folder.path);
    await database.write([{ key: FORMAT_KEY, value: encodeNumber(version) }], true);
    await database.close();
  };
  await write(FORMAT_VERSION + 1);
  assert.ok((await Deno.stat(newestLog(folder.path)!)).size > 0);
  await assert.rejects(checkDirectory(folder.path, WITHOUT_TABLE_DATA), newer);
  // Opening it moves what is in the log to a table, in front of the older one.
  await (await Database.open(folder.path)).close();
  assert.equal((await Deno.stat(newestLog(folder.path)!)).size, 0);
  await assert.rejects(checkDirectory(folder.path, WITHOUT_TABLE_DATA), newer);
  await write(FORMAT_VERSION);
  assert.equal((await checkDirectory(folder.path, WHOLE)).state, "intact");
});

Deno.test("repairDirectory: leaves a database of a newer format alone, and says that it is newer", async () => {
  await using folder = await TestFolder.make();
  await filledDirectory(folder.path);
  const database = await Database.open(folder.path);
  const value = encodeNumber(FORMAT_VERSION + 1);
  await database.write([{ key: FORMAT_KEY, value }], true);
  await database.close();
  await assert.rejects(repairDirectory(folder.path, NOW), {
    name: "StoreOpenError",
    problem: "newer_format",
  });
});

for (const lost of ["the block with the database's own records", "all that there was"]) {
  Deno.test(`repairDirectory: makes a database that can be used of one that lost ${lost}`, async () => {
    await using folder = await TestFolder.make();
    await filledDirectory(folder.path);
    const database = await Database.open(folder.path);
    for await (const keys of database.keys(EVERYTHING)) {
      const gone = lost.startsWith("all") ? keys : [FORMAT_KEY, BATCH_NUMBER_KEY];
      await database.write(gone.map((key) => ({ key, value: undefined })), true);
    }
    await database.close();
    await flipBit(tables(folder.path)[0]!, (await Deno.stat(tables(folder.path)[0]!)).size - 60);
    await repairDirectory(folder.path, NOW);
    await using store = await openLevelStore(storeOptions(folder.path));
    assert.equal(await store.sessions.count() > 0, !lost.startsWith("all"));
  });
}

Deno.test("repairDirectory: leaves the records of another program's database alone", async () => {
  await using folder = await TestFolder.make();
  await withLevel(folder.path, (level) => writeBatches(level, 1, 5));
  await Deno.writeTextFile(`${folder.path}/tidemq.lock`, "");
  const all = await contents(folder.path);
  assert.equal((await repairDirectory(folder.path, NOW)).aside, undefined);
  assert.deepEqual(await contents(folder.path), all);
});
