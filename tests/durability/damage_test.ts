/** The database is overwritten while the broker is down. */
import assert from "#assert";
import { SeededRandom } from "../../src/base/random.ts";
import { BrokerLife } from "./broker_life.ts";
import { emptyQueues, fillQueues } from "./queue_run.ts";

const ROUNDS = 6;
const LOAD_MS = 1_500;
/** How often the length of the log is noted, in milliseconds. */
const NOTED_MS = 10;
const DAMAGED_BYTES_MAX = 2_000;

/** What had been acknowledged when the log had this length, by name of the stream. */
interface Noted {
  readonly length: number;
  readonly acknowledged: ReadonlyMap<string, number>;
}

Deno.test("damage: a log that is overwritten in its middle loses nothing older, and says so", async () => {
  const folder = await Deno.makeTempDir({ prefix: "tidemq-damage-" });
  try {
    const seed = crypto.getRandomValues(new Uint32Array(1))[0]!;
    const directory = `${folder}/data`;
    const noted: Noted[] = [];
    const { acknowledged } = await fillQueues(
      { folder, directory, ms: LOAD_MS, seed },
      async (acknowledged) => {
        await new Promise((resolve) => setTimeout(resolve, NOTED_MS));
        // First what is acknowledged: that is certainly within what there is then.
        const last = [...acknowledged].map(([name, times]) => [name, times.length - 1] as const);
        const { size } = await Deno.stat(await newestLog(directory));
        noted.push({ length: size, acknowledged: new Map(last) });
      },
    );
    console.log(`seed ${seed}: ${[...acknowledged.values()].flat().length} acknowledged`);
    const random = new SeededRandom(seed);
    for (let round = 1; round <= ROUNDS; round++) {
      await copyFiles(directory, `${folder}/${round}`);
      await checkDamaged(folder, `${folder}/${round}`, noted, random);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function checkDamaged(
  folder: string,
  directory: string,
  noted: readonly Noted[],
  random: SeededRandom,
): Promise<void> {
  const log = await newestLog(directory);
  const { size } = await Deno.stat(log);
  // Not at the very end: there it would be a write that was interrupted.
  const start = random.below(Math.floor(size * 0.9));
  await overwrite(log, start, random.bytes(1 + random.below(DAMAGED_BYTES_MAX)));
  const older = noted.findLast(({ length }) => length <= start);
  const damaged = await Deno.readFile(log);
  await using life = await BrokerLife.start({
    folder,
    storage: { type: "leveldb", leveldb: { dir: directory } },
  });
  const queues = await emptyQueues(await life.ready());
  const { store, ready } = await life.readiness();
  assert.ok(ready, store);
  const { err } = await life.stop();
  const [, file, offset, consequence, copy] =
    / ERROR storage was damaged.* file=(\S+) offset=(\d+) .*consequence="(.*?)" copy=(\S+)/.exec(
      err,
    ) ??
      assert.fail(`damage at ${start} of ${size} bytes, but it says: ${err}`);
  assert.ok(log.endsWith(`/${file}`), `${file} is not ${log}`);
  assert.ok(Number(offset) <= start, `${offset} is behind the damage at ${start}`);
  assert.ok(Number(offset) >= (older?.length ?? 0), `${offset} is long before it`);
  assert.match(consequence!, /lost: the last \d+ bytes/);
  assert.ok(store.includes(`${file} at byte ${offset}`), store);
  assert.deepEqual(
    await Deno.readFile(`${copy}/${file}`),
    damaged,
    "the copy is not what was there",
  );
  for (const found of queues) {
    for (const [name, seqs] of found) {
      assert.deepEqual(seqs, seqs.map((_, at) => at + 1), `${name} has a gap`);
    }
    for (const [name, last] of older?.acknowledged ?? []) {
      const count = found.get(name)?.length ?? 0;
      assert.ok(count >= last, `${name}: ${count} of ${last} that are older than the damage`);
    }
  }
}

async function newestLog(directory: string): Promise<string> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(directory)) {
    if (name.endsWith(".log")) names.push(name);
  }
  return `${directory}/${names.sort().at(-1)}`;
}

async function overwrite(path: string, at: number, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true });
  await file.seek(at, Deno.SeekMode.Start);
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await file.write(rest));
}

async function copyFiles(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isFile } of Deno.readDir(from)) {
    if (isFile) await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}
