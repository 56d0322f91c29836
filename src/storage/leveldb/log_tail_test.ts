import assert from "#assert";
import { Database } from "./database.ts";
import { BATCH_NUMBER_KEY, retainedKey } from "./keys.ts";
import { logFiles } from "./log_files.ts";
import { cutLogAfter, endOfBatch } from "./log_tail.ts";
import { decodeNumber, encodeNumber } from "./records.ts";

/** A closed database to which batches 1, 2, … were written, each with one value of that size. */
async function databaseWith(sizes: readonly number[]): Promise<string> {
  const directory = await Deno.makeTempDir({ prefix: "tidemq-log-" });
  const database = await Database.open(directory);
  for (const [index, size] of sizes.entries()) {
    const number = index + 1;
    await database.write([
      { key: BATCH_NUMBER_KEY, value: encodeNumber(number) },
      { key: retainedKey(`topic ${number}`), value: new Uint8Array(size).fill(number) },
    ], false);
  }
  await database.close();
  return directory;
}

/** Numbers of the batches whose value is there, and the number that the database has of the last. */
async function batchesIn(directory: string, count: number): Promise<[number[], number]> {
  const database = await Database.open(directory);
  try {
    const found: number[] = [];
    for (let number = 1; number <= count; number++) {
      if (await database.get(retainedKey(`topic ${number}`)) !== undefined) found.push(number);
    }
    const last = await database.get(BATCH_NUMBER_KEY);
    return [found, last === undefined ? 0 : decodeNumber("batch number", last)];
  } finally {
    await database.close();
  }
}

/** Blocks of the log have 32 KiB: within one, over its end, over several, and close to its end. */
const SIZES = [10, 40_000, 1, 100_000, 32_768 * 2 - 9_000, 3, 1000, 20_000, 32_700, 5, 70_000, 1];

for (let last = 0; last <= SIZES.length; last++) {
  Deno.test(`cutLogAfter() cuts everything behind batch ${last} of ${SIZES.length}`, async () => {
    const directory = await databaseWith(SIZES);
    try {
      await cutLogAfter(directory, last);
      const expected = Array.from({ length: last }, (_, index) => index + 1);
      assert.deepEqual(await batchesIn(directory, SIZES.length), [expected, last]);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}

Deno.test("cutLogAfter() has synced what it cut off when it resolves", async () => {
  const directory = await databaseWith([10, 20, 30]);
  const { truncate, sync } = Deno.FsFile.prototype;
  const calls: string[] = [];
  Deno.FsFile.prototype.truncate = async function (length) {
    await truncate.call(this, length);
    calls.push("cut");
  };
  Deno.FsFile.prototype.sync = async function () {
    await sync.call(this);
    calls.push("synced");
  };
  try {
    await cutLogAfter(directory, 2);
    assert.deepEqual(calls, ["cut", "synced"]);
  } finally {
    Object.assign(Deno.FsFile.prototype, { truncate, sync });
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("endOfBatch() finds a batch wherever a block ends in its beginning, and one that is torn", async () => {
  // The second batch starts with every possible number of bytes left in the block.
  const starts = new Set<number>();
  for (let shift = 0; shift < 100; shift++) {
    const filler = 32_768 - shift - 30;
    const directory = await databaseWith([filler, 100, 100]);
    try {
      const bytes = await Deno.readFile((await logFiles(directory))[0]!);
      const second = endOfBatch(bytes, 1);
      const third = endOfBatch(bytes, 2);
      assert.ok(second < third && third < bytes.length, `${second} ${third} ${bytes.length}`);
      assert.equal(endOfBatch(bytes, 3), bytes.length);
      starts.add(32_768 - second);
      for (let length = third + 7; length < bytes.length; length += 5) {
        assert.equal(endOfBatch(bytes.subarray(0, length), 3), third);
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  }
  for (let left = 7; left < 40; left++) assert.ok(starts.has(left), `${left} bytes were left`);
});
