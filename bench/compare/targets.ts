import { median } from "./statistics.ts";
import type { SummaryRow } from "./summary.ts";

/** What the broker of this project has to reach in a row of the table. */
export type Target =
  /** So many times better than mosquitto. */
  | { readonly kind: "ratio"; readonly atLeast: number }
  /** At most so much, in the unit of the row. */
  | { readonly kind: "absolute"; readonly below: number }
  /** So much of another row's figure in the same round. */
  | { readonly kind: "share"; readonly of: string; readonly atLeast: number };

const ratio = (atLeast: number): Target => ({ kind: "ratio", atLeast });

const TARGETS: Readonly<Record<string, Target>> = {
  a: ratio(30),
  b: ratio(40),
  c: ratio(30),
  c1: ratio(2),
  d1: ratio(15),
  d2: ratio(8),
  d2p: ratio(2),
  e1: ratio(8),
  e2: ratio(8),
  "f p50": ratio(1),
  "f p99": ratio(1),
  "f CPU": ratio(1),
  f2: ratio(2),
  g: { kind: "absolute", below: 12 * 1024 },
  h: ratio(20),
  h2: ratio(20),
  i: ratio(4),
  j1: ratio(12),
  j16: ratio(2),
  p1: ratio(0.95),
  "a-ws": { kind: "share", of: "a", atLeast: 0.25 },
};

export interface Verdict {
  readonly target: string;
  /** Undefined when nothing was measured that would tell. */
  readonly reached: boolean | undefined;
}

/** `rows` are those of the whole table: a target may speak of another row. */
export function verdictOf(row: SummaryRow, rows: readonly SummaryRow[]): Verdict | undefined {
  const target = TARGETS[row.metric.key];
  if (target === undefined) return undefined;
  const own = row.figures.get("tidemq");
  switch (target.kind) {
    case "ratio": {
      const reached = row.ratios.get("mosquitto");
      return verdict(`≥ ${target.atLeast} × mosquitto`, reached, (it) => it >= target.atLeast);
    }
    case "absolute":
      return verdict(`< ${target.below.toLocaleString("en")}`, own?.median, (it) => {
        return it < target.below;
      });
    case "share": {
      const other = rows.find(({ metric }) => metric.key === target.of)?.figures.get("tidemq");
      const shares = own?.rounds.flatMap((value, round) => {
        const whole = other?.rounds[round];
        return value === undefined || whole === undefined ? [] : [value / whole];
      });
      const share = shares === undefined || shares.length === 0 ? undefined : median(shares);
      const reached = share === undefined ? "" : `: ${share.toFixed(2)}`;
      return verdict(`≥ ${target.atLeast} of ${target.of}${reached}`, share, (it) => {
        return it >= target.atLeast;
      });
    }
  }
}

function verdict(
  target: string,
  reached: number | undefined,
  enough: (reached: number) => boolean,
): Verdict {
  return { target, reached: reached === undefined ? undefined : enough(reached) };
}
