import * as z from "zod";
import { type AccessControl, type Principal, principalName } from "../access/access_control.ts";
import { type BrowserSession, LIFETIME_MS } from "../access/browser_sessions.ts";
import { PASSWORD_LENGTH_MAX } from "../access/password.ts";
import { ROLES } from "../access/role.ts";
import { noSessionCookie, sessionCookie } from "../http/authentication.ts";
import { Problem } from "../http/problem.ts";
import {
  type ApiRoute,
  noBody,
  noContent,
  noParams,
  noQuery,
  principalOf,
  route,
} from "../http/route.ts";
import { time, timeOf } from "../http/time.ts";
import { password } from "./users.ts";

/** Who asks, and what they may do. */
const me = z.strictObject({
  kind: z.enum(["user", "token"]),
  name: z.string(),
  role: z.enum(ROLES),
  csrf_token: z.string().nullable().meta({
    description: "What a browser repeats in `X-CSRF-Token`; `null` for a token.",
  }),
  expires_at: time.nullable().meta({ description: "`null`: never." }),
}).meta({ id: "Me" });

/** A password that was typed in: it need not be one that is allowed today. */
const givenPassword = z.string().max(PASSWORD_LENGTH_MAX);

const tag = "Identity";

/** Signing in and out, and who one is. */
export function identityRoutes(access: AccessControl): ApiRoute[] {
  return [
    route({
      method: "post",
      path: "/login",
      role: "public",
      tag,
      summary: "Sign a browser in",
      description: "Sets the cookie of the session. Scripts use an API token instead.",
      params: noParams,
      query: noQuery,
      body: z.strictObject({ name: z.string().max(64), password: givenPassword }),
      success: { status: 200, description: "Signed in.", schema: me },
      problems: ["credentials_invalid", "too_many_attempts", "busy"],
      example: { body: { name: "admin", password: "correct horse battery" } },
      async handle({ body, peer, reply }) {
        const signed = await access.signIn(body.name, body.password, peer.address);
        const { id, session, user } = signed;
        reply.append("set-cookie", sessionCookie(id, peer.secure));
        return meOf({ kind: "user", role: user.role, user, session });
      },
    }),
    route({
      method: "post",
      path: "/logout",
      role: "viewer",
      tag,
      summary: "Sign this browser out",
      params: noParams,
      query: noQuery,
      body: noBody,
      success: { status: 204, description: "Signed out.", schema: noContent },
      problems: ["needs_a_user"],
      handle(request) {
        browserOf(principalOf(request));
        access.sessions.close(request.sessionId!);
        request.reply.append("set-cookie", noSessionCookie(request.peer.secure));
      },
    }),
    route({
      method: "get",
      path: "/me",
      role: "viewer",
      tag,
      summary: "Who asks",
      params: noParams,
      query: noQuery,
      body: noBody,
      success: { status: 200, description: "The user or the token.", schema: me },
      example: {},
      handle: (request) => meOf(principalOf(request)),
    }),
    changePassword(access),
  ];
}

function changePassword(access: AccessControl): ApiRoute {
  return route({
    method: "put",
    path: "/me/password",
    role: "viewer",
    tag,
    summary: "Change one's own password",
    description: "Ends the other sessions of the user.",
    params: noParams,
    query: noQuery,
    body: z.strictObject({ current: givenPassword, next: password }),
    success: { status: 204, description: "Changed.", schema: noContent },
    problems: ["needs_a_user", "credentials_invalid", "too_many_attempts", "busy"],
    example: { body: { current: "correct horse battery", next: "staple and battery" } },
    async handle(request) {
      const session = browserOf(principalOf(request));
      await access.changePassword(session, request.body, request.peer.address);
    },
  });
}

function meOf(principal: Principal): z.input<typeof me> {
  const { kind, role } = principal;
  if (kind === "token") {
    const { name, expiresAt } = principal.token;
    const expires_at = expiresAt === undefined ? null : timeOf(expiresAt);
    return { kind, name, role, csrf_token: null, expires_at };
  }
  const { csrfToken, createdAt } = principal.session;
  const expires_at = timeOf(createdAt + LIFETIME_MS);
  return { kind, name: principalName(principal), role, csrf_token: csrfToken, expires_at };
}

function browserOf(principal: Principal): BrowserSession {
  if (principal.kind === "user") return principal.session;
  throw new Problem("needs_a_user");
}
