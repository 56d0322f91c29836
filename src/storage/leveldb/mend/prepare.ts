/**
 * What is done to a database before it is opened. LevelDB opens one whose logs are damaged without
 * a word, replays around the damage and deletes the log: after that nobody can tell what is gone.
 * Of tables it looks at no checksum: a damaged key, index or filter means to it that there is
 * nothing. So all files are scanned before. A log with damage in it is cut off there, and what
 * LevelDB then opens is the database as it was at that moment; the damaged files are copied aside
 * first. Other damage is not mended by a cut: the database is not opened.
 */
import { wayOut } from "../damage_text.ts";
import { StoreOpenError } from "../errors.ts";
import { describeFinding, type Finding, isDamage } from "../scan/finding.ts";
import { scanDatabase, type ScanOptions } from "../scan/scan.ts";
import { setAside } from "./aside.ts";
import { cutFile, removeFile } from "./files.ts";
import { mendFirstManifest } from "./first_manifest.ts";

/** What was found before a database was opened, and what was done about it. */
export interface Preparation {
  /** What was lost, as it was found; empty for an intact database. */
  readonly lost: readonly Finding[];
  /** What is worth knowing and cost nothing that was promised. */
  readonly notes: readonly Finding[];
  /** The folder with the files as they were, in the directory; undefined: nothing was changed. */
  readonly aside: string | undefined;
  /** Tables whose data was not looked at. */
  readonly tablesUnread: number;
}

/**
 * Makes the database in `directory` ready to be opened; the caller holds the directory's lock.
 * Rejects with {@linkcode StoreOpenError} when it must not be opened. `now`: milliseconds since the
 * epoch.
 */
export async function prepareDatabase(
  directory: string,
  now: number,
  options: ScanOptions,
): Promise<Preparation> {
  await mendFirstManifest(directory);
  const { findings, checked } = await scanDatabase(directory, options);
  const beyond = findings.filter(({ mend }) => mend === "repair");
  if (beyond.length > 0) throw damaged(directory, beyond);
  const cuts = findings.filter(({ mend }) => mend === "cut");
  let aside: string | undefined;
  if (cuts.length > 0) {
    aside = await setAside(directory, cuts.map(({ file }) => file), now);
    await cutAll(directory, cuts);
  }
  return {
    lost: findings.filter(isDamage),
    notes: findings.filter((finding) => !isDamage(finding)),
    aside,
    tablesUnread: checked.tablesUnread,
  };
}

/**
 * Makes the cuts that `findings` ask for. The newest first: when this is interrupted, what is left
 * is still damaged, to be found again, and never a log that goes on behind a gap.
 */
export async function cutAll(directory: string, findings: readonly Finding[]): Promise<void> {
  for (const { file, offset, kind } of findings.toReversed()) {
    if (kind === "log-unusable") await removeFile(`${directory}/${file}`);
    else await cutFile(`${directory}/${file}`, offset);
  }
}

/** One line: what is wrong, what it means, what to do. `findings`: at least one. */
export function damaged(directory: string, findings: readonly Finding[]): StoreOpenError {
  const [first, ...more] = findings;
  const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
  const advice = first!.kind === "restore-unfinished"
    ? ""
    : `; nothing was changed: ${wayOut(directory)}`;
  return new StoreOpenError(
    "damaged",
    `the database in ${directory} is damaged: ${describeFinding(first!)}${others}${advice}`,
  );
}
