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
 * | writing   | the group is written      | ended     | `durable` resolves                        |
 * | writing   | the group fails           | ended     | `durable` rejects                         |
 * | withdrawn | its group ends            | ended     | those before it have ended as well        |
 */
export class GroupEntry<C> {
  readonly #ends = Promise.withResolvers<void>();
  #hasEnded = false;
  #ended: PromiseWithResolvers<void> | undefined;
  withdrawn = false;

  constructor(readonly commit: C, readonly bytes: number) {}

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

  /** Called by the owner of the commit while its group has not begun: nothing of it is needed. */
  withdraw(): void {
    this.withdrawn = true;
    this.#ends.resolve();
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

/** For groups in which no commit is in a hurry. */
export interface Patience {
  readonly clock: Clock;
  /** How long they wait before they begin, in milliseconds. */
  readonly ms: number;
  /** Groups of fewer commits begin at once: they are no load for the disk. */
  readonly commitsMin: number;
}

/**
 * One group of commits is written at a time; everything that is committed meanwhile goes into the
 * next one. So a thousand commits may share one sync, and each waits for no more than two.
 *
 * Under load a group of leisurely commits begins a little later: until then most are withdrawn,
 * because their deliveries have been acknowledged, and the disk and its thread are left in peace.
 *
 * Groups are written in the order of the commits. When one fails, so do all commits that wait:
 * they were made by someone who had not seen the failure.
 */
export class GroupCommit<C> {
  readonly #write: WriteGroup<C>;
  readonly #limits: GroupLimits;
  readonly #patience: Patience;
  readonly #waiting = new RingQueue<GroupEntry<C>>();
  #waitingBytes = 0;
  /** Settles, never rejecting, when nothing waits and nothing is being written. */
  #idle: Promise<void> | undefined;
  #last: GroupEntry<C> | undefined;
  /** Somebody waits for the next group. */
  #hurried = false;
  /** Ends the wait of a group. */
  #begin: (() => void) | undefined;
  #timer: Timer | undefined;

  constructor(write: WriteGroup<C>, limits: GroupLimits, patience: Patience) {
    this.#write = write;
    this.#limits = limits;
    this.#patience = patience;
  }

  /** Enters a commit of about so many bytes. `leisurely`: it will probably be withdrawn. */
  commit(commit: C, bytes: number, leisurely = false): GroupEntry<C> {
    const entry = new GroupEntry(commit, bytes);
    this.#waiting.push(entry);
    this.#waitingBytes += bytes;
    this.#last = entry;
    const { commitsMax, bytesMax } = this.#limits;
    if (!leisurely || this.#waiting.size >= commitsMax || this.#waitingBytes >= bytesMax) {
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

  #hurry(): void {
    this.#hurried = true;
    this.#begin?.();
  }

  async #run(): Promise<void> {
    // What is committed in the same turn shares the first group.
    await undefined;
    while (this.#waiting.size > 0) {
      const { commitsMin } = this.#patience;
      if (!this.#hurried && this.#waiting.size >= commitsMin) await this.#wait();
      this.#hurried = false;
      await this.#writeGroup(this.#nextGroup());
    }
    this.#hurried = false;
    this.#idle = undefined;
    this.#last = undefined;
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#begin = () => {
        this.#begin = undefined;
        this.#timer?.cancel();
        resolve();
      };
      this.#timer = this.#patience.clock.after(this.#patience.ms, this.#begin);
    });
  }

  #nextGroup(): GroupEntry<C>[] {
    const group: GroupEntry<C>[] = [];
    let bytes = 0;
    for (let next = this.#waiting.peek(); next !== undefined; next = this.#waiting.peek()) {
      bytes += next.bytes;
      const full = group.length === this.#limits.commitsMax || bytes > this.#limits.bytesMax;
      if (full && group.length > 0) {
        this.#hurried = true; // the others have waited as long
        break;
      }
      group.push(next);
      this.#waiting.shift();
      this.#waitingBytes -= next.bytes;
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
    this.#waitingBytes = 0;
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
