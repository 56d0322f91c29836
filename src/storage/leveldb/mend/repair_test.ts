import assert from "#assert";
import { SeededRandom } from "../../../base/random.ts";
import type { Finding } from "../scan/finding.ts";
import { ByteReader } from "../scan/bytes.ts";
import { batch, logFile } from "../scan/log_fixture.ts";
import { scanDatabase, WHOLE } from "../scan/scan.ts";
import { checkTable, type TableCheck } from "../scan/table_check.ts";
import { readHandle } from "../scan/table_format.ts";
import {
  contents,
  copyDirectory,
  flipBit,
  newestLog,
  tables,
  TestFolder,
  withLevel,
  writeBatches,
} from "./level_fixture.ts";
import { mendTable } from "./mend_table.ts";
import { repairDatabase } from "./repair.ts";

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const BATCHES = 150;
const ROUNDS = 25;
const DATA = { data: true };

/** Small tables, some with compressed blocks and some without, on several levels, and a log. */
async function database(directory: string): Promise<void> {
  const small = { writeBufferSize: 64 * 1024, maxFileSize: 64 * 1024 };
  await withLevel(directory, async (level) => {
    await writeBatches(level, 1, 100);
    await level.compactRange("a", "z");
  }, { ...small, compression: false });
  await withLevel(directory, (level) => writeBatches(level, 101, 140), small);
  await withLevel(directory, (level) => writeBatches(level, 141, BATCHES));
}

/** The keys of `all` that are lost from `left`; throws when a value is not what it was. */
function lostKeys(all: Map<string, string>, left: Map<string, string>): string[] {
  for (const [key, value] of left) {
    // It was written in each batch: what comes back is an older one.
    if (key === "newest") assert.ok(Number(value) <= BATCHES);
    else assert.equal(value, all.get(key), `the value of ${key}`);
  }
  return [...all.keys()].filter((key) => !left.has(key));
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function covers({ keys }: Finding, key: string): boolean {
  if (keys === undefined) return true;
  return (keys.after === undefined || key > text(keys.after)) && key <= text(keys.to);
}

Deno.test("repairDatabase: loses no more than the damaged blocks of a table, and invents nothing", async () => {
  await using folder = await TestFolder.make();
  const original = `${folder.path}/original`;
  await database(original);
  const all = await contents(original);
  const random = new SeededRandom(Number(Deno.env.get("TIDEMQ_TEST_SEED") ?? Date.now()));
  for (let round = 1; round <= ROUNDS; round++) {
    const directory = `${folder.path}/${round}`;
    await copyDirectory(original, directory);
    const paths = tables(directory);
    const table = paths[random.below(paths.length)]!;
    const at = random.below((await Deno.stat(table)).size);
    const where = `bit at ${at} of ${table}, seed ${random.seed}, round ${round}`;
    await flipBit(table, at);
    const { before, aside } = await repairDatabase(directory, NOW);
    const lost = lostKeys(all, await contents(directory));
    if (before.findings.length === 0) {
      assert.deepEqual(lost, [], where);
      continue;
    }
    const name = table.split("/").at(-1)!;
    for (const finding of before.findings) {
      assert.equal(finding.file, name, where);
      assert.ok(finding.offset <= at || /^table-(index-)?damaged$/.test(finding.kind), where);
    }
    for (const key of lost) {
      assert.ok(before.findings.some((finding) => covers(finding, key)), `${key} lost: ${where}`);
    }
    const kept = await Deno.readFile(`${directory}/${aside}/${name}`);
    assert.equal(kept.length, (await Deno.stat(`${original}/${name}`)).size);
    assert.deepEqual((await scanDatabase(directory, WHOLE)).findings, [], where);
  }
});

/** Damages a database and repairs it. */
async function repaired(damage: (directory: string) => Promise<void>) {
  await using folder = await TestFolder.make();
  await database(folder.path);
  const all = await contents(folder.path);
  // Opening it moved what was in the log to a table; there is a log again.
  await withLevel(folder.path, (level) => level.put("newest", String(BATCHES)));
  await damage(folder.path);
  const { before, done } = await repairDatabase(folder.path, NOW);
  const left = await contents(folder.path);
  return { before, done, lost: lostKeys(all, left), left };
}

Deno.test("repairDatabase: leaves an intact database alone", async () => {
  const { before, done, lost } = await repaired(() => Promise.resolve());
  assert.deepEqual([before.state, done, lost], ["intact", [], []]);
});

const manifestOf = (directory: string) =>
  `${directory}/${
    [...Deno.readDirSync(directory)].find(({ name }) => name.startsWith("MANIFEST-"))!.name
  }`;

for (
  const [name, damage] of [
    ["CURRENT is empty", (directory: string) => Deno.truncate(`${directory}/CURRENT`)],
    ["CURRENT is missing", (directory: string) => Deno.remove(`${directory}/CURRENT`)],
    ["the MANIFEST is missing", (directory: string) => Deno.remove(manifestOf(directory))],
    ["the MANIFEST is damaged", (directory: string) => flipBit(manifestOf(directory), 30)],
    ["the MANIFEST is cut off", (directory: string) => Deno.truncate(manifestOf(directory), 30)],
    ["the MANIFEST is empty", (directory: string) => Deno.truncate(manifestOf(directory))],
  ] as const
) {
  Deno.test(`repairDatabase: loses nothing when ${name}`, async () => {
    const { before, lost, left } = await repaired(damage);
    assert.equal(before.state, "damaged");
    assert.deepEqual(lost, []);
    assert.equal(left.get("newest"), String(BATCHES));
  });
}

Deno.test("repairDatabase: a database without its newest log opens again", async () => {
  const { before, lost } = await repaired((directory) => Deno.remove(newestLog(directory)!));
  assert.deepEqual(before.findings.map(({ kind }) => kind), ["log-missing"]);
  assert.deepEqual(lost, []);
});

for (
  const [what, fromEnd] of [["footer", 3], ["footer's handles", 46], ["index", 60]] as const
) {
  Deno.test(`repairDatabase: loses nothing of a table whose ${what} is damaged`, async () => {
    const { before, lost, done } = await repaired(async (directory) => {
      for (const table of tables(directory)) {
        await flipBit(table, (await Deno.stat(table)).size - fromEnd);
      }
    });
    for (const { kind, consequence } of before.findings) {
      assert.match(kind, /^table-(index|filter)-damaged$/);
      assert.match(consequence, /^nothing is lost/);
    }
    assert.ok(before.findings.length > 2);
    assert.deepEqual(lost, []);
    assert.match(done[0]!, /^\d+\.ldb was mended, without what is damaged in it$/);
  });
}

Deno.test("repairDatabase: a table that is cut off keeps what is whole, and says from where on it is lost", async () => {
  const { before, lost } = await repaired(async (directory) => {
    const table = tables(directory)[1]!;
    await Deno.truncate(table, (await Deno.stat(table)).size / 2 | 0);
  });
  const [finding, ...more] = before.findings;
  assert.deepEqual(more, []);
  assert.equal(finding!.kind, "table-index-damaged");
  assert.match(finding!.reason, /^it has \d+ bytes instead of \d+$/);
  const behind = Number(/behind byte (\d+) of this table/.exec(finding!.consequence)![1]);
  assert.ok(behind > 0 && behind <= finding!.offset, `${behind}`);
  assert.ok(lost.length > 0 && lost.length < 20, `${lost}`);
});

Deno.test("repairDatabase: a missing table takes only its own keys with it", async () => {
  const { before, lost, done } = await repaired((directory) => Deno.remove(tables(directory)[1]!));
  assert.deepEqual(before.findings.map(({ kind }) => kind), ["table-missing"]);
  assert.ok(lost.length > 0 && lost.length < BATCHES / 2, `${lost.length}`);
  assert.match(done[0]!, /^\d+\.ldb was given up$/);
});

Deno.test("repairDatabase: mends a table, a log and the MANIFEST together", async () => {
  const { before, lost } = await repaired(async (directory) => {
    await flipBit(tables(directory)[2]!, 40);
    await flipBit(manifestOf(directory), 30);
    await flipBit(newestLog(directory)!, 12);
  });
  const kinds = before.findings.map(({ kind }) => kind).sort();
  assert.deepEqual(kinds, ["log-damaged", "manifest-damaged", "table-block-damaged"]);
  assert.ok(lost.length < 20, `${lost}`);
});

Deno.test("repairDatabase: of two values the one that was written last counts, in whatever tables they are", async () => {
  await using folder = await TestFolder.make();
  const { path } = folder;
  await withLevel(path, (level) => level.put("key", "old"));
  await withLevel(path, (level) => level.put("key", "new"));
  await withLevel(path, (level) => level.put("other", "value"));
  const [older] = tables(path);
  // What merging old tables does to their numbers.
  await Deno.rename(older!, `${path}/000900.ldb`);
  await Deno.remove(manifestOf(path));
  await repairDatabase(path, NOW);
  assert.equal((await contents(path)).get("key"), "new");
});

Deno.test("repairDatabase: takes a damaged filter out, and every key is found again", async () => {
  const { before, lost } = await repaired(async (directory) => {
    const table = tables(directory)[1]!;
    const check = await checkTable(table, (await Deno.stat(table)).size, DATA) as TableCheck;
    const { offset } = readHandle(new ByteReader(check.filters.intact[0]!.value));
    await flipBit(table, offset + 5);
  });
  assert.deepEqual(before.findings.map(({ kind }) => kind), ["table-filter-damaged"]);
  assert.deepEqual(lost, []);
});

Deno.test("mendTable: keeps the filter of a table that loses a block", async () => {
  await using folder = await TestFolder.make();
  await database(folder.path);
  const table = tables(folder.path)[1]!;
  await flipBit(table, 40);
  const size = await mendTable(table, (await Deno.stat(table)).size);
  const check = await checkTable(table, size!, DATA) as TableCheck;
  assert.deepEqual([check.damaged, check.filters.intact.length], [[], 1]);
});

Deno.test("repairDatabase: a log that was done with does not come back", async () => {
  const { left } = await repaired(async (directory) => {
    await Deno.remove(newestLog(directory)!);
    await Deno.writeFile(`${directory}/000001.log`, logFile([batch(1, 1, Uint8Array.of(65))]));
  });
  assert.ok(!left.has("\u0000"));
});

Deno.test("repairDatabase: mends a table whose size is in a MANIFEST that CURRENT no longer names", async () => {
  const { before, lost } = await repaired(async (directory) => {
    await flipBit(tables(directory)[1]!, 40);
    await Deno.truncate(`${directory}/CURRENT`);
  });
  const kinds = before.findings.map(({ kind }) => kind).sort();
  assert.deepEqual(kinds, ["current-damaged", "table-block-damaged"]);
  const block = before.findings.find(({ keys }) => keys !== undefined)!;
  for (const key of lost) assert.ok(covers(block, key), key);
});
