import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { may } from "../api/account.ts";
import { deleteMatching, deleteRetained } from "../api/retained_requests.ts";
import { ask } from "../components/dialog.ts";
import { ChoiceFilter, TextFilter } from "../components/filters.ts";
import { type BulkAction, type Column, ListTable } from "../components/list_table.ts";
import { notify } from "../components/notices.ts";
import { SessionLink, Time } from "../components/values.ts";
import { bytes, count } from "../format.ts";
import { linkTo, queryValue } from "../place.ts";
import { askToSet } from "./retained_form.ts";
import { type MessageItem, MessagePayload } from "./session_messages.ts";

const COLUMNS: readonly Column<MessageItem>[] = [
  {
    key: "topic",
    title: "Topic",
    cell: ({ topic }) =>
      html`<a class="id" href=${linkTo("retained-message", { topic })}>${topic}</a>`,
  },
  { key: "qos", title: "QoS", numeric: true, minor: true, cell: ({ qos }) => qos },
  { key: "size", title: "Size", numeric: true, minor: true, cell: ({ size }) => bytes(size) },
  {
    key: "publisher",
    title: "Publisher",
    minor: true,
    cell: ({ publisher }) =>
      publisher === null ? "the broker" : html`<${SessionLink} id=${publisher} />`,
  },
  {
    key: "received_at",
    title: "Received",
    minor: true,
    cell: ({ received_at: at }) => html`<${Time} at=${at} />`,
  },
  {
    key: "payload",
    title: "Payload",
    cell: (message) => html`<${MessagePayload} message=${message} />`,
  },
];

const AGES = [["", "any"], ["3600", "an hour"], ["86400", "a day"], ["604800", "a week"], [
  "2592000",
  "30 days",
]];

const ORPHANS = [["", "all"], ["true", "orphans only"]];

const BULK: readonly BulkAction[] = [{ label: "Delete", run: askToDeleteSeveral }];

export function RetainedPage() {
  const [version, setVersion] = useState(0);
  const changed = () => setVersion((before) => before + 1);
  const names = ["q", "filter", "older_than", "publisher", "orphan"];
  const filters = Object.fromEntries(names.map((name) => [name, queryValue(name)]));
  return html`
    <h1>Retained messages</h1>
        <div class="filters" role="search">
      <${TextFilter} name="q" label="Search" placeholder="a part of the topic" />
      <${TextFilter} name="filter" label="Topic filter" placeholder="sensors/#" />
      <${ChoiceFilter} name="older_than" label="Older than" options=${AGES} />
      <${TextFilter} name="publisher" label="Publisher" />
      <${ChoiceFilter} name="orphan" label="Without publisher and subscriber" options=${ORPHANS} />
    </div>
        ${may("operator") && html`
          <div class="head">
            <button type="button" onClick=${() =>
              askToSet(undefined, changed)}>Set a message</button>
            <button type="button" class="danger" disabled=${filters["q"] !== ""}
              onClick=${() =>
                void askToDeleteMatching(filters, changed)}>Delete all that match</button>
          </div>
        `}
        <${ListTable} label="Retained messages" path="/retained" columns=${COLUMNS} filters=${filters}
      version=${version} keyOf=${({ topic }: MessageItem) => topic}
      bulk=${may("operator") ? BULK : []} empty=${{
        title: "No retained message is like this.",
        hint: "A message that is published with RETAIN stays here for those who subscribe later.",
      }} />
  `;
}

function askToDeleteSeveral(topics: readonly string[], done: () => void): void {
  ask({
    title: `Delete ${count(topics.length)} retained messages?`,
    body: html`<p>Who is subscribed is not told.</p>`,
    action: "Delete",
    dangerous: true,
    async run() {
      for (const topic of topics) await deleteRetained(topic);
      notify(`${count(topics.length)} deleted.`);
      done();
    },
  });
}

/** Counts first, so that the question says how many there are. */
async function askToDeleteMatching(
  given: Readonly<Record<string, string>>,
  done: () => void,
): Promise<void> {
  const { filter, older_than: age, publisher, orphan } = given;
  const filters = {
    filter: filter === "" ? "#" : filter,
    older_than: age === "" ? undefined : Number(age),
    publisher: publisher === "" ? undefined : publisher,
    orphan: orphan === "" ? undefined : true,
  };
  try {
    const { matched } = await deleteMatching(filters, true);
    ask({
      title: `Delete all ${count(matched)} messages that match?`,
      body: html`<p>Topic filter <span class="id">${filters.filter}</span>. Topics that begin with $
        are deleted only when the filter names them.</p>`,
      action: "Delete",
      dangerous: true,
      async run() {
        const { deleted } = await deleteMatching(filters, false);
        notify(`${count(deleted)} deleted.`);
        done();
      },
    });
  } catch (error) {
    notify(error instanceof Error ? error.message : String(error), true);
  }
}
