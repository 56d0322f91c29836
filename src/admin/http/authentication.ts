import type { AccessControl, Principal } from "../access/access_control.ts";
import { roleIncludes } from "../access/role.ts";
import { sameSecret } from "../access/secret.ts";
import { Problem } from "./problem.ts";
import type { Admission } from "./route.ts";

/** The cookie of a browser session. */
export const SESSION_COOKIE = "tidemq_session";

/** The header that repeats the CSRF token of a browser session. */
export const CSRF_HEADER = "X-CSRF-Token";

/** Methods that change nothing (RFC 9110, section 9.2.1). */
const SAFE_METHODS = ["GET", "HEAD", "OPTIONS"];

/** Who asks. */
export interface Admitted {
  readonly principal: Principal | undefined;
  /** The value of the session cookie, when it is what counts. */
  readonly sessionId: string | undefined;
}

const NOBODY: Admitted = { principal: undefined, sessionId: undefined };

/**
 * Lets a request in that may use a route with `admission`. Throws `not_authenticated`,
 * `csrf_token_invalid` or `role_too_low`. A token in the header counts, not the cookie beside it.
 */
export async function admit(
  request: Request,
  admission: Admission,
  access: AccessControl,
): Promise<Admitted> {
  if (admission === "public") return NOBODY;
  const admitted = await identify(request, access);
  const { principal } = admitted;
  if (principal === undefined) {
    throw new Problem("not_authenticated", undefined, {
      headers: { "www-authenticate": 'Bearer realm="TideMQ"' },
    });
  }
  if (principal.kind === "user" && !SAFE_METHODS.includes(request.method)) {
    const sent = request.headers.get(CSRF_HEADER) ?? "";
    if (!sameSecret(sent, principal.session.csrfToken)) throw new Problem("csrf_token_invalid");
  }
  if (!roleIncludes(principal.role, admission)) {
    throw new Problem("role_too_low", `this needs the role ${admission}, not ${principal.role}`);
  }
  return admitted;
}

/** Whether a request that was admitted would be now. It is no use of a browser's session. */
export async function stillAdmitted(
  request: Request,
  admission: Admission,
  access: AccessControl,
): Promise<boolean> {
  if (admission === "public") return true;
  const { principal } = await identify(request, access, false);
  return principal !== undefined && roleIncludes(principal.role, admission);
}

async function identify(
  { headers }: Request,
  access: AccessControl,
  uses = true,
): Promise<Admitted> {
  const authorization = headers.get("authorization");
  if (authorization !== null) {
    const secret = /^bearer +(\S+)$/i.exec(authorization)?.[1];
    if (secret === undefined) return NOBODY;
    return { principal: await access.tokenPrincipal(secret), sessionId: undefined };
  }
  const sessionId = sessionIdIn(headers.get("cookie") ?? "");
  if (sessionId === undefined) return NOBODY;
  return { principal: await access.sessionPrincipal(sessionId, uses), sessionId };
}

function sessionIdIn(cookies: string): string | undefined {
  for (const cookie of cookies.split(";")) {
    const [name, value] = cookie.split("=", 2);
    if (name!.trim() === SESSION_COOKIE) return value?.trim();
  }
  return undefined;
}

/** The `Set-Cookie` that signs a browser in; it ends with the browser, or when the server says so. */
export function sessionCookie(id: string, secure: boolean): string {
  return `${SESSION_COOKIE}=${id}; Path=/; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}`;
}

/** The `Set-Cookie` that makes a browser forget its session. */
export function noSessionCookie(secure: boolean): string {
  return `${sessionCookie("", secure)}; Max-Age=0`;
}
