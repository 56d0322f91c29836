import { UsageError } from "./arguments.ts";
import type { CommandArguments, CommandOption } from "./command.ts";
import { loadSettings, settingOptions } from "./settings.ts";
import type { System } from "./system.ts";

/** The options of every command that works on a storage directory. */
export const directoryOptions: readonly CommandOption[] = [
  {
    name: "config",
    short: "c",
    value: "FILE",
    about: "Takes the directory from this configuration (storage.leveldb.dir)",
  },
  ...settingOptions,
];

/** For the help of those commands. */
export const directoryNotes: readonly string[] = [
  "Without DIR it is the storage directory of the configuration (./data by default).",
];

/** The directory that a command works on: `given`, or the one of the configuration. */
export async function storageDirectory(
  given: string | undefined,
  args: CommandArguments,
  system: System,
): Promise<string> {
  if (given !== undefined) return withoutSlash(given);
  const file = args.options.get("config")?.[0];
  const { config } = await loadSettings(file, args, system);
  if (config.storage.type !== "leveldb") {
    throw new UsageError("nothing is stored on disk: storage.type is memory");
  }
  return withoutSlash(config.storage.leveldbDir);
}

function withoutSlash(path: string): string {
  return path.replace(/(.)\/+$/, "$1");
}
