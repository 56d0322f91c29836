import { FakeClock } from "../../src/base/fake_clock.ts";
import { silentLogger } from "../../src/base/log.ts";
import type { BrokerLimits } from "../../src/broker/limits.ts";
import { type LevelStore, openLevelStore } from "../../src/storage/leveldb/level_store.ts";
import type { ConnectOptions, RawClient } from "../support/raw_client.ts";
import { TestBroker } from "../support/test_broker.ts";

/** How the broker goes down: in order, or from one moment to the next. */
export type Ending = "stopped" | "crashed";

/** Milliseconds of the fake clock that a stop in order takes. */
const STOP_MS = 10_000;

/** A broker in this process that keeps its data on disk, and comes back with it. */
export class RestartingBroker implements AsyncDisposable {
  readonly #folder: string;
  readonly #limits: Partial<BrokerLimits>;
  #broker: TestBroker;
  #store: LevelStore;
  #lives = 1;

  private constructor(
    folder: string,
    limits: Partial<BrokerLimits>,
    opened: { broker: TestBroker; store: LevelStore },
  ) {
    this.#folder = folder;
    this.#limits = limits;
    this.#broker = opened.broker;
    this.#store = opened.store;
  }

  static async start(limits: Partial<BrokerLimits> = {}): Promise<RestartingBroker> {
    const folder = await Deno.makeTempDir({ prefix: "tidemq-restart-" });
    return new RestartingBroker(folder, limits, await open(`${folder}/1`, limits, new FakeClock()));
  }

  /** The broker of now. */
  get now(): TestBroker {
    return this.#broker;
  }

  connect(options: ConnectOptions): Promise<RawClient> {
    return this.#broker.connect(options);
  }

  advance(ms: number): Promise<void> {
    return this.#broker.advance(ms);
  }

  /**
   * Takes the broker down and brings it back, for its clients `downMs` later: they have to connect
   * again.
   */
  async goDown(ending: Ending, downMs = STOP_MS): Promise<void> {
    const { clock } = this.#broker;
    const back = new FakeClock(clock.now() + downMs);
    const before = `${this.#folder}/${this.#lives}`;
    const after = `${this.#folder}/${++this.#lives}`;
    if (ending === "crashed") {
      // Whatever has been committed is written once this has been read.
      await this.#store.sessions.count();
      await copyFiles(before, after);
      await this.#broker[Symbol.asyncDispose]();
    } else {
      await this.#broker[Symbol.asyncDispose]();
      await Deno.rename(before, after);
    }
    const opened = await open(after, this.#limits, back);
    this.#broker = opened.broker;
    this.#store = opened.store;
    // What is due at the start happens now.
    await this.#broker.advance(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#broker[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

async function open(directory: string, limits: Partial<BrokerLimits>, clock: FakeClock) {
  const store = await openLevelStore({
    directory,
    sync: "always",
    syncIntervalMs: 100,
    checkOnStartBytes: Infinity,
    clock,
    log: silentLogger,
  });
  return { store, broker: await TestBroker.start({ store, clock, limits }) };
}

async function copyFiles(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isFile } of Deno.readDir(from)) {
    if (isFile) await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}
