import assert from "#assert";
import { FakeClock } from "../../src/base/fake_clock.ts";
import { silentLogger } from "../../src/base/log.ts";
import {
  diskCases,
  type DiskHooks,
  type StoreUnderTest,
} from "../../src/storage/conformance/disk.ts";
import { copyDatabase } from "../../src/storage/leveldb/copy_fixture.ts";
import {
  type LevelStore,
  type LevelStoreOptions,
  openLevelStore,
} from "../../src/storage/leveldb/level_store.ts";
import { WHOLE } from "../../src/storage/leveldb/scan/scan.ts";
import { checkDirectory } from "../../src/storage/leveldb/mend/maintenance.ts";
import { commit, delivery, message } from "../../src/storage/conformance/fixtures.ts";
import type { Store, StoreError } from "../../src/storage/store.ts";
import { SmallDisk } from "../support/small_disk.ts";

const DISK_BYTES = 64 * 1024 * 1024;

/** A store on a disk of its own, with a clock that stands still. */
class StoreOnSmallDisk implements StoreUnderTest {
  store: LevelStore;
  readonly disk: SmallDisk;
  readonly clock: FakeClock;

  readonly options: LevelStoreOptions;

  private constructor(
    store: LevelStore,
    options: LevelStoreOptions,
    disk: SmallDisk,
    clock: FakeClock,
  ) {
    this.store = store;
    this.options = options;
    this.disk = disk;
    this.clock = clock;
  }

  static async open(): Promise<StoreOnSmallDisk> {
    const disk = await SmallDisk.mount(DISK_BYTES);
    const clock = new FakeClock();
    const options: LevelStoreOptions = {
      directory: `${disk.path}/data`,
      sync: "always",
      syncIntervalMs: 100,
      checkOnStartBytes: Infinity,
      clock,
      log: silentLogger,
    };
    return new StoreOnSmallDisk(await openLevelStore(options), options, disk, clock);
  }

  get directory(): string {
    return this.options.directory;
  }

  async reopen(): Promise<void> {
    await this.store.close();
    this.store = await openLevelStore(this.options);
  }

  async fill(): Promise<() => Promise<void>> {
    await this.disk.fill();
    return async () => {
      await this.disk.makeSpace();
      await this.untilWritable();
    };
  }

  /** The store tries again by itself; moving the clock is all that is needed. */
  async untilWritable(): Promise<void> {
    while (!this.store.health().writable) await this.clock.advance(5_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close();
    assert.equal(this.clock.pending, 0, "a timer is left");
    await this.disk[Symbol.asyncDispose]();
  }
}

// The other cases need no disk of their own: `level_store_test.ts` beside the source has them.
diskCases((hook, behaviour, run) => {
  if (hook !== "fillDisk") return;
  Deno.test(`LevelStore ${behaviour}`, async () => {
    await using under = await StoreOnSmallDisk.open();
    const fillDisk: DiskHooks["fillDisk"] = () => under.fill();
    await run(under, fillDisk as DiskHooks[typeof hook]);
  });
});

const PUBLISHERS = 20;
const PAYLOAD_BYTES = 20_000;

/** What happened to the messages of {@linkcode publishUntilFull}, by their seq. */
interface Outcome {
  readonly acknowledged: Set<number>;
  readonly refused: Set<number>;
}

/** Several publishers fill the disk, until all of them are refused. */
async function publishUntilFull(store: Store, from: number): Promise<Outcome> {
  const outcome: Outcome = { acknowledged: new Set(), refused: new Set() };
  let seq = from;
  const publish = async () => {
    for (;;) {
      const own = ++seq;
      const body = message(own, { payload: randomBytes(PAYLOAD_BYTES) });
      try {
        await commit(store, (batch) => batch.enqueue("c", own, delivery(body)));
        outcome.acknowledged.add(own);
      } catch (error) {
        assert.equal((error as StoreError).kind, "full", String(error));
        outcome.refused.add(own);
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: PUBLISHERS }, publish));
  return outcome;
}

/** What LevelDB cannot compress. */
function randomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}

async function seqsIn(store: Store): Promise<number[]> {
  return (await store.queue.page("c", 0, Infinity)).map(({ seq }) => seq);
}

Deno.test("LevelStore on a disk that fills up keeps what it acknowledged, nothing else, and goes on", async () => {
  await using under = await StoreOnSmallDisk.open();
  const { store, disk } = under;
  const kept: number[] = [];
  let last = 0;
  for (let round = 0; round < 4; round++) {
    // Now and then the disk fills while a table is written, not the log.
    await disk.leave(1_000_000 * (1 + round * 2));
    const { acknowledged, refused } = await publishUntilFull(store, last);
    last = Math.max(...acknowledged, ...refused);
    assert.ok(acknowledged.size > 0, "the disk was full before anything was written");
    assert.ok(refused.size > 0);
    kept.push(...[...acknowledged].sort((a, b) => a - b));
    assert.match(store.health().detail, /^the disk is full/);
    assert.deepEqual(await seqsIn(store), kept, "reads go on");
    await disk.makeSpace();
    await under.untilWritable();
    assert.deepEqual(await seqsIn(store), kept);
  }
  await commit(store, (batch) => batch.enqueue("c", last + 1, delivery(message(last + 1))));
  await under.reopen();
  assert.deepEqual(await seqsIn(under.store), [...kept, last + 1]);
});

Deno.test("LevelStore does not keep a refused batch when the process ends right after it", async () => {
  await using under = await StoreOnSmallDisk.open();
  await under.disk.leave(500_000);
  const { acknowledged } = await publishUntilFull(under.store, 0);
  const parent = await Deno.makeTempDir({ prefix: "tidemq-copy-" });
  const copy = `${parent}/data`;
  try {
    await copyDatabase(under.directory, copy);
    await using store = await openLevelStore({ ...under.options, directory: copy });
    assert.deepEqual(await seqsIn(store), [...acknowledged].sort((a, b) => a - b));
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
});

Deno.test("checkDirectory() checks a database on a disk that is full", async () => {
  await using under = await StoreOnSmallDisk.open();
  await commit(under.store, (batch) => batch.putRetained(message(1)));
  await under.store.close();
  // Without a block of its own, there is no room for whose it is.
  await Deno.truncate(`${under.directory}/tidemq.lock`);
  await under.disk.fill();
  assert.equal((await checkDirectory(under.directory, WHOLE)).state, "intact");
  await under.disk.makeSpace();
  await under.reopen();
});

Deno.test("openLevelStore() says that a disk is full or read-only", async () => {
  await using under = await StoreOnSmallDisk.open();
  await under.store.close();
  await under.disk.fill();
  await assert.rejects(openLevelStore(under.options), {
    name: "StoreOpenError",
    problem: "failed",
    message: /No space left on device/,
  });
  await under.disk.makeSpace();
  await under.disk.remount("ro");
  await assert.rejects(openLevelStore(under.options), {
    name: "StoreOpenError",
    problem: "failed",
    message: /Read-only file system/,
  });
  await under.disk.remount("rw");
  await under.reopen();
});
