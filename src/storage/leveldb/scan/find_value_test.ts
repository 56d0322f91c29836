import assert from "#assert";
import { contents, TestFolder, withLevel, writeBatches } from "../mend/level_fixture.ts";
import { findValue } from "./find_value.ts";
import { scanDatabase, WITHOUT_TABLE_DATA } from "./scan.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("findValue: finds what LevelDB finds, in logs and in tables, and nothing that was deleted", async () => {
  await using folder = await TestFolder.make();
  await withLevel(folder.path, (level) => writeBatches(level, 1, 100));
  await withLevel(folder.path, async (level) => {
    await writeBatches(level, 50, 110);
    await level.del("batch 000007");
    await level.put("batch 000008", "");
  });
  // Opening it moves what is in the log to a table, beside older ones with the same keys.
  await withLevel(folder.path, (level) => writeBatches(level, 111, 112));
  const report = await scanDatabase(folder.path, WITHOUT_TABLE_DATA);
  const version = report.version!;
  const reversed = { ...version, tables: new Map([...version.tables].reverse()) };
  assert.equal(version.tables.size, 2);
  const find = async (key: string) => {
    const value = await findValue(report, bytes(key));
    assert.deepEqual(await findValue({ ...report, version: reversed }, bytes(key)), value);
    return value === undefined ? undefined : new TextDecoder().decode(value);
  };
  // Before anything opens the database again.
  const found = new Map<string, string | undefined>();
  for (let number = 0; number <= 113; number++) {
    const key = `batch ${String(number).padStart(6, "0")}`;
    found.set(key, await find(key));
  }
  found.set("newest", await find("newest"));
  const all = await contents(folder.path);
  assert.equal(all.size, 112);
  for (const [key, value] of found) assert.equal(value, all.get(key), key);
});
