/** A listener could not be opened. The message is one line, fit to be printed at start. */
export class ListenError extends Error {
  override name = "ListenError";

  constructor(
    /** The address that was asked for, as `host:port`. */
    readonly address: string,
    cause: unknown,
  ) {
    super(`cannot listen on ${address}: ${listenFailure(cause)}`, { cause });
  }
}

/** The transport was closed or aborted at this end before the bytes were written. */
export class TransportClosedError extends Error {
  override name = "TransportClosedError";

  constructor(message = "the transport is closed") {
    super(message);
  }
}

/** The peer broke the stream off, so what was under way is lost. */
export class TransportResetError extends Error {
  override name = "TransportResetError";

  constructor(message = "the peer reset the connection") {
    super(message);
  }
}

/** Any thrown value as an `Error`. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

function listenFailure(cause: unknown): string {
  const code = (cause as { code?: unknown } | undefined)?.code;
  switch (code) {
    case "EADDRINUSE":
      return "the address is in use by another process";
    case "EADDRNOTAVAIL":
      return "this machine has no such address";
    case "EACCES":
      return "the system does not allow it (ports below 1024 need a privilege)";
  }
  const { name, message } = toError(cause);
  if (name === "NotCapable") return "Deno was started without --allow-net for it";
  return message.split("\n", 1)[0]!;
}
