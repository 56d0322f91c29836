import { parseArgs } from "node:util";
import { closest } from "../config/suggest.ts";
import type { Command, CommandArguments, CommandOption } from "./command.ts";

/** A command line that cannot be used; the message is one line. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** The arguments of `command`. Throws {@linkcode UsageError}. */
export function parseArguments(command: Command, args: readonly string[]): CommandArguments {
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(command.options.map((option) => [option.name, {
      type: option.value === undefined ? "boolean" : "string",
      ...(option.short === undefined ? {} : { short: option.short }),
    }])),
    // Our own checks say what was meant.
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const options = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind === "option") addOption(options, command, token);
  }
  const names = command.positional?.split(" ") ?? [];
  if (positionals.length > names.length) {
    throw new UsageError(`unexpected argument ${positionals[names.length]}`);
  }
  const given = positionals.findIndex((value) => value === "");
  const missing = names[given === -1 ? positionals.length : given];
  if (given !== -1) throw new UsageError(`${missing!.replace(/[[\]]/g, "")} is empty`);
  if (missing !== undefined && !missing.startsWith("[") && !options.has("help")) {
    throw new UsageError(`${command.name} needs ${missing}: tidemq ${command.name} ${missing}`);
  }
  return { options, positionals };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function addOption(
  options: Map<string, string[]>,
  command: Command,
  { name, rawName, value, inlineValue }: OptionToken,
): void {
  const option = command.options.find((candidate) => candidate.name === name);
  if (option === undefined) throw new UsageError(unknownOption(rawName, command.options));
  if (option.value === undefined && value !== undefined) {
    throw new UsageError(`${rawName} takes no value`);
  }
  // `--config --set x`: the value was forgotten. Write `--config=--set` to mean it.
  const forgotten = value === undefined || value === "" || value.startsWith("-") && !inlineValue;
  if (option.value !== undefined && forgotten) {
    throw new UsageError(`${rawName} needs a value: ${rawName} ${option.value}`);
  }
  const values = options.get(name) ?? [];
  if (values.length > 0 && !option.repeats) throw new UsageError(`${rawName} is given twice`);
  options.set(name, [...values, value ?? ""]);
}

function unknownOption(rawName: string, options: readonly CommandOption[]): string {
  const meant = closest(rawName, options.map(({ name }) => `--${name}`));
  return `unknown option ${rawName}` + (meant === undefined ? "" : `: did you mean ${meant}?`);
}
