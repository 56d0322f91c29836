import { printable } from "../base/printable.ts";
import type { Command } from "./command.ts";
import { failure } from "./start_failure.ts";
import { directoryNotes, directoryOptions, storageDirectory } from "./storage_directory.ts";
import { checkAdvice, checkReport } from "./storage_report.ts";

/** `tidemq storage check [DIR]` */
export const storageCheck: Command = {
  name: "storage check",
  positional: "[DIR]",
  about: "Looks for damage in stored data and changes nothing.",
  options: [
    { name: "full", about: "Checks the data of tables too: all there is, not only the newest" },
    { name: "json", about: "Prints what was found for a program" },
    ...directoryOptions,
  ],
  notes: [
    ...directoryNotes,
    "",
    "The broker must not be running on it. A start checks the newest tables in full, up to",
    "storage.leveldb.check_on_start, and of the others what leads to their data.",
    "Exit codes: 0 everything is intact; 1 something is damaged, or could not be checked.",
  ],
  async run(args, system) {
    const directory = await storageDirectory(args.positionals[0], args, system);
    try {
      const tools = await system.storageTools();
      const checked = await tools.check(directory, { full: args.options.has("full") });
      const text = args.options.has("json")
        ? `${JSON.stringify(checked)}\n`
        : printableLines(checkReport(checked) + checkAdvice(checked));
      system.stdout(text);
      return checked.state === "intact" ? 0 : 1;
    } catch (error) {
      system.stderr(failure("cannot check the storage", error));
      return 1;
    }
  },
};

/** File names and keys can hold anything. */
function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}
