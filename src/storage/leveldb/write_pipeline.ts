import { BodyCounts } from "./bodies.ts";
import type { Database, Operation } from "./database.ts";
import { GroupBuilder } from "./group_builder.ts";
import { HeadLoader } from "./head_loader.ts";
import type { LevelLimits } from "./limits.ts";
import { BATCH_NUMBER_KEY, bodyIdOf, Tag, tagRange } from "./keys.ts";
import { decodeNumber } from "./records.ts";
import { SessionHeads } from "./session_head.ts";
import type { Write } from "./write.ts";

/**
 * Makes the writes of a group of commits into one batch of the database. What the writes have to
 * know is in memory most of the time; what is not is read before.
 */
export class WritePipeline {
  readonly #database: Database;
  readonly #heads: SessionHeads;
  readonly #bodies: BodyCounts;
  /** Of those that are in the database when it is opened; 0: there are none. */
  readonly largestBodyId: number;
  #number: number;

  private constructor(
    database: Database,
    limits: LevelLimits,
    number: number,
    largestBodyId: number,
  ) {
    this.#database = database;
    this.#number = number;
    this.largestBodyId = largestBodyId;
    this.#heads = new SessionHeads(limits.headEntriesMax);
    this.#bodies = new BodyCounts(largestBodyId, limits.bodyCountsMax);
  }

  static async open(database: Database, limits: LevelLimits): Promise<WritePipeline> {
    const number = await database.get(BATCH_NUMBER_KEY);
    const lastBody = await database.lastKey(tagRange(Tag.BODY_COUNT));
    return new WritePipeline(
      database,
      limits,
      number === undefined ? 0 : decodeNumber("batch number", number),
      lastBody === undefined ? 0 : bodyIdOf(lastBody),
    );
  }

  /** The number of the last batch that was written. */
  get number(): number {
    return this.#number;
  }

  /** The batch of these commits, to be written next; {@linkcode written} says that it was. */
  async build(commits: readonly (readonly Write[])[]): Promise<readonly Operation[]> {
    try {
      await this.#prepare(commits);
      const group = new GroupBuilder(this.#number + 1, this.#heads, this.#bodies);
      for (const writes of commits) {
        for (const write of writes) write.apply(group);
      }
      return group.finish();
    } catch (error) {
      // What is in memory may be ahead of the database.
      this.#heads.clear();
      this.#bodies.clear();
      throw error;
    }
  }

  /** The batch was written. */
  written(): void {
    this.#number++;
    this.#heads.trim();
    this.#bodies.trim();
  }

  async #prepare(commits: readonly (readonly Write[])[]): Promise<void> {
    const loader = new HeadLoader(this.#database, this.#heads, this.#bodies);
    for (;;) {
      for (const writes of commits) {
        for (const write of writes) write.prepare(loader);
      }
      const loaded = loader.load();
      if (loaded === undefined) return;
      await loaded;
    }
  }
}
