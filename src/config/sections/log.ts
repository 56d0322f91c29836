import { LOG_LEVELS } from "../../base/log.ts";
import { choice } from "../values/plain.ts";

/** The log, on standard error. */
export const logKeys = {
  level: choice({
    about: "Entries below this level are not written.",
    words: LOG_LEVELS,
    default: "info",
  }),
  format: choice({
    about: "`text` for people, `json` (one object a line) for programs.",
    words: ["text", "json"],
    default: "text",
  }),
};
