import { parseDocument } from "yaml";
import type { ConfigSource } from "./problem.ts";

/** One value that is set outside the file. */
export interface Assignment {
  readonly path: string;
  readonly text: string;
  readonly source: ConfigSource;
}

/** What every variable of the broker begins with. */
export const ENV_PREFIX = "TIDEMQ_";

/** The environment variable that sets the key at `path`: `TIDEMQ_SERVER__TCP_ADDR`. */
export function envVariable(path: string): string {
  return ENV_PREFIX + path.toUpperCase().replaceAll(".", "__");
}

/**
 * What Kubernetes puts into every container beside a Service called `tidemq` or `tidemq-…`. They are
 * not ours and cannot be avoided, so they are the only variables with the prefix that are skipped.
 */
const SERVICE_LINK =
  /^TIDEMQ_([A-Z0-9_]+_)?(SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$/;

/** The broker's variables in `env`, known or not, in the order of their names. */
export function readEnv(env: Readonly<Record<string, string>>): Assignment[] {
  return Object.keys(env).sort()
    .filter((name) => name.startsWith(ENV_PREFIX) && !SERVICE_LINK.test(name))
    .map((name) => ({
      path: name.slice(ENV_PREFIX.length).toLowerCase().replaceAll("__", "."),
      text: env[name]!,
      source: { kind: "env", variable: name },
    }));
}

/** The value of `--set`: `KEY=VALUE`. */
export function readFlag(setting: string): Assignment {
  const equals = setting.indexOf("=");
  const path = equals < 0 ? setting : setting.slice(0, equals);
  const text = equals < 0 ? "" : setting.slice(equals + 1);
  return { path, text, source: { kind: "flag", flag: "--set" } };
}

/**
 * The value that `text` stands for: as it is for a key that takes text only (so that `[::1]:1883`
 * needs no quotes), else one YAML scalar or flow list. Undefined when it is no YAML.
 */
export function parseAssigned(text: string, plainText: boolean): unknown {
  if (plainText) return text;
  const document = parseDocument(text, { prettyErrors: false });
  if (document.errors.length > 0 || document.warnings.length > 0) return undefined;
  try {
    return document.toJS({ maxAliasCount: 0 }) as unknown;
  } catch {
    return undefined;
  }
}
