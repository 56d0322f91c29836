import { Books } from "../load/books.ts";
import { type LoadReport, reportOf } from "../load/report.ts";

/** A report of a run in which nothing was lost. */
export function report(scenario: string, given: Partial<LoadReport> = {}): LoadReport {
  const measured = {
    seconds: 1,
    delivered: 0,
    brokerCpuSeconds: 0.5,
    loadCpuSeconds: 0.5,
    brokerResidentBytes: 0,
  };
  return { ...reportOf(scenario, new Books(), measured), ...given };
}
