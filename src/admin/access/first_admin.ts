import type { Random } from "../../base/random.ts";
import type { AccessControl } from "./access_control.ts";
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN, readablePassword } from "./password.ts";

/** The name of the user that the first start makes. */
export const FIRST_ADMIN = "admin";

/** The credentials that the first start made (requirement row C20). They are shown once. */
export interface FirstCredentials {
  readonly user: string;
  /** Undefined: it was given in a file. */
  readonly password: string | undefined;
  /** An API token with the role admin. */
  readonly token: string;
}

/**
 * Makes an admin and an API token when there is no user; undefined when there is one. `given` is
 * asked for the password of the admin; without an answer it is a random one.
 */
export async function createFirstAdmin(
  access: AccessControl,
  random: Random,
  given: () => Promise<string | undefined>,
): Promise<FirstCredentials | undefined> {
  if (!await access.users.none()) return undefined;
  const own = await given();
  if (own !== undefined) requirePassword(own);
  const password = own ?? readablePassword(random);
  const name = "first start";
  // The user comes last: a start that is cut short is the first one again.
  const { secret } = await access.tokens.create({ name, role: "admin", createdBy: name });
  await access.users.create(FIRST_ADMIN, "admin", password);
  return { user: FIRST_ADMIN, password: own === undefined ? password : undefined, token: secret };
}

/** Throws when `password` is too short or too long. */
export function requirePassword(password: string): void {
  if (password.length >= PASSWORD_LENGTH_MIN && password.length <= PASSWORD_LENGTH_MAX) return;
  throw new Error(
    `the password of the first admin has ${password.length} characters: it needs ` +
      `${PASSWORD_LENGTH_MIN} to ${PASSWORD_LENGTH_MAX}`,
  );
}
