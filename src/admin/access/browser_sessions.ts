/**
 * The browsers that are signed in. The life of one session:
 *
 * | state | use                        | what ends it                                               |
 * | ----- | -------------------------- | ---------------------------------------------------------- |
 * | open  | found; the idle time anew  | sign-out; `IDLE_MS` without use; `LIFETIME_MS` after sign-in; |
 * |       |                            | a new password or the end of its user; `SESSIONS_MAX` newer |
 * | ended | not found                  |                                                            |
 *
 * They live in memory only: a restart signs everybody out.
 */
import type { Clock } from "../../base/clock.ts";
import type { Random } from "../../base/random.ts";
import { newSecret, secretHash } from "./secret.ts";
import type { User } from "./users.ts";

/** A session ends when it is not used for so long. */
export const IDLE_MS = 60 * 60_000;

/** A session ends this long after its sign-in, used or not. */
export const LIFETIME_MS = 12 * 60 * 60_000;

/** Beyond it the one that was unused for longest ends. */
export const BROWSER_SESSIONS_MAX = 1_000;

/** One browser that is signed in. */
export interface BrowserSession {
  readonly userName: string;
  /** Of the password that counts for it. */
  passwordId: string;
  /** What every unsafe request repeats in `X-CSRF-Token`. */
  readonly csrfToken: string;
  readonly createdAt: number;
  /** Milliseconds since the epoch, as `createdAt`. */
  usedAt: number;
}

export class BrowserSessions {
  readonly #clock: Clock;
  readonly #random: Random;
  /** By the hash of the id: what is in memory signs nobody in. The least recently used first. */
  readonly #sessions = new Map<string, BrowserSession>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Signs `user` in. `id` is the value of the cookie: it is kept by the browser only. */
  open({ name, passwordId }: User): { id: string; session: BrowserSession } {
    if (this.#sessions.size >= BROWSER_SESSIONS_MAX) {
      this.#sessions.delete(this.#sessions.keys().next().value!);
    }
    const id = newSecret(this.#random);
    const now = this.#clock.now();
    const csrfToken = newSecret(this.#random);
    const session = { userName: name, passwordId, csrfToken, createdAt: now, usedAt: now };
    this.#sessions.set(secretHash(id), session);
    return { id, session };
  }

  /**
   * The open session of a cookie. Whether its user still counts is for the caller to check. `uses`
   * false: only looked at, so that it ends as if nobody had asked.
   */
  find(id: string, uses = true): BrowserSession | undefined {
    const hash = secretHash(id);
    const session = this.#sessions.get(hash);
    if (session === undefined) return undefined;
    const now = this.#clock.now();
    if (now - session.usedAt >= IDLE_MS || now - session.createdAt >= LIFETIME_MS) {
      this.#sessions.delete(hash);
      return undefined;
    }
    if (!uses) return session;
    session.usedAt = now;
    this.#sessions.delete(hash);
    this.#sessions.set(hash, session);
    return session;
  }

  /** Harmless when there is none. */
  close(id: string): void {
    this.#sessions.delete(secretHash(id));
  }

  get size(): number {
    return this.#sessions.size;
  }
}
