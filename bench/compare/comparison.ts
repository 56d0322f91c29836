import { needsFreshBroker, type Scenario } from "../load/scenarios.ts";
import type { ComparedBroker, StartedBroker } from "./brokers/broker.ts";
import type { LoadReport } from "../load/report.ts";
import type { Run } from "./summary.ts";

const RETRIES_MAX = 2;

/** Puts a broker under a load. Rejects when nothing could be measured. */
export type Load = (scenario: Scenario, broker: StartedBroker) => Promise<LoadReport>;

export interface ComparisonOptions {
  readonly scenarios: readonly Scenario[];
  readonly rounds: number;
  readonly load: Load;
  /** Called after each run. */
  readonly onRun: (run: Run) => void;
}

/**
 * Measures the brokers in turn. In a round all of them are up, each scenario goes from one to the
 * next and only one is under load: what they are compared by lies seconds apart, since the pace of
 * a machine changes by the minute. Each round has new processes.
 */
export async function compare(
  brokers: readonly ComparedBroker[],
  options: ComparisonOptions,
): Promise<Run[]> {
  const runs: Run[] = [];
  for (let round = 0; round < options.rounds; round++) {
    await using field = new Field();
    for (const scenario of options.scenarios) {
      for (const broker of brokers) {
        const run = await measureAgain(broker, scenario, round, field, options.load);
        if (run === undefined) continue;
        runs.push(run);
        options.onRun(run);
      }
    }
  }
  return runs;
}

/**
 * Another broker that failed gets further chances, with a new process: without its figure nothing
 * can be said of ours. Ours gets none, since nothing that it loses may be overlooked.
 */
async function measureAgain(
  broker: ComparedBroker,
  scenario: Scenario,
  round: number,
  field: Field,
  load: Load,
): Promise<Run | undefined> {
  const retried: string[] = [];
  for (;;) {
    const run = await measure(broker, scenario, round, field, load);
    if (run === undefined) return undefined;
    const again = run.failure !== undefined && broker.mayFail && retried.length < RETRIES_MAX;
    if (!again) return { ...run, retried };
    retried.push(run.failure!);
    await field.end(broker);
  }
}

/** Undefined when the broker does not take part in the scenario. */
async function measure(
  broker: ComparedBroker,
  scenario: Scenario,
  round: number,
  field: Field,
  load: Load,
): Promise<Omit<Run, "retried"> | undefined> {
  if (broker.plays?.(scenario) === false) return undefined;
  const which = { round, scenario: scenario.name, broker: broker.name };
  const started = needsFreshBroker(scenario)
    ? await broker.start({ durable: scenario.persistent })
    : await field.started(broker);
  try {
    if (scenario.webSocket && started.webSocket === undefined) return undefined;
    const report = await load(scenario, started);
    return { ...which, report, failure: report.failure };
  } catch (error) {
    // It may be in any state now: the next scenario gets a new one.
    await field.end(broker);
    return { ...which, report: undefined, failure: (error as Error).message };
  } finally {
    if (needsFreshBroker(scenario)) await started[Symbol.asyncDispose]();
  }
}

/** The brokers of one round, started when they are needed first. */
class Field implements AsyncDisposable {
  readonly #started = new Map<ComparedBroker, StartedBroker>();

  async started(broker: ComparedBroker): Promise<StartedBroker> {
    let started = this.#started.get(broker);
    if (started === undefined) {
      started = await broker.start({ durable: false });
      this.#started.set(broker, started);
    }
    return started;
  }

  async end(broker: ComparedBroker): Promise<void> {
    const started = this.#started.get(broker);
    this.#started.delete(broker);
    await started?.[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const broker of [...this.#started.keys()]) await this.end(broker);
  }
}
