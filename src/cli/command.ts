import type { StartServer } from "./start.ts";
import type { System } from "./system.ts";

/** An option of a command, as `--config FILE`. */
export interface CommandOption {
  readonly name: string;
  /** One letter, as `c` for `-c`. */
  readonly short?: string;
  /** What stands for the value in the help; an option without takes none. */
  readonly value?: string;
  /** True when it may be given more than once. */
  readonly repeats?: boolean;
  readonly about: string;
}

/** What a command was called with. */
export interface CommandArguments {
  /** The values of each option that was given; an empty text for an option without value. */
  readonly options: ReadonlyMap<string, readonly string[]>;
  readonly positionals: readonly string[];
}

/** A subcommand of `tidemq`. */
export interface Command {
  /** One word, or two: `storage check`. */
  readonly name: string;
  /** The positional arguments in the help, as `FILE [DIR]`; a command without takes none. */
  readonly positional?: string;
  /** One sentence. */
  readonly about: string;
  readonly options: readonly CommandOption[];
  /** More lines for the help of the command. */
  readonly notes?: readonly string[];
  /** Resolves to the exit code. */
  run(args: CommandArguments, system: System, startServer: StartServer): Promise<number>;
}
