import type { Clock } from "./clock.ts";
import { LOG_LEVELS, type LogFields, type Logger, type LogLevel } from "./log.ts";
import { printable } from "./printable.ts";

/** The text and each field of an entry are cut to this many characters: clients choose some. */
export const LOG_VALUE_LENGTH_MAX = 4096;

export interface LogWriterOptions {
  /** Entries below this level are not written. */
  readonly level: LogLevel;
  /** `text` for people, `json` (one object a line) for programs. */
  readonly format: "text" | "json";
  readonly clock: Clock;
  /** Takes one entry at a time, with its line end. Must not throw. */
  write(entry: string): void;
}

/**
 * Writes each log entry as one line. Whatever a client puts into its id, topic or user name, it
 * can neither begin a line of its own nor reach the terminal: control and direction characters
 * are escaped. The one value that spreads over lines is the field `stack` of the text format; its
 * lines are indented.
 */
export class LogWriter implements Logger {
  readonly #lowest: number;
  readonly #clock: Clock;
  readonly #format: (time: string, level: LogLevel, text: string, fields: LogFields) => string;
  readonly #write: (entry: string) => void;

  constructor(options: LogWriterOptions) {
    this.#lowest = LOG_LEVELS.indexOf(options.level);
    this.#clock = options.clock;
    this.#format = options.format === "json" ? formatJson : formatText;
    this.#write = options.write;
  }

  enabled(level: LogLevel): boolean {
    return LOG_LEVELS.indexOf(level) >= this.#lowest;
  }

  debug(text: string, fields?: LogFields): void {
    this.#log("debug", text, fields);
  }

  info(text: string, fields?: LogFields): void {
    this.#log("info", text, fields);
  }

  warn(text: string, fields?: LogFields): void {
    this.#log("warn", text, fields);
  }

  error(text: string, fields?: LogFields): void {
    this.#log("error", text, fields);
  }

  #log(level: LogLevel, text: string, fields: LogFields = {}): void {
    if (!this.enabled(level)) return;
    const time = new Date(this.#clock.now()).toISOString();
    this.#write(this.#format(time, level, text, fields) + "\n");
  }
}

function formatText(time: string, level: LogLevel, text: string, fields: LogFields): string {
  let line = `${time} ${level.toUpperCase().padEnd(5)} ${printable(cut(text))}`;
  let stack = "";
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (name === "stack") stack = formatStack(String(value));
    else line += ` ${name}=${formatValue(value)}`;
  }
  return line + stack;
}

function formatValue(value: string | number | boolean): string {
  if (typeof value !== "string") return String(value);
  const text = cut(value);
  return /^[^\s"=\\]+$/.test(text) ? printable(text) : printable(JSON.stringify(text));
}

function formatStack(stack: string): string {
  return cut(stack).split("\n").map((line) => `\n    ${printable(line.trim())}`).join("");
}

/** Names of an entry's own members; a field of the same name gets an underscore. */
const ENTRY_MEMBERS = new Set(["time", "level", "text"]);

function formatJson(time: string, level: LogLevel, text: string, fields: LogFields): string {
  const entry: Record<string, unknown> = { time, level, text: cut(text) };
  for (const [name, value] of Object.entries(fields)) {
    const member = ENTRY_MEMBERS.has(name) ? `${name}_` : name;
    entry[member] = typeof value === "string" ? cut(value) : value;
  }
  return printable(JSON.stringify(entry));
}

function cut(value: string): string {
  if (value.length <= LOG_VALUE_LENGTH_MAX) return value;
  return `${value.slice(0, LOG_VALUE_LENGTH_MAX)}… (${value.length} characters)`;
}
