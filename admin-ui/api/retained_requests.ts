/** What the API knows of retained messages, and what it does to them. */
import type * as z from "zod";
import type { whole } from "../../src/admin/routes/retained.ts";
import { get, type Query, send } from "./client.ts";

/** With the whole payload: as text where it is UTF-8, else as base64. */
export type RetainedMessage = z.output<typeof whole> & { readonly payload: string };

/** The topic is in the query, since `.` and `..` cannot be in a path. */
const PATH = "/retained/-";

export function loadRetained(topic: string, signal: AbortSignal): Promise<RetainedMessage> {
  return get<RetainedMessage>(PATH, { topic }, signal);
}

export function deleteRetained(topic: string): Promise<void> {
  return send("DELETE", PATH, { query: { topic } });
}

export function setRetained(topic: string, body: Readonly<Record<string, unknown>>): Promise<void> {
  return send("PUT", PATH, { query: { topic }, body });
}

/** All that match the filters of the list; `dryRun` only counts them. */
export function deleteMatching(
  filters: Query,
  dryRun: boolean,
): Promise<{ readonly matched: number; readonly deleted: number }> {
  return send("POST", "/retained:batchDelete", { body: { ...filters, dry_run: dryRun } });
}
