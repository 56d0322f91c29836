import { ReasonCode } from "../mqtt/reason_code.ts";
import type { Authenticator, AuthExchange, AuthRequest, AuthResult, BanList } from "./auth.ts";

/** 3.x clients get what comes closest: not authorized. The ban's own reason is not for them. */
const BANNED: AuthResult = {
  kind: "refused",
  reasonCode: ReasonCode.Banned,
  reasonString: "banned",
};

/**
 * Refuses who is banned, before another authenticator is asked, and afterwards by what that has
 * found out: a username may come out of a certificate or a token.
 */
export class BanCheck implements Authenticator {
  readonly #bans: BanList;
  readonly #inner: Authenticator;

  constructor(bans: BanList, inner: Authenticator) {
    this.#bans = bans;
    this.#inner = inner;
  }

  authenticate(request: AuthRequest): AuthResult | Promise<AuthResult> {
    if (this.#isBanned(request)) return BANNED;
    const result = this.#inner.authenticate(request);
    return result instanceof Promise
      ? result.then((later) => this.#checked(later))
      : this.#checked(result);
  }

  begin(method: string, request: AuthRequest): AuthExchange | undefined {
    const exchange = this.#inner.begin(method, request);
    if (exchange === undefined) return undefined;
    return {
      next: async (data) => {
        if (this.#isBanned(request)) return BANNED;
        return this.#checked(await exchange.next(data));
      },
    };
  }

  #isBanned({ clientId, connect, remoteAddress }: AuthRequest): boolean {
    return this.#bans.find({ clientId, username: connect.username, remoteAddress }) !== undefined;
  }

  #checked(result: AuthResult): AuthResult {
    const banned = result.kind === "accepted" && this.#bans.find(result.identity) !== undefined;
    return banned ? BANNED : result;
  }
}
