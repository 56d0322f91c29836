import { ConfigError } from "../config/problem.ts";
import { closest } from "../config/suggest.ts";
import { parseArguments, UsageError } from "./arguments.ts";
import { checkConfig } from "./check_config.ts";
import type { Command, CommandOption } from "./command.ts";
import { commandHelp, programHelp } from "./help.ts";
import { start, type StartServer } from "./start.ts";
import type { System } from "./system.ts";
import { version } from "./version.ts";

const commands: readonly Command[] = [start, checkConfig];

const helpOption: CommandOption = { name: "help", short: "h", about: "Shows this help" };
const programOptions: readonly CommandOption[] = [
  helpOption,
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
      system.stderr(`tidemq: ${error.message} (tidemq --help shows the usage)\n`);
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
  const [first = "start"] = args;
  if (isOption(first, "version")) {
    system.stdout(`tidemq ${version}\n`);
    return 0;
  }
  if (isOption(first, "help") || first === "help" && args.length === 1) {
    system.stdout(programHelp(commands, programOptions));
    return 0;
  }
  if (first === "help") return await run([args[1]!, "--help"], system, startServer);
  const named = args.length > 0 && !first.startsWith("-");
  const command = named ? commandNamed(first) : start;
  const parsed = parseArguments(
    { ...command, options: [...command.options, helpOption] },
    named ? args.slice(1) : args,
  );
  if (parsed.options.has("help")) {
    system.stdout(commandHelp({ ...command, options: [...command.options, helpOption] }));
    return 0;
  }
  return await command.run(parsed, system, startServer);
}

function isOption(arg: string, name: string): boolean {
  return programOptions.some((option) =>
    option.name === name && (arg === `--${name}` || arg === `-${option.short}`)
  );
}

function commandNamed(name: string): Command {
  const command = commands.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  const meant = closest(name, commands.map((candidate) => candidate.name));
  const hint = meant === undefined ? "" : `: did you mean ${meant}?`;
  throw new UsageError(`unknown command ${name}${hint}`);
}
