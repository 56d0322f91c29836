import type { Command } from "./command.ts";
import { failure } from "./start_failure.ts";
import { directoryNotes, directoryOptions, storageDirectory } from "./storage_directory.ts";
import { checkReport } from "./storage_report.ts";

/** `tidemq storage repair [DIR]` */
export const storageRepair: Command = {
  name: "storage repair",
  positional: "[DIR]",
  about: "Saves what can be saved of damaged data.",
  options: directoryOptions,
  notes: [
    ...directoryNotes,
    "",
    "The broker must not be running on it.",
    "All files are copied to a folder damaged-… in the directory before anything is changed.",
    "Exit codes: 0 the data can be used now; 1 it could not be repaired.",
  ],
  async run(args, system) {
    const directory = await storageDirectory(args.positionals[0], args, system);
    try {
      const tools = await system.storageTools();
      const { found, copy, done, contents } = await tools.repair(directory, system.clock.now());
      if (found.state === "none") {
        system.stderr(`tidemq: ${checkReport(found)}`);
        return 1;
      }
      if (copy === undefined) {
        system.stdout(`${directory} is intact: nothing was changed\n  ${contents}\n`);
        return 0;
      }
      // Without damage in a file there was some in the records.
      const findings = found.findings.length > 0
        ? checkReport(found)
        : `the files in ${directory} are intact, the records in them are not\n`;
      const steps = [...done, `the files as they were are in ${copy}`];
      system.stdout(
        `${findings}repaired:\n${steps.map((step) => `  ${step}\n`).join("")}` +
          `what there is now:\n  ${contents}\n`,
      );
      return 0;
    } catch (error) {
      system.stderr(failure("cannot repair the storage", error));
      return 1;
    }
  },
};
