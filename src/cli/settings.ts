import { loadConfig, type LoadedConfig } from "../config/load.ts";
import { ConfigError } from "../config/problem.ts";
import type { CommandArguments, CommandOption } from "./command.ts";
import type { System } from "./system.ts";

/** The options of every command that reads a configuration. */
export const settingOptions: readonly CommandOption[] = [
  {
    name: "set",
    short: "s",
    value: "KEY=VALUE",
    repeats: true,
    about: "Sets one key, as --set server.tcp_addr=127.0.0.1:1884 (repeatable)",
  },
];

/** Where values come from; for the help of every command that reads a configuration. */
export const settingNotes: readonly string[] = [
  "A value comes from --set, else from the environment (TIDEMQ_ and the path of the key with",
  "double underscores: TIDEMQ_SERVER__TCP_ADDR), else from the file, else it is the default.",
];

/** The configuration that a command was called with. Rejects with {@linkcode ConfigError}. */
export async function loadSettings(
  file: string | undefined,
  { options }: CommandArguments,
  { env, readTextFile }: System,
): Promise<LoadedConfig> {
  const loaded = await loadConfig({ file, env, set: options.get("set"), readTextFile });
  const { tcpEnabled, wsEnabled } = loaded.config.server;
  if (tcpEnabled || wsEnabled) return loaded;
  // Only an embedding program can reach a broker without listeners.
  throw new ConfigError([{
    path: "server.tcp_enabled",
    source: loaded.sources.get("server.tcp_enabled")!,
    message: "no MQTT listener is enabled: enable server.tcp_enabled or server.ws_enabled",
  }]);
}
