import type { Clock } from "../base/clock.ts";

/**
 * What the command line can do to stored data. Everything rejects with an error whose message is
 * for the person who gave the command.
 */
export interface StorageTools {
  /** `full`: also the data of the tables, where all but the newest is. */
  check(directory: string, options: { readonly full: boolean }): Promise<CheckedStorage>;
  /** Copies everything aside and saves what can be saved. `now`: milliseconds since the epoch. */
  repair(directory: string, now: number): Promise<RepairedStorage>;
  /** Of the running broker that uses `directory`, or of what lies there when none does. */
  backup(file: string, directory: string, clock: Clock): Promise<CheckedBackup>;
  verify(file: string): Promise<CheckedBackup>;
  /** `directory` is empty or missing. */
  restore(file: string, directory: string): Promise<CheckedBackup>;
  /** Gives `user` of the admin API a new password, and makes an admin when there is no such user. */
  resetPassword(directory: string, user: string, clock: Clock): Promise<ResetPassword>;
}

export interface ResetPassword {
  /** Nothing is changed unless it is intact. */
  readonly state: CheckedStorage["state"];
  /** Undefined: nothing was changed. */
  readonly password: string | undefined;
  /** Whether there was no such user before. */
  readonly made: boolean;
}

export interface StorageFinding {
  /** A word for programs. */
  readonly kind: string;
  /** `note`: nothing that was promised is lost. */
  readonly severity: "damage" | "note";
  /** Relative to the directory. */
  readonly file: string;
  /** In bytes; everything in front of it is intact. */
  readonly offset: number;
  readonly reason: string;
  readonly consequence: string;
  /** What mends it: nothing has to, `start` cuts by itself, `storage repair` does. */
  readonly mend: "nothing" | "cut" | "repair";
  /** The keys that a damaged block of a table may hold, in words. */
  readonly keys?: string;
}

export interface CheckedStorage {
  readonly directory: string;
  readonly state: "none" | "intact" | "damaged";
  readonly full: boolean;
  readonly findings: readonly StorageFinding[];
  /** Findings that are not listed. */
  readonly omitted: number;
  readonly checked: {
    readonly logs: number;
    readonly tables: number;
    /** Of these tables the data was not checked. */
    readonly tablesUnread: number;
    /** In logs and in data of tables. */
    readonly bytes: number;
  };
}

export interface RepairedStorage {
  readonly found: CheckedStorage;
  /** The folder with the files as they were; undefined: there was nothing to repair. */
  readonly copy: string | undefined;
  /** What was done, in plain words. */
  readonly done: readonly string[];
  /** What could be read afterwards, in plain words. */
  readonly contents: string;
}

export interface CheckedBackup {
  /** Version of TideMQ that made it. */
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly entries: number;
  readonly bytes: number;
  /** What it holds, in plain words. */
  readonly contents: string;
}
