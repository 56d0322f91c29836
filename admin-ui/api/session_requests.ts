/** What the API knows of sessions, and what it does to them. */
import type * as z from "zod";
import type { session, sessionDetail } from "../../src/admin/routes/session_item.ts";
import { get, type Query, send } from "./client.ts";

export type Session = z.output<typeof session>;
export type SessionDetail = z.output<typeof sessionDetail>;

/** The path below a session: the id is in the query, since `.` and `..` cannot be in a path. */
export function sessionPath(below = ""): string {
  return `/sessions/-${below}`;
}

export type EndMode = "disconnect" | "discard";

export function loadSession(clientId: string, signal: AbortSignal): Promise<SessionDetail> {
  return get<SessionDetail>(sessionPath(), { client_id: clientId }, signal);
}

export function endSession(clientId: string, mode: EndMode): Promise<void> {
  return send("DELETE", sessionPath(), { query: { client_id: clientId, mode } });
}

/** How many of them were ended. */
export async function endSessions(clientIds: readonly string[], mode: EndMode): Promise<number> {
  const { items } = await send<{ items: { result: string }[] }>("POST", "/sessions:batchDelete", {
    body: { client_ids: clientIds, mode },
  });
  return items.filter(({ result }) => result === ENDED[mode]).length;
}

const ENDED = { disconnect: "disconnected", discard: "discarded" } as const;

interface Outcomes {
  readonly items: readonly { readonly topic_filter: string; readonly problem: string | null }[];
}

/** Rejects when the broker does not grant it. */
export async function subscribeFor(clientId: string, filter: string, qos: number): Promise<void> {
  const body = { topic_filters: [filter], qos };
  refuseProblems(await changeSubscriptions("POST", { client_id: clientId }, body));
}

/** Rejects when the broker does not do it. */
export async function unsubscribeFor(clientId: string, filter: string): Promise<void> {
  const query = { client_id: clientId, topic_filter: filter };
  refuseProblems(await changeSubscriptions("DELETE", query));
}

function changeSubscriptions(
  method: "POST" | "DELETE",
  query: Query,
  body?: unknown,
): Promise<Outcomes> {
  return send<Outcomes>(method, sessionPath("/subscriptions"), { query, body });
}

function refuseProblems({ items }: Outcomes): void {
  const refused = items.find(({ problem }) => problem !== null);
  if (refused !== undefined) throw new Error(`${refused.topic_filter}: ${refused.problem}`);
}
