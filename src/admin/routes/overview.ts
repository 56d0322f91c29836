/** The node at a glance. */
import * as z from "zod";
import type { BooksReport } from "../../broker/inspector/books.ts";
import type { Inspector } from "../../broker/inspector/inspector.ts";
import type { ClusterStatus } from "../../cluster/cluster.ts";
import { DROP_REASONS } from "../../events/observer.ts";
import { clusterView } from "../../telemetry/health.ts";
import { FINE_STEP_MS, type MetricsHistory } from "../../telemetry/metrics_history.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import { Problem } from "../http/problem.ts";
import { type ApiRoute, noBody, noParams, noQuery, route } from "../http/route.ts";
import { time, timeOf } from "../http/time.ts";

/** What is known of this node besides its broker. */
export interface NodeInfo {
  readonly id: string;
  /** Of the program. */
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  cluster(): ClusterStatus;
}

export interface OverviewParts {
  readonly inspector: Inspector;
  readonly telemetry: Telemetry;
  readonly node: NodeInfo;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const nodeItem = z.strictObject({
  node_id: z.string(),
  version: z.string(),
  started_at: time,
  uptime_seconds: z.int(),
  ready: z.boolean(),
  details: z.record(z.string(), z.string()).meta({ description: "Why, part by part." }),
}).meta({ id: "Node" });

const reasons = z.enum(DROP_REASONS);
export const accounting = z.strictObject({
  opening: z.int(),
  matched: z.int(),
  retained: z.int(),
  wills: z.int(),
  delivered: z.int(),
  inflight: z.int(),
  queued: z.int(),
  expired: z.int(),
  discarded: z.int(),
  handed_over: z.int(),
  dropped: z.record(reasons, z.int()),
  dropped_total: z.int(),
  difference: z.int().nullable().meta({
    description: "Left side minus right side, 0 unless there is a bug; `null`: with this many " +
      "sessions and this much traffic nobody can say at the moment.",
  }),
}).meta({ id: "Accounting" });

export const alarm = z.strictObject({
  id: z.enum(["not_ready", "storage_damage", "accounting_difference"]),
  severity: z.enum(["critical", "warning"]),
  message: z.string(),
});

const counts = z.strictObject({
  connections: z.int(),
  sessions: z.int(),
  subscriptions: z.int(),
  retained_messages: z.int(),
  delayed_wills: z.int(),
});

export const overview = z.strictObject({
  node: nodeItem,
  counts,
  rates: z.record(z.string(), z.number().nullable()).meta({
    description: "The last sample of each series of the metrics; `null`: there is none yet.",
  }),
  accounting,
  alarms: z.array(alarm),
}).meta({ id: "Overview" });

const cluster = z.strictObject({
  node_id: z.string(),
  is_leader: z.boolean(),
  cluster_mode: z.enum(["standalone", "cluster"]),
  node_count: z.int(),
  sessions: z.int().meta({ description: "Of this node." }),
  details: z.strictObject({
    available: z.boolean(),
    detail: z.string(),
    nodes: z.array(z.strictObject({ node_id: z.string(), alive: z.boolean() })),
  }),
}).meta({ id: "Cluster" });

/** In place of the id of the node that answers. */
const SELF = "self";

const tag = "Node";
const role = "viewer";
/** What all of these take. */
const plain = { params: noParams, query: noQuery, body: noBody, example: {} };

export function overviewRoutes(parts: OverviewParts): ApiRoute[] {
  return [
    route({
      ...plain,
      method: "get",
      path: "/overview",
      role,
      tag,
      summary: "Show the node at a glance",
      success: { status: 200, description: "As it is now.", schema: overview },
      handle: () => overviewOf(parts),
    }),
    route({
      ...plain,
      method: "get",
      path: "/nodes",
      role,
      tag,
      summary: "List nodes",
      success: {
        status: 200,
        description: "The one that answers.",
        schema: z.strictObject({ items: z.array(nodeItem) }),
      },
      handle: () => ({ items: [nodeOf(parts)] }),
    }),
    route({
      ...plain,
      method: "get",
      path: "/nodes/{id}",
      role,
      tag,
      summary: "Show a node",
      params: z.strictObject({
        id: z.string().meta({ description: "`self`: the one that answers, whatever its id." }),
      }),
      success: { status: 200, description: "As it is now.", schema: nodeItem },
      problems: ["node_not_found"],
      example: { params: { id: SELF } },
      handle({ params: { id } }) {
        if (id !== SELF && id !== parts.node.id) throw new Problem("node_not_found");
        return nodeOf(parts);
      },
    }),
    route({
      ...plain,
      method: "get",
      path: "/cluster",
      role,
      tag,
      summary: "Show the cluster as this node sees it",
      success: { status: 200, description: "As it is now.", schema: cluster },
      handle: () => clusterOf(parts),
    }),
    route({
      ...plain,
      method: "get",
      path: "/accounting",
      role,
      tag,
      summary: "Show where every delivery came from and where it ended",
      description: "opening + matched + retained + wills = delivered + inflight + queued + " +
        "expired + discarded + handed_over + dropped.",
      success: { status: 200, description: "The books.", schema: accounting },
      handle: async () => accountingItem(await parts.inspector.books.report()),
    }),
  ];
}

async function overviewOf(parts: OverviewParts): Promise<z.input<typeof overview>> {
  const { inspector, telemetry, now } = parts;
  const books = accountingItem(await inspector.books.report());
  const { connections, sessions, subscriptions, retainedMessages, delayedWills } = inspector
    .counts();
  const node = nodeOf(parts);
  return {
    node,
    counts: {
      connections,
      sessions,
      subscriptions,
      retained_messages: retainedMessages,
      delayed_wills: delayedWills,
    },
    rates: telemetry.history === undefined ? {} : lastSamples(telemetry.history, now()),
    accounting: books,
    alarms: [...telemetry.alarms?.look(books.difference ?? undefined) ?? []],
  };
}

function nodeOf({ inspector, node, now }: OverviewParts): z.input<typeof nodeItem> {
  const { ready, details } = inspector.readiness();
  return {
    node_id: node.id,
    version: node.version,
    started_at: timeOf(node.startedAt),
    uptime_seconds: Math.floor((now() - node.startedAt) / 1000),
    ready,
    details,
  };
}

function clusterOf({ inspector, node }: OverviewParts): z.input<typeof cluster> {
  const { details: { nodes, ...details }, ...view } = clusterView(
    node.cluster(),
    inspector.counts().sessions,
  );
  return { ...view, details: { ...details, nodes: [...nodes] } };
}

function lastSamples(history: MetricsHistory, now: number): Record<string, number | null> {
  const samples = history.names.map((name) => {
    const points = history.points(name, FINE_STEP_MS, now - 2 * FINE_STEP_MS, now);
    return [name, points?.at(-1)?.[1] ?? null] as const;
  });
  return Object.fromEntries(samples);
}

function accountingItem(report: BooksReport): z.input<typeof accounting> {
  const { inFlight, handedOver, difference, dropped, ...rest } = report;
  return {
    ...rest,
    inflight: inFlight,
    handed_over: handedOver,
    dropped,
    dropped_total: DROP_REASONS.reduce((sum, reason) => sum + dropped[reason], 0),
    difference: difference ?? null,
  };
}
