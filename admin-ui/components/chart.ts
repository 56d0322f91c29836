/** Lines over time as plain SVG, which is less than a library for it. */
import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";

export interface Line {
  readonly title: string;
  /** Milliseconds since the epoch and value, the oldest first. */
  readonly points: readonly (readonly [at: number, value: number])[];
}

interface ChartProps {
  readonly title: string;
  /** At most two: there are two colours. */
  readonly lines: readonly Line[];
  /** How a value is written. */
  format(value: number): string;
  /** Milliseconds since the epoch: what is shown. */
  readonly from: number;
  readonly to: number;
}

const HEIGHT = 120;
const TOP = 8;
const BOTTOM = 18;

/** The last value of each line stands in its legend, so that the picture need not be read. */
export function Chart({ title, lines, format, from, to }: ChartProps) {
  const element = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(400);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(entry!.contentRect.width));
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, []);
  const top = Math.max(1, ...lines.flatMap(({ points }) => points.map(([, value]) => value)));
  const x = (at: number) => (at - from) / (to - from) * width;
  const y = (value: number) => HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM);
  const last = ({ points }: Line) => points.length === 0 ? "–" : format(points.at(-1)![1]);
  return html`
    <figure class="card chart">
      <figcaption><strong>${title}</strong>${lines.map((line, index) =>
        html`<span class=${`legend series-${index + 1}`}>${line.title} ${last(line)}</span>`
      )}</figcaption>
      <div ref=${element}>
        <svg width=${width} height=${HEIGHT} role="img"
          aria-label=${`${title}: ${
            lines.map((line) => `${line.title} ${last(line)}`).join(", ")
          }`}>
          <line class="grid" x1="0" x2=${width} y1=${y(top)} y2=${y(top)} />
          <line class="grid" x1="0" x2=${width} y1=${y(0)} y2=${y(0)} />
          <text x="2" y=${y(top) + 12}>${format(top)}</text>
          <text x="2" y=${HEIGHT - 4}>${hour(from)}</text>
          <text x=${width - 2} y=${HEIGHT - 4} text-anchor="end">${hour(to)}</text>
          ${lines.map(({ points }, index) =>
            html`<path class=${`series-${index + 1}`} d=${pathOf(points, x, y)} />`
          )}
        </svg>
      </div>
    </figure>
  `;
}

function hour(at: number): string {
  return new Date(at).toLocaleTimeString("sv", { hour: "2-digit", minute: "2-digit" });
}

/** A gap of this many steps is left open: the broker was not there. */
const GAP_STEPS = 3;

function pathOf(
  points: Line["points"],
  x: (at: number) => number,
  y: (value: number) => number,
): string {
  const step = points.length < 2 ? 0 : points[1]![0] - points[0]![0];
  return points.map(([at, value], index) => {
    const gap = index === 0 || at - points[index - 1]![0] > step * GAP_STEPS;
    return `${gap ? "M" : "L"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
  }).join("");
}
