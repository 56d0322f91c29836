import { html } from "htm/preact";
import { may } from "../api/account.ts";
import { ApiError, urlOf } from "../api/client.ts";
import {
  loadSession,
  type Session,
  type SessionDetail,
  sessionPath,
} from "../api/session_requests.ts";
import { CopyCurl } from "../components/curl.ts";
import { useResource } from "../components/resource.ts";
import { Empty, Failure, Loading } from "../components/states.ts";
import { Facts, Time } from "../components/values.ts";
import { bytes, count, duration } from "../format.ts";
import { changeQuery, go, linkTo, queryValue } from "../place.ts";
import { askToEnd } from "./session_actions.ts";
import { SessionInflight, SessionQueue } from "./session_messages.ts";
import { SessionSubscriptions } from "./session_subscriptions.ts";
import { SessionTimeline } from "./session_timeline.ts";
import { SessionWill } from "./session_will.ts";
import { StateBadge } from "./sessions.ts";

const EVENTS = ["connected", "disconnected", "session_ended", "taken_over"];
const EVERY_MS = 5_000;

const TABS = {
  subscriptions: { title: "Subscriptions", content: SessionSubscriptions },
  queue: { title: "Queue", content: SessionQueue },
  inflight: { title: "In flight", content: SessionInflight },
  timeline: { title: "Timeline", content: SessionTimeline },
} as const;
type Tab = keyof typeof TABS;

export function SessionPage() {
  const id = queryValue("client_id");
  const session = useResource(id, (signal) => loadSession(id, signal), {
    events: EVENTS,
    everyMs: EVERY_MS,
  });
  const { value, error } = session;
  const gone = error instanceof ApiError && error.code === "session_not_found";
  return html`<p class="crumbs"><a href=${linkTo("sessions")}>Sessions</a></p>
    <h1 class="id">${id === "" ? "(empty)" : id}</h1>
    ${gone ? html`<${Gone} />` : null}
    ${
    error !== undefined && !gone
      ? html`<${Failure} error=${error} retry=${session.reload} />`
      : null
  }
    ${value === undefined && error === undefined ? html`<${Loading} />` : null}
    ${
    value === undefined || gone
      ? null
      : html`<${Details} session=${value} changed=${session.reload} />`
  }
    ${
    gone
      ? html`
        <h2>Timeline</h2>
        <${SessionTimeline} clientId=${id} />
      `
      : null
  }`;
}

function Gone() {
  return html`
    <${Empty} title="There is no such session."
      hint="It has ended, or its client has never connected." />
  `;
}

function Details({ session, changed }: { session: SessionDetail; changed: () => void }) {
  const { client_id: id, will } = session;
  const tab = (Object.keys(TABS) as Tab[]).find((key) => key === queryValue("tab")) ??
    "subscriptions";
  const { content } = TABS[tab];
  return html`
    <div class="head">
          <${StateBadge} session=${session} />
          ${may("operator") && html`<${Actions} session=${session} changed=${changed} />`}
          <${CopyCurl} url=${urlOf(sessionPath(), { client_id: id })} />
        </div>
    <div class="cards">
      <section class="card">
        <h2>Identity</h2>
        <${Facts} rows=${identity(session)} />
      </section>
      <section class="card">
        <h2>Limits in force</h2>
        <${Facts} rows=${limits(session)} />
      </section>
      <section class="card">
        <h2>Counters</h2>
        <${Facts} rows=${counters(session)} />
      </section>
      <section class="card">
        <h2>Memory, estimated</h2>
        <${Facts} rows=${memory(session)} />
      </section>
      ${will !== null && html`<${SessionWill} will=${will} />`}
    </div>
    <div class="tabs" role="tablist" aria-label="Parts of the session">${(Object.keys(
      TABS,
    ) as Tab[]).map((key) =>
      html`
        <button type="button" role="tab" aria-selected=${key === tab}
          onClick=${() => changeQuery({ tab: key, cursor: "", sort: "" })}>${TABS[key]
            .title}</button>
      `
    )}</div>
    <div role="tabpanel" aria-label=${TABS[tab].title}>
      <${content} key=${tab} clientId=${id} />
    </div>
  `;
}

function Actions({ session, changed }: { session: Session; changed: () => void }) {
  const { client_id: id, connected } = session;
  return html`
    <button type="button" class="danger" disabled=${!connected}
      onClick=${() => askToEnd(id, "disconnect", changed)}>Disconnect</button>
    <button type="button" class="danger"
      onClick=${() => askToEnd(id, "discard", () => go("sessions"))}>Discard</button>
  `;
}

function identity(session: Session) {
  const { connection, expiry_interval: expiry } = session;
  return [
    ["Username", session.username ?? "none"],
    ["Address", connection?.remote_address ?? "not connected"],
    ["Protocol", `MQTT ${session.protocol}`],
    ["Clean start", session.clean_start ? "yes" : "no"],
    ["Connected", html`<${Time} at=${session.connected_at} />`],
    ["Disconnected", html`<${Time} at=${session.disconnected_at} />`],
    ["Outlives its connection", expiry === null ? "for ever" : duration(expiry)],
    ["Will", session.has_will ? "yes" : "none"],
    ["Node", session.node],
  ] as const;
}

function limits(session: Session) {
  const { connection, maximum_packet_size: packet } = session;
  return [
    [
      "Keep alive",
      connection === null || connection.keep_alive === 0 ? "none" : duration(connection.keep_alive),
    ],
    ["Receive maximum", count(session.receive_maximum)],
    ["Maximum packet size", packet === null ? "none" : bytes(packet)],
    ["Topic alias maximum", count(session.topic_alias_maximum)],
  ] as const;
}

function counters(session: Session) {
  const { connection } = session;
  const drops = Object.entries(session.drops)
    .map(([reason, amount]) => [`Dropped: ${reason.replaceAll("_", " ")}`, count(amount)] as const);
  return [
    ["Subscriptions", count(session.subscriptions)],
    ["Queue", `${count(session.queue_len)} (${bytes(session.queue_bytes)})`],
    ["In flight to the client", count(session.inflight)],
    ["In flight from the client", count(session.received)],
    ["Dropped", count(session.dropped)],
    ...drops,
    ...connection === null ? [] : [
      ["Messages received", count(connection.messages_received)] as const,
      ["Messages sent", count(connection.messages_sent)] as const,
      ["Bytes received", bytes(connection.bytes_received)] as const,
      ["Bytes sent", bytes(connection.bytes_sent)] as const,
      ["Unsent", bytes(connection.pending_bytes)] as const,
    ],
  ] as const;
}

function memory({ memory }: Session) {
  return [
    ["Session", bytes(memory.session)],
    ["Connection", bytes(memory.connection)],
    ["Subscriptions", bytes(memory.subscriptions)],
    ["Queue", bytes(memory.queue)],
    ["In flight", bytes(memory.inflight)],
    ["Total", bytes(memory.total)],
  ] as const;
}
