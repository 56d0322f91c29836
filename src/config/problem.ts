/** Where a value of the configuration was set. */
export type ConfigSource =
  | { readonly kind: "default" }
  | { readonly kind: "file"; readonly file: string }
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

/** `config.yaml:3:13`, `TIDEMQ_LOG__LEVEL`, `--set log.level`; empty for a default. */
export function formatSource(source: ConfigSource, line?: number, column?: number): string {
  switch (source.kind) {
    case "default":
      return "";
    case "file":
      return line === undefined ? source.file : `${source.file}:${line}:${column}`;
    case "env":
      return source.variable;
    case "flag":
      return source.flag;
    case "override":
      return "override";
  }
}

function formatProblems(problems: readonly ConfigProblem[]): string {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return [`${count} in the configuration`, ...problems.map((p) => `  ${formatProblem(p)}`)]
    .join("\n");
}

function formatProblem({ path, line, column, source, message }: ConfigProblem): string {
  return [formatSource(source, line, column), path, message]
    .filter((part) => part !== "").join(": ");
}
