import assert from "#assert";
import { FakeClock } from "../../base/fake_clock.ts";
import { saveBackup } from "./backup/save_backup.ts";
import { openLevelStore } from "./level_store.ts";
import { flipBit, newestLog, TestFolder, withLevel, writeBatches } from "./mend/level_fixture.ts";
import { checkDirectory, repairDirectory } from "./mend/maintenance.ts";
import { WHOLE } from "./scan/scan.ts";
import { filledDirectory, storeOptions } from "./store_fixture.ts";

/** Every file of a directory with what is in it. */
async function files(directory: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (
    const { name } of [...Deno.readDirSync(directory)].sort((a, b) => a.name < b.name ? -1 : 1)
  ) {
    found.set(name, (await Deno.readFile(`${directory}/${name}`)).toHex());
  }
  return found;
}

const uses = {
  start: (directory: string) => openLevelStore(storeOptions(directory)),
  check: (directory: string) => checkDirectory(directory, WHOLE),
  repair: (directory: string) => repairDirectory(directory, 0),
  backup: (directory: string) => saveBackup(`${directory}.backup`, directory, new FakeClock()),
};

for (const [name, use] of Object.entries(uses)) {
  Deno.test(`requireOwnDatabase: ${name} refuses the database of another program and changes no file of it`, async () => {
    await using folder = await TestFolder.make();
    const directory = `${folder.path}/other`;
    await withLevel(directory, (level) => writeBatches(level, 1, 20));
    await flipBit(newestLog(directory)!, 500);
    const before = await files(directory);
    await assert.rejects(use(directory), {
      name: "StoreOpenError",
      problem: "foreign",
      message: /other holds a LevelDB database of another program: .*other\/tidemq\.lock$/,
    });
    assert.deepEqual(await files(directory), before);
    assert.deepEqual([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["other"]);
  });

  Deno.test(`requireOwnDatabase: ${name} says so of something that is no directory`, async () => {
    await using folder = await TestFolder.make();
    await Deno.writeTextFile(`${folder.path}/file`, "");
    await assert.rejects(
      use(`${folder.path}/file`),
      /the storage directory \S+file is not a directory$/,
    );
  });
}

Deno.test("requireOwnDatabase: takes a database of TideMQ whose lock somebody put back", async () => {
  await using folder = await TestFolder.make();
  await filledDirectory(folder.path);
  await Deno.remove(`${folder.path}/tidemq.lock`);
  await assert.rejects(openLevelStore(storeOptions(folder.path)), { problem: "foreign" });
  await Deno.writeTextFile(`${folder.path}/tidemq.lock`, "");
  await using store = await openLevelStore(storeOptions(folder.path));
  assert.ok(await store.sessions.count() > 0);
});
