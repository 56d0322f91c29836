import assert from "#assert";
import { FakeClock } from "../../../base/fake_clock.ts";
import { SeededRandom } from "../../../base/random.ts";
import { message } from "../../conformance/fixtures.ts";
import { openLevelStore } from "../level_store.ts";
import { Database } from "../database.ts";
import { FORMAT_VERSION } from "../format.ts";
import { FORMAT_KEY } from "../keys.ts";
import { flipBit, tables, TestFolder, withLevel } from "../mend/level_fixture.ts";
import { encodeNumber } from "../records.ts";
import { writeAll } from "../mend/files.ts";
import { LOG_BLOCK_SIZE } from "../scan/log_format.ts";
import { entriesOf, FILLED, filledDirectory, storeOptions } from "../store_fixture.ts";
import { BACKUP_MAGIC, BackupWriter } from "./backup_format.ts";
import { BackupError } from "./read_backup.ts";
import { restoreBackup, verifyBackup } from "./restore.ts";
import { saveBackup } from "./save_backup.ts";

const NOW = Date.UTC(2026, 0, 1);
const clock = new FakeClock();

Deno.test("restoreBackup: brings back every byte of what saveBackup saved", async () => {
  await using folder = await TestFolder.make();
  const entries = await filledDirectory(`${folder.path}/data`);
  const file = `${folder.path}/backup`;
  const saved = await saveBackup(file, `${folder.path}/data`, clock);
  assert.deepEqual(saved.contents, FILLED);
  assert.equal(saved.entries, entries.length);
  assert.equal(saved.bytes, (await Deno.stat(file)).size);
  assert.equal((await Deno.stat(file)).mode! & 0o777, 0o600);
  assert.deepEqual(await verifyBackup(file), saved);
  assert.deepEqual(await restoreBackup(file, `${folder.path}/restored`), saved);
  assert.deepEqual(await entriesOf(`${folder.path}/restored`), entries);
});

/** Two retained messages with thousands between them, always written together. */
function putPair(
  batch: { putRetained(of: ReturnType<typeof message>): void },
  value: number,
): void {
  const payload = new TextEncoder().encode(String(value));
  batch.putRetained(message(1, { topic: "a", payload }));
  batch.putRetained(message(2, { topic: "z", payload }));
}

Deno.test("LevelStore.backup: is one moment, whatever is written meanwhile", async () => {
  await using folder = await TestFolder.make();
  const store = await openLevelStore(storeOptions(`${folder.path}/data`));
  const filling = store.batch();
  const payload = new Uint8Array(500);
  for (let id = 10; id < 5000; id++) {
    filling.putRetained(message(id, { topic: `b/${id}`, payload }));
  }
  putPair(filling, 0);
  await filling.commit();
  const path = `${folder.path}/backup`;
  let written = 0;
  const atStart = 1;
  const increment = async () => {
    const batch = store.batch();
    putPair(batch, ++written);
    await batch.commit();
  };
  await increment();
  {
    using file = await Deno.open(path, { write: true, create: true });
    let parts = 0;
    await store.backup(async (bytes) => {
      parts++;
      for (let count = 0; count < 20; count++) await increment();
      await writeAll(file, bytes);
    });
    assert.ok(parts > 2, "the backup came in parts, with writes between them");
  }
  await store.close();
  await restoreBackup(path, `${folder.path}/restored`);
  await using restored = await openLevelStore(storeOptions(`${folder.path}/restored`));
  const text = async (topic: string) =>
    new TextDecoder().decode((await restored.retained.get(topic))!.payload);
  assert.equal(await text("a"), await text("z"));
  assert.equal(Number(await text("a")), atStart);
  assert.equal(await restored.retained.count(), 4992);
});

/** A backup of several blocks. */
async function largeBackup(folder: TestFolder): Promise<Uint8Array> {
  await filledDirectory(`${folder.path}/data`);
  await saveBackup(`${folder.path}/backup`, `${folder.path}/data`, clock);
  return await Deno.readFile(`${folder.path}/backup`);
}

/** What is said of a backup with these bytes; nothing is restored from it. */
async function refusal(folder: TestFolder, bytes: Uint8Array): Promise<string> {
  const path = `${folder.path}/broken`;
  await Deno.writeFile(path, bytes);
  const error = await restoreBackup(path, `${folder.path}/restored`).then(
    () => assert.fail("a broken backup was restored"),
    (error) => error,
  );
  assert.ok(error instanceof BackupError, String(error));
  assert.throws(() => Deno.statSync(`${folder.path}/restored`), Deno.errors.NotFound);
  return error.message;
}

Deno.test("restoreBackup: refuses a backup with any bit changed, and says where", async () => {
  await using folder = await TestFolder.make();
  const whole = await largeBackup(folder);
  assert.ok(whole.length > 3 * LOG_BLOCK_SIZE);
  const random = new SeededRandom(Number(Deno.env.get("TIDEMQ_TEST_SEED") ?? Date.now()));
  for (let round = 1; round <= 40; round++) {
    const at = BACKUP_MAGIC.length + random.below(whole.length - BACKUP_MAGIC.length);
    const broken = whole.slice();
    broken[at]! ^= 1 << random.below(8);
    const where = `byte ${at}, seed ${random.seed}, round ${round}`;
    const said = await refusal(folder, broken);
    const byte = Number(/(?:damaged at|whole up to) byte (\d+)/.exec(said)?.[1]);
    assert.ok(byte <= at && at - byte <= LOG_BLOCK_SIZE, `${where}: ${said}`);
  }
});

Deno.test("restoreBackup: refuses a backup that ends anywhere too early", async () => {
  await using folder = await TestFolder.make();
  const whole = await largeBackup(folder);
  for (let length = BACKUP_MAGIC.length; length < whole.length; length += 7_001) {
    const said = await refusal(folder, whole.subarray(0, length));
    assert.match(said, /is not complete: it is whole up to byte \d+/);
    assert.ok(Number(/byte (\d+)/.exec(said)![1]) <= length);
  }
  await refusal(folder, whole.subarray(0, whole.length - 1));
});

Deno.test("restoreBackup: refuses a backup without one of its blocks, or with something behind it", async () => {
  await using folder = await TestFolder.make();
  const whole = await largeBackup(folder);
  const at = BACKUP_MAGIC.length + LOG_BLOCK_SIZE;
  const shorter = new Uint8Array(whole.length - LOG_BLOCK_SIZE);
  shorter.set(whole.subarray(0, at));
  shorter.set(whole.subarray(at + LOG_BLOCK_SIZE), at);
  await refusal(folder, shorter);
  const twice = new Uint8Array(whole.length + 100);
  twice.set(whole);
  twice.fill(7, whole.length);
  await refusal(folder, twice);
});

Deno.test("restoreBackup: refuses a file that is no backup and a backup that is newer", async () => {
  await using folder = await TestFolder.make();
  assert.match(
    await refusal(folder, new TextEncoder().encode("server:\n")),
    /is no backup of TideMQ/,
  );
  assert.match(await refusal(folder, new Uint8Array(0)), /is no backup of TideMQ/);
  const writer = new BackupWriter();
  const header = { version: "99.0.0", createdAt: NOW, format: 99 };
  const parts = [...writer.begin(header), ...writer.entries([]), ...writer.end()];
  const newer = Uint8Array.from(parts.flatMap((part) => [...part]));
  assert.match(await refusal(folder, newer), /was made by TideMQ 99\.0\.0 with database format 99/);
  await assert.rejects(verifyBackup(`${folder.path}/missing`), /missing cannot be read/);
});

Deno.test("restoreBackup: says where a record is missing", async () => {
  await using folder = await TestFolder.make();
  const writer = new BackupWriter();
  const header = { version: "1.0.0", createdAt: NOW, format: 1 };
  const kept = [...writer.begin(header), ...writer.entries([[Uint8Array.of(1), Uint8Array.of(2)]])];
  const { length } = kept.flatMap((part) => [...part]);
  void [...writer.entries([[Uint8Array.of(3), Uint8Array.of(4)]])];
  const parts = [...kept, ...writer.entries([]), ...writer.end()];
  const said = await refusal(folder, Uint8Array.from(parts.flatMap((part) => [...part])));
  assert.match(said, new RegExp(`is damaged at byte ${length}: a record is missing$`));
});

Deno.test("restoreBackup: restores to an empty directory only, and leaves others alone", async () => {
  await using folder = await TestFolder.make();
  await largeBackup(folder);
  const to = `${folder.path}/there`;
  await Deno.mkdir(`${to}/lost+found`, { recursive: true });
  await restoreBackup(`${folder.path}/backup`, to);
  const names = [...Deno.readDirSync(to)].map(({ name }) => name).sort();
  assert.ok(names.includes("CURRENT") && names.includes("lost+found"), String(names));
  assert.ok(!names.includes("restore-unfinished"));
  await assert.rejects(restoreBackup(`${folder.path}/backup`, to), /there is not empty/);
  assert.deepEqual([...Deno.readDirSync(to)].map(({ name }) => name).sort(), names);
});

Deno.test("saveBackup: overwrites a backup, and nothing else", async () => {
  await using folder = await TestFolder.make();
  await largeBackup(folder);
  await saveBackup(`${folder.path}/backup`, `${folder.path}/data`, clock);
  const other = `${folder.path}/notes.txt`;
  await Deno.writeTextFile(other, "mine");
  await assert.rejects(saveBackup(other, `${folder.path}/data`, clock), /is not overwritten/);
  assert.equal(await Deno.readTextFile(other), "mine");
});

Deno.test("saveBackup: a failure leaves the old backup, and nothing half-written", async () => {
  await using folder = await TestFolder.make();
  const whole = await largeBackup(folder);
  await Deno.truncate(`${folder.path}/data/CURRENT`);
  await assert.rejects(
    saveBackup(`${folder.path}/backup`, `${folder.path}/data`, clock),
    /is damaged: CURRENT at byte 0/,
  );
  assert.deepEqual(await Deno.readFile(`${folder.path}/backup`), whole);
  await assert.rejects(saveBackup(`${folder.path}/x`, `${folder.path}/none`, clock), /no database/);
  const names = [...Deno.readDirSync(folder.path)].map(({ name }) => name).sort();
  assert.deepEqual(names, ["backup", "data"]);
});

Deno.test("saveBackup: of a database that somebody else has open is refused", async () => {
  await using folder = await TestFolder.make();
  await using store = await openLevelStore(storeOptions(`${folder.path}/data`));
  // Without the permission for its control socket the store takes no commands.
  await store.stopCommands();
  await assert.rejects(
    saveBackup(`${folder.path}/x`, `${folder.path}/data`, clock),
    /is in use by process \d+/,
  );
});

Deno.test("restoreBackup: what it restores passes for a database of TideMQ", async () => {
  await using folder = await TestFolder.make();
  await largeBackup(folder);
  await restoreBackup(`${folder.path}/backup`, `${folder.path}/restored`);
  await using store = await openLevelStore(storeOptions(`${folder.path}/restored`));
  assert.equal(await store.sessions.count(), FILLED.sessions);
});

Deno.test("saveBackup: touches no file that it did not make", async () => {
  await using folder = await TestFolder.make();
  await filledDirectory(`${folder.path}/data`);
  await Deno.writeTextFile(`${folder.path}/backup.part`, "precious");
  await saveBackup(`${folder.path}/backup`, `${folder.path}/data`, clock);
  await verifyBackup(`${folder.path}/backup`);
  assert.equal(await Deno.readTextFile(`${folder.path}/backup.part`), "precious");
});

Deno.test("saveBackup: of a stopped database with a damaged table is refused, with the way out", async () => {
  await using folder = await TestFolder.make();
  const data = `${folder.path}/data`;
  await filledDirectory(data);
  const [table] = tables(data);
  await flipBit(table!, (await Deno.stat(table!)).size - 60);
  await assert.rejects(
    saveBackup(`${folder.path}/backup`, data, clock),
    /is damaged: 0\d+\.ldb at byte \d+: .*"tidemq storage repair /,
  );
});

Deno.test("saveBackup: of a database that is not of TideMQ, or newer, is refused", async () => {
  await using folder = await TestFolder.make();
  const other = `${folder.path}/other`;
  await withLevel(other, (level) => level.put("a", "b"));
  await Deno.writeTextFile(`${other}/tidemq.lock`, "");
  const path = `${folder.path}/backup`;
  await assert.rejects(saveBackup(path, other, clock), { problem: "foreign" });
  const newer = `${folder.path}/newer`;
  const database = await Database.open(newer);
  await database.write([{ key: FORMAT_KEY, value: encodeNumber(FORMAT_VERSION + 1) }], true);
  await database.close();
  await Deno.writeTextFile(`${newer}/tidemq.lock`, "");
  await assert.rejects(saveBackup(path, newer, clock), { problem: "newer_format" });
});
