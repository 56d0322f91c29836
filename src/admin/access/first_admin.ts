import type { Random } from "../../base/random.ts";
import type { AccessControl } from "./access_control.ts";
import type { Users } from "./users.ts";
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN, readablePassword } from "./password.ts";

/** The name of the user that the first start makes. */
export const FIRST_ADMIN = "admin";

/** The first admin cannot be made as the configuration wants it. */
export class FirstAdminError extends Error {
  override name = "FirstAdminError";
}

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

/**
 * Gives the user `name` a new random password, for who has lost the one there was; makes an admin
 * of this name when there is no such user. The caller is whoever can write to the storage.
 */
export async function resetPassword(
  users: Users,
  random: Random,
  name: string,
): Promise<{ password: string; made: boolean }> {
  const password = readablePassword(random);
  const made = await users.get(name) === undefined;
  if (made) await users.create(name, "admin", password);
  else await users.setPassword(name, password);
  return { password, made };
}

/** Throws when `password` is too short or too long. */
function requirePassword(password: string): void {
  if (password.length >= PASSWORD_LENGTH_MIN && password.length <= PASSWORD_LENGTH_MAX) return;
  throw new FirstAdminError(
    `the password of the first admin has ${password.length} characters: it needs ` +
      `${PASSWORD_LENGTH_MIN} to ${PASSWORD_LENGTH_MAX}`,
  );
}
