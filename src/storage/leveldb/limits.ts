/** What the storage on disk keeps in memory and does at once, at most. */
export interface LevelLimits {
  /** Commits that share one write to the disk. */
  readonly groupCommitsMax: number;
  /** Bytes of commits that share one write to the disk; a single commit may have more. */
  readonly groupBytesMax: number;
  /** Entries of the heads of sessions (`session_head.ts`) between two groups: about 100 bytes each. */
  readonly headEntriesMax: number;
  /** Counts of bodies (`bodies.ts`) between two groups, in each of two generations. */
  readonly bodyCountsMax: number;
}

export const LEVEL_LIMITS: LevelLimits = {
  groupCommitsMax: 10_000,
  groupBytesMax: 8 * 1024 * 1024,
  headEntriesMax: 128 * 1024,
  bodyCountsMax: 16 * 1024,
};
