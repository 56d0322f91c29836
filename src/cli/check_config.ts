import type { LoadedConfig } from "../config/load.ts";
import { formatSource } from "../config/problem.ts";
import { keyPaths } from "../config/schema.ts";
import type { Command } from "./command.ts";
import { loadSettings, settingNotes, settingOptions } from "./settings.ts";

/** `tidemq check-config [FILE]` */
export const checkConfig: Command = {
  name: "check-config",
  positional: "[FILE]",
  about: "Checks a configuration and shows what it changes.",
  options: settingOptions,
  notes: settingNotes,
  async run(args, system) {
    const loaded = await loadSettings(args.positionals[0], args, system);
    system.stdout(`ok\n${differences(loaded).map((line) => `${line}\n`).join("")}`);
    return 0;
  },
};

/** One line for each key whose value is not its default. */
function differences({ sources, written }: LoadedConfig): string[] {
  return [...keyPaths].flatMap(([path, schema]) => {
    const value = written.get(path);
    if (JSON.stringify(schema.parse(value)) === JSON.stringify(schema.parse(undefined))) return [];
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return [`  ${path}: ${text}  (${formatSource(sources.get(path)!)})`];
  });
}
