import { BatchCheck } from "./batch_check.ts";
import { type DatabaseFiles, logName } from "./directory.ts";
import type { Finding } from "./finding.ts";
import { scanLogFile } from "./log_file.ts";
import type { LogOutcome } from "./log_scan.ts";
import type { Version } from "./version_edit.ts";

interface ScannedLog {
  readonly file: string;
  readonly outcome: LogOutcome;
}

/** The logs that still count, ascending; all of them when `version` is not known. */
export function liveLogs(files: DatabaseFiles, version: Version | undefined): number[] {
  if (version === undefined) return [...files.logs];
  const { logNumber, previousLogNumber } = version;
  return files.logs.filter((number) => number >= logNumber || number === previousLogNumber);
}

/** Scans the logs that LevelDB replays when it opens: the newest writes. */
export async function scanLogs(
  directory: string,
  files: DatabaseFiles,
  version: Version | undefined,
  findings: { add(finding: Finding): void },
  checked: { logs: number; bytes: number },
): Promise<void> {
  const missing = version?.logNumber ?? 0;
  if (missing > 0 && !files.logs.includes(missing)) findings.add(missingLog(missing));
  const check = new BatchCheck();
  const logs: ScannedLog[] = [];
  for (const number of liveLogs(files, version)) {
    const file = logName(number);
    const outcome = await scanLogFile(`${directory}/${file}`, check);
    logs.push({ file, outcome });
    checked.logs++;
    checked.bytes += outcome.bytes;
  }
  const broken = logs.findIndex((log, at) => isDamaged(log, logs.slice(at + 1)));
  for (const [at, { file, outcome }] of logs.entries()) {
    if (broken !== -1 && at > broken) {
      if (outcome.bytes > 0) findings.add(unusableLog(file, outcome, logs[broken]!.file));
    } else if (at === broken) {
      findings.add(damagedLog(file, outcome));
    } else if (outcome.break !== undefined) {
      findings.add(unfinishedLog(file, outcome));
    }
  }
}

/** A log that ends within a write is what a crash leaves, unless another was begun after it. */
function isDamaged({ outcome }: ScannedLog, later: readonly ScannedLog[]): boolean {
  if (outcome.break === undefined) return false;
  return outcome.break.kind === "damage" || later.some((log) => log.outcome.records > 0);
}

function missingLog(number: number): Finding {
  return {
    kind: "log-missing",
    severity: "damage",
    file: logName(number),
    offset: 0,
    reason: "the file is missing",
    consequence: "the newest writes are lost: all that were in this log",
    mend: "repair",
  };
}

function damagedLog(file: string, { break: at, bytes }: LogOutcome): Finding {
  const { offset, reason, recordsBehind } = at!;
  const behind = recordsBehind === 0
    ? ""
    : `, of which ${recordsBehind} batches of writes are whole but rest on what is lost`;
  return {
    kind: "log-damaged",
    severity: "damage",
    file,
    offset,
    reason,
    consequence: `the newest writes are lost: the last ${bytes - offset} bytes${behind}`,
    mend: "cut",
  };
}

function unfinishedLog(file: string, { break: at }: LogOutcome): Finding {
  return {
    kind: "log-unfinished",
    severity: "note",
    file,
    offset: at!.offset,
    reason: at!.reason,
    consequence: "a write that was not finished is discarded",
    mend: "nothing",
  };
}

function unusableLog(file: string, { records, bytes }: LogOutcome, broken: string): Finding {
  return {
    kind: "log-unusable",
    severity: "damage",
    file,
    offset: 0,
    reason: `it goes on from ${broken}, whose end is lost`,
    consequence: `newer writes are lost too: ${records} batches in ${bytes} bytes`,
    mend: "cut",
  };
}
