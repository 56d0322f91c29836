import assert from "#assert";
import { SeededRandom } from "../../../base/random.ts";
import { StoreOpenError } from "../errors.ts";
import { batch, logFile } from "../scan/log_fixture.ts";
import { scanDatabase, WHOLE, WITHOUT_TABLE_DATA } from "../scan/scan.ts";
import {
  contents,
  copyDirectory,
  damageFile,
  flipBit,
  newestBatch,
  newestLog,
  randomDamage,
  tables,
  TestFolder,
  withLevel,
  writeBatches,
} from "./level_fixture.ts";
import { cutAll, type Preparation, prepareDatabase } from "./prepare.ts";

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const BATCHES = 120;
const ROUNDS = 60;

Deno.test("prepareDatabase: keeps everything older than the damage of a log, invents nothing, says where", async () => {
  await using folder = await TestFolder.make();
  const original = `${folder.path}/original`;
  const ends = await withLevel(original, (level) => writeBatches(level, 1, BATCHES));
  const random = new SeededRandom(Number(Deno.env.get("TIDEMQ_TEST_SEED") ?? Date.now()));
  for (let round = 1; round <= ROUNDS; round++) {
    const directory = `${folder.path}/${round}`;
    await copyDirectory(original, directory);
    const log = newestLog(directory)!;
    const before = await Deno.readFile(log);
    const damage = randomDamage(random, before.length);
    const where = `${damage.name}, seed ${random.seed}, round ${round}`;
    await damageFile(log, damage);
    const damaged = await Deno.readFile(log);
    const { lost, notes, aside } = await prepared(directory);
    const newest = await newestBatch(directory).catch((error) => assert.fail(`${where}: ${error}`));
    const untouched = ends.filter((end) => end <= damage.start).length;
    assert.ok(newest >= untouched, `${where}: ${newest} of ${untouched} batches are left`);
    const [finding] = [...lost, ...notes];
    if (finding === undefined) {
      const harmless = newest === BATCHES || damaged.length === ends[newest - 1];
      assert.ok(harmless, `${where}: nothing was said`);
      continue;
    }
    assert.equal(finding.offset, ends[newest - 1] ?? 0, where);
    assert.ok(finding.offset <= damage.end, where);
    assert.equal(aside !== undefined, lost.length > 0, where);
    if (aside !== undefined) {
      const kept = await Deno.readFile(log.replace(directory, `${directory}/${aside}`));
      assert.deepEqual(kept, damaged, where);
    }
  }
});

/** A database with tables and batches in its log; where those end there. */
async function mixedDatabase(directory: string): Promise<number[]> {
  await withLevel(directory, async (level) => {
    await writeBatches(level, 1, 40);
    await level.compactRange("a", "z");
  });
  return await withLevel(directory, (level) => writeBatches(level, 41, 60));
}

async function prepared(directory: string): Promise<Preparation> {
  return await prepareDatabase(directory, NOW, WHOLE);
}

Deno.test("prepareDatabase: leaves a directory without a database and an intact database as they are", async () => {
  await using folder = await TestFolder.make();
  const nothing = { lost: [], notes: [], aside: undefined, tablesUnread: 0 };
  assert.deepEqual(await prepared(`${folder.path}/missing`), nothing);
  assert.deepEqual(await prepared(folder.path), nothing);
  await mixedDatabase(`${folder.path}/db`);
  assert.deepEqual(await prepared(`${folder.path}/db`), nothing);
  assert.equal(await newestBatch(`${folder.path}/db`), 60);
});

Deno.test("prepareDatabase: cuts a damaged log, keeps the file as it was, and mends it once", async () => {
  await using folder = await TestFolder.make();
  const ends = await mixedDatabase(folder.path);
  const log = newestLog(folder.path)!;
  await flipBit(log, ends[4]! + 20);
  const { lost, notes, aside } = await prepared(folder.path);
  assert.equal(aside, "damaged-20260102T030405Z");
  assert.equal((await Deno.stat(`${folder.path}/${aside}`)).mode! & 0o777, 0o700);
  assert.deepEqual(notes, []);
  assert.equal(lost.length, 1);
  const { kind, file, offset, consequence } = lost[0]!;
  assert.deepEqual([kind, file, offset], ["log-damaged", log.split("/").at(-1), ends[4]]);
  assert.match(consequence, /^the newest writes are lost: the last \d+ bytes, of which 14 batches/);
  assert.deepEqual((await prepared(folder.path)).lost, []);
  assert.equal(await newestBatch(folder.path), 45);
});

Deno.test("prepareDatabase: an unfinished last write is a note and no damage", async () => {
  await using folder = await TestFolder.make();
  const ends = await mixedDatabase(folder.path);
  await Deno.truncate(newestLog(folder.path)!, ends.at(-1)! - 3);
  const { lost, notes, aside } = await prepared(folder.path);
  assert.deepEqual([lost, aside], [[], undefined]);
  assert.deepEqual(notes.map(({ kind, offset }) => [kind, offset]), [[
    "log-unfinished",
    ends.at(-2),
  ]]);
  assert.equal(await newestBatch(folder.path), 59);
});

Deno.test("prepareDatabase: a log behind a damaged one is not used", async () => {
  await using folder = await TestFolder.make();
  const ends = await mixedDatabase(folder.path);
  const log = newestLog(folder.path)!;
  const number = Number(/(\d+)\.log/.exec(log)![1]);
  const next = log.replace(/\d+\.log/, `${String(number + 1).padStart(6, "0")}.log`);
  await Deno.writeFile(next, logFile([batch(1_000_000, 1, new Uint8Array(10))]));
  await Deno.truncate(log, ends[2]! + 10);
  const { lost, aside } = await prepared(folder.path);
  assert.deepEqual(lost.map(({ kind }) => kind), ["log-damaged", "log-unusable"]);
  const kept = [...Deno.readDirSync(`${folder.path}/${aside}`)].map(({ name }) => name).sort();
  assert.deepEqual(kept, [log, next].map((path) => path.split("/").at(-1)));
  assert.equal(await newestBatch(folder.path), 43);
});

Deno.test("cutAll: when it is interrupted, the first damage is still there", async () => {
  await using folder = await TestFolder.make();
  await Deno.writeFile(`${folder.path}/000004.log`, new Uint8Array(100));
  // What cannot be removed stands for the moment of the interruption.
  await Deno.mkdir(`${folder.path}/000005.log/full`, { recursive: true });
  const finding = { severity: "damage", reason: "", consequence: "", mend: "cut" } as const;
  const cuts = [
    { ...finding, kind: "log-damaged", file: "000004.log", offset: 40 },
    { ...finding, kind: "log-unusable", file: "000005.log", offset: 0 },
  ] as const;
  await assert.rejects(cutAll(folder.path, cuts));
  assert.equal((await Deno.stat(`${folder.path}/000004.log`)).size, 100);
});

for (
  const [name, damage, message] of [
    [
      "CURRENT is empty",
      (directory: string) => Deno.truncate(`${directory}/CURRENT`),
      /CURRENT at byte 0: the file is empty/,
    ],
    [
      "CURRENT is missing",
      (directory: string) => Deno.remove(`${directory}/CURRENT`),
      /CURRENT at byte 0: the file is missing; LevelDB would begin an empty database/,
    ],
    [
      "CURRENT names nothing",
      (directory: string) => Deno.writeTextFile(`${directory}/CURRENT`, "MANIFEST-1"),
      /CURRENT at byte 0: it does not name a MANIFEST/,
    ],
    [
      "the MANIFEST is missing",
      (directory: string) => Deno.remove(manifest(directory)),
      /MANIFEST-\d+ at byte 0: the file is missing/,
    ],
    [
      "the MANIFEST is damaged",
      (directory: string) => flipBit(manifest(directory), 10),
      /MANIFEST-\d+ at byte 0: a record whose checksum is wrong/,
    ],
    [
      "the MANIFEST is empty",
      (directory: string) => Deno.truncate(manifest(directory)),
      /MANIFEST-\d+ at byte 0: it ends before it says which files belong/,
    ],
    [
      "the log is missing",
      (directory: string) => Deno.remove(newestLog(directory)!),
      /\d+\.log at byte 0: the file is missing; the newest writes are lost/,
    ],
    [
      "a table is missing",
      (directory: string) => Deno.remove(tables(directory)[0]!),
      /\d+\.ldb at byte 0: the file is missing; older data is lost/,
    ],
    [
      "a table is too short",
      (directory: string) => Deno.truncate(tables(directory)[0]!, 100),
      /\d+\.ldb at byte 100: it has 100 bytes instead of \d+; older data is lost/,
    ],
    [
      "a backup was not restored to its end",
      (directory: string) => Deno.writeTextFile(`${directory}/restore-unfinished`, ""),
      /restore-unfinished at byte 0: a backup was being restored here/,
    ],
  ] as const
) {
  Deno.test(`prepareDatabase: refuses and changes nothing when ${name}`, async () => {
    await using folder = await TestFolder.make();
    await mixedDatabase(folder.path);
    await damage(folder.path);
    const names = [...Deno.readDirSync(folder.path)].map((entry) => entry.name).sort();
    await assert.rejects(prepared(folder.path), (error: StoreOpenError) => {
      assert.equal(error.problem, "damaged");
      assert.match(error.message, message);
      if (!name.startsWith("a backup")) assert.match(error.message, /"tidemq storage repair /);
      return true;
    });
    assert.deepEqual([...Deno.readDirSync(folder.path)].map((entry) => entry.name).sort(), names);
  });
}

Deno.test("prepareDatabase: a change of the MANIFEST that was not finished is cut off, and nothing is lost", async () => {
  await using folder = await TestFolder.make();
  await mixedDatabase(folder.path);
  const path = manifest(folder.path);
  const whole = await Deno.readFile(path);
  // A record whose second half did not reach the disk: LevelDB would not open the database.
  const torn = new Uint8Array(whole.length + 7 + 1500);
  torn.set(whole);
  torn.set(logFile([new Uint8Array(1500).fill(9)]).subarray(0, 40), whole.length);
  await Deno.writeFile(path, torn);
  const { lost, notes, aside } = await prepared(folder.path);
  assert.deepEqual(lost, []);
  assert.deepEqual(notes.map(({ kind, offset }) => [kind, offset]), [
    ["manifest-unfinished", whole.length],
  ]);
  assert.ok(aside !== undefined);
  assert.deepEqual(await Deno.readFile(path), whole);
  assert.equal(await newestBatch(folder.path), 60);
});

function manifest(directory: string): string {
  const name = [...Deno.readDirSync(directory)].find(({ name }) => name.startsWith("MANIFEST-"));
  return `${directory}/${name!.name}`;
}

/** Three tables, and what is in them. */
async function manyTables(directory: string): Promise<Map<string, string>> {
  // Each time it is opened, what is in the log goes to a table.
  for (const first of [1, 41, 81]) {
    await withLevel(directory, (level) => writeBatches(level, first, first + 39));
  }
  return await contents(directory);
}

Deno.test("prepareDatabase: refuses a table with any bit changed that something hangs on", async () => {
  await using folder = await TestFolder.make();
  const all = await manyTables(folder.path);
  const random = new SeededRandom(Number(Deno.env.get("TIDEMQ_TEST_SEED") ?? Date.now()));
  for (let round = 1; round <= ROUNDS; round++) {
    const paths = tables(folder.path);
    const table = paths[random.below(paths.length)]!;
    const { size } = await Deno.stat(table);
    // Half of them where what leads to the data is.
    const at = random.below(2) === 0 ? random.below(size) : size - 1 - random.below(600);
    const where = `bit at ${at} of ${table}, seed ${random.seed}, round ${round}`;
    await flipBit(table, at);
    const refused = await prepared(folder.path).then(() => undefined, (error) => error);
    if (refused === undefined) {
      assert.deepEqual(await contents(folder.path), all, where);
      continue;
    }
    assert.ok(refused instanceof StoreOpenError, where);
    assert.match(refused.message, /: 0\d+\.ldb at byte \d+: .*; .*"tidemq storage repair /, where);
    await flipBit(table, at);
  }
});

for (const fromEnd of [3, 46, 60, 200]) {
  Deno.test(`prepareDatabase: finds a bit ${fromEnd} bytes before the end of a table whose data it does not check`, async () => {
    await using folder = await TestFolder.make();
    await manyTables(folder.path);
    const table = tables(folder.path)[0]!;
    await flipBit(table, (await Deno.stat(table)).size - fromEnd);
    await assert.rejects(prepareDatabase(folder.path, NOW, WITHOUT_TABLE_DATA), {
      problem: "damaged",
    });
  });
}

Deno.test("prepareDatabase: checks the data of the newest tables, as much as it is told to, and counts the rest", async () => {
  await using folder = await TestFolder.make();
  await manyTables(folder.path);
  const { version } = await scanDatabase(folder.path, WHOLE);
  const sizes = [...version!.tables.values()].sort((a, b) => a.number - b.number);
  assert.equal(sizes.length, 3);
  const older = sizes.slice(0, -1);
  const newest = sizes.at(-1)!;
  const check = async (tableBytesMax: number) =>
    (await prepareDatabase(folder.path, NOW, { tableBytesMax })).tablesUnread;
  assert.equal(await check(Infinity), 0);
  assert.equal(await check(newest.size), older.length);
  assert.equal(await check(newest.size - 1), sizes.length);
  for (const { number } of older) {
    await flipBit(`${folder.path}/${String(number).padStart(6, "0")}.ldb`, 40);
  }
  assert.equal(await check(newest.size), older.length);
  await flipBit(`${folder.path}/${String(newest.number).padStart(6, "0")}.ldb`, 40);
  await assert.rejects(check(newest.size), /a block whose checksum is wrong/);
  assert.equal(await check(newest.size - 1), sizes.length);
});
