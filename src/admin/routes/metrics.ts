/** The figures of the last day. */
import * as z from "zod";
import { COARSE_STEP_MS, FINE_STEP_MS } from "../../telemetry/metrics_history.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import { Problem } from "../http/problem.ts";
import { type ApiRoute, noBody, noParams, route } from "../http/route.ts";
import { time } from "../http/time.ts";

const STEPS = { "10": FINE_STEP_MS, "60": COARSE_STEP_MS } as const;
const HOUR_MS = 3_600_000;

export const series = z.strictObject({
  name: z.string().nullable(),
  step: z.int().meta({ description: "Seconds." }),
  points: z.array(z.tuple([z.int(), z.number()])).meta({
    description: "Milliseconds since the epoch and value, the oldest first; gaps are left out.",
  }),
  names: z.array(z.string()).meta({ description: "Of all series that there are." }),
}).meta({ id: "Series" });

/** `now`: milliseconds since the epoch. */
export function metricRoutes(telemetry: Telemetry, now: () => number): ApiRoute[] {
  return [
    route({
      method: "get",
      path: "/metrics/series",
      role: "viewer",
      tag: "Metrics",
      summary: "Show how a figure has changed",
      description:
        "Every ten seconds for an hour, or every minute for a day. Counters are by how " +
        "much they grow in a second. Without a name only the names are given.",
      params: noParams,
      query: z.strictObject({
        name: z.string().max(100).optional(),
        from: time.optional().meta({ description: "By default an hour ago." }),
        to: time.optional().meta({ description: "By default now." }),
        step: z.enum(["10", "60"]).default("10").meta({ description: "Seconds." }),
      }),
      body: noBody,
      success: { status: 200, description: "The samples.", schema: series },
      problems: ["series_not_found"],
      example: { query: { name: "publish_received", step: "60" } },
      handle({ query: { name, from, to, step } }) {
        const { history } = telemetry;
        const shown = { step: Number(step), names: history?.names ?? [] };
        if (name === undefined) return { name: null, ...shown, points: [] };
        const end = to === undefined ? now() : Date.parse(to);
        const begin = from === undefined ? end - HOUR_MS : Date.parse(from);
        const points = history?.points(name, STEPS[step], begin, end);
        if (points === undefined) throw new Problem("series_not_found");
        return {
          name,
          ...shown,
          points: points.map(([at, value]): [number, number] => [at, value]),
        };
      },
    }),
  ];
}
