import type { Clock, Timer } from "../../base/clock.ts";
import { RingQueue } from "../../base/ring_queue.ts";
import { StoreError } from "../store.ts";
import { ReadError } from "./errors.ts";

/**
 * A commit on its way.
 *
 * | state     | event                     | next      | effect                                    |
 * |-----------|---------------------------|-----------|-------------------------------------------|
 * | waiting   | its group begins          | writing   | part of what is written                   |
 * | waiting   | withdrawn                 | withdrawn | `durable` resolves: nothing is to be written |
 * | waiting   | a group before it fails   | ended     | `durable` rejects                         |
 * | writing   | the group is written      | ended     | `durable` resolves                        |
 * | writing   | the group fails           | ended     | `durable` rejects                         |
 * | withdrawn | its group ends            | ended     | those before it have ended as well        |
 */
export class GroupEntry<C> {
  readonly #ends = Promise.withResolvers<void>();
  #hasEnded = false;
  #ended: PromiseWithResolvers<void> | undefined;
  withdrawn = false;

  readonly #onWithdrawn: (entry: GroupEntry<C>) => void;

  constructor(
    readonly commit: C,
    readonly bytes: number,
    onWithdrawn: (entry: GroupEntry<C>) => void,
  ) {
    this.#onWithdrawn = onWithdrawn;
  }

  /** Its outcome is that of the group it is part of. */
  get durable(): Promise<void> {
    return this.#ends.promise;
  }

  /** Resolves when this commit and all before it have ended; undefined: they have. */
  ended(): Promise<void> | undefined {
    if (this.#hasEnded) return undefined;
    this.#ended ??= Promise.withResolvers();
    return this.#ended.promise;
  }

  /**
   * Called by the owner of the commit while its group has not begun: nothing of it is needed. Without
   * effect when it has failed meanwhile.
   */
  withdraw(): void {
    if (this.#hasEnded) return;
    this.withdrawn = true;
    this.#ends.resolve();
    this.#onWithdrawn(this);
  }

  resolve(): void {
    this.#ends.resolve();
    this.#end();
  }

  reject(error: unknown): void {
    this.#ends.reject(error);
    this.#end();
  }

  #end(): void {
    this.#hasEnded = true;
    this.#ended?.resolve();
  }
}

/** What writes a group: all of its commits or none. */
export type WriteGroup<C> = (commits: readonly C[]) => Promise<void>;

export interface GroupLimits {
  /** Commits in one group; always at least one. */
  readonly commitsMax: number;
  /** Bytes in one group, unless its only commit has more. */
  readonly bytesMax: number;
}

/** For commits that are in no hurry. */
export interface Patience {
  readonly clock: Clock;
  /** How long they wait at least before their group begins, and half of how long at most, in ms. */
  readonly ms: number;
  /** Fewer of them do not wait: they are no load for the disk. */
  readonly commitsMin: number;
}

/**
 * One group of commits is written at a time; everything that is committed meanwhile goes into the
 * next one. So a thousand commits may share one sync, and each waits for no more than two.
 *
 * Under load leisurely commits wait a little, as long as nobody behind them is in a hurry: until then
 * most are withdrawn, because their deliveries have been acknowledged, and the disk and its thread
 * are left in peace. The clock ticks while they wait; at each tick those go that the one before has
 * seen.
 *
 * Groups are written in the order of the commits. When one fails, so do all commits that wait:
 * they were made by someone who had not seen the failure.
 */
export class GroupCommit<C> {
  readonly #write: WriteGroup<C>;
  readonly #limits: GroupLimits;
  readonly #patience: Patience;
  readonly #waiting = new RingQueue<GroupEntry<C>>();
  /** Without those that were withdrawn. */
  #commits = 0;
  #bytes = 0;
  /** Settles, never rejecting, when nothing waits and nothing is being written. */
  #idle: Promise<void> | undefined;
  #last: GroupEntry<C> | undefined;
  /** Somebody waits for the next group. */
  #hurried = false;
  /** So many, the oldest, have waited for a tick. */
  #ripe = 0;
  /** Ends the wait for the next tick. */
  #begin: (() => void) | undefined;
  #timer: Timer | undefined;

  constructor(write: WriteGroup<C>, limits: GroupLimits, patience: Patience) {
    this.#write = write;
    this.#limits = limits;
    this.#patience = patience;
  }

  /** Enters a commit of about so many bytes. `leisurely`: it will probably be withdrawn. */
  commit(commit: C, bytes: number, leisurely = false): GroupEntry<C> {
    const entry = new GroupEntry(commit, bytes, this.#forget);
    this.#waiting.push(entry);
    this.#last = entry;
    this.#commits++;
    this.#bytes += bytes;
    const { commitsMax, bytesMax } = this.#limits;
    if (!leisurely || this.#commits >= commitsMax || this.#bytes >= bytesMax) {
      this.#hurry();
    }
    this.#idle ??= this.#run();
    return entry;
  }

  /**
   * Settles, never rejecting, when every commit so far was written, has failed or was withdrawn;
   * undefined when that is so already.
   */
  settled(): Promise<void> | undefined {
    const ended = this.#last?.ended();
    if (ended !== undefined) this.#hurry();
    return ended;
  }

  readonly #forget = ({ bytes }: GroupEntry<C>): void => {
    this.#commits--;
    this.#bytes -= bytes;
  };

  #hurry(): void {
    this.#hurried = true;
    this.#begin?.();
  }

  async #run(): Promise<void> {
    // What is committed in the same turn shares the first group.
    await undefined;
    while (this.#waiting.size > 0) {
      let count = this.#waiting.size;
      if (!this.#hurried && count >= this.#patience.commitsMin) {
        await this.#tick();
        // Whoever has come into a hurry meanwhile wants all of them.
        count = this.#hurried ? this.#waiting.size : this.#ripe;
        this.#ripe = this.#waiting.size - count;
      } else this.#ripe = 0;
      this.#hurried = false;
      if (count > 0) await this.#writeGroup(this.#nextGroup(count));
    }
    this.#hurried = false;
    this.#idle = undefined;
    this.#last = undefined;
  }

  #tick(): Promise<void> {
    return new Promise((resolve) => {
      this.#begin = () => {
        this.#begin = undefined;
        this.#timer?.cancel();
        resolve();
      };
      this.#timer = this.#patience.clock.after(this.#patience.ms, this.#begin);
    });
  }

  /** At most `count` commits, as far as the limits allow. */
  #nextGroup(count: number): GroupEntry<C>[] {
    const { commitsMax, bytesMax } = this.#limits;
    const group: GroupEntry<C>[] = [];
    let commits = 0;
    let bytes = 0;
    while (group.length < count) {
      const next = this.#waiting.peek()!;
      if (!next.withdrawn) {
        bytes += next.bytes;
        if (commits > 0 && (commits === commitsMax || bytes > bytesMax)) {
          this.#hurried = true; // the others have waited as long
          break;
        }
        commits++;
        this.#forget(next);
      }
      group.push(next);
      this.#waiting.shift();
    }
    return group;
  }

  /**
   * Writes a group in one go. When one of its commits is to blame and not the disk, the others must
   * not suffer from it: the group is halved until the one is alone, in few writes even of a large
   * group.
   */
  async #writeGroup(group: readonly GroupEntry<C>[]): Promise<void> {
    const parts = [group];
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      const commits = part.filter(({ withdrawn }) => !withdrawn).map(({ commit }) => commit);
      try {
        if (commits.length > 0) await this.#write(commits);
        for (const entry of part) entry.resolve();
      } catch (error) {
        if (isOfTheDisk(error)) return this.#fail([part, ...parts.reverse()].flat(), error);
        if (part.length === 1) part[0]!.reject(error);
        else parts.push(...halves(part).reverse());
      }
    }
  }

  #fail(group: readonly GroupEntry<C>[], error: unknown): void {
    for (const entry of group) entry.reject(error);
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      next.reject(error);
    }
    this.#commits = 0;
    this.#bytes = 0;
    this.#ripe = 0;
  }
}

/** A write that failed says that others fail as well; a read says that of nobody else's. */
function isOfTheDisk(error: unknown): boolean {
  return error instanceof StoreError && !(error instanceof ReadError);
}

function halves<T>(items: readonly T[]): [T[], T[]] {
  const middle = items.length >> 1;
  return [items.slice(0, middle), items.slice(middle)];
}
