import type { Entry } from "../database.ts";
import { fill } from "../scan/log_file.ts";
import { LOG_BLOCK_SIZE } from "../scan/log_format.ts";
import { type LogOutcome, LogScan } from "../scan/log_scan.ts";
import { RecordReader } from "../scan/record_reader.ts";
import { BACKUP_MAGIC, type BackupHeader, BackupReader } from "./backup_format.ts";

/** Blocks of the file that are read at once. */
const BLOCKS_PER_READ = 16;

/** A file that is no backup, or not a whole one; the message is for the person who asked. */
export class BackupError extends Error {
  override name = "BackupError";
}

export interface BackupSummary {
  readonly header: BackupHeader;
  readonly entries: number;
  /** Length of the file. */
  readonly bytes: number;
}

/**
 * Gives the entries of the backup at `path` to `take`, some at a time and in their order, and holds
 * no more than that. Rejects with {@linkcode BackupError} at the first damage; all entries before it
 * have been given by then.
 */
export async function readBackup(
  path: string,
  take: (entries: Entry[], header: BackupHeader) => Promise<void> | void,
): Promise<BackupSummary> {
  using file = await openFile(path);
  await requireMagic(file, path);
  const reader = new BackupReader();
  const pending: Entry[][] = [];
  const scan = new LogScan(new RecordReader((record) => void pending.push(reader.read(record))));
  const buffer = new Uint8Array(BLOCKS_PER_READ * LOG_BLOCK_SIZE);
  for (let filled = buffer.length; filled === buffer.length && !scan.broken;) {
    filled = await fill(file, buffer);
    for (let at = 0; at < filled; at += LOG_BLOCK_SIZE) {
      scan.push(buffer.subarray(at, Math.min(at + LOG_BLOCK_SIZE, filled)));
    }
    for (const entries of pending.splice(0)) {
      if (entries.length > 0) await take(entries, reader.header!);
    }
  }
  const outcome = scan.finish();
  requireWhole(path, outcome, reader);
  return {
    header: reader.header!,
    entries: reader.entries,
    bytes: BACKUP_MAGIC.length + outcome.bytes,
  };
}

/** Whether there is a file at `path` that begins like a backup; undefined: there is none. */
export async function looksLikeBackup(path: string): Promise<boolean | undefined> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  using opened = file;
  return await hasMagic(opened);
}

async function openFile(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path);
  } catch (error) {
    throw new BackupError(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

async function requireMagic(file: Deno.FsFile, path: string): Promise<void> {
  if (!await hasMagic(file)) throw new BackupError(`${path} is no backup of TideMQ`);
}

async function hasMagic(file: Deno.FsFile): Promise<boolean> {
  const start = new Uint8Array(BACKUP_MAGIC.length);
  if (!(await file.stat()).isFile) return false;
  return await fill(file, start) === start.length &&
    start.every((byte, at) => byte === BACKUP_MAGIC[at]);
}

function requireWhole(path: string, { break: at, bytes }: LogOutcome, reader: BackupReader): void {
  if (at !== undefined && at.kind !== "interrupted") {
    const byte = BACKUP_MAGIC.length + at.seenAt;
    throw new BackupError(`${path} is damaged at byte ${byte}: ${at.reason}`);
  }
  if (at !== undefined || !reader.ended) {
    const byte = BACKUP_MAGIC.length + (at?.offset ?? bytes);
    throw new BackupError(
      `${path} is not complete: it is whole up to byte ${byte}, and no further`,
    );
  }
}
