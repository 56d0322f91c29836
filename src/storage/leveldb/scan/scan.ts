/**
 * Looks through a LevelDB directory without opening the database: which files belong to it, and
 * whether they are whole. Only reads. The database must not be in use meanwhile.
 */
import { type DatabaseFiles, exists, holdsData, listDatabase } from "./directory.ts";
import type { Finding } from "./finding.ts";
import { scanLogs } from "./scan_logs.ts";
import { scanManifest } from "./scan_manifest.ts";
import { scanTables } from "./scan_tables.ts";
import type { Version } from "./version_edit.ts";

/** A file that stands in a directory while a backup is restored to it. */
export const RESTORE_MARKER = "restore-unfinished";

/** A scan lists this many findings; more are counted only. */
export const FINDINGS_MAX = 1000;

export interface ScanOptions {
  /**
   * Tables whose data is checked have at most so many bytes together, and are the newest; of the
   * others only what leads to the data is: footers, indexes and filters. Infinity: all data is
   * checked.
   */
  readonly tableBytesMax: number;
}

export interface ScanReport {
  readonly directory: string;
  /** `none`: there is no database, or one that was never finished being made. */
  readonly state: "none" | "intact" | "damaged";
  /** In the order in which the files were written: what the others depend on comes first. */
  readonly findings: readonly Finding[];
  /** Findings that are not listed. */
  readonly omitted: number;
  /** How much was looked through. */
  readonly checked: Checked;
  /** Undefined: the MANIFEST does not say. */
  readonly version: Version | undefined;
  readonly files: DatabaseFiles;
}

/** Everything is checked. */
export const WHOLE: ScanOptions = { tableBytesMax: Infinity };

/** Everything is checked but the data of tables. */
export const WITHOUT_TABLE_DATA: ScanOptions = { tableBytesMax: 0 };

export interface Checked {
  readonly logs: number;
  readonly tables: number;
  /** Of these tables the data was not checked. */
  readonly tablesUnread: number;
  /** In logs and in data of tables. */
  readonly bytes: number;
}

/** Scans `directory`. Rejects only when the operating system does not let it read. */
export async function scanDatabase(directory: string, options: ScanOptions): Promise<ScanReport> {
  const files = await listDatabase(directory) ?? NO_FILES;
  const findings = new Findings();
  const checked = { logs: 0, tables: 0, tablesUnread: 0, bytes: 0 };
  if (await exists(`${directory}/${RESTORE_MARKER}`)) findings.add(restoreUnfinished);
  if (!files.hasCurrent && !holdsData(files)) {
    const state = findings.damaged ? "damaged" : "none";
    return { directory, state, ...findings, checked, version: undefined, files };
  }
  const version = await scanManifest(directory, files, findings);
  await scanLogs(directory, files, version, findings, checked);
  await scanTables(directory, files, version, options, findings, checked);
  const state = findings.damaged ? "damaged" : "intact";
  return { directory, state, ...findings, checked, version, files };
}

/** Gathers findings up to {@linkcode FINDINGS_MAX}. */
class Findings {
  readonly findings: Finding[] = [];
  omitted = 0;
  damaged = false;

  add(finding: Finding): void {
    if (finding.severity === "damage") this.damaged = true;
    if (this.findings.length < FINDINGS_MAX) this.findings.push(finding);
    else this.omitted++;
  }
}
export type { Findings };

const NO_FILES: DatabaseFiles = { hasCurrent: false, manifests: [], logs: [], tables: new Map() };

const restoreUnfinished: Finding = {
  kind: "restore-unfinished",
  severity: "damage",
  file: RESTORE_MARKER,
  offset: 0,
  reason: "a backup was being restored here and did not come to its end",
  consequence: "what is here is a part of the backup: restore it again to an empty directory",
  mend: "repair",
};
