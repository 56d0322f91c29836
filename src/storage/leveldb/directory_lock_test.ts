import assert from "#assert";
import { DirectoryLock } from "./directory_lock.ts";
import { StoreOpenError } from "./errors.ts";
import { openLevelStore } from "./level_store.ts";
import { TestFolder } from "./mend/level_fixture.ts";
import { storeOptions } from "./store_fixture.ts";

Deno.test("DirectoryLock: is one's alone until it is given free, and says whose it is", async () => {
  await using folder = await TestFolder.make();
  const lock = await DirectoryLock.take(folder.path);
  await assert.rejects(DirectoryLock.take(folder.path), (error: StoreOpenError) => {
    assert.equal(error.problem, "in_use");
    const text = `the storage directory ${folder.path} is in use by process ${Deno.pid}`;
    assert.equal(error.message, text);
    return true;
  });
  lock[Symbol.dispose]();
  (await DirectoryLock.take(folder.path))[Symbol.dispose]();
});

Deno.test("DirectoryLock: a directory that cannot be used is an error that says so", async () => {
  await using folder = await TestFolder.make();
  await assert.rejects(
    DirectoryLock.take(`${folder.path}/missing`),
    { name: "StoreOpenError", message: /^cannot use the storage directory \S+missing: / },
  );
});

Deno.test("openLevelStore: a second store in the directory is refused, also in the same process", async () => {
  await using folder = await TestFolder.make();
  const first = await openLevelStore(storeOptions(folder.path));
  await assert.rejects(openLevelStore(storeOptions(folder.path)), /is in use by process \d+$/);
  await first.close();
  await (await openLevelStore(storeOptions(folder.path))).close();
});
