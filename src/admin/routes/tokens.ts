import * as z from "zod";
import { type AccessControl, principalName } from "../access/access_control.ts";
import { AccessError } from "../access/access_error.ts";
import { ROLES } from "../access/role.ts";
import type { ApiToken } from "../access/tokens.ts";
import { listPage, listQuery, pageOf } from "../http/list.ts";
import { API_PREFIX } from "../http/openapi.ts";
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

const NAME_LENGTH_MAX = 100;

export const token = z.strictObject({
  id: z.string().meta({ description: "Also in the token itself: `tide_<id>_…`." }),
  name: z.string(),
  role: z.enum(ROLES),
  created_at: time,
  created_by: z.string(),
  expires_at: time.nullable().meta({ description: "`null`: never." }),
  last_used_at: time.nullable().meta({ description: "To about a minute; `null`: never." }),
}).meta({ id: "Token" });

export const newToken = token.extend({
  token: z.string().meta({ description: "The token itself. It is shown here only." }),
}).meta({ id: "NewToken" });

const wantedToken = z.strictObject({
  name: z.string().min(1).max(NAME_LENGTH_MAX),
  role: z.enum(ROLES),
  expires_in_days: z.int().min(1).max(3650).optional().meta({
    description: "Left out: it does not expire.",
  }),
});

const DAY_MS = 24 * 60 * 60_000;

const params = z.strictObject({ id: z.string() });
const example = { params: { id: "0a1b2c3d4e5f" } };
const tag = "Tokens";

/** The tokens of scripts. */
export function tokenRoutes(access: AccessControl, now: () => number): ApiRoute[] {
  return [...readingRoutes(access), ...changingRoutes(access, now)];
}

function readingRoutes({ tokens }: AccessControl): ApiRoute[] {
  return [
    route({
      method: "get",
      path: "/tokens",
      role: "admin",
      tag,
      summary: "List the API tokens",
      params: noParams,
      query: z.strictObject(listQuery),
      body: noBody,
      success: { status: 200, description: "By id.", schema: pageOf(token) },
      problems: ["cursor_invalid"],
      example: { query: { limit: "10" } },
      handle: (request) =>
        listPage(request, {
          name: "tokens",
          item: token,
          page: async (after, limit) => {
            const found = await tokens.list({ limit, ...(after === undefined ? {} : { after }) });
            return found.map(tokenView);
          },
          key: (item) => item.id,
          total: async () => ({ value: await tokens.count(), relation: "eq" }),
        }),
    }),
    route({
      method: "get",
      path: "/tokens/{id}",
      role: "admin",
      tag,
      summary: "Show an API token",
      params,
      query: noQuery,
      body: noBody,
      success: { status: 200, description: "What is known of the token.", schema: token },
      problems: ["token_not_found"],
      example,
      async handle({ params: { id } }) {
        const found = await tokens.get(id);
        if (found === undefined) {
          throw new AccessError("token_not_found", `there is no token ${id}`);
        }
        return tokenView(found);
      },
    }),
  ];
}

function changingRoutes({ tokens }: AccessControl, now: () => number): ApiRoute[] {
  return [
    route({
      method: "post",
      path: "/tokens",
      role: "admin",
      tag,
      summary: "Make an API token",
      params: noParams,
      query: noQuery,
      body: wantedToken,
      success: { status: 201, description: "Made.", schema: newToken },
      problems: ["limit_reached", "storage_failed"],
      example: { body: { name: "dashboard", role: "viewer", expires_in_days: 90 } },
      async handle(request) {
        const { name, role, expires_in_days: days } = request.body;
        const { token, secret } = await tokens.create({
          name,
          role,
          createdBy: principalName(principalOf(request)),
          expiresAt: days === undefined ? undefined : now() + days * DAY_MS,
        });
        request.reply.set("location", `${API_PREFIX}/tokens/${token.id}`);
        return { ...tokenView(token), token: secret };
      },
    }),
    route({
      method: "delete",
      path: "/tokens/{id}",
      role: "admin",
      tag,
      summary: "Revoke an API token",
      params,
      query: noQuery,
      body: noBody,
      success: { status: 204, description: "Revoked; it counts at once.", schema: noContent },
      problems: ["token_not_found", "storage_failed"],
      example,
      handle: ({ params }) => tokens.revoke(params.id),
    }),
  ];
}

function tokenView(given: ApiToken): z.input<typeof token> {
  const { id, name, role, createdAt, createdBy, expiresAt, lastUsedAt } = given;
  return {
    id,
    name,
    role,
    created_at: timeOf(createdAt),
    created_by: createdBy,
    expires_at: expiresAt === undefined ? null : timeOf(expiresAt),
    last_used_at: lastUsedAt === undefined ? null : timeOf(lastUsedAt),
  };
}
