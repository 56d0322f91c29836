/** What an operator has done to sessions. */
import * as z from "zod";
import type { Clock } from "../../base/clock.ts";
import type { Inspector } from "../../broker/inspector/inspector.ts";
import { RowGate } from "../../broker/inspector/row_gate.ts";
import type { Outcome } from "../../broker/inspector/actions.ts";
import { isError, ReasonCode } from "../../mqtt/reason_code.ts";
import { clientIdOf, clientIdParams, clientIdQuery } from "../http/client_id.ts";
import { Problem } from "../http/problem.ts";
import { type ApiRoute, noBody, noContent, noParams, noQuery, route } from "../http/route.ts";
import { topicFilter } from "../http/topic.ts";
import { noSession } from "./session_item.ts";

/** Sessions that one request can end. */
export const BATCH_MAX = 1_000;
/** Topic filters of one request. */
const SUBSCRIPTIONS_MAX = 100;

/** Ending one costs about as much as looking at so many. */
const ROWS_PER_END = 100;

const BY = "by an administrator";

const mode = z.enum(["disconnect", "discard"]).default("discard").meta({
  description:
    "`disconnect`: ends the connection, with 0x98; a durable session stays. `discard`: nothing of " +
    "the session stays.",
});
type Mode = z.output<typeof mode>;

const RESULTS = ["disconnected", "discarded", "not_found", "not_connected", "failed"] as const;
type Result = (typeof RESULTS)[number];

const outcome = z.strictObject({
  topic_filter: z.string(),
  reason_code: z.int().meta({ description: "That SUBACK or UNSUBACK would carry." }),
  problem: z.string().nullable().meta({ description: "In words; `null`: there is none." }),
});
const outcomes = z.strictObject({ items: z.array(outcome) });

const tag = "Sessions";
const example = { params: { client_id: "sensors/7" } };

/** Ending sessions, and subscribing on behalf of their clients. */
export function sessionActionRoutes(inspector: Inspector, clock: Clock): ApiRoute[] {
  return [
    endOne(inspector),
    endMany(inspector, new RowGate(clock)),
    subscribe(inspector),
    unsubscribe(inspector),
  ];
}

function endOne(inspector: Inspector): ApiRoute {
  return route({
    method: "delete",
    path: "/sessions/{client_id}",
    role: "operator",
    tag,
    summary: "End a session or its connection",
    description: "The client is told with reason code 0x98.",
    params: clientIdParams,
    query: z.strictObject({ ...clientIdQuery, mode }),
    body: noBody,
    success: { status: 204, description: "Ended.", schema: noContent },
    problems: ["session_not_found", "not_connected", "storage_failed"],
    example: { ...example, query: { mode: "disconnect" } },
    async handle(request) {
      const clientId = clientIdOf(request);
      switch (await end(inspector, clientId, request.query.mode)) {
        case "not_found":
          throw noSession(clientId);
        case "not_connected":
          throw new Problem("not_connected");
      }
    },
  });
}

function endMany(inspector: Inspector, gate: RowGate): ApiRoute {
  return route({
    method: "post",
    path: "/sessions:batchDelete",
    role: "operator",
    tag,
    summary: "End several sessions or their connections",
    params: noParams,
    query: noQuery,
    body: z.strictObject({
      client_ids: z.array(z.string()).min(1).max(BATCH_MAX),
      mode,
      dry_run: z.boolean().default(false).meta({ description: "Only say what would be done." }),
    }),
    bodyBytesMax: 1024 * 1024,
    success: {
      status: 200,
      description: "What came of each, in the order of the request.",
      schema: z.strictObject({
        dry_run: z.boolean(),
        items: z.array(z.strictObject({ client_id: z.string(), result: z.enum(RESULTS) })),
      }),
    },
    example: { body: { client_ids: ["sensors/7", "gone"], mode: "discard", dry_run: true } },
    async handle({ body: { client_ids, mode, dry_run } }) {
      const items = [];
      for (const client_id of client_ids) {
        await gate.pass(ROWS_PER_END);
        const result = dry_run
          ? expected(inspector, client_id, mode)
          : await end(inspector, client_id, mode).catch(() => "failed" as const);
        items.push({ client_id, result });
      }
      return { dry_run, items };
    },
  });
}

function subscribe(inspector: Inspector): ApiRoute {
  return route({
    method: "post",
    path: "/sessions/{client_id}/subscriptions",
    role: "operator",
    tag,
    summary: "Subscribe on behalf of a client",
    description: "As a SUBSCRIBE of the client would, without its permission being asked.",
    params: clientIdParams,
    query: z.strictObject(clientIdQuery),
    body: z.strictObject({
      topic_filters: z.array(topicFilter).min(1).max(SUBSCRIPTIONS_MAX),
      qos: z.union([z.literal(0), z.literal(1), z.literal(2)]).default(0),
      no_local: z.boolean().default(false),
      retain_as_published: z.boolean().default(false),
      retain_handling: z.union([z.literal(0), z.literal(1), z.literal(2)]).default(0),
      subscription_identifier: z.int().min(1).max(268_435_455).optional(),
    }),
    success: { status: 200, description: "An outcome for each filter.", schema: outcomes },
    problems: ["session_not_found"],
    example: { ...example, body: { topic_filters: ["commands/#"], qos: 1 } },
    async handle(request) {
      const clientId = clientIdOf(request);
      const { topic_filters, qos, no_local, retain_as_published, retain_handling } = request.body;
      const options = {
        qos,
        noLocal: no_local,
        retainAsPublished: retain_as_published,
        retainHandling: retain_handling,
      };
      const requests = topic_filters.map((topicFilter) => ({ topicFilter, ...options }));
      const { subscription_identifier: subscriptionIdentifier } = request.body;
      const made = await inspector.actions.subscribe(clientId, requests, {
        subscriptionIdentifier,
      });
      if (made === undefined) throw noSession(clientId);
      return outcomesOf(topic_filters, made);
    },
  });
}

function unsubscribe(inspector: Inspector): ApiRoute {
  return route({
    method: "delete",
    path: "/sessions/{client_id}/subscriptions",
    role: "operator",
    tag,
    summary: "Unsubscribe on behalf of a client",
    params: clientIdParams,
    query: z.strictObject({ ...clientIdQuery, topic_filter: topicFilter }),
    body: noBody,
    success: { status: 200, description: "The outcome.", schema: outcomes },
    problems: ["session_not_found"],
    example: { ...example, query: { topic_filter: "sensors/+/temperature" } },
    async handle(request) {
      const clientId = clientIdOf(request);
      const filters = [request.query.topic_filter];
      const removed = await inspector.actions.unsubscribe(clientId, filters);
      if (removed === undefined) throw noSession(clientId);
      return outcomesOf(filters, removed);
    },
  });
}

/** Rejects when the store does not take it. */
async function end(inspector: Inspector, clientId: string, mode: Mode): Promise<Result> {
  const would = expected(inspector, clientId, mode);
  if (would === "disconnected") {
    inspector.actions.disconnect(clientId, ReasonCode.AdministrativeAction, BY);
    return would;
  }
  if (would !== "discarded") return would;
  const code = ReasonCode.AdministrativeAction;
  return await inspector.removeSession(clientId, code, BY) ? "discarded" : "not_found";
}

function expected(inspector: Inspector, clientId: string, mode: Mode): Result {
  const found = inspector.session(clientId);
  if (found === undefined) return "not_found";
  if (mode === "discard") return "discarded";
  return found.connected ? "disconnected" : "not_connected";
}

function outcomesOf(
  topicFilters: readonly string[],
  made: readonly Outcome[],
): z.input<typeof outcomes> {
  const items = made.map(({ reasonCode, problem }, index) => ({
    topic_filter: topicFilters[index]!,
    reason_code: reasonCode,
    problem: problem ?? (isError(reasonCode) ? `reason code ${reasonCode}` : null),
  }));
  return { items };
}
