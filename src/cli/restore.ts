import { UsageError } from "./arguments.ts";
import type { Command } from "./command.ts";
import { failure } from "./start_failure.ts";
import { backupReport } from "./storage_report.ts";

/** `tidemq restore FILE [DIR]` */
export const restore: Command = {
  name: "restore",
  positional: "FILE [DIR]",
  about: "Restores a backup to an empty directory, or only checks it.",
  options: [
    { name: "verify", about: "Reads the backup to its end and restores nothing" },
  ],
  notes: [
    "A broker started with storage.leveldb.dir=DIR goes on from the moment of the backup.",
    "Exit codes: 0 restored, or intact; 1 the backup is not whole, or DIR is not empty.",
  ],
  async run(args, system) {
    const [file, directory] = args.positionals;
    const verify = args.options.has("verify");
    if (verify === (directory !== undefined)) {
      throw new UsageError("restore needs a directory or --verify: tidemq restore FILE DIR");
    }
    try {
      const tools = await system.storageTools();
      if (directory === undefined) {
        system.stdout(backupReport(file!, "is intact", await tools.verify(file!)));
      } else {
        const restored = await tools.restore(file!, directory);
        system.stdout(backupReport(file!, `was restored to ${directory}`, restored));
      }
      return 0;
    } catch (error) {
      system.stderr(failure("cannot restore the backup", error));
      return 1;
    }
  },
};
