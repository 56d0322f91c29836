/** What stands where something cannot be shown: not yet, not at all, or because there is nothing. */
import { html } from "htm/preact";

export function Loading() {
  return html`<p class="state" role="status"><span class="spinner"></span> Loading</p>`;
}

/** `hint` says what to do about it. */
export function Empty({ title, hint }: { title: string; hint?: string }) {
  return html`<div class="state"><p><strong>${title}</strong></p>${
    hint === undefined ? null : html`<p>${hint}</p>`
  }</div>`;
}

export function Failure({ error, retry }: { error: Error; retry?: () => void }) {
  return html`<div class="state failure" role="alert"><p><strong>That did not work.</strong></p>
    <p>${error.message}</p>${
    retry === undefined ? null : html`<button type="button" onClick=${retry}>Try again</button>`
  }</div>`;
}
