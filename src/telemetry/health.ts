/** Liveness, readiness and the cluster over HTTP, for machines (requirement row O1). */
import { Hono } from "hono";
import type { ClusterStatus } from "../cluster/cluster.ts";

export interface Readiness {
  readonly ready: boolean;
  readonly details: Readonly<Record<string, string>>;
}

/** The cluster as this node sees it, in the form in which it is shown. */
export interface ClusterView {
  readonly node_id: string;
  readonly is_leader: boolean;
  readonly cluster_mode: "standalone" | "cluster";
  readonly node_count: number;
  /** Of this node. */
  readonly sessions: number;
  readonly details: {
    readonly available: boolean;
    readonly detail: string;
    readonly nodes: readonly { readonly node_id: string; readonly alive: boolean }[];
  };
}

export function clusterView(status: ClusterStatus, sessions: number): ClusterView {
  const { nodeId, isLeader, clustered, nodes, available, detail } = status;
  return {
    node_id: nodeId,
    is_leader: isLeader,
    cluster_mode: clustered ? "cluster" : "standalone",
    node_count: nodes.length,
    sessions,
    details: {
      available,
      detail,
      nodes: nodes.map(({ nodeId, alive }) => ({ node_id: nodeId, alive })),
    },
  };
}

/** What health is asked about. */
export interface HealthSource {
  readiness(): Readiness;
  /** Undefined while the node is none of a cluster yet. */
  cluster(): ClusterView | undefined;
}

/**
 * `GET /health`: 200 while the process serves requests at all. `GET /ready`: 200 while clients can
 * be served, 503 with the reasons otherwise. `GET /cluster/status`, also as `/cluster`: the cluster
 * as this node sees it, 503 before it has joined.
 */
export function healthRoutes(source: HealthSource): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    context.header("Cache-Control", "no-store");
  });
  app.get("/health", (context) => context.json({ status: "healthy" }));
  app.get("/ready", (context) => {
    const { ready, details } = source.readiness();
    return context.json({ status: ready ? "ready" : "not_ready", details }, ready ? 200 : 503);
  });
  for (const path of ["/cluster", "/cluster/status"]) {
    app.get(path, (context) => {
      const view = source.cluster();
      return view === undefined
        ? context.json({ status: "not_ready", details: source.readiness().details }, 503)
        : context.json(view);
    });
  }
  return app;
}
