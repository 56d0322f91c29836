import { Books } from "../load/books.ts";
import { type LoadReport, reportOf } from "../load/report.ts";

/** A report of a run in which nothing was lost. */
export function report(scenario: string, given: Partial<LoadReport> = {}): LoadReport {
  const reading = { at: 0, brokerCpu: 0, brokerWaited: 0, loadCpu: 0, loadWaited: 0 };
  const to = { ...reading, at: 1_000, brokerCpu: 0.5, loadCpu: 0.5 };
  const measured = { from: reading, to, delivered: 0, brokerResidentBytes: 0 };
  return { ...reportOf(scenario, new Books(), measured), ...given };
}
