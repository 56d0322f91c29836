/** What a scan found. */
export interface Finding {
  readonly kind: FindingKind;
  /** `note`: worth to know, nothing that was promised is lost. */
  readonly severity: "damage" | "note";
  /** Relative to the directory. */
  readonly file: string;
  /** Bytes from the start of the file: everything in front of it is intact. */
  readonly offset: number;
  /** What was seen there, in plain words. */
  readonly reason: string;
  /** What is lost by it, in plain words. */
  readonly consequence: string;
  /**
   * What makes the database whole again. `nothing`: it is. `cut`: the end of this log is cut off.
   * `repair`: more than that.
   */
  readonly mend: "nothing" | "cut" | "repair";
  /** Only for a block of a table: the keys that it may hold, both ends included. */
  readonly keys?: KeySpan;
}

/** In LevelDB's order. */
export interface KeySpan {
  /** Undefined: from the first of all. */
  readonly after: Uint8Array | undefined;
  readonly to: Uint8Array;
}

export type FindingKind =
  | "current-missing"
  | "current-damaged"
  | "manifest-missing"
  | "manifest-damaged"
  | "manifest-unfinished"
  | "log-missing"
  | "log-damaged"
  | "log-unfinished"
  | "log-unusable"
  | "table-missing"
  | "table-damaged"
  | "table-index-damaged"
  | "table-block-damaged"
  | "table-filter-damaged"
  | "restore-unfinished";

/** `000004.log at byte 98304: a record whose checksum is wrong; everything … is lost`. */
export function describeFinding({ file, offset, reason, consequence }: Finding): string {
  return `${file} at byte ${offset}: ${reason}; ${consequence}`;
}

export function isDamage(finding: Finding): boolean {
  return finding.severity === "damage";
}
