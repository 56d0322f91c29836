import { html } from "htm/preact";
import type * as z from "zod";
import type { receivers, stats } from "../../src/admin/routes/topics.ts";
import { ApiError, get, urlOf } from "../api/client.ts";
import { CopyCurl } from "../components/curl.ts";
import { PayloadView } from "../components/payload.ts";
import { useResource } from "../components/resource.ts";
import { Failure, Loading } from "../components/states.ts";
import { Badge, Facts, SessionLink, Time } from "../components/values.ts";
import { bytes, count, rate } from "../format.ts";
import { linkTo } from "../place.ts";
import { lastPayload } from "./topic_tree.ts";

type Stats = z.output<typeof stats>;
type Receivers = z.output<typeof receivers>;

const EVERY_MS = 5_000;
const READERS_SHOWN = 50;

/** How one topic is used: its figures, its last value, who writes it and who reads it. */
export function TopicDetails({ topic }: { topic: string }) {
  const query = { topic };
  const { value, error, reload } = useResource(
    topic,
    (signal) => get<Stats>("/topics/-/stats", query, signal),
    { everyMs: EVERY_MS },
  );
  const unknown = error instanceof ApiError && error.code === "topic_not_found";
  return html`
    <div class="head">
      <h2 class="id">${topic}</h2>
      <${CopyCurl} url=${urlOf("/topics/-/stats", query)} />
    </div>
        ${unknown &&
          html`<p>Nothing has been published on it since the start of the broker, or it was
      long ago.</p>`}
        ${error !== undefined && !unknown
          ? html`<${Failure} error=${error} retry=${reload} />`
          : null}
        ${value === undefined && error === undefined ? html`<${Loading} />` : null}
        ${value === undefined ? null : html`<${Figures} stats=${value} />`}
        <h3>Who reads it</h3>
        <${Readers} topic=${topic} />
  `;
}

function Figures({ stats }: { stats: Stats }) {
  const { topic, own, total, last_publisher: publisher, others } = stats;
  const rows = [
    ["Messages", `${count(own.messages)}, ${rate(own.messages_per_second)}`],
    ["Bytes", `${bytes(own.bytes)}, ${bytes(own.bytes_per_second)}/s`],
    ["With all below", `${count(total.messages)}, ${rate(total.messages_per_second)}`],
    ...others.messages === 0 ? [] : [["Below, not told apart", `about ${count(others.messages)}`]],
    ["Last message", html`<${Time} at=${stats.last_at} />`],
    ["Last publisher", publisher === null ? "none" : html`<${SessionLink} id=${publisher} />`],
    [
      "Retained message",
      stats.retained
        ? html`<a href=${linkTo("retained-message", { topic })}>yes, show it</a>`
        : "none",
    ],
  ];
  return html`<${Facts} rows=${rows} />
    ${
    stats.preview === null ? null : html`
      <h3>Last value</h3>
      <${PayloadView} payload=${lastPayload(stats)} />
    `
  }`;
}

function Readers({ topic }: { topic: string }) {
  const query = { topic, limit: READERS_SHOWN, count: "true" };
  const { value, error, reload } = useResource(
    topic,
    (signal) => get<Receivers>("/topics/-/subscribers", query, signal),
    { events: ["subscribed", "unsubscribed"], everyMs: EVERY_MS },
  );
  if (error !== undefined) return html`<${Failure} error=${error} retry=${reload} />`;
  if (value === undefined) return html`<${Loading} />`;
  if (value.items.length + value.groups.length === 0) {
    return html`<p class="faint">A message on it would reach nobody.</p>`;
  }
  const all = linkTo("subscriptions", { match_topic: topic });
  return html`<ul class="bare">
    ${
    value.items.map(({ client_id: id, connected, topic_filters: filters }) =>
      html`<li key=${id}><${SessionLink} id=${id} />
        ${
        connected ? null : html`
          <${Badge}>disconnected<//>
        `
      }
        <span class="faint id"> ${filters.join(", ")}</span></li>`
    )
  }
    ${
    value.groups.map(({ topic_filter: filter, members, next }) =>
      html`<li key=${filter}><span class="id">${filter}</span>
        <span class="faint"> ${count(members)} members${
        next === null ? null : html`, next <${SessionLink} id=${next} />`
      }</span></li>`
    )
  }</ul>
  ${
    value.next_cursor === null
      ? null
      : html`<p><a href=${all}>All subscriptions that match</a></p>`
  }`;
}
