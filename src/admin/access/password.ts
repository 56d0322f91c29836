import { Buffer } from "node:buffer";
import { scrypt, timingSafeEqual } from "node:crypto";
import type { Random } from "../../base/random.ts";
import { TaskLimit } from "../../base/task_limit.ts";
import { AccessError } from "./access_error.ts";

/** Characters of a password. The upper bound keeps a request from buying much hashing. */
export const PASSWORD_LENGTH_MIN = 10;
export const PASSWORD_LENGTH_MAX = 200;

/** How much work one guess costs: memory is 128 × N × r bytes, time grows with N × r × p. */
export interface ScryptCost {
  /** A power of two. */
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** What OWASP's cheat sheet on storing passwords gives for 32 MiB: about 0.4 s of one thread. */
export const SCRYPT_COST: ScryptCost = { N: 2 ** 15, r: 8, p: 3 };

const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** Hashes that are computed at once: they run beside the event loop, on cores that it needs too. */
const HASHES_AT_ONCE = 1;

/** Hashes that may wait; beyond it a request is refused, not queued. */
export const HASHES_WAITING_MAX = 20;

/** When a refused request may come again, in seconds. */
const BUSY_RETRY_SECONDS = 5;

/** `scrypt$N$r$p$salt$hash`, the last two in base64url. */
const HASH_FORM = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]+)\$([\w-]+)$/;

/**
 * Turns passwords into what may be stored, with scrypt (RFC 7914). The work is done beside the event
 * loop. Rejects with `busy` when too many wait for it.
 */
export class PasswordHasher {
  readonly #random: Random;
  readonly #cost: ScryptCost;
  readonly #limit = new TaskLimit(HASHES_AT_ONCE);
  #pending = 0;

  /** `cost` counts for new hashes; a hash names its own. */
  constructor(random: Random, cost: ScryptCost = SCRYPT_COST) {
    this.#random = random;
    this.#cost = cost;
  }

  /** A hash with a salt of its own. */
  async hash(password: string): Promise<string> {
    const salt = this.#random.bytes(SALT_BYTES);
    const hash = await this.#derive(password, salt, this.#cost);
    const { N, r, p } = this.#cost;
    return `scrypt$${N}$${r}$${p}$${base64url(salt)}$${base64url(hash)}`;
  }

  /**
   * Whether `hash` is of `password`. Without a hash it is false, after the same work: how long it
   * takes does not tell which users there are.
   */
  async verify(password: string, hash: string | undefined): Promise<boolean> {
    const parts = hash === undefined ? undefined : HASH_FORM.exec(hash);
    if (parts == null) {
      await this.#derive(password, new Uint8Array(SALT_BYTES), this.#cost);
      return false;
    }
    const cost = { N: Number(parts[1]), r: Number(parts[2]), p: Number(parts[3]) };
    const derived = await this.#derive(password, Buffer.from(parts[4]!, "base64url"), cost);
    const stored = Buffer.from(parts[5]!, "base64url");
    return stored.length === derived.length && timingSafeEqual(stored, derived);
  }

  async #derive(password: string, salt: Uint8Array, cost: ScryptCost): Promise<Uint8Array> {
    if (this.#pending >= HASHES_AT_ONCE + HASHES_WAITING_MAX) {
      const text = "too many passwords are being checked at the moment";
      throw new AccessError("busy", text, BUSY_RETRY_SECONDS);
    }
    this.#pending++;
    try {
      return await this.#limit.run(() => derive(password.normalize("NFC"), salt, cost));
    } finally {
      this.#pending--;
    }
  }
}

function derive(password: string, salt: Uint8Array, cost: ScryptCost): Promise<Uint8Array> {
  const memory = 128 * cost.N * cost.r;
  // `maxmem` is refused unless it is a little more than what is used.
  const options = { ...cost, maxmem: 2 * memory };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, HASH_BYTES, options, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}

/** Without letters and digits that are easily mistaken for each other; 32, so 5 bits each. */
const READABLE = "abcdefghijkmnpqrstuvwxyz23456789";
const GROUPS = 4;
const GROUP_LENGTH = 5;

/** A random password that a person can copy by hand: `k7d2m-x9pqa-…`, 100 bits. */
export function readablePassword(random: Random): string {
  const letter = () => READABLE[random.below(READABLE.length)]!;
  const group = () => Array.from({ length: GROUP_LENGTH }, letter).join("");
  return Array.from({ length: GROUPS }, group).join("-");
}
