import { readEnv, readFlag } from "./assignments.ts";
import type { Config } from "./config.ts";
import { type LoadedConfig, Loader } from "./loader.ts";
import { ConfigError, type ConfigSource } from "./problem.ts";
import type { ConfigInput } from "./schema.ts";

export type { LoadedConfig };

/** Where a configuration comes from. Later ones of this list win over earlier ones. */
export interface LoadOptions {
  /** Path of a YAML file. */
  readonly file?: string | undefined;
  /** The environment; only variables that begin with `TIDEMQ_` are looked at. */
  readonly env: Readonly<Record<string, string>>;
  /** `KEY=VALUE` of the command line's `--set`. */
  readonly set?: readonly string[] | undefined;
  /** For programs that embed the broker, and for tests. */
  readonly overrides?: ConfigInput | undefined;
  /** Reads `file`; rejects when that is not possible. */
  readTextFile(path: string): Promise<string>;
}

/** Reads, merges and checks a configuration. Rejects with {@linkcode ConfigError} only. */
export async function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
  const loader = new Loader();
  if (options.file !== undefined) {
    loader.addFile(options.file, await readFile(options.file, options.readTextFile));
  }
  for (const assignment of readEnv(options.env)) loader.assign(assignment);
  for (const setting of options.set ?? []) loader.assign(readFlag(setting));
  loader.override(options.overrides ?? {});
  return loader.finish();
}

/** The configuration of a program that embeds the broker: `input` over the defaults. */
export function configFrom(input: ConfigInput): Config {
  const loader = new Loader();
  loader.override(input);
  return loader.finish().config;
}

async function readFile(
  file: string,
  readTextFile: (path: string) => Promise<string>,
): Promise<string> {
  try {
    return await readTextFile(file);
  } catch (error) {
    const source: ConfigSource = { kind: "file", file };
    throw new ConfigError([{ path: "", source, message: `cannot be read: ${reason(error)}` }]);
  }
}

/** Why a file could not be read, without the path that the runtime repeats. */
function reason(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  switch (code) {
    case "ENOENT":
      return "there is no such file";
    case "EACCES":
      return "no permission";
    case "EISDIR":
      return "it is a directory";
    default:
      return message ?? String(error);
  }
}
