import { RingQueue } from "../../base/ring_queue.ts";
import { StoreError } from "../store.ts";
import { ReadError } from "./errors.ts";

/** Something whose outcome is that of the group it is part of. */
interface Waiting<C> {
  readonly commit: C;
  readonly bytes: number;
  resolve(): void;
  reject(error: unknown): void;
}

/** What writes a group: all of its commits or none. */
export type WriteGroup<C> = (commits: readonly C[]) => Promise<void>;

export interface GroupLimits {
  /** Commits in one group; always at least one. */
  readonly commitsMax: number;
  /** Bytes in one group, unless its only commit has more. */
  readonly bytesMax: number;
}

/**
 * One group of commits is written at a time; everything that is committed meanwhile goes into the
 * next one. So a thousand commits may share one sync, and each waits for no more than two.
 *
 * Groups are written in the order of the commits. When one fails, so do all commits that wait:
 * they were made by someone who had not seen the failure.
 */
export class GroupCommit<C> {
  readonly #write: WriteGroup<C>;
  readonly #limits: GroupLimits;
  readonly #waiting = new RingQueue<Waiting<C>>();
  /** Settles, never rejecting, when nothing waits and nothing is being written. */
  #idle: Promise<void> | undefined;
  #last: Promise<void> | undefined;

  constructor(write: WriteGroup<C>, limits: GroupLimits) {
    this.#write = write;
    this.#limits = limits;
  }

  /** Resolves when the group that holds the commit was written. */
  commit(commit: C, bytes: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ commit, bytes, resolve, reject });
    this.#last = promise;
    this.#idle ??= this.#run();
    return promise;
  }

  /**
   * Settles, never rejecting, when every commit so far was written or has failed; undefined when
   * that is so already.
   */
  settled(): Promise<void> | undefined {
    if (this.#idle === undefined) return undefined;
    return this.#last!.catch(() => {});
  }

  async #run(): Promise<void> {
    // What is committed in the same turn shares the first group.
    await undefined;
    while (this.#waiting.size > 0) await this.#writeGroup(this.#nextGroup());
    this.#idle = undefined;
    this.#last = undefined;
  }

  #nextGroup(): Waiting<C>[] {
    const group: Waiting<C>[] = [];
    let bytes = 0;
    for (let next = this.#waiting.peek(); next !== undefined; next = this.#waiting.peek()) {
      bytes += next.bytes;
      const full = group.length === this.#limits.commitsMax || bytes > this.#limits.bytesMax;
      if (full && group.length > 0) break;
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
  async #writeGroup(group: readonly Waiting<C>[]): Promise<void> {
    const parts = [group];
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      try {
        await this.#write(part.map(({ commit }) => commit));
        for (const { resolve } of part) resolve();
      } catch (error) {
        if (isOfTheDisk(error)) return this.#fail([part, ...parts.reverse()].flat(), error);
        if (part.length === 1) part[0]!.reject(error);
        else parts.push(...halves(part).reverse());
      }
    }
  }

  #fail(group: readonly Waiting<C>[], error: unknown): void {
    for (const { reject } of group) reject(error);
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      next.reject(error);
    }
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
