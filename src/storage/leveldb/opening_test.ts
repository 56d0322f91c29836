import assert from "#assert";
import { LogWriter } from "../../base/log_writer.ts";
import { SystemClock } from "../../base/system_clock.ts";
import { commit, session } from "../conformance/fixtures.ts";
import { damageValue } from "./damage_fixture.ts";
import { FORMAT_KEY } from "./keys.ts";
import { openLevelStore } from "./level_store.ts";
import { flipBit, newestLog, TestFolder } from "./mend/level_fixture.ts";
import { storeOptions } from "./store_fixture.ts";

/** A log that can be read. */
function recordedLog() {
  const entries: { level: string; text: string; [field: string]: unknown }[] = [];
  const write = (entry: string) => void entries.push(JSON.parse(entry));
  const log = new LogWriter({ level: "info", format: "json", clock: new SystemClock(), write });
  return { log, entries };
}

/** A directory with three sessions, written one after the other; where the log was after each. */
async function threeSessions(directory: string): Promise<number[]> {
  const store = await openLevelStore(storeOptions(directory));
  const ends: number[] = [];
  for (const clientId of ["first", "second", "third"]) {
    await commit(store, (batch) => batch.putSession(session(clientId)));
    ends.push((await Deno.stat(newestLog(directory)!)).size);
  }
  await store.close();
  return ends;
}

Deno.test("openLevelStore: starts with what is older than the damage, and says what was lost and where", async () => {
  await using folder = await TestFolder.make();
  const [first] = await threeSessions(folder.path);
  await flipBit(newestLog(folder.path)!, first! + 30);
  const { log, entries } = recordedLog();
  const store = await openLevelStore(storeOptions(folder.path, log));
  assert.ok(await store.sessions.get("first") !== undefined);
  assert.equal(await store.sessions.count(), 1);
  const { writable, detail } = store.health();
  assert.equal(writable, true);
  assert.match(
    detail,
    new RegExp(`^on disk; damage was cut off at the start: \\d+\\.log at byte ${first}: `),
  );
  const [error] = entries.filter(({ level }) => level === "error");
  assert.equal(error!.text, "storage was damaged: the damage was cut off");
  assert.equal(error!.offset, first);
  assert.match(String(error!.consequence), /the last \d+ bytes, of which 1 batches/);
  assert.ok((await Deno.stat(String(error!.copy))).isDirectory);
  const [damage, copy] = store.damageAtStart;
  assert.match(
    damage!,
    new RegExp(`^\\d+\\.log at byte ${first}: .*; the newest writes are lost: `),
  );
  assert.equal(copy, `the files as they were are in ${error!.copy}`);
  await store.close();
  const again = await openLevelStore(storeOptions(folder.path));
  assert.equal(again.health().detail, "on disk");
  assert.deepEqual(again.damageAtStart, []);
  await again.close();
});

Deno.test("openLevelStore: an unfinished write is an entry in the log and no more", async () => {
  await using folder = await TestFolder.make();
  const ends = await threeSessions(folder.path);
  await Deno.truncate(newestLog(folder.path)!, ends[2]! - 4);
  const { log, entries } = recordedLog();
  await using store = await openLevelStore(storeOptions(folder.path, log));
  assert.equal(await store.sessions.count(), 2);
  assert.equal(store.health().detail, "on disk");
  const found = entries.filter(({ found }) => found !== undefined);
  assert.deepEqual(found.map(({ level }) => level), ["info"]);
  assert.match(String(found[0]!.found), /a write that was not finished is discarded/);
});

Deno.test("openLevelStore: removes what an earlier process left unfinished, and nothing else", async () => {
  await using folder = await TestFolder.make();
  await threeSessions(folder.path);
  const leftovers = ["space.probe", "CURRENT.new", "MANIFEST-000007.new", "000008.ldb.new"];
  const others = ["notes.new", "space.probe.txt"];
  for (const name of [...leftovers, ...others]) {
    await Deno.writeTextFile(`${folder.path}/${name}`, "x");
  }
  await using store = await openLevelStore(storeOptions(folder.path));
  assert.equal(await store.sessions.count(), 3);
  const names = [...Deno.readDirSync(folder.path)].map(({ name }) => name);
  assert.deepEqual(names.filter((name) => /new|probe/.test(name)).sort(), others);
});

Deno.test("openLevelStore: says which data it did not check", async () => {
  await using folder = await TestFolder.make();
  await threeSessions(folder.path);
  // Opening it again moves what is in the log to a table.
  await threeSessions(folder.path);
  const notChecked = async (checkOnStartBytes: number) => {
    const { log, entries } = recordedLog();
    await using _store = await openLevelStore({
      ...storeOptions(folder.path, log),
      checkOnStartBytes,
    });
    return entries.filter(({ text }) => text.includes("check_on_start"));
  };
  assert.deepEqual(await notChecked(Infinity), []);
  const [said] = await notChecked(10);
  assert.deepEqual([said!.level, said!.checkOnStartBytes], ["info", 10]);
  assert.ok(Number(said!.tables) > 0);
});

Deno.test("openLevelStore: what was refused leaves the directory free", async () => {
  await using folder = await TestFolder.make();
  await threeSessions(folder.path);
  const current = await Deno.readFile(`${folder.path}/CURRENT`);
  await Deno.truncate(`${folder.path}/CURRENT`);
  await assert.rejects(openLevelStore(storeOptions(folder.path)), {
    name: "StoreOpenError",
    problem: "damaged",
  });
  await Deno.writeFile(`${folder.path}/CURRENT`, current);
  const store = await openLevelStore(storeOptions(folder.path));
  assert.equal(await store.sessions.count(), 3);
  await store.close();
});

Deno.test("openLevelStore: a directory that cannot be made is an error that says so", async () => {
  await using folder = await TestFolder.make();
  const file = `${folder.path}/file`;
  await Deno.writeTextFile(file, "");
  for (const directory of [file, `${file}/data`]) {
    await assert.rejects(openLevelStore(storeOptions(directory)), {
      name: "StoreOpenError",
      message: `the storage directory ${directory} is not a directory`,
    });
  }
});

Deno.test("openLevelStore: damage that no checksum of a file shows is a line with the way out", async () => {
  await using folder = await TestFolder.make();
  await threeSessions(folder.path);
  await damageValue(folder.path, FORMAT_KEY);
  await assert.rejects(openLevelStore(storeOptions(folder.path)), {
    name: "StoreOpenError",
    problem: "damaged",
    message: `the database in ${folder.path} is damaged: the database's own records; "tidemq ` +
      `storage check ${folder.path} --full" shows all of it, "tidemq storage repair ` +
      `${folder.path}" saves what can be saved`,
  });
});
