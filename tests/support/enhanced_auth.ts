import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import type { ConnectOptions, SentPacket } from "./raw_client.ts";

/** The method of the tests of enhanced authentication. */
export const METHOD = "RIDDLE";

export const CONTINUE = ReasonCode.ContinueAuthentication;
export const RE_AUTHENTICATE = ReasonCode.ReAuthenticate;

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** CONNECT that asks for enhanced authentication. */
export function riddle(data?: string, more: ConnectOptions = {}): ConnectOptions {
  return {
    clientId: "sphinx",
    ...more,
    properties: {
      authenticationMethod: METHOD,
      ...(data === undefined ? {} : { authenticationData: bytes(data) }),
      ...more.properties,
    },
  };
}

/** AUTH with data as text. */
export function auth(
  reasonCode: number,
  authenticationData?: string,
  authenticationMethod = METHOD,
): SentPacket {
  const data = authenticationData === undefined
    ? {}
    : { authenticationData: bytes(authenticationData) };
  return { cmd: "auth", reasonCode, properties: { authenticationMethod, ...data } };
}
