import type { Clock } from "../../base/clock.ts";
import { type Random, randomHex } from "../../base/random.ts";
import { TaskLimit } from "../../base/task_limit.ts";
import type { AdminStore } from "../../storage/store.ts";
import { AccessError } from "./access_error.ts";
import type { PasswordHasher } from "./password.ts";
import { readUser, type UserRecord, USERS } from "./records.ts";
import type { Role } from "./role.ts";

/** How many people may have access. */
export const USERS_MAX = 1_000;

const PASSWORD_ID_BYTES = 16;

/** A person with access to console and API. Times are milliseconds since the epoch. */
export interface User {
  readonly name: string;
  readonly role: Role;
  readonly createdAt: number;
  readonly passwordChangedAt: number;
  /** Changes with each password. */
  readonly passwordId: string;
}

export interface UsersOptions {
  readonly store: AdminStore;
  readonly hasher: PasswordHasher;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * The people with access to console and API. Changes are durable when they resolve, and happen one
 * after the other: two requests cannot together remove the last two admins.
 */
export class Users {
  readonly #store: AdminStore;
  readonly #hasher: PasswordHasher;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #changes = new TaskLimit(1);

  constructor({ store, hasher, clock, random }: UsersOptions) {
    this.#store = store;
    this.#hasher = hasher;
    this.#clock = clock;
    this.#random = random;
  }

  async get(name: string): Promise<User | undefined> {
    const record = await this.#record(name);
    return record && toUser(name, record);
  }

  /** Ascending by name, from `after` (exclusive) on. */
  async list(options: { after?: string; limit?: number } = {}): Promise<User[]> {
    const rows = await this.#store.list(USERS, options);
    return rows.map(({ key, value }) => toUser(key, readUser(key, value)));
  }

  async none(): Promise<boolean> {
    return (await this.#store.list(USERS, { limit: 1 })).length === 0;
  }

  async count(): Promise<number> {
    return (await this.#store.list(USERS, { limit: USERS_MAX })).length;
  }

  /** Rejects with `name_taken` or `limit_reached`. `name` matches `USER_NAME`. */
  async create(name: string, role: Role, password: string): Promise<User> {
    const secret = await this.#newSecret(password);
    return await this.#changes.run(async () => {
      const users = await this.list();
      if (users.some((user) => user.name === name)) {
        throw new AccessError("name_taken", `there is a user ${name} already`);
      }
      if (users.length >= USERS_MAX) {
        throw new AccessError("limit_reached", `there are ${USERS_MAX} users already`);
      }
      const record = { role, createdAt: this.#clock.now(), ...secret };
      await this.#store.put(USERS, name, record);
      return toUser(name, record);
    });
  }

  /** Rejects with `user_not_found`, or with `last_admin` when no admin would be left. */
  setRole(name: string, role: Role): Promise<User> {
    return this.#changes.run(async () => {
      const record = await this.#mustExist(name);
      if (role !== "admin") await this.#requireAnotherAdmin(name);
      const changed = { ...record, role };
      await this.#store.put(USERS, name, changed);
      return toUser(name, changed);
    });
  }

  /** Ends the user's browser sessions, since their `passwordId` is gone. Rejects as `setRole`. */
  async setPassword(name: string, password: string): Promise<User> {
    const secret = await this.#newSecret(password);
    return await this.#changes.run(async () => {
      const changed = { ...await this.#mustExist(name), ...secret };
      await this.#store.put(USERS, name, changed);
      return toUser(name, changed);
    });
  }

  /** Rejects with `user_not_found`, or with `last_admin` when no admin would be left. */
  delete(name: string): Promise<void> {
    return this.#changes.run(async () => {
      await this.#mustExist(name);
      await this.#requireAnotherAdmin(name);
      await this.#store.delete(USERS, name);
    });
  }

  /** The user whose password it is. Unknown names take as long as wrong passwords. */
  async verify(name: string, password: string): Promise<User | undefined> {
    const record = await this.#record(name);
    const right = await this.#hasher.verify(password, record?.passwordHash);
    return right && record !== undefined ? toUser(name, record) : undefined;
  }

  async #record(name: string): Promise<UserRecord | undefined> {
    const value = await this.#store.get(USERS, name);
    return value === undefined ? undefined : readUser(name, value);
  }

  async #mustExist(name: string): Promise<UserRecord> {
    const record = await this.#record(name);
    if (record === undefined) throw new AccessError("user_not_found", `there is no user ${name}`);
    return record;
  }

  async #requireAnotherAdmin(name: string): Promise<void> {
    const users = await this.list();
    if (users.some((user) => user.role === "admin" && user.name !== name)) return;
    throw new AccessError("last_admin", `${name} is the only admin: make another one first`);
  }

  async #newSecret(password: string) {
    return {
      passwordHash: await this.#hasher.hash(password),
      passwordId: randomHex(this.#random, PASSWORD_ID_BYTES),
      passwordChangedAt: this.#clock.now(),
    };
  }
}

function toUser(name: string, record: UserRecord): User {
  const { role, createdAt, passwordChangedAt, passwordId } = record;
  return { name, role, createdAt, passwordChangedAt, passwordId };
}
