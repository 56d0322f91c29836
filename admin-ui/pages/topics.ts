import { html } from "htm/preact";
import { TextFilter } from "../components/filters.ts";
import { changeQuery, queryValue } from "../place.ts";
import { FoundTopics, TopicLevel } from "./topic_tree.ts";
import { TopicDetails } from "./topic_details.ts";

/** The tree of topics that are published on, and one of them in full. */
export function TopicsPage() {
  const [part, topic] = [queryValue("q"), queryValue("topic")];
  const select = (next: string) => changeQuery({ topic: next }, { push: true });
  return html`
    <h1>Topics</h1>
    <div class="filters" role="search">
      <${TextFilter} name="q" label="Search" placeholder="a part of the topic" />
    </div>
    <div class="split">
      <section class="list tree" aria-label="Topics">${part === ""
        ? html`<${TopicLevel} parent=${undefined} selected=${topic} select=${select} />`
        : html`<${FoundTopics} part=${part} selected=${topic} select=${select} />`}</section>
      <section class="card" aria-label="The selected topic">${topic === ""
        ? html`<p class="state">Select a topic to see who writes it and who reads it.</p>`
        : html`<${TopicDetails} key=${topic} topic=${topic} />`}</section>
    </div>
  `;
}
