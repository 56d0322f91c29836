/** What belongs to one session: its subscriptions, its messages, what has happened to it. */
import * as z from "zod";
import type { Inspector } from "../../broker/inspector/inspector.ts";
import type {
  InFlightView,
  QueuedView,
  QueuePosition,
} from "../../broker/inspector/message_list.ts";
import type { PageRequest } from "../../broker/inspector/page.ts";
import type { SubscriptionPosition } from "../../broker/inspector/subscription_list.ts";
import type { SessionTimeline, TimelineEvent } from "../../telemetry/session_timeline.ts";
import { clientIdOf, clientIdParams, clientIdQuery } from "../http/client_id.ts";
import { listQuery, pageOf, positionPage } from "../http/list.ts";
import { type ApiRoute, noBody, route } from "../http/route.ts";
import { snakeCased } from "../http/snake_case.ts";
import { time, timeOf } from "../http/time.ts";
import { message, messageItem } from "./message_item.ts";
import { noSession } from "./session_item.ts";
import { subscription, subscriptionItem } from "./subscription_item.ts";

export const queued = z.strictObject({
  seq: z.int().meta({ description: "Its place in the order of the session." }),
  qos: z.int().meta({ description: "That it is delivered with." }),
  message,
}).meta({ id: "QueuedMessage" });

export const inflight = z.strictObject({
  outbound: z.array(z.strictObject({
    packet_id: z.int(),
    seq: z.int(),
    qos: z.int(),
    state: z.enum(["starting", "published", "released"]),
    ever_sent: z.boolean(),
    topic: z.string().nullable().meta({ description: "`null` once it is released." }),
    message: message.nullable().meta({
      description: "`null` once it is released, and of what is never sent again: the messages of " +
        "a session that ends with its connection are not kept once they were sent.",
    }),
  })).meta({ description: "Towards the client, the oldest first; the first hundred." }),
  outbound_count: z.int(),
  inbound: z.array(z.int()).meta({
    description: "QoS 2 packet ids of the client that wait for PUBREL; the first hundred.",
  }),
  inbound_count: z.int(),
}).meta({ id: "Inflight" });

export const event = z.strictObject({
  at: time.meta({ description: "Of the last one, when several in a row are one event." }),
  type: z.string(),
  count: z.int(),
  detail: z.record(z.string(), z.unknown()),
}).meta({ id: "SessionEvent" });

const tag = "Sessions";
const role = "viewer";
const example = { params: { client_id: "sensors/7" } };

export function sessionContentRoutes(
  inspector: Inspector,
  timeline: SessionTimeline,
): ApiRoute[] {
  return [
    subscriptionsOf(inspector),
    queueOf(inspector),
    inflightOf(inspector),
    eventsOf(timeline),
  ];
}

function subscriptionsOf(inspector: Inspector): ApiRoute {
  return route({
    method: "get",
    path: "/sessions/{client_id}/subscriptions",
    role,
    tag,
    summary: "List the subscriptions of a session",
    params: clientIdParams,
    query: z.strictObject({ ...listQuery, ...clientIdQuery }),
    body: noBody,
    success: { status: 200, description: "By topic filter.", schema: pageOf(subscription) },
    problems: ["session_not_found", "cursor_invalid"],
    example,
    handle(request) {
      const clientId = clientIdOf(request);
      if (inspector.session(clientId) === undefined) throw noSession(clientId);
      return positionPage(request, {
        name: `subscriptions of ${clientId}`,
        item: subscription,
        page: (page: PageRequest<SubscriptionPosition>) =>
          inspector.subscriptions.page({ clientId }, page),
        view: subscriptionItem,
      });
    },
  });
}

function queueOf(inspector: Inspector): ApiRoute {
  return route({
    method: "get",
    path: "/sessions/{client_id}/queue",
    role,
    tag,
    summary: "List what waits for a client",
    description: "A page has a hundred messages at most, whatever the limit.",
    params: clientIdParams,
    query: z.strictObject({ ...listQuery, ...clientIdQuery }),
    body: noBody,
    success: { status: 200, description: "The oldest first.", schema: pageOf(queued) },
    problems: ["session_not_found", "cursor_invalid", "storage_failed"],
    example,
    handle(request) {
      const clientId = clientIdOf(request);
      return positionPage<QueuedView, QueuePosition, z.input<typeof queued>>(request, {
        name: `queue of ${clientId}`,
        item: queued,
        page: async (page) => {
          const found = await inspector.messages.queue(clientId, page);
          if (found === undefined) throw noSession(clientId);
          return found;
        },
        view: ({ seq, qos, message }) => ({ seq, qos, message: messageItem(message) }),
      });
    },
  });
}

function inflightOf(inspector: Inspector): ApiRoute {
  return route({
    method: "get",
    path: "/sessions/{client_id}/inflight",
    role,
    tag,
    summary: "Show what is under way between a client and the broker",
    params: clientIdParams,
    query: z.strictObject(clientIdQuery),
    body: noBody,
    success: { status: 200, description: "As it is now.", schema: inflight },
    problems: ["session_not_found"],
    example,
    handle(request) {
      const clientId = clientIdOf(request);
      const found = inspector.messages.inFlight(clientId);
      if (found === undefined) throw noSession(clientId);
      return inflightItem(found);
    },
  });
}

function eventsOf(timeline: SessionTimeline): ApiRoute {
  return route({
    method: "get",
    path: "/sessions/{client_id}/events",
    role,
    tag,
    summary: "Show what has happened to a session",
    description: "Also of a session that has ended, for as long as there is room.",
    params: clientIdParams,
    query: z.strictObject(clientIdQuery),
    body: noBody,
    success: {
      status: 200,
      description: "The last events, the oldest first.",
      schema: z.strictObject({ items: z.array(event) }),
    },
    example,
    handle: (request) => ({ items: timeline.events(clientIdOf(request)).map(eventItem) }),
  });
}

function inflightItem(view: InFlightView): z.input<typeof inflight> {
  return {
    outbound: view.outbound.map(({ packetId, seq, qos, state, everSent, topic, message }) => ({
      packet_id: packetId,
      seq,
      qos,
      state,
      ever_sent: everSent,
      topic: topic ?? null,
      message: message === undefined ? null : messageItem(message),
    })),
    outbound_count: view.outboundCount,
    inbound: [...view.inbound],
    inbound_count: view.inboundCount,
  };
}

function eventItem({ at, type, count, detail }: TimelineEvent): z.input<typeof event> {
  return { at: timeOf(at), type, count, detail: snakeCased(detail) };
}
