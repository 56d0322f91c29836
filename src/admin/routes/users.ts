import * as z from "zod";
import type { AccessControl } from "../access/access_control.ts";
import { AccessError } from "../access/access_error.ts";
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from "../access/password.ts";
import { ROLES } from "../access/role.ts";
import { USER_NAME } from "../access/user_name.ts";
import type { User } from "../access/users.ts";
import { API_PREFIX } from "../http/openapi.ts";
import { listPage, listQuery, pageOf } from "../http/list.ts";
import { type ApiRoute, noBody, noContent, noParams, noQuery, route } from "../http/route.ts";
import { time, timeOf } from "../http/time.ts";

/** A password that somebody chooses. */
export const password = z.string().min(PASSWORD_LENGTH_MIN).max(PASSWORD_LENGTH_MAX);

const name = z.string().regex(USER_NAME);
const role = z.enum(ROLES);

export const user = z.strictObject({ name, role, created_at: time, password_changed_at: time })
  .meta({ id: "User" });

const params = z.strictObject({ name: z.string() });
const tag = "Users";
const example = { params: { name: "carol" } };

/** The people with access to console and API. */
export function userRoutes(access: AccessControl): ApiRoute[] {
  return [...readingRoutes(access), ...changingRoutes(access)];
}

function readingRoutes({ users }: AccessControl): ApiRoute[] {
  return [
    route({
      method: "get",
      path: "/users",
      role: "admin",
      tag,
      summary: "List the users",
      params: noParams,
      query: z.strictObject(listQuery),
      body: noBody,
      success: { status: 200, description: "By name.", schema: pageOf(user) },
      problems: ["cursor_invalid"],
      example: { query: { limit: "10", count: "true" } },
      handle: (request) =>
        listPage(request, {
          name: "users",
          item: user,
          page: async (after, limit) => {
            const found = await users.list({ limit, ...(after === undefined ? {} : { after }) });
            return found.map(userView);
          },
          key: (item) => item.name,
          total: async () => ({ value: await users.count(), relation: "eq" }),
        }),
    }),
    route({
      method: "get",
      path: "/users/{name}",
      role: "admin",
      tag,
      summary: "Show a user",
      params,
      query: noQuery,
      body: noBody,
      success: { status: 200, description: "The user.", schema: user },
      problems: ["user_not_found"],
      example,
      async handle({ params: { name } }) {
        const found = await users.get(name);
        if (found === undefined) {
          throw new AccessError("user_not_found", `there is no user ${name}`);
        }
        return userView(found);
      },
    }),
  ];
}

function changingRoutes({ users }: AccessControl): ApiRoute[] {
  return [
    route({
      method: "post",
      path: "/users",
      role: "admin",
      tag,
      summary: "Add a user",
      params: noParams,
      query: noQuery,
      body: z.strictObject({ name, role, password }),
      success: { status: 201, description: "Added.", schema: user },
      problems: ["name_taken", "limit_reached", "busy", "storage_failed"],
      example: { body: { name: "dana", role: "operator", password: "a long enough one" } },
      async handle({ body, reply }) {
        const made = await users.create(body.name, body.role, body.password);
        reply.set("location", `${API_PREFIX}/users/${encodeURIComponent(made.name)}`);
        return userView(made);
      },
    }),
    route({
      method: "patch",
      path: "/users/{name}",
      role: "admin",
      tag,
      summary: "Change the role of a user",
      params,
      query: noQuery,
      body: z.strictObject({ role }),
      success: { status: 200, description: "Changed; it counts at once.", schema: user },
      problems: ["user_not_found", "last_admin", "storage_failed"],
      example: { ...example, body: { role: "operator" } },
      handle: async ({ params, body }) => userView(await users.setRole(params.name, body.role)),
    }),
    route({
      method: "put",
      path: "/users/{name}/password",
      role: "admin",
      tag,
      summary: "Give a user another password",
      description: "Ends all sessions of the user.",
      params,
      query: noQuery,
      body: z.strictObject({ password }),
      success: { status: 204, description: "Changed.", schema: noContent },
      problems: ["user_not_found", "busy", "storage_failed"],
      example: { ...example, body: { password: "another long one" } },
      async handle({ params, body }) {
        await users.setPassword(params.name, body.password);
      },
    }),
    route({
      method: "delete",
      path: "/users/{name}",
      role: "admin",
      tag,
      summary: "Delete a user",
      description:
        "Ends all sessions of the user. Tokens that the user made go on: they are listed " +
        "and revoked by themselves.",
      params,
      query: noQuery,
      body: noBody,
      success: { status: 204, description: "Deleted.", schema: noContent },
      problems: ["user_not_found", "last_admin", "storage_failed"],
      example,
      handle: ({ params }) => users.delete(params.name),
    }),
  ];
}

function userView({ name, role, createdAt, passwordChangedAt }: User): z.input<typeof user> {
  return {
    name,
    role,
    created_at: timeOf(createdAt),
    password_changed_at: timeOf(passwordChangedAt),
  };
}
