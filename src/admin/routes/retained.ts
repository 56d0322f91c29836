/** Retained messages: to look at, to set, to delete. */
import * as z from "zod";
import { publisherName } from "../../bridges/http/http_bridge.ts";
import type { Inspector } from "../../broker/inspector/inspector.ts";
import type { MessageView } from "../../broker/inspector/message_view.ts";
import type { PageRequest } from "../../broker/inspector/page.ts";
import type { RetainedFilter, RetainedPosition } from "../../broker/inspector/retained_list.ts";
import { isError } from "../../mqtt/reason_code.ts";
import { usernameOf } from "../access/access_control.ts";
import { listQuery, pageOf, positionPage } from "../http/list.ts";
import {
  messageFields as bodyFields,
  PAYLOAD_BODY_BYTES_MAX,
  PAYLOAD_ENCODINGS,
  payloadBytes,
  type PayloadEncoding,
  payloadProblem,
  propertiesOf,
} from "../http/payload.ts";
import { Problem } from "../http/problem.ts";
import { bound, flag, flagOf, partOf, text } from "../http/query.ts";
import {
  type ApiRoute,
  noBody,
  noContent,
  noParams,
  noQuery,
  principalOf,
  route,
} from "../http/route.ts";
import { plainFilter, topicName, topicOf, topicParams, topicQuery } from "../http/topic.ts";
import {
  base64Of,
  message,
  messageFields,
  messageItem,
  messageShape,
  payloadText,
  shownPayload,
} from "./message_item.ts";
import { refusedMessage } from "./refused_message.ts";
import { noTopicName } from "./topics.ts";

/** The years that a broker may be asked about. */
const AGE_SECONDS_MAX = 10_000_000_000;

const olderThan = z.coerce.number().int().min(0).max(AGE_SECONDS_MAX).optional().meta({
  description: "Seconds since it was received.",
});

export const whole = z.strictObject({
  ...messageShape,
  payload: z.unknown(),
  encoding: z.enum(PAYLOAD_ENCODINGS).meta({ description: "How `payload` is written." }),
}).meta({ id: "RetainedMessage" });

const ORPHAN =
  "`true`: the client that published it has no session any more, and no subscription " +
  "matches it. Messages of the broker itself are none.";

const tag = "Retained messages";
const example = { params: { topic: "sensors/7/state" } };

/** `now`: milliseconds since the epoch. */
export function retainedRoutes(inspector: Inspector, now: () => number): ApiRoute[] {
  return [
    list(inspector, now),
    show(inspector),
    set(inspector),
    remove(inspector),
    removeMany(inspector, now),
  ];
}

function list(inspector: Inspector, now: () => number): ApiRoute {
  return route({
    method: "get",
    path: "/retained",
    role: "viewer",
    tag,
    summary: "List retained messages",
    params: noParams,
    query: z.strictObject({
      ...listQuery,
      filter: plainFilter.optional().meta({ description: "A topic filter that they match." }),
      q: partOf("the topic"),
      older_than: olderThan,
      publisher: text.optional().meta({ description: "A client id." }),
      orphan: flag.optional().meta({ description: ORPHAN }),
    }),
    body: noBody,
    success: { status: 200, description: "By topic.", schema: pageOf(message) },
    problems: ["cursor_invalid"],
    example: { query: { filter: "sensors/#", older_than: "0" } },
    handle: (request) =>
      positionPage(request, {
        name: "retained messages",
        item: message,
        page: (page: PageRequest<RetainedPosition>) =>
          inspector.retained.page(
            filterOf({ ...request.query, orphan: flagOf(request.query.orphan) }, now()),
            page,
          ),
        view: messageItem,
      }),
  });
}

function show(inspector: Inspector): ApiRoute {
  return route({
    method: "get",
    path: "/retained/{topic}",
    role: "viewer",
    tag,
    summary: "Show a retained message with its whole payload",
    params: topicParams,
    query: z.strictObject({
      ...topicQuery,
      encoding: z.enum(PAYLOAD_ENCODINGS).optional().meta({
        description: "By default `text` where the bytes are UTF-8, else `base64`.",
      }),
    }),
    body: noBody,
    success: { status: 200, description: "The message.", schema: whole },
    problems: ["retained_not_found"],
    example,
    handle(request) {
      const found = inspector.retained.get(topicOf(request));
      if (found === undefined) throw new Problem("retained_not_found");
      return { ...messageFields(found), ...payloadAs(found, request.query.encoding) };
    },
  });
}

function set(inspector: Inspector): ApiRoute {
  return route({
    method: "put",
    path: "/retained/{topic}",
    role: "operator",
    tag,
    summary: "Set a retained message",
    description: "Publishes it: who is subscribed gets it, too.",
    params: topicParams,
    query: z.strictObject(topicQuery),
    body: z.strictObject({
      ...bodyFields,
      encoding: z.enum(PAYLOAD_ENCODINGS).default("text"),
    }),
    bodyBytesMax: PAYLOAD_BODY_BYTES_MAX,
    success: { status: 204, description: "Set, and durable at QoS 1 and 2.", schema: noContent },
    problems: ["message_refused", "storage_failed"],
    example: { ...example, body: { payload: "open", qos: 1 } },
    async handle(request) {
      const topic = topicOf(request);
      if (!topicName.safeParse(topic).success) throw noTopicName();
      const { payload, encoding, qos, message_expiry_interval } = request.body;
      const wrong = payloadProblem(payload, encoding) ??
        (payload === "" && encoding !== "json"
          ? "an empty payload deletes: use DELETE"
          : undefined);
      if (wrong !== undefined) {
        const errors = [{ pointer: "/body/payload", detail: wrong }];
        throw new Problem("validation_failed", undefined, { errors });
      }
      const outcome = await inspector.actions.publish({
        topic,
        payload: payloadBytes(payload, encoding),
        qos,
        retain: true,
        properties: propertiesOf(request.body),
        messageExpiryInterval: message_expiry_interval,
        publisher: publisherName(usernameOf(principalOf(request))),
      });
      if (isError(outcome.reasonCode)) throw refusedMessage(outcome);
    },
  });
}

function remove(inspector: Inspector): ApiRoute {
  return route({
    method: "delete",
    path: "/retained/{topic}",
    role: "operator",
    tag,
    summary: "Delete a retained message",
    description: "Nobody is sent anything.",
    params: topicParams,
    query: z.strictObject(topicQuery),
    body: noBody,
    success: { status: 204, description: "Deleted, durably.", schema: noContent },
    problems: ["retained_not_found", "storage_failed"],
    example,
    async handle(request) {
      if (!await inspector.retained.delete(topicOf(request))) {
        throw new Problem("retained_not_found");
      }
    },
  });
}

function removeMany(inspector: Inspector, now: () => number): ApiRoute {
  return route({
    method: "post",
    path: "/retained:batchDelete",
    role: "operator",
    tag,
    summary: "Delete all retained messages that match",
    description: "Those of the broker itself, below `$SYS`, stay.",
    params: noParams,
    query: noQuery,
    body: z.strictObject({
      filter: plainFilter.meta({ description: "`#` for all but those with `$` in front." }),
      older_than: bound.max(AGE_SECONDS_MAX).optional().meta({ description: "Seconds." }),
      publisher: text.optional().meta({ description: "A client id." }),
      orphan: z.boolean().optional().meta({ description: ORPHAN }),
      dry_run: z.boolean().default(false).meta({ description: "Only count them." }),
    }),
    success: {
      status: 200,
      description: "How many match, and how many are deleted.",
      schema: z.strictObject({ dry_run: z.boolean(), matched: z.int(), deleted: z.int() }),
    },
    problems: ["storage_failed"],
    example: { body: { filter: "sensors/#", older_than: 86400, dry_run: true } },
    async handle({ body }) {
      const filter = filterOf(body, now());
      const { dry_run: dryRun } = body;
      const sum = { dry_run: dryRun, matched: 0, deleted: 0 };
      let after: RetainedPosition | undefined;
      do {
        const done = await inspector.retained.deleteAll(filter, { dryRun, after });
        sum.matched += done.matched;
        sum.deleted += done.deleted;
        after = done.next;
      } while (after !== undefined);
      return sum;
    },
  });
}

function filterOf(
  given: {
    readonly filter?: string | undefined;
    readonly q?: string | undefined;
    readonly older_than?: number | undefined;
    readonly publisher?: string | undefined;
    readonly orphan?: boolean | undefined;
  },
  now: number,
): RetainedFilter {
  const { filter, q, older_than, publisher, orphan } = given;
  const receivedBefore = older_than === undefined ? undefined : now - older_than * 1000;
  return { topicFilter: filter, q, receivedBefore, publisher, orphan };
}

function payloadAs(
  { payload }: MessageView,
  encoding: PayloadEncoding | undefined,
): { payload: unknown; encoding: PayloadEncoding } {
  if (encoding === undefined) {
    const { shown, encoding } = shownPayload(payload);
    return { payload: shown, encoding };
  }
  if (encoding === "base64") return { payload: base64Of(payload), encoding };
  const text = payloadText(payload);
  if (text === undefined) throw notSo("the payload is not UTF-8");
  if (encoding === "text") return { payload: text, encoding };
  try {
    return { payload: JSON.parse(text), encoding };
  } catch {
    throw notSo("the payload is not JSON");
  }
}

function notSo(detail: string): Problem {
  const errors = [{ pointer: "/query/encoding", detail }];
  return new Problem("validation_failed", undefined, { errors });
}
