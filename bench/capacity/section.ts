import type { Machine } from "../support/machine.ts";
import type { Holding } from "./gauge.ts";
import type { Measurement } from "./measurements.ts";

/** One measurement with what it came to. */
export interface Result {
  readonly measurement: Measurement;
  readonly before: Holding;
  readonly after: Holding;
}

/** Whole bytes for each. */
export function memoryEach({ measurement, before, after }: Result): number {
  return Math.round((after.memory - before.memory) / measurement.count);
}

/** The same on disk; undefined for what is not stored. */
export function diskEach({ measurement, before, after }: Result): number | undefined {
  if (!measurement.stored) return undefined;
  return Math.round((after.disk - before.disk) / measurement.count);
}

export interface Conditions {
  /** YYYY-MM-DD */
  readonly date: string;
  readonly machine: Machine;
  readonly version: string;
  /** Resident memory of a broker that nobody has used yet, in bytes. */
  readonly emptyMemory: number;
}

/** The measured part of the document. */
export function section(
  { date, machine, version, emptyMemory }: Conditions,
  results: readonly Result[],
): string {
  const { cpu, cores, architecture, kernel } = machine;
  return [
    `Measured on ${date}: tidemq ${version}; ${cpu}, ${cores} cores (${architecture}), ${kernel}.`,
    `A broker that nobody has used yet holds ${Math.round(emptyMemory / 1e6)} MB.`,
    "",
    ...table([
      ["one of", "how many", "bytes of memory", "bytes on disk"],
      ...results.map((result) => {
        const { title, count } = result.measurement;
        return [title, whole(count), whole(memoryEach(result)), whole(diskEach(result))];
      }),
    ]),
  ].join("\n");
}

function whole(value: number | undefined): string {
  return value === undefined ? "" : value.toLocaleString("en-US");
}

/** Markdown: the first column is text, the others are figures. */
function table([head, ...rows]: readonly (readonly string[])[]): string[] {
  const widths = head!.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length))
  );
  const line = (cells: readonly string[]) => {
    const padded = cells.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)
    );
    return `| ${padded.join(" | ")} |`;
  };
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`
  );
  return [line(head!), line(rule), ...rows.map(line)];
}
