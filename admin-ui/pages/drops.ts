import { html } from "htm/preact";
import type * as z from "zod";
import type { dropped, slow } from "../../src/admin/routes/drops.ts";
import { get, urlOf } from "../api/client.ts";
import { CopyCurl } from "../components/curl.ts";
import { useResource } from "../components/resource.ts";
import { Empty, Failure, Loading } from "../components/states.ts";
import { Badge, SessionLink, TopicLink } from "../components/values.ts";
import { bytes, count } from "../format.ts";

type Dropped = z.output<typeof dropped>;
type Slow = z.output<typeof slow>;

const EVERY_MS = 5_000;
const QUERY = { limit: 50 };

/** What does not get through, and to whom. */
export function DropsPage() {
  return html`
    <h1>Drops and slow subscribers</h1>
    <${SlowSubscribers} />
    <${Drops} />
  `;
}

function SlowSubscribers() {
  const { value, error, reload } = useResource(
    "slow",
    (signal) => get<{ items: Slow[] }>("/slow-subscribers", QUERY, signal),
    { everyMs: EVERY_MS },
  );
  return html`<section class="list" aria-label="Slow subscribers">
    <div class="list-bar"><h2>Slow subscribers, at this moment</h2>
      <${CopyCurl} url=${urlOf("/slow-subscribers", QUERY)} /></div>
    ${error === undefined ? null : html`<${Failure} error=${error} retry=${reload} />`}
    ${value === undefined && error === undefined ? html`<${Loading} />` : null}
    ${
    value?.items.length === 0
      ? html`
        <${Empty} title="Everybody keeps up."
          hint="Clients that take messages more slowly than they come stand here." />
      `
      : null
  }
    ${
    value === undefined || value.items.length === 0
      ? null
      : html`<${SlowRows} items=${value.items} />`
  }
  </section>`;
}

function SlowRows({ items }: { items: readonly Slow[] }) {
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="Slow subscribers, rows">
      <table>
        <thead>
          <tr>
            <th scope="col">Client id</th>
            <th scope="col">Congestion</th>
            <th scope="col" class="numeric">Unsent</th>
            <th scope="col" class="numeric">Queue</th>
            <th scope="col" class="numeric">Dropped</th>
          </tr>
        </thead>
        <tbody>${items.map((item) =>
          html`
            <tr key=${item.client_id}>
              <td>
                <${SessionLink} id=${item.client_id} />
              </td>
              <td>
                <${Badge} tone=${item.congestion === "slow" ? "bad" : "warn"}>${item
                  .congestion}<//></td>
                    <td class="numeric">${bytes(item.pending_bytes)}</td>
                    <td class="numeric">${count(item.queue_len)}</td>
                    <td class="numeric">${count(item.dropped)}</td></tr>
          `
        )}</tbody>
      </table>
    </div>
  `;
}

function Drops() {
  const { value, error, reload } = useResource(
    "dropped",
    (signal) => get<Dropped>("/dropped", QUERY, signal),
    { everyMs: EVERY_MS },
  );
  if (error !== undefined) return html`<${Failure} error=${error} retry=${reload} />`;
  if (value === undefined) return html`<${Loading} />`;
  const reasons = Object.entries(value.by_reason);
  return html`
    <section class="list" aria-label="Dropped messages">
      <div class="list-bar">
        <h2>Dropped since the start: ${count(value.total)}</h2>
        <${CopyCurl} url=${urlOf("/dropped", QUERY)} />
      </div>
      <${Counted} label="By reason" head="Reason" rows=${reasons.map((
        [reason, amount],
      ) => [reason, reason.replaceAll("_", " "), count(amount)])} />
    </section>
        ${value.total === 0 ? null : html`
          <div class="split even">
            <section class="list" aria-label="Clients that lose most">
              <div class="list-bar">
                <h2>Clients that lose most</h2>
              </div>
              <${Counted} label="By client" head="Client id" rows=${value.clients.map((each) =>
                [
                  each.client_id,
                  html`<${SessionLink} id=${each.client_id} />`,
                  atMost(each),
                ] as const
              )} />
            </section>
            <section class="list" aria-label="Topics that lose most">
              <div class="list-bar">
                <h2>Topics that lose most</h2>
              </div>
              <${Counted} label="By topic" head="Topic" rows=${value.topics.map((each) =>
                [each.topic, html`<${TopicLink} topic=${each.topic} />`, atMost(each)] as const
              )} />
            </section>
          </div>
        `}
  `;
}

function atMost({ count: most, error }: { count: number; error: number }): string {
  return error === 0 ? count(most) : `${count(most - error)} to ${count(most)}`;
}

interface CountedProps {
  readonly label: string;
  readonly head: string;
  /** Key, what is shown of it, how often. */
  readonly rows: readonly (readonly [string, unknown, string])[];
}

function Counted({ label, head, rows }: CountedProps) {
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label=${`${label}, rows`}>
      <table>
        <thead>
          <tr>
            <th scope="col">${head}</th>
            <th scope="col" class="numeric">Messages</th>
          </tr>
        </thead>
        <tbody>${rows.map(([key, shown, amount]) =>
          html`
            <tr key=${key}>
              <td>${shown}</td>
              <td class="numeric">${amount}</td>
            </tr>
          `
        )}</tbody>
      </table>
    </div>
  `;
}
