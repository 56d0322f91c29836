import { ReasonCode } from "../mqtt/reason_code.ts";
import type { Authenticator, AuthExchange, AuthResult } from "./auth.ts";

/** Lets nobody in: `auth.allow_anonymous: false` while no other authentication is configured. */
export class DenyAll implements Authenticator {
  authenticate(): AuthResult {
    return {
      kind: "refused",
      reasonCode: ReasonCode.NotAuthorized,
      reasonString: "anonymous clients are not allowed",
    };
  }

  begin(): AuthExchange | undefined {
    return undefined;
  }
}
