import { CURRENT, type DatabaseFiles, manifestName, manifestNumber } from "./directory.ts";
import type { Finding } from "./finding.ts";
import { scanLogFile } from "./log_file.ts";
import type { LogOutcome } from "./log_scan.ts";
import { RecordReader } from "./record_reader.ts";
import { type Version, VersionBuilder } from "./version_edit.ts";

/** Longer than any name of a MANIFEST. */
const CURRENT_SIZE_MAX = 1024;

const NO_TABLES_KNOWN =
  "which files belong to the database is not known, and LevelDB opens nothing";

/** What a MANIFEST says up to where it is intact. */
export interface ManifestRead {
  readonly version: Version | undefined;
  readonly outcome: LogOutcome;
}

/** Follows CURRENT to the MANIFEST; undefined when no version can be had from it. */
export async function scanManifest(
  directory: string,
  files: DatabaseFiles,
  findings: { add(finding: Finding): void },
): Promise<Version | undefined> {
  const number = await readCurrent(directory, files, findings);
  if (number === undefined) return undefined;
  const file = manifestName(number);
  if (!files.manifests.includes(number)) {
    findings.add({
      kind: "manifest-missing",
      severity: "damage",
      file,
      offset: 0,
      reason: "the file is missing",
      consequence: NO_TABLES_KNOWN,
      mend: "repair",
    });
    return undefined;
  }
  const { version, outcome } = await readManifest(`${directory}/${file}`);
  if (outcome.break !== undefined) {
    const finding = brokenManifest(file, outcome, version, files);
    findings.add(finding);
    // What it says up to the damage may have been true long ago.
    return finding.mend === "repair" ? undefined : version;
  }
  if (version === undefined) findings.add(incompleteManifest(file, outcome));
  return version;
}

export async function readManifest(path: string): Promise<ManifestRead> {
  const builder = new VersionBuilder();
  const outcome = await scanLogFile(path, new RecordReader((record) => builder.apply(record)));
  return { version: builder.version(), outcome };
}

/** Whether every file that `version` needs is there. */
export function filesArePresent(version: Version, files: DatabaseFiles): boolean {
  const hasLog = version.logNumber === 0 || files.logs.includes(version.logNumber);
  return hasLog && [...version.tables.keys()].every((number) => files.tables.has(number));
}

/** The number of the MANIFEST that CURRENT names. */
async function readCurrent(
  directory: string,
  files: DatabaseFiles,
  findings: { add(finding: Finding): void },
): Promise<number | undefined> {
  const finding = {
    severity: "damage",
    file: CURRENT,
    offset: 0,
    consequence: NO_TABLES_KNOWN,
    mend: "repair",
  } as const;
  if (!files.hasCurrent) {
    const consequence = "LevelDB would begin an empty database and delete the files of this one";
    findings.add({
      ...finding,
      kind: "current-missing",
      reason: "the file is missing",
      consequence,
    });
    return undefined;
  }
  const text = await readStart(`${directory}/${CURRENT}`);
  const number = text.endsWith("\n") ? manifestNumber(text.slice(0, -1)) : undefined;
  if (number === undefined) {
    const reason = text === "" ? "the file is empty" : "it does not name a MANIFEST";
    findings.add({ ...finding, kind: "current-damaged", reason });
  }
  return number;
}

async function readStart(path: string): Promise<string> {
  using file = await Deno.open(path);
  const buffer = new Uint8Array(CURRENT_SIZE_MAX);
  const length = await file.read(buffer) ?? 0;
  return new TextDecoder().decode(buffer.subarray(0, length));
}

function brokenManifest(
  file: string,
  { break: at }: LogOutcome,
  version: Version | undefined,
  files: DatabaseFiles,
): Finding {
  const { offset, reason, kind, passedOver } = at!;
  // LevelDB syncs a change of the MANIFEST before it deletes what the change makes superfluous: if
  // all files of before are there, the change had not been made.
  const complete = version !== undefined && filesArePresent(version, files);
  if (kind === "interrupted" && complete) {
    return {
      kind: "manifest-unfinished",
      severity: "note",
      file,
      offset,
      reason,
      consequence:
        "nothing is lost: the change was not finished, and all files of before are there",
      mend: passedOver ? "nothing" : "cut",
    };
  }
  const consequence = complete
    ? "nothing is lost: all files of before are there"
    : `${NO_TABLES_KNOWN}: data of any age may be missing`;
  const mend = complete ? "cut" : "repair";
  return { kind: "manifest-damaged", severity: "damage", file, offset, reason, consequence, mend };
}

function incompleteManifest(file: string, { bytes }: LogOutcome): Finding {
  return {
    kind: "manifest-damaged",
    severity: "damage",
    file,
    offset: bytes,
    reason: "it ends before it says which files belong to the database",
    consequence: NO_TABLES_KNOWN,
    mend: "repair",
  };
}
