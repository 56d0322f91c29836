import { html } from "htm/preact";
import type { Setting } from "../../src/admin/routes/config.ts";
import { get, urlOf } from "../api/client.ts";
import { CopyCurl } from "../components/curl.ts";
import { TextFilter } from "../components/filters.ts";
import { useResource } from "../components/resource.ts";
import { Empty, Failure, Loading } from "../components/states.ts";
import { queryValue } from "../place.ts";

/** The configuration as it counts. It has some dozens of keys, so the search needs no server. */
export function ConfigPage() {
  const { value, error, reload } = useResource(
    "config",
    (signal) => get<{ items: Setting[] }>("/config", {}, signal),
  );
  return html`
    <h1>Configuration</h1>
        <div class="filters" role="search">
      <${TextFilter} name="q" label="Search" placeholder="key or value" />
    </div>
        ${error === undefined ? null : html`<${Failure} error=${error} retry=${reload} />`}
        ${value === undefined && error === undefined ? html`<${Loading} />` : null}
        ${value === undefined ? null : html`<${Settings} items=${value.items} />`}
  `;
}

function Settings({ items }: { items: readonly Setting[] }) {
  const part = queryValue("q").toLowerCase();
  const shown = items.filter(({ key, value }) =>
    `${key} ${JSON.stringify(value)}`.toLowerCase().includes(part)
  );
  return html`<section class="list" aria-label="Configuration">
    <div class="list-bar"><p class="total">${shown.length} of ${items.length}</p>
      <${CopyCurl} url=${urlOf("/config")} /></div>
    ${
    shown.length === 0
      ? html`
        <${Empty} title="No key is like this."
          hint="A program that embeds the broker may keep its configuration to itself." />
      `
      : html`
        <div class="scroll" tabindex="0" role="region" aria-label="Configuration, rows">
          <table>
            <thead>
              <tr>
                <th scope="col">Key</th>
                <th scope="col">Value</th>
                <th scope="col">Source</th>
              </tr>
            </thead>
            <tbody>${shown.map(({ key, value, source }) =>
              html`
                <tr key=${key}>
                  <td class="id">${key}</td>
                  <td class="id">${value === null
                    ? html`<span class="faint">not set</span>`
                    : JSON.stringify(value)}</td>
                  <td class=${source === "default" ? "faint" : ""}>${source}</td>
                </tr>
              `
            )}</tbody>
          </table>
        </div>
      `
  }</section>`;
}
