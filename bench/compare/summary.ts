import { type LoadReport, wasDisturbed } from "../load/report.ts";
import { scenarioOf } from "../load/scenarios.ts";
import { type Metric, metricsOf, ratio } from "./metrics.ts";
import { median } from "./statistics.ts";

/** One run of one scenario against one broker. */
export interface Run {
  /** From 0. */
  readonly round: number;
  readonly scenario: string;
  readonly broker: string;
  /** Undefined when the generator could measure nothing. */
  readonly report: LoadReport | undefined;
  /** Why there is no figure. */
  readonly failure: string | undefined;
  /** Why it was measured again, once for each time: never set for the broker of this project. */
  readonly retried: readonly string[];
}

export interface Figure {
  /** Undefined as soon as one round has failed: a broker that loses messages has no speed. */
  readonly median: number | undefined;
  /** By round; undefined for one that failed. */
  readonly rounds: readonly (number | undefined)[];
  /** Of the first round that failed. */
  readonly failure: string | undefined;
  /** Why rounds were measured again, once for each time. */
  readonly retried: readonly string[];
  /** Whether the generator may have been the limit in most rounds. */
  readonly loadWasLimit: boolean;
  /** Whether a process waited for its core in most rounds. */
  readonly disturbed: boolean;
}

/** A row of the table. */
export interface SummaryRow {
  readonly metric: Metric;
  readonly figures: ReadonlyMap<string, Figure>;
  /**
   * How many times better the first broker is than each of the others: the median of the ratios
   * within each round, since a machine that changes its pace changes it for all in a round.
   */
  readonly ratios: ReadonlyMap<string, number>;
}

/** Rows in the order of the scenarios in `runs`; `brokers` begins with the one that is compared. */
export function summarize(runs: readonly Run[], brokers: readonly string[]): SummaryRow[] {
  const scenarios = [...new Set(runs.map(({ scenario }) => scenario))];
  return scenarios.flatMap((scenario) => {
    const own = runs.filter((run) => run.scenario === scenario);
    return metricsOf(scenarioOf(scenario)).map((metric) => row(metric, own, brokers));
  });
}

function row(metric: Metric, runs: readonly Run[], brokers: readonly string[]): SummaryRow {
  const figures = new Map<string, Figure>();
  for (const broker of brokers) {
    const own = runs.filter((run) => run.broker === broker);
    if (own.length > 0) figures.set(broker, figure(metric, own));
  }
  const ratios = new Map<string, number>();
  const [first, ...others] = brokers;
  for (const broker of others) {
    const times = timesBetter(metric, figures.get(first!), figures.get(broker));
    if (times !== undefined) ratios.set(broker, times);
  }
  return { metric, figures, ratios };
}

/** How many times better one broker is than another; undefined when one has no figure. */
export function timesBetter(
  metric: Metric,
  one: Figure | undefined,
  other: Figure | undefined,
): number | undefined {
  if (one?.median === undefined || other?.median === undefined) return undefined;
  return median(one.rounds.flatMap((value, round) => {
    const theirs = other.rounds[round];
    return value === undefined || theirs === undefined ? [] : [ratio(metric, value, theirs)];
  }));
}

function figure(metric: Metric, runs: readonly Run[]): Figure {
  const rounds = runs.toSorted((a, b) => a.round - b.round).map(({ report, failure }) =>
    report === undefined || failure !== undefined ? undefined : metric.of(report)
  );
  const values = rounds.filter((value) => value !== undefined);
  const reports = runs.flatMap(({ report }) => report ?? []);
  const most = (holds: (report: LoadReport) => boolean) =>
    2 * reports.filter(holds).length > runs.length;
  return {
    median: values.length === rounds.length ? median(values) : undefined,
    rounds,
    failure: runs.find(({ failure }) => failure !== undefined)?.failure,
    retried: runs.flatMap(({ retried }) => retried),
    loadWasLimit: most(({ loadWasLimit }) => loadWasLimit),
    disturbed: most(wasDisturbed),
  };
}
