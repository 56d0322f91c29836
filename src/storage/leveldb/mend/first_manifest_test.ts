import assert from "#assert";
import { CURRENT } from "../scan/directory.ts";
import { newestLog, TestFolder, withLevel, writeBatches } from "./level_fixture.ts";
import { mendFirstManifest } from "./first_manifest.ts";

/** A directory as the first start leaves it when the power goes; the log is that of `batches`. */
async function firstStart(folder: string, manifest: Uint8Array, batches = 0): Promise<string> {
  const directory = `${folder}/database`;
  await Deno.mkdir(directory);
  await Deno.writeTextFile(`${directory}/${CURRENT}`, "MANIFEST-000001\n");
  await Deno.writeFile(`${directory}/MANIFEST-000001`, manifest);
  await withLevel(`${folder}/other`, (level) => writeBatches(level, 1, batches));
  await Deno.copyFile(newestLog(`${folder}/other`)!, `${directory}/000003.log`);
  return directory;
}

function countEntries(directory: string): Promise<number> {
  return withLevel(directory, async (level) => (await level.keys().all()).length);
}

const UNWRITTEN = {
  "without a byte": new Uint8Array(0),
  "of zeros": new Uint8Array(41),
  "that is torn": Uint8Array.fromHex("567dc58822000101"),
} as const;

for (const [what, manifest] of Object.entries(UNWRITTEN)) {
  Deno.test(`mendFirstManifest: mends a first MANIFEST ${what}, and the log counts`, async () => {
    await using folder = await TestFolder.make();
    const directory = await firstStart(folder.path, manifest, 3);
    assert.equal(await mendFirstManifest(directory), true);
    assert.equal(await countEntries(directory), 4);
  });
}

Deno.test("mendFirstManifest: leaves an intact one alone", async () => {
  await using folder = await TestFolder.make();
  const directory = await firstStart(folder.path, new Uint8Array(0));
  await mendFirstManifest(directory);
  assert.equal(await mendFirstManifest(directory), false);
});

Deno.test("mendFirstManifest: leaves a database alone that has got further", async () => {
  await using folder = await TestFolder.make();
  const directory = await firstStart(folder.path, new Uint8Array(0));
  await Deno.writeFile(`${directory}/000005.ldb`, new Uint8Array(1));
  assert.equal(await mendFirstManifest(directory), false);
  await Deno.remove(`${directory}/000005.ldb`);
  await Deno.writeTextFile(`${directory}/${CURRENT}`, "MANIFEST-000002\n");
  assert.equal(await mendFirstManifest(directory), false);
  await Deno.remove(`${directory}/${CURRENT}`);
  assert.equal(await mendFirstManifest(directory), false);
  assert.equal(await mendFirstManifest(`${directory}/missing`), false);
});
