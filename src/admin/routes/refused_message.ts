import type { PublishOutcome } from "../../broker/inspector/actions.ts";
import { ReasonCode } from "../../mqtt/reason_code.ts";
import { Problem } from "../http/problem.ts";

/** The problem of a message that was not published. */
export function refusedMessage({ reasonCode, problem }: PublishOutcome): Problem {
  // Of all that is wrong with a message, nothing has this code: the store has.
  if (reasonCode === ReasonCode.UnspecifiedError) return new Problem("storage_failed", problem);
  return new Problem("message_refused", `${problem} (reason code ${reasonCode})`);
}
