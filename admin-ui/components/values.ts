/** Small pieces that stand in cells and lists. */
import { html } from "htm/preact";
import type { ComponentChildren } from "preact";
import { ago, clockTime } from "../format.ts";
import { linkTo } from "../place.ts";

export function SessionLink({ id }: { id: string }) {
  return html`<a class="id" href=${linkTo("session", { client_id: id })}>${
    id === "" ? "(empty)" : id
  }</a>`;
}

export function TopicLink({ topic }: { topic: string }) {
  return html`<a class="id" href=${linkTo("topics", { topic })}>${topic}</a>`;
}

export function Time({ at }: { at: string | null }) {
  if (at === null) return html`<span class="faint">–</span>`;
  return html`<time datetime=${at} title=${clockTime(at)}>${ago(at)}</time>`;
}

export type Tone = "good" | "warn" | "bad" | "plain";

export function Badge({ tone = "plain", children }: { tone?: Tone; children?: ComponentChildren }) {
  return html`<span class=${`badge ${tone}`}>${children}</span>`;
}

/** Names and values beside each other. */
export function Facts({ rows }: { rows: readonly (readonly [string, ComponentChildren])[] }) {
  return html`<dl class="facts">${
    rows.map(([name, value]) =>
      html`
        <div key=${name}>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>
      `
    )
  }</dl>`;
}
