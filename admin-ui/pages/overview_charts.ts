import { html } from "htm/preact";
import type * as z from "zod";
import type { series } from "../../src/admin/routes/metrics.ts";
import { get } from "../api/client.ts";
import { Chart } from "../components/chart.ts";
import { ChoiceFilter } from "../components/filters.ts";
import { useResource } from "../components/resource.ts";
import { Failure } from "../components/states.ts";
import { bytes, count, rate } from "../format.ts";
import { queryValue } from "../place.ts";

type Series = z.output<typeof series>;

/** Series of one chart, by what they are called in its legend. */
interface Wanted {
  readonly title: string;
  readonly lines: Readonly<Record<string, string>>;
  format(value: number): string;
}

const CHARTS: readonly Wanted[] = [
  {
    title: "Messages",
    lines: { received: "publish_received", sent: "publish_sent" },
    format: rate,
  },
  {
    title: "Bytes",
    lines: { received: "bytes_received", sent: "bytes_sent" },
    format: (value) => `${bytes(value)}/s`,
  },
  {
    title: "Clients",
    lines: { connected: "clients_connected", sessions: "sessions" },
    format: count,
  },
  {
    title: "Trouble",
    lines: { dropped: "messages_dropped", "protocol errors": "protocol_errors" },
    format: rate,
  },
];

const NAMES = CHARTS.flatMap(({ lines }) => Object.values(lines));

const SPANS = [["", "hour"], ["day", "day"]] as const;
const HOUR_MS = 3_600_000;
/** Should the events be missing. */
const EVERY_MS = 60_000;

/** The last hour by ten seconds, or the last day by minutes. */
export function OverviewCharts() {
  const day = queryValue("span") === "day";
  const { value, error, reload } = useResource(
    `${day}`,
    (signal) => load(day, signal),
    { events: ["metrics"], everyMs: EVERY_MS },
  );
  return html`
    <div class="filters">
      <${ChoiceFilter} name="span" label="The last" options=${SPANS} />
    </div>
        ${error === undefined ? null : html`<${Failure} error=${error} retry=${reload} />`}
        <div class="charts">${CHARTS.map(({ title, lines, format }) =>
          html`
            <${Chart} key=${title} title=${title} format=${format}
              from=${value?.from ?? 0} to=${value?.to ?? 1} lines=${Object.entries(lines).map((
                [name, series],
              ) => ({
                title: name,
                points: value?.points.get(series) ?? [],
              }))} />
          `
        )}</div>
  `;
}

async function load(day: boolean, signal: AbortSignal) {
  const to = Date.now();
  const from = to - (day ? 24 : 1) * HOUR_MS;
  const query = { from: new Date(from).toISOString(), step: day ? 60 : 10 };
  const found = await Promise.all(
    NAMES.map((name) => get<Series>("/metrics/series", { name, ...query }, signal)),
  );
  return { from, to, points: new Map(found.map(({ name, points }) => [name, points])) };
}
