import * as z from "zod";
import type { Inspector } from "../../broker/inspector/inspector.ts";
import type { PageRequest } from "../../broker/inspector/page.ts";
import type { SessionPosition } from "../../broker/inspector/session_list.ts";
import type { SessionFilter, SessionOrder } from "../../broker/inspector/session_query.ts";
import { clientIdOf, clientIdParams, clientIdQuery } from "../http/client_id.ts";
import { listQuery, pageOf, positionPage } from "../http/list.ts";
import { bound, flag, flagOf, partOf, text } from "../http/query.ts";
import { type ApiRoute, noBody, noParams, route } from "../http/route.ts";
import {
  noSession,
  protocol,
  PROTOCOLS,
  session,
  sessionDetail,
  sessionItem,
  willItem,
} from "./session_item.ts";

/** What `sort` may name, and what the broker calls it. */
const COLUMNS = {
  client_id: "clientId",
  connected_at: "connectedAt",
  disconnected_at: "disconnectedAt",
  subscriptions: "subscriptions",
  queue_len: "queued",
  queue_bytes: "queuedBytes",
  inflight: "inFlight",
  dropped: "dropped",
  messages_received: "messagesReceived",
  messages_sent: "messagesSent",
  pending_bytes: "pendingBytes",
  memory: "memory",
} as const satisfies Record<string, SessionOrder["column"]>;

type Column = keyof typeof COLUMNS;
const columns = Object.keys(COLUMNS) as Column[];
const sort = z.enum([...columns, ...columns.map((column) => `-${column}` as const)]);

/** What selects sessions, here and in bulk. */
export const sessionFilter = {
  state: z.enum(["connected", "disconnected"]).optional(),
  q: partOf("the client id, the username or the address"),
  username: text.optional(),
  ip: text.optional().meta({ description: "The client's address, without the port." }),
  protocol: protocol.optional(),
  durable: flag.optional(),
  "queue_len[gte]": bound.optional(),
  "queue_len[lte]": bound.optional(),
  "dropped[gte]": bound.optional(),
  "memory[gte]": bound.optional().meta({ description: "Bytes, as estimated." }),
};

const query = z.strictObject({
  ...listQuery,
  ...sessionFilter,
  sort: sort.default("client_id").meta({
    description: "A column; with `-` in front, the largest first. Equals are by client id.",
  }),
});

const tag = "Sessions";
const example = { params: { client_id: "sensors/7" } };

/** Sessions to look at; `node` is the id of this one. */
export function sessionRoutes(inspector: Inspector, node: string): ApiRoute[] {
  return [
    route({
      method: "get",
      path: "/sessions",
      role: "viewer",
      tag,
      summary: "List sessions",
      description:
        "Sorted by a figure, the list is sorted once and kept for the pages that follow: what is " +
        "shown of a session is always as it is now.",
      params: noParams,
      query,
      body: noBody,
      success: { status: 200, description: "A page of sessions.", schema: pageOf(session) },
      problems: ["cursor_invalid", "cursor_expired"],
      example: { query: { state: "connected", sort: "-queue_len", limit: "10" } },
      handle: (request) =>
        positionPage(request, {
          name: "sessions",
          item: session,
          page: (page: PageRequest<SessionPosition>) =>
            inspector.sessions.page(filterOf(request.query), page, orderOf(request.query.sort)),
          view: (view) => sessionItem(view, node),
        }),
    }),
    route({
      method: "get",
      path: "/sessions/{client_id}",
      role: "viewer",
      tag,
      summary: "Show a session",
      params: clientIdParams,
      query: z.strictObject(clientIdQuery),
      body: noBody,
      success: { status: 200, description: "The session as it is now.", schema: sessionDetail },
      problems: ["session_not_found"],
      example,
      handle(request) {
        const clientId = clientIdOf(request);
        const found = inspector.session(clientId);
        if (found === undefined) throw noSession(clientId);
        return { ...sessionItem(found, node), will: willItem(inspector.will(clientId)) };
      },
    }),
  ];
}

function filterOf(given: z.output<typeof query>): SessionFilter {
  return {
    state: given.state,
    q: given.q,
    username: given.username,
    ip: given.ip,
    protocolVersion: given.protocol && PROTOCOLS[given.protocol],
    durable: flagOf(given.durable),
    queuedMin: given["queue_len[gte]"],
    queuedMax: given["queue_len[lte]"],
    droppedMin: given["dropped[gte]"],
    memoryMin: given["memory[gte]"],
  };
}

function orderOf(given: z.output<typeof sort>): SessionOrder {
  const descending = given.startsWith("-");
  const column = COLUMNS[given.slice(descending ? 1 : 0) as Column];
  return { column, descending };
}
