import { createHash, timingSafeEqual } from "node:crypto";
import { Buffer } from "node:buffer";
import type { Random } from "../../base/random.ts";

/** Bytes of randomness in a token, the id of a browser session and a CSRF token. */
const SECRET_BYTES = 32;

/** 43 characters of `A-Z a-z 0-9 - _` that nobody can guess (256 bits). */
export function newSecret(random: Random): string {
  return random.bytes(SECRET_BYTES).toBase64({ alphabet: "base64url", omitPadding: true });
}

/**
 * SHA-256 in hexadecimal: what is kept of a secret. It is fast, which is safe for 256 random bits
 * only; a password needs {@linkcode PasswordHasher}.
 */
export function secretHash(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Compares in a time that does not tell how much of `a` is right. */
export function sameSecret(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
