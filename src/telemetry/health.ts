/** Liveness and readiness over HTTP (requirement row O1). */
import { Hono } from "hono";

export interface Readiness {
  readonly ready: boolean;
  readonly details: Readonly<Record<string, string>>;
}

/**
 * `GET /health`: 200 while the process serves requests at all. `GET /ready`: 200 while clients can
 * be served, 503 with the reasons otherwise.
 */
export function healthRoutes(readiness: () => Readiness): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    context.header("Cache-Control", "no-store");
  });
  app.get("/health", (context) => context.json({ status: "healthy" }));
  app.get("/ready", (context) => {
    const { ready, details } = readiness();
    return context.json({ status: ready ? "ready" : "not_ready", details }, ready ? 200 : 503);
  });
  return app;
}
