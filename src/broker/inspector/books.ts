/** The accounting equation, figured in slices. */
import type { AccountingReport } from "../accounting.ts";
import type { Connection } from "../connection.ts";
import type { BrokerContext } from "../context.ts";
import type { RowGate } from "./row_gate.ts";

export interface BooksReport extends Omit<AccountingReport, "difference"> {
  /** As {@linkcode AccountingReport}; undefined: deliveries moved on meanwhile, so nobody can say. */
  readonly difference: number | undefined;
}

export const REPORT_AGE_MS_MAX = 5_000;

export class Books {
  readonly #context: BrokerContext;
  readonly #connections: ReadonlySet<Connection>;
  readonly #gate: RowGate;
  #underWay: Promise<BooksReport> | undefined = undefined;
  /** The last one that took several slices, and until when it serves. */
  #kept: { readonly report: BooksReport; readonly until: number } | undefined = undefined;

  constructor(context: BrokerContext, connections: ReadonlySet<Connection>, gate: RowGate) {
    this.#context = context;
    this.#connections = connections;
    this.#gate = gate;
  }

  /**
   * Looks at all sessions: with few of them, or without traffic, the difference is known. Who asks
   * while it is figured gets the same report; one of many sessions also serves those who ask up to
   * {@linkcode REPORT_AGE_MS_MAX} later, so that it costs the same whoever watches.
   */
  report(): Promise<BooksReport> {
    const kept = this.#kept;
    if (kept !== undefined && this.#context.clock.now() < kept.until) {
      return Promise.resolve(kept.report);
    }
    this.#underWay ??= this.#figure().finally(() => this.#underWay = undefined);
    return this.#underWay;
  }

  async #figure(): Promise<BooksReport> {
    const { accounting, sessions, clock } = this.#context;
    const before = JSON.stringify(accounting);
    let waited = false;
    let inFlight = 0;
    let queued = 0;
    for (const session of sessions.all()) {
      const wait = this.#gate.pass();
      if (wait !== undefined) {
        waited = true;
        await wait;
      }
      inFlight += session.outbound.size;
      queued += session.queue.size;
    }
    for (const connection of this.#connections) {
      const wait = this.#gate.pass();
      if (wait !== undefined) {
        waited = true;
        await wait;
      }
      inFlight += connection.output.pendingMessages;
    }
    const { difference, ...report } = accounting.report({ inFlight, queued });
    if (!waited) return { ...report, difference };
    const moved = JSON.stringify(accounting) !== before;
    const result = { ...report, difference: moved ? undefined : difference };
    this.#kept = { report: result, until: clock.now() + REPORT_AGE_MS_MAX };
    return result;
  }
}
