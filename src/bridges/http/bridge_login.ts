/** Lets the HTTP bridge into the broker in the name of whoever the HTTP server has admitted. */
import { timingSafeEqual } from "node:crypto";
import type { Authenticator, AuthExchange, AuthRequest, AuthResult } from "../../auth/auth.ts";
import type { Random } from "../../base/random.ts";

const SECRET_BYTES = 32;

/** What only the bridge and its login know: made anew with each start, and never shown. */
export function newBridgeSecret(random: Random): Uint8Array {
  return random.bytes(SECRET_BYTES);
}

/** Accepts a CONNECT with the bridge's secret as its password; all others ask `inner`. */
export class BridgeLogin implements Authenticator {
  readonly #secret: Uint8Array;
  readonly #inner: Authenticator;

  constructor(secret: Uint8Array, inner: Authenticator) {
    this.#secret = secret;
    this.#inner = inner;
  }

  authenticate(request: AuthRequest): AuthResult | Promise<AuthResult> {
    const { clientId, connect: { username, password }, remoteAddress } = request;
    if (
      password === undefined || password.length !== SECRET_BYTES ||
      !timingSafeEqual(password, this.#secret)
    ) return this.#inner.authenticate(request);
    const identity = { clientId, username, remoteAddress, peerCertificate: undefined };
    return { kind: "accepted", identity };
  }

  begin(method: string, request: AuthRequest): AuthExchange | undefined {
    return this.#inner.begin(method, request);
  }
}
