import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import type { Random } from "../../base/random.ts";
import type { AdminStore } from "../../storage/store.ts";
import { AccessError } from "./access_error.ts";
import { type BrowserSession, BrowserSessions } from "./browser_sessions.ts";
import { networkOf } from "./network.ts";
import { Lockout } from "./lockout.ts";
import { PasswordHasher, type ScryptCost } from "./password.ts";
import type { Role } from "./role.ts";
import { type ApiToken, ApiTokens } from "./tokens.ts";
import { type User, Users } from "./users.ts";

/** Attempts that may fail before the first lock, for one user name and from one address. */
export const FREE_FAILURES_BY_NAME = 5;
export const FREE_FAILURES_BY_ADDRESS = 20;

/** Who asks: a person in a browser, or a script with a token. */
export type Principal =
  | {
    readonly kind: "user";
    readonly role: Role;
    readonly user: User;
    readonly session: BrowserSession;
  }
  | { readonly kind: "token"; readonly role: Role; readonly token: ApiToken };

export interface AccessControlOptions {
  readonly store: AdminStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Of new passwords; a default for everything but tests. */
  readonly scryptCost?: ScryptCost | undefined;
}

/** Who may use the API and the console: the users, their browsers, the tokens. */
export class AccessControl {
  readonly users: Users;
  readonly tokens: ApiTokens;
  readonly sessions: BrowserSessions;
  readonly #log: Logger;
  readonly #byName: Lockout;
  readonly #byAddress: Lockout;

  constructor({ store, clock, random, log, scryptCost }: AccessControlOptions) {
    const hasher = new PasswordHasher(random, scryptCost);
    this.users = new Users({ store, hasher, clock, random });
    this.tokens = new ApiTokens({ store, clock, random, log });
    this.sessions = new BrowserSessions(clock, random);
    this.#log = log;
    this.#byName = new Lockout(clock, FREE_FAILURES_BY_NAME);
    this.#byAddress = new Lockout(clock, FREE_FAILURES_BY_ADDRESS);
  }

  /** Rejects with `credentials_invalid`, `too_many_attempts` or `busy`. */
  async signIn(
    name: string,
    password: string,
    address: string,
  ): Promise<{ id: string; session: BrowserSession; user: User }> {
    const user = await this.#verified(name, password, address);
    return { ...this.sessions.open(user), user };
  }

  /**
   * Changes the password of who is signed in with `session`, which goes on; the others of this user
   * end. Rejects as `signIn`.
   */
  async changePassword(
    session: BrowserSession,
    passwords: { readonly current: string; readonly next: string },
    address: string,
  ): Promise<void> {
    const { name } = await this.#verified(session.userName, passwords.current, address);
    const { passwordId } = await this.users.setPassword(name, passwords.next);
    session.passwordId = passwordId;
  }

  /** Undefined: `secret` is no token that counts. */
  async tokenPrincipal(secret: string): Promise<Principal | undefined> {
    const token = await this.tokens.authenticate(secret);
    return token && { kind: "token", role: token.role, token };
  }

  /**
   * Undefined: `id` is of no session that counts. The role is the one that the user has now. `uses`
   * false: the session does not live longer for it.
   */
  async sessionPrincipal(id: string, uses = true): Promise<Principal | undefined> {
    const session = this.sessions.find(id, uses);
    if (session === undefined) return undefined;
    const user = await this.users.get(session.userName);
    if (user === undefined || user.passwordId !== session.passwordId) {
      this.sessions.close(id);
      return undefined;
    }
    return { kind: "user", role: user.role, user, session };
  }

  async #verified(name: string, password: string, address: string): Promise<User> {
    const network = networkOf(address);
    const waitMs = Math.max(this.#byName.lockedFor(name), this.#byAddress.lockedFor(network));
    if (waitMs > 0) {
      const seconds = Math.ceil(waitMs / 1000);
      throw new AccessError("too_many_attempts", `try again in ${seconds} s`, seconds);
    }
    this.#byName.begin(name);
    this.#byAddress.begin(network);
    const user = await this.#checked(name, password, network);
    if (user === undefined) {
      this.#log.warn("a sign-in to the console failed", { user: name, address });
      throw new AccessError("credentials_invalid", "the user name or the password is wrong");
    }
    this.#byName.clear(name);
    this.#byAddress.succeeded(network);
    return user;
  }

  async #checked(name: string, password: string, network: string): Promise<User | undefined> {
    try {
      return await this.users.verify(name, password);
    } catch (error) {
      // Nothing was learnt about the password.
      this.#byName.succeeded(name);
      this.#byAddress.succeeded(network);
      throw error;
    }
  }
}

/** The name under which `principal` appears in records and logs. */
export function principalName(principal: Principal): string {
  return principal.kind === "user" ? principal.user.name : `token ${principal.token.name}`;
}

/** The username that `principal` has towards MQTT. */
export function usernameOf(principal: Principal): string {
  return principal.kind === "user" ? principal.user.name : principal.token.name;
}
