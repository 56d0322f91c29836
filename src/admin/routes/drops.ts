/** What does not get through. */
import * as z from "zod";
import type { Inspector } from "../../broker/inspector/inspector.ts";
import { DROP_REASONS } from "../../events/observer.ts";
import type { DropStatistics } from "../../telemetry/drop_statistics.ts";
import { listQuery } from "../http/list.ts";
import { type ApiRoute, noBody, noParams, route } from "../http/route.ts";

const counted = {
  count: z.int().meta({ description: "At most so many." }),
  error: z.int().meta({ description: "At least `count` minus this." }),
};

export const dropped = z.strictObject({
  by_reason: z.record(z.enum(DROP_REASONS), z.int()),
  total: z.int(),
  clients: z.array(z.strictObject({ client_id: z.string(), ...counted })),
  topics: z.array(z.strictObject({ topic: z.string(), ...counted })),
}).meta({ id: "Dropped" });

export const slow = z.strictObject({
  client_id: z.string(),
  remote_address: z.string(),
  congestion: z.enum(["clear", "congested", "slow", "ended"]).meta({
    description: "`congested`: publishers wait for it; `slow`: nobody does any more.",
  }),
  pending_bytes: z.int().meta({ description: "Not yet taken by the network." }),
  queue_len: z.int(),
  queue_bytes: z.int(),
  dropped: z.int(),
}).meta({ id: "SlowSubscriber" });

const query = z.strictObject({ limit: listQuery.limit });
const tag = "Drops";
const role = "viewer";

export function dropRoutes(inspector: Inspector, drops: DropStatistics): ApiRoute[] {
  return [
    route({
      method: "get",
      path: "/dropped",
      role,
      tag,
      summary: "Show what was dropped since the broker has started",
      params: noParams,
      query,
      body: noBody,
      success: {
        status: 200,
        description: "By reason, and the clients and topics with the most drops.",
        schema: dropped,
      },
      example: { query: { limit: "10" } },
      handle: ({ query: { limit } }) => ({
        by_reason: inspector.dropped,
        total: DROP_REASONS.reduce((sum, reason) => sum + inspector.dropped[reason], 0),
        clients: drops.clients(limit).map(({ key, ...rest }) => ({ client_id: key, ...rest })),
        topics: drops.topics(limit).map(({ key, ...rest }) => ({ topic: key, ...rest })),
      }),
    }),
    route({
      method: "get",
      path: "/slow-subscribers",
      role,
      tag,
      summary: "List clients that take messages more slowly than they come",
      params: noParams,
      query,
      body: noBody,
      success: {
        status: 200,
        description: "At this moment; those with the most bytes that wait come first.",
        schema: z.strictObject({ items: z.array(slow) }),
      },
      example: {},
      async handle({ query: { limit } }) {
        const found = await inspector.slowReceivers.list(limit);
        return {
          items: found.map((view) => ({
            client_id: view.clientId,
            remote_address: view.remoteAddress,
            congestion: view.congestion,
            pending_bytes: view.pendingBytes,
            queue_len: view.queued,
            queue_bytes: view.queuedBytes,
            dropped: view.dropped,
          })),
        };
      },
    }),
  ];
}
