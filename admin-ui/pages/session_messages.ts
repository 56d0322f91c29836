/** What waits for a client and what is under way to it. */
import { html } from "htm/preact";
import type * as z from "zod";
import type { message } from "../../src/admin/routes/message_item.ts";
import type { inflight, queued } from "../../src/admin/routes/session_contents.ts";
import { get, urlOf } from "../api/client.ts";
import { sessionPath } from "../api/session_requests.ts";
import { CopyCurl } from "../components/curl.ts";
import { type Column, ListTable } from "../components/list_table.ts";
import { type Payload, PayloadView, preview } from "../components/payload.ts";
import { useResource } from "../components/resource.ts";
import { Empty, Failure, Loading } from "../components/states.ts";
import { Badge, SessionLink, Time, TopicLink } from "../components/values.ts";
import { bytes, count } from "../format.ts";

export type MessageItem = z.output<typeof message>;
type Queued = z.output<typeof queued>;
type Inflight = z.output<typeof inflight>;

export function payloadOf(item: Omit<Payload, "text"> & { payload_preview: string }): Payload {
  const { payload_preview: text, encoding, size, truncated } = item;
  return { text, encoding, size, truncated };
}

/** A line that opens to the whole preview. */
export function MessagePayload({ message }: { message: MessageItem }) {
  const payload = payloadOf(message);
  return html`
    <details class="payload-cell">
      <summary>${preview(payload)}</summary>
      <${PayloadView} payload=${payload} />
    </details>
  `;
}

const QUEUE_COLUMNS: readonly Column<Queued>[] = [
  { key: "seq", title: "No.", numeric: true, cell: ({ seq }) => count(seq) },
  {
    key: "topic",
    title: "Topic",
    cell: ({ message }) => html`<${TopicLink} topic=${message.topic} />`,
  },
  { key: "qos", title: "QoS", numeric: true, cell: ({ qos }) => qos },
  {
    key: "size",
    title: "Size",
    numeric: true,
    minor: true,
    cell: (item) => bytes(item.message.size),
  },
  {
    key: "publisher",
    title: "Publisher",
    minor: true,
    cell: ({ message: { publisher } }) =>
      publisher === null ? "the broker" : html`<${SessionLink} id=${publisher} />`,
  },
  {
    key: "received",
    title: "Received",
    minor: true,
    cell: ({ message }) => html`<${Time} at=${message.received_at} />`,
  },
  {
    key: "payload",
    title: "Payload",
    cell: ({ message }) => html`<${MessagePayload} message=${message} />`,
  },
];

export function SessionQueue({ clientId }: { clientId: string }) {
  return html`
    <${ListTable} label="Queue" path=${sessionPath("/queue")}
      filters=${{ client_id: clientId }} columns=${QUEUE_COLUMNS}
      keyOf=${({ seq }: Queued) => String(seq)}
      empty=${{ title: "Nothing waits.", hint: "Messages wait here while the client is away." }} />
  `;
}

const EVERY_MS = 5_000;

function totalOf({ outbound_count: to, inbound_count: from }: Inflight): string {
  return `${count(to)} to the client, ${count(from)} from it`;
}

export function SessionInflight({ clientId }: { clientId: string }) {
  const query = { client_id: clientId };
  const { value, error, reload } = useResource(
    clientId,
    (signal) => get<Inflight>(sessionPath("/inflight"), query, signal),
    { everyMs: EVERY_MS },
  );
  if (error !== undefined) return html`<${Failure} error=${error} retry=${reload} />`;
  if (value === undefined) return html`<${Loading} />`;
  if (value.outbound_count + value.inbound_count === 0) {
    return html`
      <${Empty} title="Nothing is under way."
        hint="QoS 1 and 2 messages stand here until they are acknowledged." />
    `;
  }
  return html`
    <div class="list-bar">
      <p class="total">${totalOf(value)}</p>
      <${CopyCurl} url=${urlOf(sessionPath("/inflight"), query)} />
    </div>
        <div class="scroll" tabindex="0" role="region" aria-label="In flight, rows">
      <table>
        <thead>
          <tr>
            <th>Packet id</th>
            <th>Topic</th>
            <th>QoS</th>
            <th>State</th>
            <th>Payload</th>
          </tr>
        </thead>
        <tbody>${value.outbound.map((
          { packet_id: id, qos, state, ever_sent: sent, topic, message },
        ) =>
          html`
            <tr key=${id}>
              <td class="numeric">${id}</td>
              <td>${topic === null ? "" : html`<${TopicLink} topic=${topic} />`}</td>
              <td class="numeric">${qos}</td>
              <td>
                <${Badge}>${sent ? state : "not sent yet"}<//></td>
                    <td>${message === null
                      ? ""
                      : html`<${MessagePayload} message=${message} />`}</td></tr>
          `
        )}</tbody>
      </table>
    </div>
      ${value.inbound.length === 0
        ? null
        : html`<p>From the client, waiting for PUBREL: ${value.inbound.join(", ")}</p>`}
  `;
}
