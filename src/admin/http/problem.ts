/** Errors of the API (RFC 9457), each of them one of this catalogue. */

/** What all problems of one code have in common. */
interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** What it means and what to do: plain text, shown at `/problems/{code}`. */
  readonly about: string;
}

/** Codes are stable: programs may depend on them. */
export const PROBLEMS = {
  validation_failed: {
    status: 400,
    title: "The request is not valid",
    about: "A parameter or the body is not what the route takes. Each entry of errors names one " +
      "place: pointer leads into the request, as /query/limit, /path/name or /body/role. A " +
      "parameter that the route does not know is an error too, so that a misspelt filter is not " +
      "taken for no filter.",
  },
  malformed_json: {
    status: 400,
    title: "The body is not JSON",
    about: "The body could not be read as JSON in UTF-8.",
  },
  cursor_invalid: {
    status: 400,
    title: "The cursor does not belong to this list",
    about: "A cursor is what next_cursor of the same list said, with the same filters and the " +
      "same order. Begin again without a cursor when these change.",
  },
  cursor_expired: {
    status: 410,
    title: "The list was sorted too long ago",
    about: "A list that is sorted by a figure that changes is sorted once and kept for five " +
      "minutes, for a few requests at a time. Begin again without a cursor.",
  },
  not_authenticated: {
    status: 401,
    title: "Sign in first",
    about: "The request carries no token or session that counts: it is missing, unknown, expired " +
      "or revoked. A script sends Authorization: Bearer with an API token; a browser signs in.",
  },
  credentials_invalid: {
    status: 401,
    title: "The user name or the password is wrong",
    about: "Nobody was signed in. Which of the two is wrong is not said. After several attempts " +
      "the next ones have to wait.",
  },
  role_too_low: {
    status: 403,
    title: "Your role may not do this",
    about: "Each route needs a role: viewer, operator or admin, where each includes those before " +
      "it. An admin can change the role of a user or make a token with another one.",
  },
  csrf_token_invalid: {
    status: 403,
    title: "The CSRF token is missing or wrong",
    about: "A request of a browser session that changes something repeats the csrf_token of " +
      "GET /api/v1/me in the header X-CSRF-Token. Requests with an API token do not need it.",
  },
  needs_a_user: {
    status: 403,
    title: "Only somebody who is signed in can do this",
    about: "The route is about the user of a browser session; an API token belongs to no user.",
  },
  route_not_found: {
    status: 404,
    title: "There is no such path",
    about: "GET /api/v1/openapi.json lists all paths. Names in a path are percent-encoded.",
  },
  session_not_found: {
    status: 404,
    title: "There is no such session",
    about: "No client with this id is connected, and none has left a session behind. An id that " +
      "is no path segment of its own, such as . or .., is given as ?client_id=.",
  },
  user_not_found: {
    status: 404,
    title: "There is no such user",
    about: "Nobody of this name has access to console and API.",
  },
  token_not_found: {
    status: 404,
    title: "There is no such token",
    about: "No API token has this id; it may have been revoked.",
  },
  topic_not_found: {
    status: 404,
    title: "Nothing is known of this topic",
    about: "Nothing was published on it or below it since the broker has started, or it was " +
      "forgotten because there are many others.",
  },
  retained_not_found: {
    status: 404,
    title: "There is no retained message on this topic",
    about: "None was published, or it has expired or was deleted. Figures of the broker itself, " +
      "below $SYS, cannot be deleted.",
  },
  node_not_found: {
    status: 404,
    title: "There is no such node",
    about: "A node answers for itself only. GET /api/v1/nodes shows its id.",
  },
  ban_not_found: {
    status: 404,
    title: "There is no such ban",
    about: "It was lifted, or its time is over.",
  },
  series_not_found: {
    status: 404,
    title: "There is no such series",
    about: "GET /api/v1/metrics/series without a name lists those that are kept.",
  },
  method_not_allowed: {
    status: 405,
    title: "The path does not take this method",
    about: "The header Allow of the answer lists the methods that it takes.",
  },
  name_taken: {
    status: 409,
    title: "The name is taken",
    about: "There is one of this name already.",
  },
  last_admin: {
    status: 409,
    title: "Somebody has to be admin",
    about: "The only admin can neither be deleted nor lose the role. Make another admin first.",
  },
  idempotency_key_reused: {
    status: 422,
    title: "The key belongs to another request",
    about: "A request with this Idempotency-Key came before, to another path or with another " +
      "body. Choose a new key for each request, and repeat only the very same one with it.",
  },
  limit_reached: {
    status: 409,
    title: "There are too many already",
    about: "The broker keeps no more of them. Remove some that are not needed.",
  },
  not_connected: {
    status: 409,
    title: "The client is not connected",
    about: "Its session is there, but it has no connection that could be ended.",
  },
  message_refused: {
    status: 422,
    title: "The message cannot be published",
    about: "The broker does not take such a message from anybody: its topic is not valid, it is " +
      "too large, or too many messages are retained. detail says which, and reason_code of MQTT.",
  },
  subscription_refused: {
    status: 422,
    title: "The subscription cannot be made",
    about: "The broker does not grant it: the topic filter is not valid, or there are too many. " +
      "detail has the words and the reason code of MQTT.",
  },
  topic_not_allowed: {
    status: 403,
    title: "You may not use this topic",
    about: "The same rules count as for a client of MQTT with the name of the user or the token.",
  },
  body_too_large: {
    status: 413,
    title: "The body is too large",
    about: "The route takes a smaller body only.",
  },
  media_type_unsupported: {
    status: 415,
    title: "The body has to be JSON",
    about: "Send the body with Content-Type: application/json.",
  },
  too_many_attempts: {
    status: 429,
    title: "Too many attempts",
    about: "Several attempts to sign in have failed for this user name or from this address. The " +
      "header Retry-After says in how many seconds the next one is looked at.",
  },
  internal_error: {
    status: 500,
    title: "The broker failed to answer",
    about: "This is a bug of TideMQ. The log has an entry with the trace_id of the answer.",
  },
  busy: {
    status: 503,
    title: "Try again in a moment",
    about: "Too much of the same work is waiting. Retry-After says when to come back.",
  },
  storage_failed: {
    status: 503,
    title: "The storage takes no writes",
    about: "Nothing was changed. GET /ready says what is wrong with the storage.",
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEMS;

export const PROBLEM_CODES = Object.keys(PROBLEMS) as ProblemCode[];

export const PROBLEM_MEDIA_TYPE = "application/problem+json";

/** One wrong place of a request. */
export interface ProblemPlace {
  /** A JSON Pointer into `{path, query, body}` of the request. */
  readonly pointer: string;
  readonly detail: string;
}

/** A request that is answered with a problem; `detail` is for who asked. */
export class Problem extends Error {
  override name = "Problem";

  constructor(
    readonly code: ProblemCode,
    detail?: string,
    readonly more: {
      readonly errors?: readonly ProblemPlace[];
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(detail ?? PROBLEMS[code].title);
  }
}

/** The answer that says `problem`. `instance`: the path that was asked for. */
export function problemResponse(problem: Problem, instance: string, traceId: string): Response {
  const { code, message, more } = problem;
  const { status, title } = PROBLEMS[code];
  const body = {
    type: problemPath(code),
    title,
    status,
    detail: message,
    instance,
    code,
    ...(more.errors === undefined ? {} : { errors: more.errors }),
    trace_id: traceId,
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...more.headers, "content-type": PROBLEM_MEDIA_TYPE },
  });
}

/** Where a code is explained. */
export function problemPath(code: ProblemCode): string {
  return `/problems/${code}`;
}
