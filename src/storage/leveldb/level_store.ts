import type { Clock, Timer } from "../../base/clock.ts";
import { invariant } from "../../base/invariant.ts";
import type { Logger } from "../../base/log.ts";
import {
  type AdminStore,
  type InflightStore,
  type QueueStore,
  type RetainedStore,
  type SessionStore,
  type Store,
  type StoreBatch,
  StoreError,
  type SubscriptionStore,
  type WillStore,
} from "../store.ts";
import { writeBackup } from "./backup/write_backup.ts";
import { adminView } from "./admin_view.ts";
import { withWayOut } from "./damage_text.ts";
import { ControlServer } from "./control/control_server.ts";
import { Engine } from "./engine.ts";
import { GroupCommit } from "./group_commit.ts";
import { LEVEL_LIMITS, type LevelLimits } from "./limits.ts";
import { type CommitWrites, LevelBatch, type LevelCommit } from "./level_batch.ts";
import { syncLog } from "./log_files.ts";
import { inflightView, queueView, retainedView } from "./message_views.ts";
import { SessionsAhead } from "./session_parts.ts";
import { sessionView, subscriptionView, willView } from "./session_views.ts";
import type { ViewContext } from "./view_context.ts";
import type { Write } from "./write.ts";

/**
 * When a commit counts as durable. `always`: when it was synced to the disk. `interval`: when the
 * operating system has it; the disk is synced every `syncIntervalMs`, and a loss of power takes what
 * came after the last sync. `never`: when the operating system has it, which writes it when it
 * likes. The end of the process alone takes nothing in any of them.
 */
export type SyncMode = "always" | "interval" | "never";

export interface LevelStoreOptions {
  /** Made when it is missing. Nothing but the database is in it. */
  readonly directory: string;
  readonly sync: SyncMode;
  /** Milliseconds; of no meaning unless `sync` is `interval`. */
  readonly syncIntervalMs: number;
  /** Tables whose data is checked before the database is opened have at most so many bytes. */
  readonly checkOnStartBytes: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Opens the store in a directory. Rejects with `StoreOpenError`. */
export async function openLevelStore(
  options: LevelStoreOptions,
  limits: LevelLimits = LEVEL_LIMITS,
): Promise<LevelStore> {
  const store = new LevelStore(options, limits, await Engine.open({ ...options, limits }));
  await store.takeCommands();
  return store;
}

/** A store on disk: LevelDB in a directory. */
export class LevelStore implements Store {
  readonly #options: LevelStoreOptions;
  readonly #engine: Engine;
  readonly #group: GroupCommit<LevelCommit>;
  /** How many there have been. */
  #commits = 0;
  /** The next sync of `interval`. */
  #syncTimer: Timer | undefined;
  /** The sync that is under way: the next one waits for it, however long it takes. */
  #syncing: Promise<void> | undefined;
  /** Whether something was written since the last sync began. */
  #unsynced = false;
  #syncError: StoreError | undefined;
  #control: ControlServer | undefined;
  #closed: Promise<void> | undefined;

  readonly sessions: SessionStore;
  readonly subscriptions: SubscriptionStore;
  readonly inflight: InflightStore;
  readonly queue: QueueStore;
  readonly retained: RetainedStore;
  readonly wills: WillStore;
  readonly admin: AdminStore;

  /** Called by {@linkcode openLevelStore}. */
  constructor(options: LevelStoreOptions, limits: LevelLimits, engine: Engine) {
    this.#options = options;
    this.#engine = engine;
    this.#group = new GroupCommit((commits) => this.#write(commits), {
      commitsMax: limits.groupCommitsMax,
      bytesMax: limits.groupBytesMax,
    }, {
      clock: options.clock,
      ms: limits.groupPatienceMs,
      commitsMin: limits.groupPatienceCommitsMin,
    });
    const commits = () => this.#commits;
    const context: ViewContext = {
      log: options.log,
      ahead: new SessionsAhead(),
      get commits() {
        return commits();
      },
      ready: async () => {
        await this.#group.settled();
        return await engine.database();
      },
      commit: (writes) => this.#commitWrites(writes),
    };
    this.sessions = sessionView(context);
    this.subscriptions = subscriptionView(context);
    this.inflight = inflightView(context);
    this.queue = queueView(context);
    this.retained = retainedView(context);
    this.wills = willView(context);
    this.admin = adminView(context);
  }

  batch(): StoreBatch {
    invariant(this.#closed === undefined, "a store that was closed takes no writes");
    return new LevelBatch(this.#enter);
  }

  get damageAtStart(): readonly string[] {
    return this.#engine.damageAtStart;
  }

  get largestBodyId(): number {
    return this.#engine.largestBodyId;
  }

  health(): { readonly writable: boolean; readonly detail: string } {
    if (this.#closed !== undefined) return { writable: false, detail: "closed" };
    const { failure, damage, damageAtStart } = this.#engine;
    if (damage !== undefined) return { writable: false, detail: damage };
    if (failure === undefined) {
      if (damageAtStart.length === 0) return { writable: true, detail: "on disk" };
      const cut = `damage was cut off at the start: ${damageAtStart.join("; ")}`;
      return { writable: true, detail: `on disk; ${cut}` };
    }
    const what = failure.kind === "full" ? "the disk is full" : "the disk takes no writes";
    return { writable: false, detail: `${what}: ${failure.message}` };
  }

  /** The number of the last batch that was written; it is part of the batch. */
  get batchNumber(): number {
    return this.#engine.batchNumber;
  }

  /** Serves the commands that ask a running broker; it runs without them if that is not possible. */
  async takeCommands(): Promise<void> {
    const { directory, clock, log } = this.#options;
    try {
      this.#control = await ControlServer.listen({ directory, clock, log, handler: this });
    } catch (error) {
      const text = "no control socket: a backup needs the broker to be stopped";
      log.warn(text, { error: (error as Error).message });
    }
  }

  /** Ends what is being served. */
  async stopCommands(): Promise<void> {
    await this.#control?.[Symbol.asyncDispose]();
    this.#control = undefined;
  }

  /** Writes a backup of everything as it is now, whatever is written meanwhile, to `write`. */
  async backup(write: (bytes: Uint8Array) => Promise<void>): Promise<void> {
    const { directory, clock } = this.#options;
    await this.#group.settled();
    try {
      await writeBackup(await this.#engine.database(), clock.now(), write);
    } catch (error) {
      throw withWayOut(directory, error);
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    await this.stopCommands();
    await this.#group.settled();
    this.#syncTimer?.cancel();
    await this.#syncing;
    // Whatever the mode: a stop in good order keeps everything.
    if (this.#options.sync !== "always") await this.#sync();
    await this.#group.settled();
    await this.#engine.close();
  }

  readonly #enter: CommitWrites = (commit, bytes, leisurely) => {
    this.#commits++;
    return this.#group.commit(commit, bytes, leisurely);
  };

  #commitWrites(writes: readonly Write[]): Promise<void> {
    let bytes = 0;
    for (const write of writes) bytes += write.bytes;
    return this.#enter({ begin: () => writes }, bytes, false).durable;
  }

  async #write(commits: readonly LevelCommit[]): Promise<void> {
    const error = this.#syncError;
    if (error !== undefined) {
      this.#syncError = undefined;
      await this.#engine.fail(error);
      throw error;
    }
    const writes = commits.map((commit) => commit.begin());
    await this.#engine.write(writes, this.#options.sync === "always");
    if (this.#options.sync === "interval") this.#syncLater();
  }

  #syncLater(): void {
    this.#unsynced = true;
    if (this.#closed !== undefined || this.#syncing !== undefined) return;
    this.#syncTimer ??= this.#options.clock.after(this.#options.syncIntervalMs, () => {
      this.#syncTimer = undefined;
      this.#unsynced = false;
      this.#syncing = this.#sync().finally(() => {
        this.#syncing = undefined;
        if (this.#unsynced) this.#syncLater();
      });
    });
  }

  async #sync(): Promise<void> {
    try {
      await syncLog(this.#options.directory);
    } catch (error) {
      // Whether what was written is on the disk is not known any more. Only between two batches can
      // something be done about it.
      this.#syncError = new StoreError("failed", `cannot sync: ${error}`, { cause: error });
      this.#commitWrites([]).catch(() => {});
    }
  }
}
