/** Whether the simulated loss of power takes what it has to, and what LevelDB makes of it. */
import assert from "#assert";
import { silentLogger } from "../../src/base/log.ts";
import { SeededRandom } from "../../src/base/random.ts";
import { SystemClock } from "../../src/base/system_clock.ts";
import { openLevelStore } from "../../src/storage/leveldb/level_store.ts";
import { drawLeft, NOTHING_LEFT, PowerLoss } from "./power_loss.ts";
import { buildSyncShim, watchedBy } from "./sync_shim.ts";

const PERMISSIONS = ["--allow-read", "--allow-write", "--allow-env", "--allow-ffi"];

/** A folder in which a program was run that is watched by the shim, and the power then goes. */
class Watched implements AsyncDisposable {
  readonly folder: string;
  readonly power: PowerLoss;

  private constructor(folder: string) {
    this.folder = folder;
    this.power = new PowerLoss(`${folder}/data`, `${folder}/keep`);
  }

  static async make(): Promise<Watched> {
    const watched = new Watched(await Deno.makeTempDir({ prefix: "tidemq-power-" }));
    await Deno.mkdir(watched.power.directory);
    return watched;
  }

  /** Runs a program to its end; its arguments are the directory and where the events go. */
  async run(program: string): Promise<void> {
    await this.power.prepare();
    const { directory, keep } = this.power;
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", ...PERMISSIONS, program, directory, keep],
      env: watchedBy(await buildSyncShim(this.folder), directory, keep),
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
  }

  async runText(program: string): Promise<void> {
    await Deno.writeTextFile(`${this.folder}/program.ts`, program);
    await this.run(`${this.folder}/program.ts`);
  }

  /** The files that are there, and what is in them. */
  async files(): Promise<Record<string, string>> {
    const files: Record<string, string> = {};
    for await (const { name } of Deno.readDir(this.power.directory)) {
      files[name] = await Deno.readTextFile(`${this.power.directory}/${name}`);
    }
    return files;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

const PROGRAM_START = `
  const [dir] = Deno.args;
  const at = (name: string) => dir + "/" + name;
  const write = (name: string, text: string, sync = false) => {
    using file = Deno.openSync(at(name), { write: true, create: true, append: true });
    file.writeSync(new TextEncoder().encode(text));
    if (sync) file.syncDataSync();
  };
  const syncDirectory = () => {
    using file = Deno.openSync(dir!);
    file.syncSync();
  };
`;

Deno.test("PowerLoss: takes the bytes that were not synced, in each file", async () => {
  await using watched = await Watched.make();
  await Deno.writeTextFile(`${watched.power.directory}/before`, "there");
  await watched.runText(`${PROGRAM_START}
    write("never", "abc");
    write("synced", "abc", true);
    write("partly", "abc", true);
    write("partly", "def");
    write("before", " and more");
    syncDirectory();
  `);
  const { power } = watched;
  const recording = await power.recording();
  assert.equal(await power.leave(recording, recording.durableChanges, () => NOTHING_LEFT), 15);
  assert.deepEqual(await watched.files(), {
    never: "",
    synced: "abc",
    partly: "abc",
    before: "there",
  });
  await power.leave(
    recording,
    recording.durableChanges,
    ({ length }) => ({ bytes: length, zeros: 0 }),
  );
  assert.equal((await watched.files()).partly, "abcdef");
  await power.leave(recording, recording.durableChanges, () => ({ bytes: 1, zeros: 2 }));
  assert.equal((await watched.files()).partly, "abcd\0\0");
});

Deno.test("PowerLoss: takes back changes of names since the last sync, the last one first", async () => {
  await using watched = await Watched.make();
  await Deno.writeTextFile(`${watched.power.directory}/old`, "old");
  await Deno.writeTextFile(`${watched.power.directory}/target`, "before");
  await watched.runText(`${PROGRAM_START}
    write("first", "1", true);
    Deno.removeSync(at("old"));
    write("temporary", "after", true);
    Deno.renameSync(at("temporary"), at("target"));
    write("last", "2");
  `);
  const { power } = watched;
  const recording = await power.recording();
  const { durableChanges, promisedChanges, changes } = recording;
  assert.deepEqual([promisedChanges, durableChanges, changes.length], [0, 3, 5]);
  const left = async (made: number) => {
    await power.leave(recording, made, () => NOTHING_LEFT);
    return await watched.files();
  };
  assert.deepEqual(await left(5), { first: "1", target: "after", last: "" });
  assert.deepEqual(await left(4), { first: "1", target: "after" });
  assert.deepEqual(await left(3), { first: "1", target: "before", temporary: "after" });
  assert.deepEqual(await left(0), { old: "old", target: "before" });
});

Deno.test("PowerLoss: is not fooled by what it cannot play", async () => {
  await using watched = await Watched.make();
  await watched.runText(`${PROGRAM_START}
    write("file", "abc", true);
    const { symbols } = Deno.dlopen(Deno.env.get("LD_PRELOAD")!, {
      open: { parameters: ["buffer", "i32"], result: "i32" },
      pwrite: { parameters: ["i32", "buffer", "usize", "i64"], result: "isize" },
    });
    const path = new TextEncoder().encode(at("file") + "\\0");
    symbols.pwrite(symbols.open(path, 2), new Uint8Array(1), 1n, 1n);
  `);
  await assert.rejects(watched.power.recording(), /cannot be played for: X pwrite/);
});

Deno.test("LevelStore: wherever the power goes, it opens and has every durable commit", async () => {
  await using watched = await Watched.make();
  await watched.run(new URL("store_program.ts", import.meta.url).pathname);
  const { power } = watched;
  const random = new SeededRandom(1);
  const { events, mark } = await power.recording();
  assert.equal(mark, 60);
  let seen = -1;
  for (let event = 0; event <= events; event++) {
    const recording = await power.recording(event);
    const { durableChanges, changes } = recording;
    // While no name changes, one commit is like the other.
    if (changes.length === seen && event % 4 !== 0) continue;
    seen = changes.length;
    for (const made of new Set([durableChanges, changes.length])) {
      await power.leave(recording, made, drawLeft(random).leftOf);
      await assertKept(power.directory, recording.mark, `event ${event}, ${made} names`);
    }
  }
});

/**
 * The store is as one of the commits has left it, `mark` or a later one: with the ten newest
 * sessions, since each commit deletes what the tenth before it has made.
 */
async function assertKept(directory: string, mark: number, when: string): Promise<void> {
  await using store = await openLevelStore({
    directory,
    sync: "always",
    syncIntervalMs: 100,
    checkOnStartBytes: Infinity,
    clock: new SystemClock(),
    log: silentLogger,
  }).catch((error: Error) => assert.fail(`${when}: ${error.message}`));
  const numbers: number[] = [];
  for await (const { clientId } of store.sessions.list()) numbers.push(Number(clientId.slice(1)));
  numbers.sort((a, b) => a - b);
  const newest = numbers.at(-1) ?? 0;
  assert.ok(newest >= mark, `${when}: the newest commit is ${newest}, durable was ${mark}`);
  const expected = Array.from({ length: Math.min(newest, 10) }, (_, at) => newest - at).reverse();
  assert.deepEqual(numbers, expected, when);
  for (const number of numbers) {
    const [entry] = await store.queue.page(`c${number}`, 0, 1);
    assert.equal(entry?.delivery.message.payload[0], number, `${when}: what ${number} has queued`);
  }
}
