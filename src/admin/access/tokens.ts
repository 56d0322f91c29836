import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import { type Random, randomHex } from "../../base/random.ts";
import { TaskLimit } from "../../base/task_limit.ts";
import { type AdminStore, StoreError } from "../../storage/store.ts";
import { AccessError } from "./access_error.ts";
import { readToken, type TokenRecord, TOKENS } from "./records.ts";
import type { Role } from "./role.ts";
import { newSecret, sameSecret, secretHash } from "./secret.ts";

/** How many tokens there may be, expired ones included. */
export const TOKENS_MAX = 1_000;

/** The last use of a token is written this often at most. */
export const LAST_USE_MS = 60_000;

const ID_BYTES = 6;

/** `tide_`, the id, and 256 random bits: secret scanners and people recognise it. */
export const TOKEN_FORM = /^tide_([0-9a-f]{12})_[\w-]{43}$/;

/** A token of a script. Times are milliseconds since the epoch. */
export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: number;
  /** The user or token that made it, in words. It stays when that one goes. */
  readonly createdBy: string;
  /** Undefined: never. */
  readonly expiresAt: number | undefined;
  /** To about a minute; undefined: never. */
  readonly lastUsedAt: number | undefined;
}

export interface NewToken {
  readonly name: string;
  readonly role: Role;
  readonly createdBy: string;
  readonly expiresAt?: number | undefined;
}

export interface ApiTokensOptions {
  readonly store: AdminStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** The tokens of scripts. Changes are durable when they resolve. */
export class ApiTokens {
  readonly #store: AdminStore;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #log: Logger;
  readonly #changes = new TaskLimit(1);
  /** Tokens whose last use is being written. */
  readonly #marking = new Set<string>();

  constructor({ store, clock, random, log }: ApiTokensOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
    this.#log = log;
  }

  async get(id: string): Promise<ApiToken | undefined> {
    const record = await this.#record(id);
    return record && toToken(id, record);
  }

  /** Ascending by id, from `after` (exclusive) on. */
  async list(options: { after?: string; limit?: number } = {}): Promise<ApiToken[]> {
    const rows = await this.#store.list(TOKENS, options);
    return rows.map(({ key, value }) => toToken(key, readToken(key, value)));
  }

  async count(): Promise<number> {
    return (await this.#store.list(TOKENS, { limit: TOKENS_MAX })).length;
  }

  /** `secret` is the token itself: it exists here only. Rejects with `limit_reached`. */
  create(wanted: NewToken): Promise<{ token: ApiToken; secret: string }> {
    return this.#changes.run(async () => {
      if (await this.count() >= TOKENS_MAX) {
        throw new AccessError("limit_reached", `there are ${TOKENS_MAX} tokens: revoke one first`);
      }
      const id = randomHex(this.#random, ID_BYTES);
      const secret = `tide_${id}_${newSecret(this.#random)}`;
      const { name, role, createdBy, expiresAt } = wanted;
      const made = { name, role, createdBy, createdAt: this.#clock.now() };
      const record = {
        ...made,
        hash: secretHash(secret),
        ...(expiresAt === undefined ? {} : { expiresAt }),
      };
      await this.#store.put(TOKENS, id, record);
      return { token: toToken(id, record), secret };
    });
  }

  /** From then on it opens nothing. Rejects with `token_not_found`. */
  revoke(id: string): Promise<void> {
    return this.#changes.run(async () => {
      if (await this.#record(id) === undefined) {
        throw new AccessError("token_not_found", `there is no token ${id}`);
      }
      await this.#store.delete(TOKENS, id);
    });
  }

  /** The token that `secret` is; undefined: unknown, revoked or expired. Notes that it was used. */
  async authenticate(secret: string): Promise<ApiToken | undefined> {
    const id = TOKEN_FORM.exec(secret)?.[1];
    const record = id === undefined ? undefined : await this.#record(id);
    if (id === undefined || record === undefined) return undefined;
    if (!sameSecret(record.hash, secretHash(secret))) return undefined;
    const now = this.#clock.now();
    if (record.expiresAt !== undefined && record.expiresAt <= now) return undefined;
    if (!isFresh(record, now)) await this.#markUsed(id, now);
    return toToken(id, record);
  }

  async #markUsed(id: string, now: number): Promise<void> {
    if (this.#marking.has(id)) return;
    this.#marking.add(id);
    try {
      await this.#changes.run(async () => {
        // Revoked meanwhile, it must not come back.
        const record = await this.#record(id);
        if (record === undefined || isFresh(record, now)) return;
        await this.#store.put(TOKENS, id, { ...record, lastUsedAt: now });
      });
    } catch (error) {
      // With a full disk the API is needed most.
      if (!(error instanceof StoreError)) throw error;
      this.#log.warn("the last use of an API token was not stored", { id, error: error.message });
    } finally {
      this.#marking.delete(id);
    }
  }

  async #record(id: string): Promise<TokenRecord | undefined> {
    const value = await this.#store.get(TOKENS, id);
    return value === undefined ? undefined : readToken(id, value);
  }
}

/** Whether the last use that is stored is recent enough at `now`. */
function isFresh({ lastUsedAt }: TokenRecord, now: number): boolean {
  return lastUsedAt !== undefined && now - lastUsedAt < LAST_USE_MS;
}

function toToken(id: string, record: TokenRecord): ApiToken {
  const { name, role, createdAt, createdBy, expiresAt, lastUsedAt } = record;
  return { id, name, role, createdAt, createdBy, expiresAt, lastUsedAt };
}
