/** Operating-system errors that the person who starts the broker can do something about. */
const EXPLAINED = new Set([
  "EADDRINUSE",
  "EADDRNOTAVAIL",
  "EACCES",
  "ENOENT",
  "ENOTFOUND",
  "ListenError",
  "AddrInUse",
  "AddrNotAvailable",
  "NotCapable",
  "NotFound",
  "PermissionDenied",
]);

/** What to print when the server could not start: one line, or the stack when it is our bug. */
export function startFailure(error: unknown): string {
  if (isExplained(error)) return `tidemq: ${(error as Error).message}\n`;
  const stack = error instanceof Error ? error.stack ?? error.message : String(error);
  return `tidemq: cannot start; this is a bug of TideMQ\n${stack}\n`;
}

/** An error, or one that it was caused by, comes from the operating system. */
function isExplained(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { name, code } = at as Error & { code?: string };
    if (EXPLAINED.has(name) || code !== undefined && EXPLAINED.has(code)) return true;
  }
  return false;
}
