import { type Clock, sleep } from "../base/clock.ts";
import type { Durable, PendingWrite } from "../base/durable.ts";
import { invariant } from "../base/invariant.ts";
import type { Random } from "../base/random.ts";
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
} from "./store.ts";

/** How a commit ends: it is applied, or refused with that kind of {@linkcode StoreError}. */
export type CommitEnd = "pass" | StoreError["kind"];

/** Says how commit number `index` (from 0) ends; a promise makes it wait until it is settled. */
export type FaultPlan = (index: number) => CommitEnd | Promise<CommitEnd>;

interface HeldCommit {
  end(how: CommitEnd): void;
}

/**
 * A test double: another store, behind faults. Commits can be held back until the test lets them
 * go, so that what leaves before its write is durable shows, and they and the reads can fail.
 *
 * The contract holds all the same: commits are applied in the order of the calls, and a read that
 * is called after a commit waits for it.
 */
export class FaultyStore implements Store {
  readonly #inner: Store;
  readonly #plan: FaultPlan;
  readonly #held: HeldCommit[] = [];
  readonly #failNext: StoreError["kind"][] = [];
  #holding = false;
  #refused: StoreError["kind"] | undefined;
  #readFault: StoreError["kind"] | undefined;
  #commits = 0;
  /** Settles, never rejecting, when the newest commit that has to wait is through. */
  #tail: Promise<void> | undefined;

  readonly sessions: SessionStore;
  readonly subscriptions: SubscriptionStore;
  readonly inflight: InflightStore;
  readonly queue: QueueStore;
  readonly retained: RetainedStore;
  readonly wills: WillStore;
  readonly admin: AdminStore;

  constructor(inner: Store, plan: FaultPlan = () => "pass") {
    this.#inner = inner;
    this.#plan = plan;
    this.sessions = this.#view(inner.sessions);
    this.subscriptions = this.#view(inner.subscriptions);
    this.inflight = this.#view(inner.inflight);
    this.queue = this.#view(inner.queue);
    this.retained = this.#view(inner.retained);
    this.wills = this.#view(inner.wills);
    this.admin = this.#view(inner.admin);
  }

  /** How many commits wait for {@linkcode release} or {@linkcode failHeld}. */
  get held(): number {
    return this.#held.length;
  }

  /** How many commits with at least one write have been made. */
  get commits(): number {
    return this.#commits;
  }

  /** Every commit from now on waits. */
  hold(): void {
    this.#holding = true;
  }

  /** Lets the `count` oldest held commits through. */
  release(count: number): void {
    this.#endHeld(count, "pass");
  }

  /** Lets every held commit through and holds no more. */
  releaseAll(): void {
    this.#holding = false;
    this.#endHeld(this.#held.length, "pass");
  }

  /** Refuses the `count` oldest held commits. */
  failHeld(kind: StoreError["kind"], count: number): void {
    this.#endHeld(count, kind);
  }

  /** Refuses the next `count` commits, at once. */
  failNext(kind: StoreError["kind"], count = 1): void {
    for (let index = 0; index < count; index++) this.#failNext.push(kind);
  }

  /**
   * Every commit fails with `kind`, and health says so, as with a full disk; undefined: writes are
   * taken again.
   */
  refuseWrites(kind: StoreError["kind"] | undefined): void {
    this.#refused = kind;
  }

  /** Every read fails with `kind`; undefined: reads succeed again. */
  failReads(kind: StoreError["kind"] | undefined): void {
    this.#readFault = kind;
  }

  batch(): StoreBatch {
    const inner = this.#inner.batch();
    const emptied = Promise.withResolvers<CommitEnd>();
    let writes = 0;
    const withdrawable = (pending: PendingWrite): PendingWrite => ({
      withdraw: () => {
        if (!pending.withdraw()) return false;
        if (--writes === 0) emptied.resolve("pass");
        return true;
      },
    });
    return new Proxy(inner, {
      get: (_, name: keyof StoreBatch) => {
        if (name === "commit") {
          return () => writes === 0 ? inner.commit() : this.#commit(inner, emptied.promise);
        }
        return (...args: unknown[]) => {
          writes++;
          const written = (inner[name] as (...args: unknown[]) => unknown)(...args);
          return name === "putInflight" ? withdrawable(written as PendingWrite) : written;
        };
      },
    });
  }

  get damageAtStart(): readonly string[] {
    return this.#inner.damageAtStart;
  }

  get largestBodyId(): number {
    return this.#inner.largestBodyId;
  }

  health(): { readonly writable: boolean; readonly detail: string } {
    if (this.#refused !== undefined) return { writable: false, detail: this.#refused };
    return this.#inner.health();
  }

  async close(): Promise<void> {
    this.releaseAll();
    await this.#tail;
    await this.#inner.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** `emptied` resolves when all writes were withdrawn. */
  #commit(inner: StoreBatch, emptied: Promise<CommitEnd>): Durable {
    const how = this.#endOfNext();
    if (this.#tail === undefined && how === "pass") return inner.commit();
    const end = typeof how === "string" ? how : Promise.race([how, emptied]);
    const durable = this.#finish(inner, end, this.#tail);
    const tail = durable.catch(() => {}).then(() => {
      if (this.#tail === tail) this.#tail = undefined;
    });
    this.#tail = tail;
    return durable;
  }

  #endOfNext(): CommitEnd | Promise<CommitEnd> {
    const index = this.#commits++;
    const failure = this.#failNext.shift() ?? this.#refused;
    if (failure !== undefined) return failure;
    if (!this.#holding) return this.#plan(index);
    return new Promise((resolve) => this.#held.push({ end: resolve }));
  }

  async #finish(
    inner: StoreBatch,
    how: CommitEnd | Promise<CommitEnd>,
    earlier: Promise<void> | undefined,
  ): Promise<void> {
    const end = await how;
    await earlier;
    if (end !== "pass") throw new StoreError(end, "the test wants this commit to fail");
    await inner.commit();
  }

  #endHeld(count: number, how: CommitEnd): void {
    invariant(count <= this.#held.length, `only ${this.#held.length} commits are held`);
    for (const commit of this.#held.splice(0, count)) commit.end(how);
  }

  /** `view` with every method behind the faults. */
  #view<V extends object>(view: V): V {
    return new Proxy(view, {
      get: (_, name) => (...args: unknown[]) => {
        const read = Reflect.get(view, name) as (...args: unknown[]) => unknown;
        const waiting = this.#tail;
        if (waiting === undefined && this.#readFault === undefined) return read.apply(view, args);
        if (name === "expired" || (name === "list" && isListing(view, this.#inner))) {
          return this.#listLater(waiting, () => read.apply(view, args) as AsyncIterable<unknown>);
        }
        return this.#readLater(waiting, () => read.apply(view, args));
      },
    });
  }

  async #readLater(waiting: Promise<void> | undefined, read: () => unknown): Promise<unknown> {
    await waiting;
    this.#throwReadFault();
    return await read();
  }

  async *#listLater(waiting: Promise<void> | undefined, list: () => AsyncIterable<unknown>) {
    await waiting;
    this.#throwReadFault();
    yield* list();
  }

  #throwReadFault(): void {
    if (this.#readFault === undefined) return;
    throw new StoreError(this.#readFault, "the test wants reads to fail");
  }
}

/** Whether `list` of this view is an asynchronous iterable (of the others it is a promise). */
function isListing(view: object, store: Store): boolean {
  return view === store.sessions || view === store.retained || view === store.wills;
}

/** Commits that take up to `delayMsMax` milliseconds, and fail `failuresPerMille` in 1,000 times. */
export function randomFaults(
  random: Random,
  clock: Clock,
  limits: { delayMsMax: number; failuresPerMille: number },
): FaultPlan {
  return () => {
    const end = random.below(1000) < limits.failuresPerMille ? "failed" : "pass";
    return sleep(clock, random.below(limits.delayMsMax + 1)).then(() => end);
  };
}
