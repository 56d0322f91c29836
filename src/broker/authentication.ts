import type { AuthExchange, AuthRequest, AuthResult } from "../auth/auth.ts";
import type { Connect } from "../mqtt/packets/connect.ts";

/** Enhanced authentication (MQTT 5.0 section 4.12) of one connection. */
export interface PendingAuthentication {
  readonly connect: Connect;
  readonly request: AuthRequest;
  /** Every AUTH of the connection names the same one [MQTT-4.12.0-5]. */
  readonly method: string;
  /** Undefined between a finished exchange and a re-authentication. */
  exchange: AuthExchange | undefined;
}

/** What the authenticator says; a throw or rejection of it becomes "refused: unavailable". */
export type AuthOutcome = AuthResult | { readonly kind: "failed"; readonly error: unknown };

export async function settleAuth(
  ask: () => AuthResult | Promise<AuthResult>,
): Promise<AuthOutcome> {
  try {
    return await ask();
  } catch (error) {
    return { kind: "failed", error };
  }
}
