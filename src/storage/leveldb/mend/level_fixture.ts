/** Databases that LevelDB wrote, to be damaged. */
import { ClassicLevel } from "classic-level";
import { type Random, SeededRandom } from "../../../base/random.ts";

/** Holds the number of the newest batch, and is written in each. */
const NEWEST = "newest";

export interface WrittenBatch {
  /** The length of the log when the batch was written. */
  readonly end: number;
}

/** A folder for a test. */
export class TestFolder implements AsyncDisposable {
  private constructor(readonly path: string) {}

  static async make(): Promise<TestFolder> {
    return new TestFolder(await Deno.makeTempDir({ prefix: "tidemq-" }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

export function openLevel(directory: string, options: object = {}): ClassicLevel<string, string> {
  return new ClassicLevel<string, string>(directory, { compression: true, ...options });
}

/** Opens the database, calls `use`, closes it. */
export async function withLevel<T>(
  directory: string,
  use: (level: ClassicLevel<string, string>) => Promise<T>,
  options: object = {},
): Promise<T> {
  const level = openLevel(directory, options);
  await level.open();
  try {
    return await use(level);
  } finally {
    await level.close();
  }
}

/** What batch `number` puts under its key. */
function valueOf(number: number): string {
  const random = new SeededRandom(number);
  const length = number % 25 === 0 ? 60_000 : random.below(400);
  const letters = Array.from({ length }, () => String.fromCharCode(97 + random.below(26)));
  return letters.join("");
}

const keyOf = (number: number) => `batch ${String(number).padStart(6, "0")}`;

/**
 * Writes the batches from `first` to `last`, each with a value of its own and its number as the
 * newest, and says where each ended in the log.
 */
export async function writeBatches(
  level: ClassicLevel<string, string>,
  first: number,
  last: number,
): Promise<number[]> {
  const ends: number[] = [];
  for (let number = first; number <= last; number++) {
    await level.batch([
      { type: "put", key: keyOf(number), value: valueOf(number) },
      { type: "put", key: NEWEST, value: String(number) },
    ]);
    const log = newestLog(level.location);
    ends.push(log === undefined ? 0 : (await Deno.stat(log)).size);
  }
  return ends;
}

/** The path of the log that is written to. */
export function newestLog(directory: string): string | undefined {
  const names = [...Deno.readDirSync(directory)].map(({ name }) => name);
  const logs = names.filter((name) => name.endsWith(".log")).sort();
  return logs.length === 0 ? undefined : `${directory}/${logs.at(-1)}`;
}

/** The paths of the tables, the oldest first. */
export function tables(directory: string): string[] {
  const names = [...Deno.readDirSync(directory)].map(({ name }) => name);
  return names.filter((name) => name.endsWith(".ldb")).sort().map((name) => `${directory}/${name}`);
}

/**
 * The number of the newest batch; throws unless all that were written up to it are there, unchanged,
 * and none behind it is.
 */
export async function newestBatch(directory: string): Promise<number> {
  return await withLevel(directory, async (level) => {
    const newest = Number(await level.get(NEWEST) ?? 0);
    let expected = 1;
    for await (const [key, value] of level.iterator()) {
      if (key === NEWEST) continue;
      if (key !== keyOf(expected) || value !== valueOf(expected)) {
        throw new Error(`${key} is wrong`);
      }
      expected++;
    }
    if (expected !== newest + 1) throw new Error(`${expected - 1} batches instead of ${newest}`);
    return newest;
  }, { createIfMissing: false });
}

/** All keys and values; throws when one that is found on the way through is not found by its key. */
export async function contents(directory: string): Promise<Map<string, string>> {
  return await withLevel(directory, async (level) => {
    const entries = await level.iterator().all();
    const values = await level.getMany(entries.map(([key]) => key));
    for (const [at, [key, value]] of entries.entries()) {
      if (values[at] !== value) throw new Error(`${key} is not found by its key`);
    }
    return new Map(entries);
  }, { createIfMissing: false });
}

export async function copyDirectory(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isFile } of Deno.readDir(from)) {
    if (isFile) await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}

/** A way to damage a file. */
export interface Damage {
  readonly name: string;
  /** The first byte that is touched, and the first behind. */
  readonly start: number;
  readonly end: number;
  apply(bytes: Uint8Array): Uint8Array;
}

/** Some damage at a random place of a file of `length` bytes. */
export function randomDamage(random: Random, length: number): Damage {
  const start = random.below(length);
  const size = Math.min(1 + random.below(random.below(4) === 0 ? 40_000 : 40), length - start);
  const end = start + size;
  const changed = (change: (bytes: Uint8Array) => void) => (bytes: Uint8Array) => {
    const copy = bytes.slice();
    change(copy);
    return copy;
  };
  switch (random.below(4)) {
    case 0: {
      const bit = 1 << random.below(8);
      const apply = changed((bytes) => void (bytes[start]! ^= bit));
      return { name: `flip of ${bit} at ${start}`, start, end: start + 1, apply };
    }
    case 1: {
      const noise = random.bytes(size);
      const apply = changed((bytes) => bytes.set(noise, start));
      return { name: `noise from ${start} to ${end}`, start, end, apply };
    }
    case 2: {
      const apply = changed((bytes) => bytes.fill(0, start, end));
      return { name: `zeros from ${start} to ${end}`, start, end, apply };
    }
    default: {
      const apply = (bytes: Uint8Array) => bytes.slice(0, start);
      return { name: `cut at ${start}`, start, end: length, apply };
    }
  }
}

export async function damageFile(path: string, damage: Damage): Promise<void> {
  await Deno.writeFile(path, damage.apply(await Deno.readFile(path)));
}

/** Flips a bit of a file. */
export async function flipBit(path: string, at: number): Promise<void> {
  const bytes = await Deno.readFile(path);
  bytes[at]! ^= 0x10;
  await Deno.writeFile(path, bytes);
}
