import { html } from "htm/preact";
import type * as z from "zod";
import type { overview } from "../../src/admin/routes/overview.ts";
import { get, urlOf } from "../api/client.ts";
import { CopyCurl } from "../components/curl.ts";
import { useResource } from "../components/resource.ts";
import { Failure, Loading } from "../components/states.ts";
import { Badge, Facts } from "../components/values.ts";
import { count, duration } from "../format.ts";
import { linkTo } from "../place.ts";
import { AccountingEquation } from "./accounting_equation.ts";
import { OverviewCharts } from "./overview_charts.ts";

export type Overview = z.output<typeof overview>;

const EVERY_MS = 5_000;
const EVENTS = [
  "connected",
  "disconnected",
  "session_ended",
  "subscribed",
  "unsubscribed",
  "alarm",
];

export function OverviewPage() {
  const { value, error, reload } = useResource(
    "overview",
    (signal) => get<Overview>("/overview", {}, signal),
    { events: EVENTS, everyMs: EVERY_MS },
  );
  return html`
    <div class="head">
      <h1>Overview</h1>
      <${CopyCurl} url=${urlOf("/overview")} />
    </div>
        ${error === undefined ? null : html`<${Failure} error=${error} retry=${reload} />`}
        ${value === undefined && error === undefined ? html`<${Loading} />` : null}
        ${value === undefined ? null : html`<${Glance} overview=${value} />`}
        <${OverviewCharts} />
  `;
}

function Glance({ overview }: { overview: Overview }) {
  const { node, counts, alarms, accounting } = overview;
  return html`
    <${Alarms} alarms=${alarms} />
    <div class="figures">
      <${Figure} title="Connections" value=${counts.connections} page="sessions"
        query=${{ state: "connected" }} />
      <${Figure} title="Sessions" value=${counts.sessions} page="sessions" />
      <${Figure} title="Subscriptions" value=${counts.subscriptions} page="subscriptions" />
      <${Figure} title="Retained messages" value=${counts.retained_messages} page="retained" />
      <${Figure} title="Dropped" value=${accounting.dropped_total} page="drops" />
    </div>
    <div class="cards">
      <section class="card">
        <h2>Node</h2>
        <${Facts} rows=${nodeFacts(node, counts)} />
      </section>
      <${AccountingEquation} accounting=${accounting} />
    </div>
  `;
}

function nodeFacts(node: Overview["node"], counts: Overview["counts"]) {
  const details = Object.entries(node.details);
  return [
    [
      "State",
      node.ready ? html`<${Badge} tone="good">ready<//>` : html`<${Badge} tone="bad">not ready<//>`,
    ],
    ...details.map(([part, why]) => [part[0]!.toUpperCase() + part.slice(1), why] as const),
    ["Version", node.version],
    ["Running for", duration(node.uptime_seconds)],
    ["Node", node.node_id],
    ["Delayed wills", count(counts.delayed_wills)],
  ] as const;
}

function Alarms({ alarms }: { alarms: Overview["alarms"] }) {
  if (alarms.length === 0) return html`<p class="alarm none">No alarms.</p>`;
  return html`<ul class="bare">${
    alarms.map(({ id, severity, message }) =>
      html`<li key=${id} class=${`alarm ${severity}`} role="alert">
        <strong>${id.replaceAll("_", " ")}</strong> ${message}</li>`
    )
  }</ul>`;
}

interface FigureProps {
  readonly title: string;
  readonly value: number;
  readonly page: string;
  readonly query?: Record<string, string>;
}

function Figure({ title, value, page, query }: FigureProps) {
  return html`<a class="figure" href=${linkTo(page, query)}><span>${title}</span>
    <strong>${count(value)}</strong></a>`;
}
