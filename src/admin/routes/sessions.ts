import * as z from "zod";
import { clientIdOf, clientIdParams, clientIdQuery } from "../http/client_id.ts";
import { Problem } from "../http/problem.ts";
import { type ApiRoute, noBody, noContent, route } from "../http/route.ts";

/** What is known of a session. */
export interface SessionSummary {
  readonly clientId: string;
  readonly connected: boolean;
  readonly durable: boolean;
  /** Seconds after the connection ends; 0xFFFFFFFF for never. */
  readonly expiryInterval: number;
  readonly subscriptions: number;
  readonly queued: number;
  readonly queuedBytes: number;
  readonly inFlight: number;
  readonly received: number;
  readonly dropped: number;
}

/** What the API needs of the broker's sessions. */
export interface SessionAdministration {
  session(clientId: string): SessionSummary | undefined;
  /** Ends a session for good and tells its client; false when there is none. */
  discard(clientId: string): Promise<boolean>;
}

const session = z.strictObject({
  client_id: z.string(),
  connected: z.boolean(),
  durable: z.boolean().meta({ description: "Whether it outlives its connection." }),
  expiry_interval: z.int().nullable().meta({
    description: "Seconds that it outlives its connection; `null`: it does not expire.",
  }),
  subscriptions: z.int(),
  queue_len: z.int().meta({ description: "Messages that wait for the client." }),
  queue_bytes: z.int(),
  inflight: z.int().meta({ description: "QoS 1 and 2 messages under way to the client." }),
  received: z.int().meta({ description: "QoS 2 messages of the client that wait for PUBREL." }),
  dropped: z.int().meta({ description: "Messages for the client that were dropped." }),
}).meta({ id: "Session" });

/** The session expiry interval that means "never". */
const NEVER = 0xffff_ffff;

const tag = "Sessions";
const example = { params: { client_id: "sensors/7" } };

/** One session at a time. */
export function sessionRoutes(sessions: SessionAdministration): ApiRoute[] {
  return [
    route({
      method: "get",
      path: "/sessions/{client_id}",
      role: "viewer",
      tag,
      summary: "Show a session",
      params: clientIdParams,
      query: z.strictObject(clientIdQuery),
      body: noBody,
      success: { status: 200, description: "The session as it is now.", schema: session },
      problems: ["session_not_found"],
      example,
      handle(request) {
        const clientId = clientIdOf(request);
        const found = sessions.session(clientId);
        if (found === undefined) throw noSession(clientId);
        return sessionView(found);
      },
    }),
    route({
      method: "delete",
      path: "/sessions/{client_id}",
      role: "operator",
      tag,
      summary: "End a session",
      description:
        "Disconnects the client with reason code 0x98 and forgets its subscriptions and " +
        "all that waits for it.",
      params: clientIdParams,
      query: z.strictObject({
        ...clientIdQuery,
        mode: z.enum(["discard"]).default("discard").meta({
          description: "`discard`: nothing of the session stays.",
        }),
      }),
      body: noBody,
      success: { status: 204, description: "Ended.", schema: noContent },
      problems: ["session_not_found", "storage_failed"],
      example: { ...example, query: { mode: "discard" } },
      async handle(request) {
        const clientId = clientIdOf(request);
        if (!await sessions.discard(clientId)) throw noSession(clientId);
      },
    }),
  ];
}

function noSession(clientId: string): Problem {
  return new Problem("session_not_found", `there is no session of ${JSON.stringify(clientId)}`);
}

function sessionView(summary: SessionSummary): z.input<typeof session> {
  const { clientId, connected, durable, expiryInterval, subscriptions } = summary;
  return {
    client_id: clientId,
    connected,
    durable,
    expiry_interval: expiryInterval === NEVER ? null : expiryInterval,
    subscriptions,
    queue_len: summary.queued,
    queue_bytes: summary.queuedBytes,
    inflight: summary.inFlight,
    received: summary.received,
    dropped: summary.dropped,
  };
}
