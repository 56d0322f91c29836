import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import type { ZodError } from "zod";
import { type Clock, sleep } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import { type Random, randomHex } from "../../base/random.ts";
import { StoreError } from "../../storage/store.ts";
import type { AccessControl } from "../access/access_control.ts";
import { AccessError } from "../access/access_error.ts";
import { admit, type Admitted, stillAdmitted } from "./authentication.ts";
import { CSV_TYPE, csvColumns, CsvExports, EXPORT_PAGE_ROWS, type ExportPage } from "./csv.ts";
import { documentPages } from "./document_pages.ts";
import { EVENT_STREAM_TYPE, type EventSource, EventStreams } from "./event_stream.ts";
import { type JsonPage, listText } from "./list_text.ts";
import { IDEMPOTENCY_KEY, IdempotentAnswers } from "./idempotency.ts";
import { API_PREFIX, openApiDocument, routeConfig } from "./openapi.ts";
import { Problem, problemResponse } from "./problem.ts";
import {
  type ApiRoute,
  BODY_BYTES_MAX,
  isList,
  mayRepeat,
  type RequestPeer,
  streamsEvents,
  takesBody,
} from "./route.ts";
import { SECURITY_HEADERS } from "./security_headers.ts";
import { type RequestPart, wrongPlaces } from "./validation.ts";

export interface AdminApiOptions {
  readonly access: AccessControl;
  readonly routes: readonly ApiRoute[];
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Of the program. */
  readonly version: string;
}

/** The admin API as a part of the HTTP server. */
export interface AdminApi {
  /** First segments of the paths that it answers. */
  readonly prefixes: readonly string[];
  fetch(request: Request, peer: RequestPeer): Response | Promise<Response>;
  /** Ends all streams of events, which otherwise go on for as long as somebody reads, and exports. */
  close(): void;
}

/** What the routes have in common while they are served. */
interface Serving {
  readonly access: AccessControl;
  readonly streams: EventStreams;
  readonly idempotent: IdempotentAnswers;
  readonly exports: CsvExports;
  readonly clock: Clock;
}

/** What one request carries through the application. */
interface Environment {
  Bindings: RequestPeer;
  Variables: { admitted: Admitted; traceId: string };
}
type ApiContext = Context<Environment>;

const TRACE_ID_BYTES = 16;

/** On each answer. Pages load nothing but their own style sheet. */
const API_HEADERS = {
  ...SECURITY_HEADERS,
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

/**
 * Serves `routes` below `/api/v1`, beside them the OpenAPI document, its reference page and the
 * catalogue of problems. Every route is closed to who lacks its role; whatever goes wrong is a
 * problem of RFC 9457.
 */
export function adminApi(options: AdminApiOptions): AdminApi {
  const { access, routes, random, log, version } = options;
  const app = new OpenAPIHono<Environment>();
  app.use(async (context, next) => {
    context.set("traceId", randomHex(random, TRACE_ID_BYTES));
    await next();
    for (const [name, value] of Object.entries(API_HEADERS)) context.header(name, value);
  });
  app.onError((error, context) => {
    const problem = toProblem(error);
    const traceId = context.get("traceId");
    if (problem.code === "internal_error") logBug(log, context, traceId, error);
    return problemResponse(problem, context.req.path, traceId);
  });
  app.notFound((context) =>
    problemResponse(new Problem("route_not_found"), context.req.path, context.get("traceId"))
  );
  const { clock } = options;
  const streams = new EventStreams(clock);
  const exports = new CsvExports(clock);
  const serving = { access, streams, exports, clock, idempotent: new IdempotentAnswers(clock) };
  for (const route of routes) serve(app, route, serving);
  const pages = documentPages(() => openApiDocument(app as unknown as OpenAPIHono, version));
  for (const [path, { type, text }] of pages) {
    app.get(path, (context) => context.body(text(), 200, { "content-type": type }));
  }
  refuseOtherMethods(app, routes, pages.keys());
  const atRoot = routes.filter(({ alsoAtRoot }) => alsoAtRoot).map(({ path }) => path);
  return {
    prefixes: ["/api", "/problems", ...atRoot],
    fetch: (request, peer) => app.fetch(request, peer),
    close: () => {
      streams.close();
      exports.close();
    },
  };
}

function serve(app: OpenAPIHono<Environment>, route: ApiRoute, serving: Serving): void {
  const { access } = serving;
  const middleware: MiddlewareHandler<Environment>[] = [async (context, next) => {
    context.set("admitted", await admit(context.req.raw, route.role, access));
    await next();
  }];
  if (takesBody(route)) middleware.push(requireJson, limitBody(route));
  const config = { ...routeConfig(route), middleware };
  const aliases = route.alsoAtRoot ? [{ ...config, path: route.path, hide: true }] : [];
  for (const each of [config, ...aliases]) {
    app.openapi(each, (context) => answer(route, context, serving), refuseInvalid);
  }
}

function refuseInvalid(result: { success: boolean; target: string; error?: unknown }): undefined {
  if (result.success) return;
  const errors = wrongPlaces(result.target as RequestPart, result.error as ZodError);
  throw new Problem("validation_failed", undefined, { errors });
}

/** A POST with a key of its own is done once. */
function answer(route: ApiRoute, context: ApiContext, serving: Serving): Promise<Response> {
  const { principal } = context.get("admitted");
  const key = mayRepeat(route) ? context.req.header(IDEMPOTENCY_KEY) : undefined;
  const perform = () => performed(route, context, serving);
  if (key === undefined || principal === undefined) return perform();
  const body = takesBody(route) ? context.req.valid("json" as never) : undefined;
  return serving.idempotent.once({ principal, key, url: new URL(context.req.url), body }, perform);
}

async function performed(
  route: ApiRoute,
  context: ApiContext,
  { access, streams, exports, clock }: Serving,
): Promise<Response> {
  const { raw } = context.req;
  const valid = (part: RequestPart) => context.req.valid(part as never);
  const reply = new Headers();
  const giveWay = () => sleep(clock, 0);
  const admitted = () => stillAdmitted(raw, route.role, access);
  const request = {
    params: valid("param"),
    query: valid("query") as Record<string, string>,
    body: takesBody(route) ? valid("json") : undefined,
    ...context.get("admitted"),
    peer: context.env,
    url: new URL(context.req.url),
    headers: raw.headers,
    reply,
    giveWay,
  };
  const columns = csvColumns(route, context.req.header("accept") ?? "", request.query["fields"]);
  if (columns !== undefined && raw.method !== "HEAD") {
    const page = csvPages(route, request);
    const first = await page(request.query["cursor"]);
    const body = exports.open({ columns, first, page, admitted });
    return new Response(body, { headers: { "content-type": CSV_TYPE } });
  }
  const result = await route.handle(request);
  const { status } = route.success;
  if (status === 204) return new Response(null, { status, headers: reply });
  if (streamsEvents(route)) {
    const source = result as EventSource;
    reply.set("content-type", EVENT_STREAM_TYPE);
    if (raw.method === "HEAD") {
      source.close();
      return new Response(null, { status, headers: reply });
    }
    return new Response(streams.open(source, admitted), { status, headers: reply });
  }
  reply.set("content-type", "application/json");
  const text = isList(route) ? await listText(result as JsonPage, giveWay) : JSON.stringify(result);
  return new Response(text, { status, headers: reply });
}

/** The pages of a list, of a size that costs little at a time. */
function csvPages(route: ApiRoute, request: Parameters<ApiRoute["handle"]>[0]) {
  return async (cursor: string | undefined): Promise<ExportPage> => {
    const query = { ...request.query, limit: EXPORT_PAGE_ROWS, count: "false", cursor };
    return await route.handle({ ...request, query, reply: new Headers() }) as ExportPage;
  };
}

const requireJson: MiddlewareHandler = async (context, next) => {
  const type = context.req.header("content-type") ?? "";
  if (!/^application\/json *(;|$)/i.test(type)) throw new Problem("media_type_unsupported");
  await next();
};

function limitBody({ bodyBytesMax = BODY_BYTES_MAX }: ApiRoute): MiddlewareHandler {
  return bodyLimit({
    maxSize: bodyBytesMax,
    onError: () => {
      throw new Problem("body_too_large", `the body may have ${bodyBytesMax} bytes`);
    },
  });
}

/** Registered last: what comes here has a path that there is, and a method that it does not take. */
function refuseOtherMethods(
  app: OpenAPIHono<Environment>,
  routes: readonly ApiRoute[],
  pages: Iterable<string>,
): void {
  const methods = new Map<string, string[]>();
  for (const { path, method, alsoAtRoot } of routes) {
    const pattern = path.replaceAll(/\{(\w+)\}/g, ":$1");
    for (const whole of [API_PREFIX + pattern, ...alsoAtRoot ? [pattern] : []]) {
      methods.set(whole, [...methods.get(whole) ?? [], method.toUpperCase()]);
    }
  }
  for (const path of pages) methods.set(path, ["GET"]);
  for (const [path, taken] of methods) {
    const allow = taken.flatMap((method) => method === "GET" ? ["GET", "HEAD"] : [method]).join(
      ", ",
    );
    app.all(path, () => {
      throw new Problem("method_not_allowed", `the path takes ${allow}`, { headers: { allow } });
    });
  }
}

function toProblem(error: Error): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof AccessError) {
    const { refusal, message, retryAfterSeconds: seconds } = error;
    const headers = seconds === undefined ? {} : { "retry-after": String(seconds) };
    return new Problem(refusal, message, { headers });
  }
  if (error instanceof StoreError) return new Problem("storage_failed", error.message);
  // Thrown by hono for a body that is no JSON, and for nothing else that is used here.
  if (error instanceof HTTPException && error.status === 400) return new Problem("malformed_json");
  return new Problem("internal_error");
}

function logBug(log: Logger, context: ApiContext, traceId: string, error: Error): void {
  const { method, path } = context.req;
  log.error("the admin API failed to answer", { method, path, traceId, stack: error.stack });
}
