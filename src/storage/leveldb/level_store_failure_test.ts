import assert from "#assert";
import { FakeClock } from "../../base/fake_clock.ts";
import { silentLogger } from "../../base/log.ts";
import { commit, delivery, message, session } from "../conformance/fixtures.ts";
import { damageValue } from "./damage_fixture.ts";
import { DirectoryLock } from "./directory_lock.ts";
import { clientPart, sessionKey, SessionPart } from "./keys.ts";
import { type LevelStore, openLevelStore, type SyncMode } from "./level_store.ts";
import { TestFolder } from "./mend/level_fixture.ts";
import { storeOptions } from "./store_fixture.ts";

const SYNC_INTERVAL_MS = 100;

/** A store whose directory can be taken away, so that syncing and opening fail. */
class Fixture implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly #parent: string;
  store!: LevelStore;

  private constructor(parent: string) {
    this.#parent = parent;
  }

  static async open(sync: SyncMode): Promise<Fixture> {
    const fixture = new Fixture(await Deno.makeTempDir({ prefix: "tidemq-failure-" }));
    fixture.store = await openLevelStore({
      directory: `${fixture.#parent}/data`,
      sync,
      syncIntervalMs: SYNC_INTERVAL_MS,
      checkOnStartBytes: Infinity,
      clock: fixture.clock,
      log: silentLogger,
    });
    return fixture;
  }

  takeAway(): Promise<void> {
    return Deno.rename(`${this.#parent}/data`, `${this.#parent}/gone`);
  }

  giveBack(): Promise<void> {
    return Deno.rename(`${this.#parent}/gone`, `${this.#parent}/data`);
  }

  /** Moves time until the store says so; its I/O takes real time. */
  async until(writable: boolean): Promise<void> {
    while (this.store.health().writable !== writable) await this.clock.advance(5_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close();
    assert.equal(this.clock.pending, 0, "a timer is left");
    await Deno.remove(this.#parent, { recursive: true });
  }
}

Deno.test("LevelStore with sync interval refuses writes when it cannot sync, and recovers", async () => {
  await using fixture = await Fixture.open("interval");
  const { store } = fixture;
  await commit(store, (batch) => batch.putSession(session("before")));
  await fixture.takeAway();
  await fixture.until(false);
  assert.match(store.health().detail, /^the disk takes no writes: cannot sync/);
  await assert.rejects(commit(store, (batch) => batch.putSession(session("refused"))), {
    name: "StoreError",
    kind: "failed",
  });
  assert.notEqual(await store.sessions.get("before"), undefined, "reads go on");
  assert.equal(await store.sessions.get("refused"), undefined);
  await fixture.giveBack();
  await fixture.until(true);
  await commit(store, (batch) => batch.enqueue("after", 1, delivery(message(1))));
  assert.notEqual(await store.sessions.get("before"), undefined);
  assert.equal(await store.sessions.get("refused"), undefined);
  assert.equal((await store.queue.summary("after")).count, 1);
});

Deno.test("LevelStore can be closed while it takes no writes", async () => {
  await using fixture = await Fixture.open("interval");
  await commit(fixture.store, (batch) => batch.putSession(session("before")));
  await fixture.takeAway();
  await fixture.until(false);
  await fixture.store.close();
  assert.deepEqual(fixture.store.health(), { writable: false, detail: "closed" });
});

Deno.test("LevelStore with sync interval sets no timer while there is nothing to sync", async () => {
  await using fixture = await Fixture.open("interval");
  assert.equal(fixture.clock.pending, 0);
  await commit(fixture.store, (batch) => batch.putSession(session("a")));
  assert.equal(fixture.clock.pending, 1);
  await commit(fixture.store, (batch) => batch.putSession(session("b")));
  assert.equal(fixture.clock.pending, 1);
  await fixture.clock.advance(SYNC_INTERVAL_MS);
  assert.equal(fixture.clock.pending, 0);
});

/** Every sync of data waits for the test. */
class HeldSyncs implements Disposable {
  readonly #syncData = Deno.FsFile.prototype.syncData;
  readonly #waiting: (() => void)[] = [];
  #onBegin = () => {};
  begun = 0;

  constructor() {
    Deno.FsFile.prototype.syncData = () => {
      this.begun++;
      this.#onBegin();
      return new Promise((resolve) => this.#waiting.push(resolve));
    };
  }

  /** Resolves when so many syncs have begun. */
  async until(count: number): Promise<void> {
    while (this.begun < count) await new Promise<void>((resolve) => this.#onBegin = resolve);
  }

  release(): void {
    for (const end of this.#waiting.splice(0)) end();
  }

  [Symbol.dispose](): void {
    Deno.FsFile.prototype.syncData = this.#syncData;
    this.release();
  }
}

Deno.test("LevelStore with sync interval syncs once at a time, and then what was written meanwhile", async () => {
  await using fixture = await Fixture.open("interval");
  const { store, clock } = fixture;
  using syncs = new HeldSyncs();
  await commit(store, (batch) => batch.putSession(session("a")));
  await clock.advance(SYNC_INTERVAL_MS);
  await syncs.until(1);
  await commit(store, (batch) => batch.putSession(session("b")));
  assert.equal(
    clock.pending,
    0,
    "the disk is slower than the interval: the next sync waits for it",
  );
  syncs.release();
  while (clock.pending === 0) await clock.advance(0);
  await clock.advance(SYNC_INTERVAL_MS);
  await syncs.until(2);
  assert.equal(syncs.begun, 2);
});

Deno.test("LevelStore can be closed where no file can be removed any more, and gives the directory free", async () => {
  await using folder = await TestFolder.make();
  const store = await openLevelStore(storeOptions(folder.path));
  const { remove } = Deno;
  Deno.remove = () => Promise.reject(new Deno.errors.PermissionDenied("read-only file system"));
  try {
    await store.close();
  } finally {
    Deno.remove = remove;
  }
  (await DirectoryLock.take(folder.path))[Symbol.dispose]();
});

Deno.test("LevelStore lets a batch fail alone that needs a damaged record", async () => {
  await using folder = await TestFolder.make();
  {
    await using store = await openLevelStore(storeOptions(folder.path));
    await commit(store, (batch) => {
      for (const name of ["good", "damaged"]) batch.enqueue(name, 1, delivery(message(1)));
    });
  }
  const summary = sessionKey(clientPart("damaged"), SessionPart.SUMMARY);
  await damageValue(folder.path, summary);
  await using store = await openLevelStore(storeOptions(folder.path));
  const batches = ["good", "damaged", "good"].map((name, index) => {
    const batch = store.batch();
    batch.enqueue(name, 10 + index, delivery(message(2 + index)));
    return batch.commit();
  });
  const later = commit(store, (batch) => batch.putSession(session("later")));
  const ends = await Promise.allSettled(batches);
  assert.deepEqual(ends.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  assert.match(
    String((ends[1] as PromiseRejectedResult).reason),
    /^StoreError: stored data is damaged: summary of session "damaged"$/,
  );
  await later;
  assert.equal((await store.queue.summary("good")).count, 3);
});

Deno.test("LevelStore lets a batch that is a bug fail alone", async () => {
  await using fixture = await Fixture.open("always");
  const { store } = fixture;
  // Loaded, so that the batch that fails has changed what is known of it.
  await commit(store, (batch) => batch.putSession(session("a")));
  const good = [store.batch(), store.batch()];
  good[0]!.putSession(session("a"));
  good[1]!.enqueue("a", 1, delivery(message(1)));
  const wrong = store.batch();
  wrong.putSession(session("wrong"));
  wrong.enqueue("a", 2, delivery(message(2)));
  wrong.startInflight("a", 1, 77);
  const ends = await Promise.allSettled([good[0]!.commit(), wrong.commit(), good[1]!.commit()]);
  assert.deepEqual(ends.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  assert.equal((ends[1] as PromiseRejectedResult).reason.name, "InvariantError");
  assert.equal(await store.sessions.get("wrong"), undefined);
  const { cost } = message(1);
  assert.deepEqual(await store.queue.summary("a"), { count: 1, bytes: cost, lastSeq: 1 });
  assert.equal(store.health().writable, true);
});
