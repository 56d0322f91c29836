import { html } from "htm/preact";
import type * as z from "zod";
import type { group } from "../../src/admin/routes/subscriptions.ts";
import { TextFilter } from "../components/filters.ts";
import { type Column, ListTable } from "../components/list_table.ts";
import { Badge, SessionLink } from "../components/values.ts";
import { count } from "../format.ts";
import { linkTo, queryValue } from "../place.ts";
import { type Subscription, subscriptionOptions } from "./session_subscriptions.ts";

type Group = z.output<typeof group>;

const EVENTS = ["subscribed", "unsubscribed", "session_ended"];

const COLUMNS: readonly Column<Subscription>[] = [
  {
    key: "client_id",
    title: "Client id",
    cell: ({ client_id: id, connected }) =>
      html`<${SessionLink} id=${id} />${
        connected ? null : html`
          <${Badge}>disconnected<//>
        `
      }`,
  },
  {
    key: "topic_filter",
    title: "Topic filter",
    cell: ({ topic_filter: filter }) => html`<span class="id">${filter}</span>`,
  },
  { key: "qos", title: "QoS", numeric: true, cell: ({ qos }) => qos },
  { key: "options", title: "Options", minor: true, cell: subscriptionOptions },
];

const GROUP_COLUMNS: readonly Column<Group>[] = [
  {
    key: "group",
    title: "Group",
    cell: ({ group }) =>
      html`<a class="id" href=${linkTo("subscriptions", { group })}>${group}</a>`,
  },
  {
    key: "match_filter",
    title: "Topic filter",
    cell: ({ match_filter: filter }) => html`<span class="id">${filter}</span>`,
  },
  { key: "members", title: "Members", numeric: true, cell: ({ members }) => count(members) },
];

function filtersOf(names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, queryValue(name)]));
}

export function SubscriptionsPage() {
  return html`
    <h1>Subscriptions</h1>
    <div class="filters" role="search">
      <${TextFilter} name="q" label="Search" placeholder="a part of the topic filter" />
      <${TextFilter} name="match_topic" label="Matches the topic" />
      <${TextFilter} name="client_id" label="Client id" />
      <${TextFilter} name="group" label="Shared group" />
    </div>
    <${ListTable} label="Subscriptions" path="/subscriptions" columns=${COLUMNS} events=${EVENTS}
      filters=${filtersOf(["q", "match_topic", "client_id", "group"])}
      keyOf=${(item: Subscription) => `${item.client_id} ${item.topic_filter}`} empty=${{
        title: "No subscription is like this.",
        hint: "Subscriptions appear here as soon as clients subscribe. Are the filters too narrow?",
      }} />
  `;
}

export function SharedGroupsPage() {
  return html`
    <h1>Shared groups</h1>
    <div class="filters" role="search">
      <${TextFilter} name="q" label="Search" placeholder="a part of the topic filter" />
      <${TextFilter} name="group" label="Group" />
    </div>
    <${ListTable} label="Shared groups" path="/shared-groups" columns=${GROUP_COLUMNS}
      filters=${filtersOf(["q", "group"])} events=${EVENTS}
      keyOf=${({ topic_filter: filter }: Group) => filter} empty=${{
        title: "No subscription is shared.",
        hint: "Clients that subscribe to $share/<group>/<filter> divide the messages among them.",
      }} />
  `;
}
