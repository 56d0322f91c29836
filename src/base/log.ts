export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What a log entry carries besides its text: small plain values, never a payload or a secret. */
export type LogFields = Record<string, string | number | boolean | undefined>;

/**
 * Structured log. An event is logged once, at the place that decides about it; nothing is logged
 * and then thrown again.
 */
export interface Logger {
  /** True when entries of `level` are written: ask before building costly fields. */
  enabled(level: LogLevel): boolean;
  debug(text: string, fields?: LogFields): void;
  info(text: string, fields?: LogFields): void;
  warn(text: string, fields?: LogFields): void;
  error(text: string, fields?: LogFields): void;
}

/** Writes nothing: for tests and for embedding without a log. */
export const silentLogger: Logger = {
  enabled: () => false,
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
};
