import { USER_NAME } from "../admin/access/user_name.ts";
import { UsageError } from "./arguments.ts";
import type { Command } from "./command.ts";
import { failure } from "./start_failure.ts";
import { directoryNotes, directoryOptions, storageDirectory } from "./storage_directory.ts";

/** The user of the first start. */
const FIRST_USER = "admin";

/** `tidemq admin reset-password [DIR]` */
export const resetPassword: Command = {
  name: "admin reset-password",
  positional: "[DIR]",
  about: "Gives a user of the admin API a new password, for who has lost it.",
  options: [
    ...directoryOptions,
    { name: "user", value: "NAME", about: `The user (${FIRST_USER} by default)` },
  ],
  notes: [
    ...directoryNotes,
    "",
    "The broker must not be running on it. A user that does not exist becomes an admin.",
    "Exit codes: 0 the password is shown and counts; 1 nothing was changed.",
  ],
  async run(args, system) {
    const user = args.options.get("user")?.[0] ?? FIRST_USER;
    if (!USER_NAME.test(user)) throw new UsageError(`${user} is no name of a user`);
    const directory = await storageDirectory(args.positionals[0], args, system);
    try {
      const tools = await system.storageTools();
      const { state, password, made } = await tools.resetPassword(directory, user, system.clock);
      if (password === undefined) {
        const why = state === "none" ? "holds no data" : "is damaged: storage check says how";
        system.stderr(`tidemq: ${directory} ${why}\n`);
        return 1;
      }
      const what = made ? "is a new admin" : "has a new password";
      system.stdout(`the user ${user} ${what}\n  password   ${password}\n`);
      return 0;
    } catch (error) {
      system.stderr(failure("cannot reset the password", error));
      return 1;
    }
  },
};
