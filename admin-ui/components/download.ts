import { html } from "htm/preact";
import { getText, type Query } from "../api/client.ts";
import { attempt } from "./notices.ts";

const CSV = "text/csv";
/** How long a browser may take to begin with a file, in milliseconds. */
const KEPT_MS = 60_000;

/** Saves the whole list, with the filters and the order that it is shown in, as a file. */
export function DownloadCsv({ label, path, query }: { label: string; path: string; query: Query }) {
  const download = async () => {
    const text = await getText(path, query, CSV);
    const url = URL.createObjectURL(new Blob([text], { type: CSV }));
    const link = document.createElement("a");
    link.href = url;
    link.download = `${label.toLowerCase().replaceAll(" ", "-")}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
  };
  return html`
    <button type="button" class="quiet"
      onClick=${() => void attempt(download, "Downloaded.")}>CSV</button>
  `;
}
