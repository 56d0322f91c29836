import assert from "#assert";
import { FakeClock } from "../../base/fake_clock.ts";
import { silentLogger } from "../../base/log.ts";
import { StoreError } from "../store.ts";
import { copyDatabase } from "./copy_fixture.ts";
import type { Database, Operation } from "./database.ts";
import { Database as RealDatabase, withDatabase } from "./database.ts";
import { Engine } from "./engine.ts";
import { retainedKey } from "./keys.ts";
import { LEVEL_LIMITS } from "./limits.ts";
import { logFiles } from "./log_files.ts";
import { PlainWrite } from "./plain_write.ts";

/**
 * LevelDB where the next write fails in its sync: the batch is in the log as a whole, and more of it
 * comes when the file is closed.
 */
class Disk {
  readonly directory: string;
  failNext = false;
  /** Bytes of the log with the failed batch, that come back when the database is closed. */
  #late: { readonly file: string; readonly bytes: Uint8Array } | undefined;
  opened = 0;
  /** Called when a database begins to be closed. */
  onClose = () => {};
  /** How long the engine waited each time before it tried again. */
  readonly waits: number[] = [];

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async make(): Promise<Disk> {
    return new Disk(await Deno.makeTempDir({ prefix: "tidemq-engine-" }));
  }

  readonly open = async (directory: string): Promise<Database> => {
    const database = await RealDatabase.open(directory);
    this.opened++;
    return new Proxy(database, {
      get: (target, name) => {
        if (name === "write") return this.#writing(target);
        if (name === "close") return () => this.#close(target);
        const value = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  };

  #writing(database: Database) {
    return async (operations: readonly Operation[], sync: boolean) => {
      await database.write(operations, sync);
      if (!this.failNext) return;
      this.failNext = false;
      const file = (await logFiles(this.directory)).at(-1)!;
      this.#late = { file, bytes: await Deno.readFile(file) };
      throw new StoreError("failed", "the test wants the sync to fail");
    };
  }

  async #close(database: Database): Promise<void> {
    this.onClose();
    await database.close();
    if (this.#late !== undefined) await Deno.writeFile(this.#late.file, this.#late.bytes);
    this.#late = undefined;
  }
}

function put(topic: string): readonly PlainWrite[] {
  return [new PlainWrite(retainedKey(topic), Uint8Array.of(1))];
}

function has(directory: string, topic: string): Promise<boolean> {
  return withDatabase(
    directory,
    async (database) => await database.get(retainedKey(topic)) !== undefined,
  );
}

async function withEngine(
  run: (engine: Engine, disk: Disk, clock: FakeClock) => Promise<void>,
): Promise<void> {
  const disk = await Disk.make();
  const clock = new FakeClock();
  const engine = await Engine.open({
    checkOnStartBytes: Infinity,
    directory: disk.directory,
    clock: {
      now: () => clock.now(),
      after(delayMs, callback) {
        disk.waits.push(delayMs);
        return clock.after(delayMs, callback);
      },
    },
    log: silentLogger,
    limits: LEVEL_LIMITS,
    openDatabase: disk.open,
  });
  try {
    await run(engine, disk, clock);
  } finally {
    await engine.close();
    assert.equal(clock.pending, 0, "a timer is left");
    await Deno.remove(disk.directory, { recursive: true });
  }
}

async function failOnce(engine: Engine, disk: Disk): Promise<void> {
  await engine.write([put("kept")], true);
  disk.failNext = true;
  await assert.rejects(engine.write([put("refused")], true), StoreError);
}

Deno.test("Engine cuts a failed batch off the log before it says that it failed", () =>
  withEngine(async (engine, disk) => {
    await failOnce(engine, disk);
    // The process ends here; somebody starts it again.
    const copy = `${disk.directory}-copy`;
    await copyDatabase(disk.directory, copy);
    try {
      assert.equal(await has(copy, "refused"), false);
      assert.equal(await has(copy, "kept"), true);
    } finally {
      await Deno.remove(copy, { recursive: true });
    }
  }));

Deno.test("Engine cuts a failed batch off that comes into the log when it is closed", () =>
  withEngine(async (engine, disk, clock) => {
    await failOnce(engine, disk);
    while (engine.failure !== undefined) await clock.advance(100);
    assert.equal(disk.opened, 2);
    const database = await engine.database();
    assert.equal(await database.get(retainedKey("refused")), undefined);
    assert.notEqual(await database.get(retainedKey("kept")), undefined);
    await engine.write([put("later")], true);
    assert.equal(engine.batchNumber, 2, "the number of the failed batch is used again");
  }));

Deno.test("Engine.close() cuts a failed batch off that comes into the log when it is closed", () =>
  withEngine(async (engine, disk) => {
    await failOnce(engine, disk);
    await engine.close();
    assert.equal(await has(disk.directory, "refused"), false);
    assert.equal(await has(disk.directory, "kept"), true);
  }));

Deno.test("Engine.database() waits while the database is closed and opened again", () =>
  withEngine(async (engine, disk, clock) => {
    await failOnce(engine, disk);
    const { promise: closing, resolve: onClose } = Promise.withResolvers<void>();
    disk.onClose = onClose;
    const recovered = clock.advance(250);
    await closing;
    const database = await engine.database();
    assert.notEqual(await database.get(retainedKey("kept")), undefined);
    await recovered;
    assert.equal(disk.opened, 2);
  }));

Deno.test("Engine refuses every write until it has opened the database again", () =>
  withEngine(async (engine, disk, clock) => {
    await failOnce(engine, disk);
    assert.equal(engine.failure?.message, "the test wants the sync to fail");
    await assert.rejects(engine.write([put("other")], true), {
      name: "StoreError",
      kind: "failed",
      message: "storage takes no writes at the moment: the test wants the sync to fail",
    });
    assert.equal(disk.opened, 1);
    while (engine.failure !== undefined) await clock.advance(100);
    await engine.write([put("other")], true);
  }));

Deno.test("Engine tries again later and later while the disk takes nothing", () =>
  withEngine(async (engine, disk, clock) => {
    await failOnce(engine, disk);
    const gone = `${disk.directory}-gone`;
    await Deno.rename(disk.directory, gone);
    while (disk.waits.length < 8) await clock.advance(250);
    assert.deepEqual(disk.waits, [250, 500, 1000, 2000, 4000, 5000, 5000, 5000]);
    await Deno.rename(gone, disk.directory);
    while (engine.failure !== undefined) await clock.advance(5000);
  }));

Deno.test("Engine.close() ends what is tried", () =>
  withEngine(async (engine, disk, clock) => {
    await failOnce(engine, disk);
    const trying = clock.advance(250);
    await engine.close();
    await trying;
  }));
