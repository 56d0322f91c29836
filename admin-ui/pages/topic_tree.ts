/** The levels of the topic tree, each loaded when it is opened. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import type * as z from "zod";
import type { topic as topicSchema } from "../../src/admin/routes/topics.ts";
import { get, type Query, urlOf } from "../api/client.ts";
import { CopyCurl } from "../components/curl.ts";
import { type Payload, preview } from "../components/payload.ts";
import { useResource } from "../components/resource.ts";
import { Empty, Failure, Loading } from "../components/states.ts";
import { rate } from "../format.ts";

export type Topic = z.output<typeof topicSchema>;

const EVERY_MS = 5_000;
const LIMIT = 100;
const LIMIT_MAX = 1_000;

interface Selecting {
  /** Empty: none. */
  readonly selected: string;
  select(topic: string): void;
}

interface Page {
  readonly items: readonly Topic[];
  readonly next_cursor: string | null;
}

/** What lies right below `parent`; undefined: the first levels. */
export function TopicLevel({ parent, ...selecting }: Selecting & { parent: string | undefined }) {
  const [limit, setLimit] = useState(LIMIT);
  const query = { parent, limit };
  const { value, error, reload } = useTopics(query);
  if (error !== undefined) return html`<${Failure} error=${error} retry=${reload} />`;
  if (value === undefined) return html`<${Loading} />`;
  if (value.items.length === 0) {
    return html`
      <${Empty} title="Nothing has been published."
        hint="A topic appears here with the first message on it." />
    `;
  }
  const more = () => setLimit(Math.min(limit * 2, LIMIT_MAX));
  return html`${
    parent === undefined && html`
      <div class="list-bar">
        <p class="total">Live tree</p>
        <${CopyCurl} url=${urlOf("/topics", query)} />
      </div>
    `
  }
    <ul>${
    value.items.map((item) => html`<${Branch} key=${item.topic} item=${item} ...${selecting} />`)
  }</ul>
    ${
    value.next_cursor === null
      ? null
      : limit < LIMIT_MAX
      ? html`<button type="button" class="quiet" onClick=${more}>Show more</button>`
      : html`<p class="hint">There are more: search for them.</p>`
  }`;
}

/** Topics with `part` in them, as a flat list. */
export function FoundTopics({ part, ...selecting }: Selecting & { part: string }) {
  const query = { q: part, limit: LIMIT };
  const { value, error, reload } = useTopics(query);
  if (error !== undefined) return html`<${Failure} error=${error} retry=${reload} />`;
  if (value === undefined) return html`<${Loading} />`;
  if (value.items.length === 0) {
    return html`<${Empty} title="No topic is like this." hint="Only topics that are in use are known." />`;
  }
  return html`
    <div class="list-bar">
      <p class="total">The first ${value.items.length}</p>
      <${CopyCurl} url=${urlOf("/topics", query)} />
    </div>
    <ul>${value.items.map((item) =>
      html`
        <li key=${item.topic}>
          <div class="branch"><span class="opener"></span>
                <${Name} item=${item} text=${item.topic} ...${selecting} /></div>
        </li>
      `
    )}</ul>
  `;
}

function useTopics(query: Query) {
  return useResource(
    urlOf("/topics", query),
    (signal) => get<Page>("/topics", query, signal),
    { everyMs: EVERY_MS },
  );
}

function Branch({ item, ...selecting }: Selecting & { item: Topic }) {
  const { selected } = selecting;
  const [open, setOpen] = useState(selected.startsWith(`${item.topic}/`));
  const level = item.topic.slice(item.topic.lastIndexOf("/") + 1);
  const name = level === "" ? "(empty level)" : level;
  return html`<li>
    <div class="branch">${
    item.children === 0 ? html`<span class="opener"></span>` : html`
      <button type="button" class="opener" aria-expanded=${open}
        aria-label=${`${open ? "Close" : "Open"} ${name}`} onClick=${() => setOpen(!open)}>${open
          ? "▾"
          : "▸"}</button>
    `
  }<${Name} item=${item} text=${name} ...${selecting} /></div>
    ${
    open && item.children > 0 ? html`<${TopicLevel} parent=${item.topic} ...${selecting} />` : null
  }
  </li>`;
}

function Name({ item, text, selected, select }: Selecting & { item: Topic; text: string }) {
  const { total, own } = item;
  return html`
    <button type="button" class="topic-name" aria-pressed=${item.topic === selected}
      onClick=${() => select(item.topic)}><span class="id">${text}</span></button>
    <span class="topic-value id">${own.messages === 0 ? "" : lastValue(item)}</span>
    <span class="topic-rate numeric">${total.messages_per_second === 0
      ? ""
      : rate(total.messages_per_second)}</span>
  `;
}

export function lastPayload({ preview: text, preview_encoding: encoding }: Topic): Payload {
  const size = text === null
    ? 0
    : encoding === "base64"
    ? Math.floor(text.length * 3 / 4)
    : text.length;
  return { text: text ?? "", encoding: encoding ?? "text", size, truncated: false };
}

function lastValue(item: Topic): string {
  return preview(lastPayload(item));
}
