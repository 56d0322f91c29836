import { html } from "htm/preact";
import { may } from "../api/account.ts";
import type { Session } from "../api/session_requests.ts";
import { ChoiceFilter, TextFilter } from "../components/filters.ts";
import { type BulkAction, type Column, ListTable } from "../components/list_table.ts";
import { Badge, SessionLink, Time } from "../components/values.ts";
import { bytes, count } from "../format.ts";
import { queryValue } from "../place.ts";
import { askToEndSeveral } from "./session_actions.ts";

const EVENTS = ["connected", "disconnected", "session_ended", "taken_over"];

const COLUMNS: readonly Column<Session>[] = [
  {
    key: "client_id",
    title: "Client id",
    sort: "client_id",
    cell: ({ client_id }) => html`<${SessionLink} id=${client_id} />`,
  },
  { key: "state", title: "State", cell: (session) => html`<${StateBadge} session=${session} />` },
  { key: "username", title: "Username", minor: true, cell: ({ username }) => username ?? "" },
  {
    key: "address",
    title: "Address",
    minor: true,
    cell: ({ connection }) => html`<span class="id">${connection?.remote_address ?? ""}</span>`,
  },
  { key: "protocol", title: "Protocol", minor: true, cell: ({ protocol }) => protocol },
  {
    key: "connected_at",
    title: "Connected",
    sort: "connected_at",
    minor: true,
    cell: ({ connected_at }) => html`<${Time} at=${connected_at} />`,
  },
  figure("subscriptions", "Subscriptions", (session) => session.subscriptions, { minor: true }),
  figure("queue_len", "Queue", (session) => session.queue_len),
  figure("inflight", "In flight", (session) => session.inflight, { minor: true }),
  figure("dropped", "Dropped", (session) => session.dropped),
  size("queue_bytes", "Queue bytes", (session) => session.queue_bytes),
  size("memory", "Memory", (session) => session.memory.total),
  figure(
    "messages_received",
    "Received",
    (session) => session.connection?.messages_received ?? 0,
    { optional: true },
  ),
  figure("messages_sent", "Sent", (session) => session.connection?.messages_sent ?? 0, {
    optional: true,
  }),
  size("pending_bytes", "Unsent", (session) => session.connection?.pending_bytes ?? 0),
];

function figure(
  key: string,
  title: string,
  read: (session: Session) => number,
  more: { minor?: boolean; optional?: boolean } = {},
): Column<Session> {
  return { key, title, sort: key, numeric: true, cell: (item) => count(read(item)), ...more };
}

function size(key: string, title: string, read: (session: Session) => number): Column<Session> {
  const cell = (item: Session) => bytes(read(item));
  return { key, title, sort: key, numeric: true, optional: true, cell };
}

export function StateBadge({ session }: { session: Session }) {
  const { connected, connection } = session;
  if (!connected) return html`<${Badge}>disconnected<//>`;
  if (connection !== null && connection.congestion !== "clear") {
    return html`<${Badge} tone="warn">${connection.congestion}<//>`;
  }
  return html`<${Badge} tone="good">connected<//>`;
}

const BULK: readonly BulkAction[] = [
  { label: "Disconnect", run: (keys, done) => askToEndSeveral(keys, "disconnect", done) },
  { label: "Discard", run: (keys, done) => askToEndSeveral(keys, "discard", done) },
];

const FILTERS = ["q", "state", "protocol", "durable", "queue_len[gte]", "dropped[gte]"];

export function SessionsPage() {
  const filters = Object.fromEntries(FILTERS.map((name) => [name, queryValue(name)]));
  return html`
    <h1>Sessions</h1>
    <div class="filters" role="search">
      <${TextFilter} name="q" label="Search" placeholder="client id, username, address" />
      <${ChoiceFilter} name="state" label="State" options=${[
        ["", "any"],
        ["connected", "connected"],
        ["disconnected", "disconnected"],
      ]} />
      <${ChoiceFilter} name="protocol" label="Protocol"
        options=${[["", "any"], ["5.0", "5.0"], ["3.1.1", "3.1.1"], ["3.1", "3.1"]]} />
      <${ChoiceFilter} name="durable" label="Durable"
        options=${[["", "any"], ["true", "yes"], ["false", "no"]]} />
      <${TextFilter} name="queue_len[gte]" label="Queue from" type="number" />
      <${TextFilter} name="dropped[gte]" label="Dropped from" type="number" />
    </div>
    <${ListTable} label="Sessions" path="/sessions" filters=${filters} columns=${COLUMNS}
      keyOf=${(session: Session) => session.client_id} bulk=${may("operator") ? BULK : []}
      events=${EVENTS} empty=${{
        title: "No session is like this.",
        hint: "Sessions appear here as soon as clients connect. Are the filters too narrow?",
      }} />
  `;
}
