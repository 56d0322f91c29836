/** The OpenAPI 3.1 document of the API, made of the schemas that check the requests. */
import type { OpenAPIHono, RouteConfig } from "@hono/zod-openapi";
import * as z from "zod";
import { CSRF_HEADER, SESSION_COOKIE } from "./authentication.ts";
import { idempotencyHeaders } from "./idempotency.ts";
import { CSV_TYPE } from "./csv.ts";
import { EVENT_STREAM_TYPE } from "./event_stream.ts";
import { PROBLEM_CODES, PROBLEM_MEDIA_TYPE, type ProblemCode, PROBLEMS } from "./problem.ts";
import { type ApiRoute, isList, mayRepeat, streamsEvents, takesBody } from "./route.ts";

/** The path that everything of this version of the API is below. */
export const API_PREFIX = "/api/v1";

const JSON_TYPE = "application/json";

const problemSchema = z.strictObject({
  type: z.string().meta({ description: "Where the code is explained; relative to the server." }),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string().meta({ description: "The path that was asked for." }),
  code: z.enum(PROBLEM_CODES as [ProblemCode, ...ProblemCode[]]),
  errors: z.array(z.strictObject({ pointer: z.string(), detail: z.string() })).optional(),
  trace_id: z.string().meta({ description: "Also in the log of the broker." }),
}).meta({ id: "Problem" });

/** What each route can refuse. */
function problemsOf(route: ApiRoute): ProblemCode[] {
  const codes: ProblemCode[] = ["validation_failed", "internal_error", ...route.problems ?? []];
  if (route.role !== "public") codes.push("not_authenticated", "role_too_low");
  if (route.role !== "public" && route.method !== "get") codes.push("csrf_token_invalid");
  if (mayRepeat(route)) codes.push("idempotency_key_reused");
  if (takesBody(route)) codes.push("malformed_json", "body_too_large", "media_type_unsupported");
  return [...new Set(codes)];
}

/** `route` as hono takes it, with everything that the document says of it. */
export function routeConfig(route: ApiRoute) {
  const { method, role, tag, summary, description, success, example = {} } = route;
  const { params, query, body } = route;
  const request = {
    params,
    query,
    ...(mayRepeat(route) && { headers: idempotencyHeaders }),
    ...(takesBody(route) && {
      body: {
        required: true,
        content: { [JSON_TYPE]: { schema: body, example: example.body } },
      },
    }),
  };
  const needs = role === "public" ? "Everybody may do it." : `Needs the role ${role}.`;
  const config: RouteConfig = {
    method,
    path: API_PREFIX + route.path,
    tags: [tag],
    summary,
    description: description === undefined ? needs : `${description} ${needs}`,
    operationId: operationIdOf(route),
    security: role === "public" ? [] : [{ token: [] }, { browser: [] }],
    request,
    responses: { [success.status]: successResponse(route), ...problemResponses(route) },
    "x-role": role,
    "x-example": { params: example.params ?? {}, query: example.query ?? {} },
  };
  return config;
}

/** The document for the routes that `app` has been given. */
export function openApiDocument(app: OpenAPIHono, version: string) {
  app.openAPIRegistry.registerComponent("securitySchemes", "token", {
    type: "http",
    scheme: "bearer",
    description: "An API token.",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "browser", {
    type: "apiKey",
    in: "cookie",
    name: SESSION_COOKIE,
    description: `A browser that is signed in. What changes something also needs ${CSRF_HEADER}.`,
  });
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "TideMQ", version, description: "The admin API of the MQTT broker TideMQ." },
    servers: [{ url: "/" }],
  });
}

function operationIdOf({ method, path }: ApiRoute): string {
  const words = path.split(/[/{}_]+/).filter((word) => word !== "");
  return method + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join("");
}

function successResponse(route: ApiRoute) {
  const { status, description, schema } = route.success;
  const type = streamsEvents(route) ? EVENT_STREAM_TYPE : JSON_TYPE;
  if (status === 204) return { description };
  const csv = isList(route) ? { [CSV_TYPE]: { schema: z.string() } } : {};
  return { description, content: { [type]: { schema }, ...csv } };
}

function problemResponses(route: ApiRoute) {
  const codes = Map.groupBy(problemsOf(route), (code) => PROBLEMS[code].status);
  return Object.fromEntries(
    [...codes].toSorted(([a], [b]) => a - b).map(([status, those]) => [status, {
      description: those.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(" "),
      content: { [PROBLEM_MEDIA_TYPE]: { schema: problemSchema } },
    }]),
  );
}
