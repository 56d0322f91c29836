import assert from "#assert";
import { silentLogger } from "../../base/log.ts";
import { SystemClock } from "../../base/system_clock.ts";
import type { DiskHooks, StoreUnderTest } from "../conformance/disk.ts";
import { commit, NOW, session } from "../conformance/fixtures.ts";
import { storeConformance } from "../store_conformance.ts";
import { copyDatabase } from "./copy_fixture.ts";
import { type LevelStore, type LevelStoreOptions, openLevelStore } from "./level_store.ts";
import { logFiles } from "./log_files.ts";
import { cutLogAfter } from "./log_tail.ts";

function options(directory: string): LevelStoreOptions {
  return {
    directory,
    sync: "always",
    syncIntervalMs: 100,
    checkOnStartBytes: Infinity,
    clock: new SystemClock(),
    log: silentLogger,
  };
}

/** A store in a directory of its own, which goes with it. */
class StoreOnDisk implements StoreUnderTest {
  store: LevelStore;
  directory: string;

  private constructor(store: LevelStore, directory: string) {
    this.store = store;
    this.directory = directory;
  }

  static async open(): Promise<StoreOnDisk> {
    const directory = await Deno.makeTempDir({ prefix: "tidemq-store-" });
    return new StoreOnDisk(await openLevelStore(options(`${directory}/0`)), `${directory}/0`);
  }

  async reopen(): Promise<void> {
    await this.store.close();
    this.store = await openLevelStore(options(this.directory));
  }

  /** Goes on with a copy of the files as they are now, after `damage` was done to it. */
  async copyAnd(damage: (copy: string) => Promise<void>): Promise<void> {
    const copy = `${this.directory}+`;
    await copyDatabase(this.directory, copy);
    await damage(copy);
    await this.store.close();
    this.store = await openLevelStore(options(copy));
    this.directory = copy;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close();
    await Deno.remove(this.directory.slice(0, this.directory.lastIndexOf("/")), {
      recursive: true,
    });
  }
}

function onDisk(under: StoreUnderTest): StoreOnDisk {
  return under as StoreOnDisk;
}

const hooks: Pick<DiskHooks, "reopen" | "crash" | "tear"> = {
  reopen: (under) => onDisk(under).reopen(),
  crash(under) {
    const disk = onDisk(under);
    // What was written after the last batch that is known to be synced may not be there.
    const synced = disk.store.batchNumber;
    return disk.copyAnd((copy) => cutLogAfter(copy, synced));
  },
  tear: (under) =>
    onDisk(under).copyAnd(async (copy) => {
      const file = (await logFiles(copy)).at(-1)!;
      const { size } = await Deno.stat(file);
      await Deno.truncate(file, size - 5);
    }),
};

storeConformance("LevelStore", {
  open: () => StoreOnDisk.open(),
  ...hooks,
  fillDisk: { skipped: "tests/storage/full_disk_test.ts mounts a disk of its own for it" },
});

Deno.test("LevelStore sessions.expired() leaves out who came back since it was asked", async () => {
  await using under = await StoreOnDisk.open();
  const { store } = under;
  const gone = { connected: false, disconnectedAt: NOW, expiryInterval: 10 };
  await commit(store, (batch) => {
    for (const name of ["a", "b", "c"]) batch.putSession(session(name, gone));
  });
  const seen: string[] = [];
  for await (const { clientId } of store.sessions.expired(NOW + 10_000)) {
    seen.push(clientId);
    if (clientId !== "a") continue;
    await commit(store, (batch) => {
      batch.putSession(session("b", { ...gone, connected: true }));
      batch.deleteSession("c");
    });
  }
  assert.deepEqual(seen, ["a"]);
});

Deno.test("LevelStore removes many sessions that end at once in several batches", async () => {
  await using under = await StoreOnDisk.open();
  const { store } = under;
  const names = Array.from({ length: 500 }, (_, number) => `client ${number}`);
  await commit(store, (batch) => names.forEach((name) => batch.putSession(session(name))));
  const before = store.batchNumber;
  await Promise.all(names.map((name) => commit(store, (batch) => batch.deleteSession(name))));
  assert.equal(await store.sessions.count(), 0);
  const batches = store.batchNumber - before;
  assert.ok(batches >= 5 && batches <= 50, `${batches} batches`);
});
