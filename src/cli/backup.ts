import type { Command } from "./command.ts";
import { failure } from "./start_failure.ts";
import { directoryNotes, directoryOptions, storageDirectory } from "./storage_directory.ts";
import { backupReport } from "./storage_report.ts";

/** `tidemq backup FILE [DIR]` */
export const backup: Command = {
  name: "backup",
  positional: "FILE [DIR]",
  about: "Saves everything that is stored to a file; the broker may be running.",
  options: directoryOptions,
  notes: [
    ...directoryNotes,
    "",
    "It is the data of one moment, and is read again to its end before it gets its name. A running",
    "broker is asked over DIR/control.sock, which only its own user can open.",
    "Exit codes: 0 the backup is complete; 1 there is none, and an older FILE is as it was.",
  ],
  async run(args, system) {
    const [file, given] = args.positionals;
    const directory = await storageDirectory(given, args, system);
    try {
      const tools = await system.storageTools();
      const saved = await tools.backup(file!, directory, system.clock);
      system.stdout(backupReport(file!, "is complete", saved));
      return 0;
    } catch (error) {
      system.stderr(failure("cannot make the backup", error));
      return 1;
    }
  },
};
