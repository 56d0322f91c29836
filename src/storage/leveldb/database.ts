import type { ClassicLevel } from "classic-level";
import { StoreError } from "../store.ts";
import { withWayOut } from "./damage_text.ts";
import { DamagedDataError, ReadError, StoreOpenError } from "./errors.ts";
import { describeKey } from "./key_text.ts";
import type { KeyRange } from "./keys.ts";
import { sealed, unsealed } from "./sealing.ts";

/** A put; a deletion when there is no value. */
export interface Operation {
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

export type Entry = [key: Uint8Array, value: Uint8Array];

type Level = ClassicLevel<Uint8Array, Uint8Array>;

/** How much LevelDB gathers in memory and in its log before it writes a table. */
const WRITE_BUFFER_BYTES = 8 * 1024 * 1024;

/** LevelDB's cache of uncompressed blocks. */
const BLOCK_CACHE_BYTES = 32 * 1024 * 1024;

/** All keys. */
export const EVERYTHING: KeyRange = { gte: new Uint8Array(0), lt: Uint8Array.of(0xff) };

/** Entries that are read at a time where everything in a range is wanted. */
const PAGE_ENTRIES = 1000;
/**
 * Entries of the first page. What belongs to one session is a handful most of the time, and the
 * native side reserves 64 bytes for each entry that may come and keeps them until the next garbage
 * collection.
 */
const FIRST_PAGE_ENTRIES = 16;
/** Bytes after which a page is full all the same. */
const PAGE_BYTES = 256 * 1024;

const BINARY = { keyEncoding: "view", valueEncoding: "view" } as const;

type Snapshot = ReturnType<Level["snapshot"]>;

/** Is told what was found to be damaged. */
export type OnDamage = (what: string) => void;

/** Reads from a database as it is, or as it was at one moment. Failures are {@linkcode ReadError}s. */
export class Reader {
  readonly #level: Level;
  readonly #options: { readonly snapshot?: Snapshot };
  readonly #onDamage: OnDamage;

  constructor(level: Level, onDamage: OnDamage, snapshot?: Snapshot) {
    this.#level = level;
    this.#onDamage = onDamage;
    this.#options = snapshot === undefined ? {} : { snapshot };
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    try {
      return this.#opened(key, await this.#level.get(key, this.#options));
    } catch (error) {
      throw this.#readError(error);
    }
  }

  /** Whether there is a value, damaged or not. */
  async has(key: Uint8Array): Promise<boolean> {
    try {
      return await this.#level.has(key, this.#options);
    } catch (error) {
      throw this.#readError(error);
    }
  }

  async getMany(keys: Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    if (keys.length === 0) return [];
    if (keys.length === 1) return [await this.get(keys[0]!)];
    try {
      const values = await this.#level.getMany(keys, this.#options);
      return values.map((value, at) => this.#opened(keys[at]!, value));
    } catch (error) {
      throw this.#readError(error);
    }
  }

  /** At most `limit` entries, ascending; `Infinity`: all. */
  async range(range: KeyRange, limit: number): Promise<Entry[]> {
    if (limit <= 0) return [];
    const found: Entry[] = [];
    const first = limit === Infinity ? FIRST_PAGE_ENTRIES : Math.min(limit, PAGE_ENTRIES);
    for await (const entries of this.pages(range, first)) {
      for (const entry of entries) {
        if (found.length >= limit) return found;
        found.push(entry);
      }
      if (found.length >= limit) return found;
    }
    return found;
  }

  /** The last key of a range. */
  async lastKey(range: KeyRange): Promise<Uint8Array | undefined> {
    try {
      const options = { ...this.#options, ...range, reverse: true, limit: 1 };
      const [key] = await this.#level.keys(options).all();
      return key;
    } catch (error) {
      throw this.#readError(error);
    }
  }

  /**
   * All entries of a range, ascending, some at a time. No iterator is held between two pages: what
   * is written meanwhile may be seen or not.
   */
  async *pages(range: KeyRange, first = FIRST_PAGE_ENTRIES): AsyncGenerator<Entry[]> {
    for await (const entries of this.#sealedPages(range, first)) {
      for (const entry of entries) entry[1] = this.#opened(entry[0], entry[1])!;
      yield entries;
    }
  }

  /** All keys of a range, ascending, some at a time, those of damaged values too. */
  async *keys(range: KeyRange): AsyncGenerator<Uint8Array[]> {
    for await (const entries of this.#sealedPages(range, PAGE_ENTRIES)) {
      yield entries.map(([key]) => key);
    }
  }

  /** The keys of a range whose values are not what was stored, ascending, some at a time. */
  async *damagedKeys(range: KeyRange): AsyncGenerator<Uint8Array[]> {
    for await (const entries of this.#sealedPages(range, PAGE_ENTRIES)) {
      const damaged = entries.filter(([key, value]) => unsealed(key, value) === undefined);
      if (damaged.length > 0) yield damaged.map(([key]) => key);
    }
  }

  /** Entries as they lie there. */
  async *#sealedPages(range: KeyRange, first: number): AsyncGenerator<Entry[]> {
    let { gte } = range;
    for (let size = first;; size = PAGE_ENTRIES) {
      const { entries, ended } = await this.#page({ gte, lt: range.lt }, size);
      if (entries.length > 0) yield entries;
      if (ended) return;
      const [last] = entries[entries.length - 1]!;
      gte = new Uint8Array(last.length + 1);
      gte.set(last);
    }
  }

  async #page(
    range: KeyRange,
    size: number,
  ): Promise<{ readonly entries: Entry[]; readonly ended: boolean }> {
    try {
      const options = { ...this.#options, ...range, highWaterMarkBytes: PAGE_BYTES };
      const iterator = this.#level.iterator(options);
      try {
        const entries = await iterator.nextv(size);
        const bytes = entries.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
        const ended = entries.length < size && bytes <= PAGE_BYTES;
        return { entries, ended };
      } finally {
        await iterator.close();
      }
    } catch (error) {
      throw this.#readError(error);
    }
  }

  /** Takes the seal off. */
  #opened(key: Uint8Array, bytes: Uint8Array | undefined): Uint8Array | undefined {
    if (bytes === undefined) return undefined;
    const value = unsealed(key, bytes);
    if (value !== undefined) return value;
    throw this.#damaged(new DamagedDataError(describeKey(key)));
  }

  #readError(error: unknown): ReadError {
    if (error instanceof ReadError) return error;
    const failure = failureOf(ReadError, error);
    if (!isCorruption(error) && !isCorruption((error as Error).cause)) return failure;
    const what = `LevelDB says "${failure.message}"`;
    return this.#damaged(new DamagedDataError(what, { cause: error }));
  }

  #damaged(error: DamagedDataError): DamagedDataError {
    this.#onDamage(error.message);
    return error;
  }
}

/** The LevelDB database in a directory: with `mend/rebuild.ts` the only file that knows `classic-level`. */
export class Database extends Reader {
  readonly directory: string;
  readonly #level: Level;
  readonly #onDamage: OnDamage;

  /** Use {@linkcode open}. */
  protected constructor(directory: string, level: Level, onDamage: OnDamage) {
    super(level, onDamage);
    this.directory = directory;
    this.#level = level;
    this.#onDamage = onDamage;
  }

  /**
   * Opens the database, which is made when it is missing. Rejects with {@linkcode StoreOpenError}.
   * `onDamage` is told of each read that finds damage; the read rejects as well.
   */
  static async open(
    this: void,
    directory: string,
    onDamage: OnDamage = () => {},
  ): Promise<Database> {
    return new Database(directory, await openLevel(directory), onDamage);
  }

  /** Calls `read` with the database as it is now, whatever is written meanwhile. */
  async reading<T>(read: (snapshot: Reader) => Promise<T>): Promise<T> {
    const snapshot = this.#level.snapshot();
    try {
      return await read(new Reader(this.#level, this.#onDamage, snapshot));
    } finally {
      await snapshot.close();
    }
  }

  /**
   * Applies all operations or none; durable when it resolves if `sync` is set. Rejects with
   * {@linkcode StoreError}; what the database does then with further writes is undefined.
   */
  async write(operations: readonly Operation[], sync: boolean): Promise<void> {
    try {
      // One call for each operation is twice as fast as an array of them.
      const batch = this.#level.batch();
      for (const { key, value } of operations) {
        if (value === undefined) batch.del(key);
        else batch.put(key, sealed(key, value));
      }
      await batch.write({ sync } as object);
    } catch (error) {
      throw failureOf(StoreError, error);
    }
  }

  async close(): Promise<void> {
    await this.#level.close();
  }
}

/** Opens the database, calls `use`, closes it. */
export async function withDatabase<T>(
  directory: string,
  use: (database: Database) => Promise<T>,
): Promise<T> {
  const database = await Database.open(directory);
  try {
    return await use(database);
  } finally {
    await database.close();
  }
}

async function openLevel(directory: string): Promise<Level> {
  // Loaded when it is needed: without storage on disk there is no need of a native library.
  const { ClassicLevel } = await import("classic-level");
  const level: Level = new ClassicLevel(directory, {
    ...BINARY,
    writeBufferSize: WRITE_BUFFER_BYTES,
    cacheSize: BLOCK_CACHE_BYTES,
  });
  try {
    // Whoever reads these files reads every message.
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
    await level.open();
    return level;
  } catch (error) {
    throw openError(directory, error);
  }
}

function openError(directory: string, error: unknown): StoreOpenError {
  const cause = (error as Error).cause as (Error & { code?: string }) | undefined;
  const text = cause?.message ?? String(error);
  if (cause?.code === "LEVEL_LOCKED") {
    return new StoreOpenError(
      "in_use",
      `the storage directory ${directory} is in use by another process`,
      { cause: error },
    );
  }
  if (isCorruption(cause)) {
    const damage = new DamagedDataError(`LevelDB says "${text}"`, { cause: error });
    return withWayOut(directory, damage) as StoreOpenError;
  }
  return new StoreOpenError("failed", `cannot open the database in ${directory}: ${text}`, {
    cause: error,
  });
}

function isCorruption(error: unknown): boolean {
  return (error as { code?: string } | undefined)?.code === "LEVEL_CORRUPTION";
}

/** What the operating system says when there is no room: the texts of ENOSPC and EDQUOT. */
const FULL = /no space left|disk quota exceeded/i;

function failureOf<E extends StoreError>(
  kindOfError: new (...args: ConstructorParameters<typeof StoreError>) => E,
  error: unknown,
): E {
  const cause = (error as Error).cause;
  const text = `${(error as Error).message}${cause instanceof Error ? `: ${cause.message}` : ""}`;
  return new kindOfError(FULL.test(text) ? "full" : "failed", text, { cause: error });
}
