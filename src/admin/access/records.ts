/**
 * What access control keeps in the `admin` store, by kind and key:
 *
 * | kind            | key         | value                                      |
 * | --------------- | ----------- | ------------------------------------------ |
 * | `console_users` | user name   | {@linkcode UserRecord}                     |
 * | `api_tokens`    | token id    | {@linkcode TokenRecord}                    |
 *
 * Neither a password nor a token can be read from it. Times are milliseconds
 * since the epoch, with fractions.
 */
import * as z from "zod";
import { ROLES } from "./role.ts";

export const USERS = "console_users";
export const TOKENS = "api_tokens";

const userRecord = z.object({
  role: z.enum(ROLES),
  /** Of {@linkcode PasswordHasher}. */
  passwordHash: z.string(),
  /** Random, new with each password: a browser session knows by it whether it still counts. */
  passwordId: z.string(),
  createdAt: z.number(),
  passwordChangedAt: z.number(),
});
export type UserRecord = z.output<typeof userRecord>;

const tokenRecord = z.object({
  name: z.string(),
  role: z.enum(ROLES),
  /** SHA-256 of the whole token. */
  hash: z.string(),
  createdAt: z.number(),
  createdBy: z.string(),
  expiresAt: z.number().optional(),
  lastUsedAt: z.number().optional(),
});
export type TokenRecord = z.output<typeof tokenRecord>;

/** Throws when `value` is no user of this version. */
export function readUser(name: string, value: unknown): UserRecord {
  return read(userRecord, `the console user ${name}`, value);
}

/** Throws when `value` is no token of this version. */
export function readToken(id: string, value: unknown): TokenRecord {
  return read(tokenRecord, `the API token ${id}`, value);
}

function read<T>(schema: z.ZodType<T>, what: string, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Error(`the stored record of ${what} cannot be read: ${z.prettifyError(result.error)}`);
}
