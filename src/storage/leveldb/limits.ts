/** What the storage on disk keeps in memory and does at once, at most. */
export interface LevelLimits {
  /** Commits that share one write to the disk. */
  readonly groupCommitsMax: number;
  /** Bytes of commits that share one write to the disk; a single commit may have more. */
  readonly groupBytesMax: number;
  /** How long a group of commits that nobody is in a hurry for waits, in milliseconds. */
  readonly groupPatienceMs: 20;
  /** Commits from which on it does. */
  readonly groupPatienceCommitsMin: number;
  /** Entries of the heads of sessions (`session_head.ts`) between two groups: about 100 bytes each. */
  readonly headEntriesMax: number;
  /** Counts of bodies (`bodies.ts`) between two groups, in each of two generations. */
  readonly bodyCountsMax: number;
}

export const LEVEL_LIMITS: LevelLimits = {
  groupCommitsMax: 10_000,
  groupBytesMax: 8 * 1024 * 1024,
  groupPatienceMs: 20,
  groupPatienceCommitsMin: 64,
  headEntriesMax: 128 * 1024,
  bodyCountsMax: 16 * 1024,
};
