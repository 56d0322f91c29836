import { html } from "htm/preact";
import type * as z from "zod";
import type { event } from "../../src/admin/routes/session_contents.ts";
import { get, urlOf } from "../api/client.ts";
import { sessionPath } from "../api/session_requests.ts";
import { CopyCurl } from "../components/curl.ts";
import { useResource } from "../components/resource.ts";
import { Empty, Failure, Loading } from "../components/states.ts";
import { clockTime, count } from "../format.ts";

type SessionEvent = z.output<typeof event>;

const EVENTS = ["connected", "disconnected", "subscribed", "unsubscribed", "session_ended"];
const EVERY_MS = 10_000;

/** The last events of a session, the newest first. */
export function SessionTimeline({ clientId }: { clientId: string }) {
  const query = { client_id: clientId };
  const { value, error, reload } = useResource(
    clientId,
    (signal) => get<{ items: SessionEvent[] }>(sessionPath("/events"), query, signal),
    { events: EVENTS, everyMs: EVERY_MS },
  );
  if (error !== undefined) return html`<${Failure} error=${error} retry=${reload} />`;
  if (value === undefined) return html`<${Loading} />`;
  if (value.items.length === 0) {
    return html`
      <${Empty} title="Nothing is remembered."
        hint="The last events of a client stay for as long as there is room." />
    `;
  }
  return html`
    <div class="list-bar">
      <p class="total">The last ${count(value.items.length)}</p>
      <${CopyCurl} url=${urlOf(sessionPath("/events"), query)} />
    </div>
    <ol class="timeline">${value.items.toReversed().map((each) =>
      html`<li><time datetime=${each.at}>${clockTime(each.at)}</time>
        <strong>${each.type.replaceAll("_", " ")}</strong>
        ${
        each.count > 1
          ? html`
            <span class="faint">${count(each.count)} times</span>
          `
          : null
      }
        <span class="id">${detailText(each.detail)}</span></li>`
    )}</ol>
  `;
}

function detailText(detail: Readonly<Record<string, unknown>>): string {
  return Object.entries(detail).filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${name.replaceAll("_", " ")}: ${value}`).join(" · ");
}
