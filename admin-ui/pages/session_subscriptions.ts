import { html } from "htm/preact";
import { useState } from "preact/hooks";
import type * as z from "zod";
import type { subscription } from "../../src/admin/routes/subscription_item.ts";
import { may } from "../api/account.ts";
import { sessionPath, subscribeFor, unsubscribeFor } from "../api/session_requests.ts";
import { ask } from "../components/dialog.ts";
import { type Column, ListTable } from "../components/list_table.ts";
import { notify } from "../components/notices.ts";
import { Badge } from "../components/values.ts";

export type Subscription = z.output<typeof subscription>;

/** What the client asked for beside the filter and the QoS. */
export function subscriptionOptions(item: Subscription) {
  const { subscription_identifier: identifier, retain_handling: handling } = item;
  return html`${
    item.no_local && html`
      <${Badge}>no local<//>
    `
  }
    ${
    item.retain_as_published && html`
      <${Badge}>retain as published<//>
    `
  }
    ${
    handling !== 0 && html`
      <${Badge}>retain handling ${handling}<//>
    `
  }
    ${identifier !== null && html`<${Badge}>identifier ${identifier}<//>`}`;
}

const EVENTS = ["subscribed", "unsubscribed"];

const COLUMNS: readonly Column<Subscription>[] = [
  {
    key: "topic_filter",
    title: "Topic filter",
    cell: ({ topic_filter: filter }) => html`<span class="id">${filter}</span>`,
  },
  { key: "qos", title: "QoS", numeric: true, cell: ({ qos }) => qos },
  { key: "options", title: "Options", minor: true, cell: subscriptionOptions },
];

export function SessionSubscriptions({ clientId }: { clientId: string }) {
  const [version, setVersion] = useState(0);
  const changed = () => setVersion((before) => before + 1);
  const columns = may("operator") ? [...COLUMNS, removal(clientId, changed)] : COLUMNS;
  return html`
    ${may("operator") &&
      html`<div class="head"><button type="button"
      onClick=${() => askToSubscribe(clientId, changed)}>Subscribe on behalf of the client</button>
    </div>`}
      <${ListTable} label="Subscriptions" path=${sessionPath("/subscriptions")}
      filters=${{ client_id: clientId }} columns=${columns} version=${version} events=${EVENTS}
      keyOf=${({ topic_filter: filter }: Subscription) => filter} empty=${{
        title: "The client has subscribed to nothing.",
        hint: "Its subscriptions appear here as soon as it subscribes.",
      }} />
  `;
}

function removal(clientId: string, changed: () => void): Column<Subscription> {
  const cell = ({ topic_filter: filter }: Subscription) =>
    html`<button type="button" class="quiet" onClick=${() =>
      askToUnsubscribe(clientId, filter, changed)}>Unsubscribe</button>`;
  return { key: "action", title: "Action", cell };
}

function askToSubscribe(clientId: string, changed: () => void): void {
  ask({
    title: "Subscribe on behalf of the client",
    body: html`
      <label class="field">Topic filter<input name="filter" required autofocus
              autocomplete="off" spellcheck=${false} /></label>
      <label class="field">QoS<select name="qos"><option>0</option><option>1</option>
              <option>2</option></select></label>
    `,
    action: "Subscribe",
    async run(fields) {
      await subscribeFor(clientId, String(fields.get("filter")), Number(fields.get("qos")));
      notify("Subscribed.");
      changed();
    },
  });
}

function askToUnsubscribe(clientId: string, filter: string, changed: () => void): void {
  ask({
    title: "Unsubscribe on behalf of the client?",
    body: html`
      <p class="id">${filter}</p>
      <p>The client is not told.</p>
    `,
    action: "Unsubscribe",
    dangerous: true,
    async run() {
      await unsubscribeFor(clientId, filter);
      notify("Unsubscribed.");
      changed();
    },
  });
}
