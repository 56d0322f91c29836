import { ConfigError } from "../config/problem.ts";
import { closest } from "../config/suggest.ts";
import { parseArguments, UsageError } from "./arguments.ts";
import { backup } from "./backup.ts";
import { checkConfig } from "./check_config.ts";
import type { Command, CommandOption } from "./command.ts";
import { commandHelp, programHelp } from "./help.ts";
import { resetPassword } from "./reset_password.ts";
import { restore } from "./restore.ts";
import { start, type StartServer } from "./start.ts";
import { storageCheck } from "./storage_check.ts";
import { storageRepair } from "./storage_repair.ts";
import type { System } from "./system.ts";
import { printable } from "../base/printable.ts";
import { VERSION } from "../base/version.ts";

const commands: readonly Command[] = [
  start,
  checkConfig,
  storageCheck,
  storageRepair,
  backup,
  restore,
  resetPassword,
];

/** Every command has these. */
const programOptions: readonly CommandOption[] = [
  { name: "help", short: "h", about: "Shows this help" },
  { name: "version", short: "V", about: "Shows the version" },
];

/**
 * Runs the command that `args` ask for; resolves to the exit code of the process: 0 when all went
 * well, 1 when the command line, the configuration or the start is wrong.
 */
export async function runCli(
  args: readonly string[],
  system: System,
  startServer: StartServer,
): Promise<number> {
  try {
    return await run(args, system, startServer);
  } catch (error) {
    if (error instanceof UsageError) {
      system.stderr(`tidemq: ${printable(error.message)} (tidemq --help shows the usage)\n`);
      return 1;
    }
    if (error instanceof ConfigError) {
      system.stderr(`tidemq: ${error.message}\n`);
      return 1;
    }
    throw error;
  }
}

async function run(
  args: readonly string[],
  system: System,
  startServer: StartServer,
): Promise<number> {
  if (args[0] === "help") return await run([...args.slice(1), "--help"], system, startServer);
  const words = commandWords(args);
  const named = words.length > 0;
  const command = withProgramOptions(named ? commandNamed(words.join(" ")) : start);
  const parsed = parseArguments(command, args.slice(words.length));
  if (parsed.options.has("version")) {
    system.stdout(`tidemq ${VERSION}\n`);
    return 0;
  }
  if (parsed.options.has("help")) {
    system.stdout(named ? commandHelp(command) : programHelp(commands, programOptions));
    return 0;
  }
  return await command.run(parsed, system, startServer);
}

function withProgramOptions(command: Command): Command {
  return { ...command, options: [...command.options, ...programOptions] };
}

/** The words that name the command: none, one, or two when the first begins the names of several. */
function commandWords(args: readonly string[]): readonly string[] {
  const words = args.slice(0, 2);
  const options = words.findIndex((word) => word.startsWith("-"));
  const count = options === -1 ? words.length : options;
  const isGroup = commands.some(({ name }) => name.startsWith(`${args[0]} `));
  return words.slice(0, Math.min(count, isGroup ? 2 : 1));
}

function commandNamed(name: string): Command {
  const inGroup = commands.filter((candidate) => candidate.name.startsWith(`${name} `));
  if (inGroup.length > 0) {
    throw new UsageError(`${name} alone is no command: ${inGroup.map((c) => c.name).join(", ")}`);
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  const meant = closest(name, commands.map((candidate) => candidate.name));
  const hint = meant === undefined ? "" : `: did you mean ${meant}?`;
  throw new UsageError(`unknown command ${name}${hint}`);
}
