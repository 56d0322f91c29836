import { printable } from "../base/printable.ts";

/** Errors that the person who gave the command can do something about. */
const EXPLAINED = new Set([
  "EADDRINUSE",
  "EADDRNOTAVAIL",
  "EACCES",
  "EDQUOT",
  "EIO",
  "EISDIR",
  "ENOENT",
  "ENOSPC",
  "ENOTDIR",
  "ENOTFOUND",
  "EROFS",
  "ListenError",
  "AddrInUse",
  "AddrNotAvailable",
  "BackupError",
  "ControlError",
  "FirstAdminError",
  "NotCapable",
  "NotFound",
  "PermissionDenied",
  "RecordError",
  "StoreError",
  "StoreOpenError",
]);

/** What to print when the server could not start: one line, or the stack when it is our bug. */
export function startFailure(error: unknown): string {
  return failure("cannot start", error);
}

/** The same for something else that could not be done. */
export function failure(what: string, error: unknown): string {
  if (isExplained(error)) return `tidemq: ${printable((error as Error).message)}\n`;
  const stack = error instanceof Error ? error.stack ?? error.message : String(error);
  return `tidemq: ${what}; this is a bug of TideMQ\n${stack}\n`;
}

/** An error, or one that it was caused by, comes from the operating system. */
function isExplained(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { name, code } = at as Error & { code?: string };
    if (EXPLAINED.has(name) || code !== undefined && EXPLAINED.has(code)) return true;
  }
  return false;
}
