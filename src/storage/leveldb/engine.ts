import type { Clock, Timer } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import { StoreError } from "../store.ts";
import { DamageWatch } from "./damage_watch.ts";
import { withWayOut } from "./damage_text.ts";
import { Database } from "./database.ts";
import { RecordError, StoreOpenError } from "./errors.ts";
import { prepareFormat } from "./format.ts";
import type { LevelLimits } from "./limits.ts";
import { cutLogAfter } from "./log_tail.ts";
import { openDirectory, type ReadyDirectory } from "./opening.ts";
import { probeSpace } from "./space_probe.ts";
import type { Write } from "./write.ts";
import { WritePipeline } from "./write_pipeline.ts";

export interface EngineOptions {
  readonly directory: string;
  readonly checkOnStartBytes: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: LevelLimits;
  /** `Database.open`, unless a test wants it to fail. */
  readonly openDatabase?: typeof Database.open;
}

/** How long it takes, in milliseconds, until writing is tried again; doubles with each try. */
const RETRY_MS_MIN = 250;
const RETRY_MS_MAX = 5_000;

/** A database that is open, and what writes to it. */
interface Opened {
  readonly database: Database;
  readonly pipeline: WritePipeline;
}

/**
 * A database that gets over its failures. After a failed write LevelDB cannot be trusted with
 * another one: depending on where it failed it refuses all others, or writes them behind a torn
 * record where the next start does not find them. So the failed batch is cut off the log at once,
 * writes are refused, reads go on, and as soon as the disk takes data again the database is closed
 * and opened inside the process.
 *
 * | state     | reads | writes  | leaves it                                          |
 * |-----------|-------|---------|----------------------------------------------------|
 * | writable  | yes   | yes     | a write fails → refusing                           |
 * | refusing  | yes   | refused | there is space → opening                           |
 * | opening   | wait  | refused | opened → writable; cannot be opened → shut         |
 * | shut      | fail  | refused | after a while → opening                            |
 */
export class Engine {
  readonly #options: EngineOptions;
  #opened: Opened | undefined;
  /** Why writes are refused. */
  #failure: StoreError | undefined;
  /** The attempt to become writable again that is under way. */
  #recovery: Promise<void> | undefined;
  #retry: Timer | undefined;
  #retryMs = RETRY_MS_MIN;
  #closing: Promise<void> | undefined;
  #batchNumber: number;

  /** See `Store.largestBodyId`. */
  readonly largestBodyId: number;
  readonly #ready: ReadyDirectory;
  readonly #watch: DamageWatch;

  private constructor(
    options: EngineOptions,
    ready: ReadyDirectory,
    watch: DamageWatch,
    opened: Opened,
  ) {
    this.#options = options;
    this.#ready = ready;
    this.#watch = watch;
    this.#opened = opened;
    this.#batchNumber = opened.pipeline.number;
    this.largestBodyId = opened.pipeline.largestBodyId;
  }

  /** Rejects with `StoreOpenError`. */
  static async open(options: EngineOptions): Promise<Engine> {
    const ready = await openDirectory(options);
    const watch = new DamageWatch(options.log);
    try {
      return new Engine(options, ready, watch, await openDatabase(options, watch));
    } catch (error) {
      ready.lock[Symbol.dispose]();
      throw error;
    }
  }

  /** See `Store.damageAtStart`. */
  get damageAtStart(): readonly string[] {
    return this.#ready.damage;
  }

  /** Damaged data that was read since the start, in plain words; undefined: none. */
  get damage(): string | undefined {
    return this.#watch.first;
  }

  /** Why writes are refused; undefined when they are taken. */
  get failure(): StoreError | undefined {
    return this.#failure;
  }

  /** The number of the last batch that was written. */
  get batchNumber(): number {
    return this.#batchNumber;
  }

  /** For reading. Waits while the database is being opened; rejects while it cannot be. */
  async database(): Promise<Database> {
    if (this.#opened === undefined) await this.#recovery;
    if (this.#opened === undefined) throw this.#failure!;
    return this.#opened.database;
  }

  /** Writes all commits or none. Called when the last call has settled. */
  async write(commits: readonly (readonly Write[])[], sync: boolean): Promise<void> {
    if (this.#failure !== undefined) {
      const { kind, message } = this.#failure;
      throw new StoreError(kind, `storage takes no writes at the moment: ${message}`);
    }
    const { database, pipeline } = this.#opened!;
    const operations = await pipeline.build(commits);
    try {
      await database.write(operations, sync);
    } catch (error) {
      await this.#fail(error as StoreError);
      throw error;
    }
    pipeline.written();
    this.#batchNumber = pipeline.number;
  }

  /**
   * Something outside a write has shown that the disk takes no data. Called when the last call of
   * `write` has settled.
   */
  async fail(error: StoreError): Promise<void> {
    if (this.#failure === undefined) await this.#fail(error);
  }

  /** Ends what is being tried and gives the directory free. A second call waits for the first. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#retry?.cancel();
    await this.#recovery;
    try {
      await this.#opened?.database.close();
      // Closing may have brought the failed batch into the file, or the cut may have failed before.
      if (this.#failure !== undefined) await this.#cutFailed();
    } finally {
      this.#ready.lock[Symbol.dispose]();
    }
  }

  async #fail(error: StoreError): Promise<void> {
    const { log } = this.#options;
    this.#failure = error;
    log.error("storage takes no writes", { kind: error.kind, error: error.message });
    await this.#cutFailed();
    this.#retryLater();
  }

  /** Nothing of a refused batch may be there after a restart. */
  async #cutFailed(): Promise<void> {
    const { directory, log } = this.#options;
    try {
      await cutLogAfter(directory, this.#batchNumber);
    } catch (error) {
      log.warn("cannot cut the log of the database", { error: String(error) });
    }
  }

  #retryLater(): void {
    if (this.#closing !== undefined) return;
    this.#retry = this.#options.clock.after(this.#retryMs, () => {
      this.#recovery = this.#recover().finally(() => this.#recovery = undefined);
    });
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MS_MAX);
  }

  async #recover(): Promise<void> {
    const { directory, log } = this.#options;
    try {
      await probeSpace(directory);
      const closing = this.#opened?.database;
      this.#opened = undefined; // from here on reads wait for the next one
      await closing?.close();
      // Closing may have brought the rest of the failed batch into the file.
      await cutLogAfter(directory, this.#batchNumber);
      this.#opened = await openDatabase(this.#options, this.#watch);
    } catch (error) {
      log.debug("storage still takes no writes", { error: String(error) });
      return this.#retryLater();
    }
    this.#failure = undefined;
    this.#retryMs = RETRY_MS_MIN;
    log.info("storage takes writes again");
  }
}

async function openDatabase(options: EngineOptions, watch: DamageWatch): Promise<Opened> {
  const { directory, openDatabase: open = Database.open } = options;
  const database = await open(directory, watch.found);
  try {
    await prepareFormat(database, options.log);
    return { database, pipeline: await WritePipeline.open(database, options.limits) };
  } catch (error) {
    await database.close();
    const explained = withWayOut(directory, error);
    if (explained instanceof StoreOpenError) throw explained;
    const problem = error instanceof RecordError ? "damaged" : "failed";
    const message = `cannot open the database in ${directory}: ${(error as Error).message}`;
    throw new StoreOpenError(problem, message, { cause: error });
  }
}
