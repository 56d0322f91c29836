import { parseAssigned } from "./assignments.ts";
import type { LoadedConfig } from "./loader.ts";
import { formatSource } from "./problem.ts";
import { keyPaths } from "./schema.ts";
import { keyInfo } from "./values/key.ts";

/** One key of a configuration as it counts. */
export interface EffectiveKey {
  /** `server.tcp_addr` */
  readonly key: string;
  /** As it is written in a file; `null`: left out, and the key has no default. */
  readonly value: unknown;
  /** `default`, a file with its line, an environment variable, or an option. */
  readonly source: string;
}

/** Every key, in the order of the documentation. A secret is never a value: it is in a file. */
export function effectiveKeys({ sources, written }: LoadedConfig): EffectiveKey[] {
  return [...keyPaths].map(([key, schema]) => {
    const value = written.get(key) ?? defaultOf(schema);
    return { key, value, source: formatSource(sources.get(key)!) };
  });
}

function defaultOf(schema: Parameters<typeof keyInfo.get>[0]): unknown {
  const { leftOut, written, plainText } = keyInfo.get(schema)!;
  return leftOut === undefined ? parseAssigned(written, plainText) : null;
}
