import { printable } from "../base/printable.ts";

/** Where a value of the configuration was set. */
export type ConfigSource =
  | { readonly kind: "default" }
  /** `line` counts from 1. */
  | { readonly kind: "file"; readonly file: string; readonly line?: number }
  | { readonly kind: "env"; readonly variable: string }
  | { readonly kind: "flag"; readonly flag: string }
  /** By the program that embeds the broker. */
  | { readonly kind: "override" };

/** One thing that is wrong with a configuration. */
export interface ConfigProblem {
  /** The YAML path, as `server.tcp_addr`; empty when the whole source is meant. */
  readonly path: string;
  /** From 1. Only for a file. */
  readonly line?: number;
  /** From 1. Only for a file. */
  readonly column?: number;
  readonly source: ConfigSource;
  /** What is wrong and what to do, in plain words; no line breaks. */
  readonly message: string;
}

/** A configuration that cannot be used, with everything that is wrong with it. */
export class ConfigError extends Error {
  override name = "ConfigError";

  constructor(readonly problems: readonly ConfigProblem[]) {
    super(formatProblems(problems));
  }
}

/** `config.yaml:3`, `TIDEMQ_LOG__LEVEL`, `--set log.level`, `default`. */
export function formatSource(source: ConfigSource): string {
  switch (source.kind) {
    case "file":
      return source.line === undefined ? source.file : `${source.file}:${source.line}`;
    case "env":
      return source.variable;
    case "flag":
      return source.flag;
    case "default":
    case "override":
      return source.kind;
  }
}

function formatProblems(problems: readonly ConfigProblem[]): string {
  const lines = problems.map(formatProblem);
  if (lines.length === 1) return lines[0]!;
  return [`${lines.length} problems in the configuration`, ...lines].join("\n  ");
}

function formatProblem({ path, line, column, source, message }: ConfigProblem): string {
  const place = line === undefined
    ? formatSource(source)
    : `${formatSource(source)}:${line}:${column}`;
  // Keys and values are quoted as they were found, and they can hold anything.
  return printable([place, path, message].filter((part) => part !== "").join(": "));
}
