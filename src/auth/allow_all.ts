import type { Authenticator, AuthExchange, Authorizer, AuthRequest, AuthResult } from "./auth.ts";

/** Lets everybody in, and everybody do everything: a broker without authentication. */
export class AllowAll implements Authenticator, Authorizer {
  authenticate(request: AuthRequest): AuthResult {
    const { clientId, connect, remoteAddress, peerCertificate } = request;
    return {
      kind: "accepted",
      identity: { clientId, username: connect.username, remoteAddress, peerCertificate },
    };
  }

  /** There is no enhanced authentication method. */
  begin(): AuthExchange | undefined {
    return undefined;
  }

  publish(): boolean {
    return true;
  }

  subscribe(): boolean {
    return true;
  }
}
