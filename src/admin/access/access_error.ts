/** Why access control refuses something. The words are codes of the API's problem catalogue. */
export type AccessRefusal =
  | "credentials_invalid"
  | "too_many_attempts"
  | "busy"
  | "name_taken"
  | "user_not_found"
  | "token_not_found"
  | "last_admin"
  | "limit_reached";

/** A request that access control refuses; the message is for who asked. */
export class AccessError extends Error {
  override name = "AccessError";

  constructor(
    readonly refusal: AccessRefusal,
    message: string,
    /** When it makes sense to try again, in whole seconds; undefined: waiting changes nothing. */
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
  }
}
