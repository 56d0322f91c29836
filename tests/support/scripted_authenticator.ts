import type { Authenticator, AuthExchange, AuthRequest, AuthResult } from "../../src/auth/auth.ts";
import type { ReasonCode } from "../../src/mqtt/reason_code.ts";

/** What the authenticator answers to one CONNECT or AUTH; `data` as text. */
export type AuthStep = (
  request: AuthRequest,
  data: string | undefined,
) => AuthResult | Promise<AuthResult>;

/**
 * An authenticator that follows the script of a test and remembers what it was asked. Plain
 * authentication takes `plain`; enhanced authentication takes the exchanges of `script` in their
 * order, one step for each packet, and knows no other method.
 */
export class ScriptedAuthenticator implements Authenticator {
  /** Every CONNECT without an Authentication Method. */
  readonly requests: AuthRequest[] = [];
  /** The data of every step of every exchange. */
  readonly received: (string | undefined)[] = [];
  plain: AuthStep;
  readonly #exchanges: { readonly method: string; readonly steps: AuthStep[] }[] = [];

  constructor(plain: AuthStep = accept()) {
    this.plain = plain;
  }

  /** Expects one more exchange. */
  script(method: string, ...steps: AuthStep[]): this {
    this.#exchanges.push({ method, steps });
    return this;
  }

  authenticate(request: AuthRequest): AuthResult | Promise<AuthResult> {
    this.requests.push(request);
    return this.plain(request, undefined);
  }

  begin(method: string, request: AuthRequest): AuthExchange | undefined {
    const exchange = this.#exchanges[0];
    if (exchange === undefined || exchange.method !== method) return undefined;
    this.#exchanges.shift();
    return {
      next: (bytes) => {
        const data = bytes === undefined ? undefined : new TextDecoder().decode(bytes);
        this.received.push(data);
        const step = exchange.steps.shift();
        if (step === undefined) throw new Error("the script has no more steps");
        return step(request, data);
      },
    };
  }
}

export function accept(data?: string): AuthStep {
  return ({ clientId, connect, remoteAddress, peerCertificate }) => ({
    kind: "accepted",
    identity: { clientId, username: connect.username, remoteAddress, peerCertificate },
    ...(data === undefined ? {} : { data: bytesOf(data) }),
  });
}

export function refuse(reasonCode: ReasonCode, reasonString?: string): AuthStep {
  return () => ({
    kind: "refused",
    reasonCode,
    ...(reasonString === undefined ? {} : { reasonString }),
  });
}

export function challenge(data?: string): AuthStep {
  return () => ({ kind: "continue", data: data === undefined ? undefined : bytesOf(data) });
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
