import * as z from "zod";
import type { Principal } from "../access/access_control.ts";
import type { Role } from "../access/role.ts";
import type { EventSource } from "./event_stream.ts";
import type { ProblemCode } from "./problem.ts";

/** Who may use a route: a role and those above it, or everybody. */
export type Admission = Role | "public";

/** A request whose parts have been checked against the schemas of its route. */
export interface ApiRequest<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** Who asks; undefined only where everybody is admitted. */
  readonly principal: Principal | undefined;
  /** The value of the session cookie, if there is one. */
  readonly sessionId: string | undefined;
  readonly peer: RequestPeer;
  /** As it was sent; its body has been read. */
  readonly url: URL;
  readonly headers: Headers;
  /** Headers of the answer: a handler may add to them. */
  readonly reply: Headers;
  /** Resolves in the next turn of the event loop. */
  giveWay(): Promise<void>;
}

/** The other end of the connection. */
export interface RequestPeer {
  /** An IP address. */
  readonly address: string;
  readonly secure: boolean;
}

/** What a route answers when all went well. */
export interface Success<Result extends z.ZodType> {
  readonly status: 200 | 201 | 204;
  /** For the documentation. */
  readonly description: string;
  /** `noContent` for a 204, `eventStream` for a stream of events. */
  readonly schema: Result;
}

/** Values for the documentation, which tests send to a broker. Strings, as they stand in a URL. */
export interface RouteExample<Body> {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Body;
}

/** One method of one path, with everything that is known of it. */
export interface RouteDefinition<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Result extends z.ZodType,
> {
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** Below `/api/v1`, parameters in braces: `/users/{name}`. */
  readonly path: string;
  /** Whether it is served without `/api/v1` in front, too. */
  readonly alsoAtRoot?: boolean;
  readonly role: Admission;
  readonly tag: string;
  /** A few words without a full stop. */
  readonly summary: string;
  readonly description?: string;
  /** Strict objects: what they do not name is refused. `noParams` for none. */
  readonly params: Params;
  /** A strict object. `noQuery` for none. */
  readonly query: Query;
  /** `noBody` for none. */
  readonly body: Body;
  /** Bytes; {@linkcode BODY_BYTES_MAX} by default. */
  readonly bodyBytesMax?: number;
  readonly success: Success<Result>;
  /** What it can refuse, besides what every route can. */
  readonly problems?: readonly ProblemCode[];
  readonly example?: RouteExample<z.input<Body>>;
  /** Throws a `Problem` or an `AccessError` to refuse. */
  handle(
    request: ApiRequest<z.output<Params>, z.output<Query>, z.output<Body>>,
  ): Promise<z.input<Result>> | z.input<Result>;
}

export type ApiRoute = RouteDefinition<z.ZodObject, z.ZodObject, z.ZodType, z.ZodType>;

/** The largest body that a route takes unless it says otherwise. */
export const BODY_BYTES_MAX = 64 * 1024;

export const noParams = z.strictObject({});
export const noQuery = z.strictObject({});
export const noBody = z.void();
export const noContent = z.void();

/** What a client reads is text; what a handler returns is where the events come from. */
export const eventStream = z.string().meta({
  description: "Server-Sent Events, until either side ends it.",
}) as unknown as z.ZodType<EventSource, EventSource>;

/** Defines a route. It does not compile without a role and schemas for all that it takes and gives. */
export function route<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Result extends z.ZodType,
>(definition: RouteDefinition<Params, Query, Body, Result>): ApiRoute {
  return definition as unknown as ApiRoute;
}

/** Whether the route reads a body. */
export function takesBody({ body }: ApiRoute): boolean {
  return body !== noBody;
}

/** Whether a request can carry an Idempotency-Key. */
export function mayRepeat({ method, role }: ApiRoute): boolean {
  return method === "post" && role !== "public";
}

/** Whether the route answers with pages of a list (`listQuery`). */
export function isList({ query }: ApiRoute): boolean {
  return Object.hasOwn(query.shape, "cursor");
}

/** Whether the route answers with a stream of events. */
export function streamsEvents({ success }: ApiRoute): boolean {
  return success.schema === eventStream;
}

/** Who asks, on a route that somebody has to be signed in for. */
export function principalOf(request: { principal: Principal | undefined }): Principal {
  if (request.principal === undefined) throw new Error("a public route asked who is signed in");
  return request.principal;
}
