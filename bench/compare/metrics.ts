import type { LoadReport } from "../load/report.ts";
import type { Scenario } from "../load/scenarios.ts";

/** One figure of a scenario: a row of the table. */
export interface Metric {
  /** Unique: the scenario's name, with a suffix when the scenario has several. */
  readonly key: string;
  readonly scenario: string;
  readonly title: string;
  readonly unit: "messages/s" | "µs" | "% of a core" | "bytes" | "s";
  readonly higherIsBetter: boolean;
  of(report: LoadReport): number;
}

export function metricsOf({ name, title, measure }: Scenario): readonly Metric[] {
  const metric = (
    unit: Metric["unit"],
    of: Metric["of"],
    { suffix = "", higherIsBetter = false } = {},
  ): Metric => ({
    key: suffix === "" ? name : `${name} ${suffix}`,
    scenario: name,
    title: suffix === "" ? title : `${title}: ${suffix}`,
    unit,
    higherIsBetter,
    of,
  });
  switch (measure) {
    case "deliveredPerSecond":
      return [
        metric("messages/s", (report) => report.deliveredPerSecond, { higherIsBetter: true }),
      ];
    case "latency":
      return [
        metric("µs", (report) => report.latencyUs.p50, { suffix: "p50" }),
        metric("µs", (report) => report.latencyUs.p99, { suffix: "p99" }),
        metric("% of a core", (report) => 100 * report.brokerCpu, { suffix: "CPU" }),
      ];
    case "bytesPerConnection":
      return [metric("bytes", (report) => report.bytesPerConnection!)];
    case "retainedSeconds":
      return [metric("s", (report) => report.retainedSeconds!)];
  }
}

/** How many times better `mine` is: above 1 is better, whatever the unit. */
export function ratio({ higherIsBetter }: Metric, mine: number, theirs: number): number {
  return higherIsBetter ? mine / theirs : theirs / mine;
}
