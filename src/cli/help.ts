import type { Command, CommandOption } from "./command.ts";
import { VERSION } from "../base/version.ts";

/** The help of the whole program. */
export function programHelp(commands: readonly Command[], options: readonly CommandOption[]) {
  return [
    `TideMQ ${VERSION}, an MQTT broker`,
    "",
    "Usage: tidemq [COMMAND] [OPTIONS]",
    "",
    "Commands:",
    ...table(commands.map(({ name, about }) => [name, about])),
    "",
    "Options:",
    ...table(options.map(optionRow)),
    "",
    "tidemq COMMAND --help shows the options of a command. Without a command, tidemq starts.",
    "",
  ].join("\n");
}

/** The help of one command. */
export function commandHelp(command: Command): string {
  const positional = command.positional === undefined ? "" : ` ${command.positional}`;
  return [
    `Usage: tidemq ${command.name}${positional} [OPTIONS]`,
    "",
    command.about,
    "",
    "Options:",
    ...table(command.options.map(optionRow)),
    "",
    ...command.notes ?? [],
    ...command.notes ? [""] : [],
  ].join("\n");
}

function optionRow({ name, short, value, about }: CommandOption): [string, string] {
  const long = value === undefined ? `--${name}` : `--${name} ${value}`;
  return [short === undefined ? `    ${long}` : `-${short}, ${long}`, about];
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
