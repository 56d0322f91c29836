import { html } from "htm/preact";
import { notify } from "./notices.ts";

/** Within single quotes of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The command that asks for `url` (relative to the server) with a token. */
export function curlOf(url: string): string {
  return `curl -g -H "Authorization: Bearer $TIDEMQ_TOKEN" ${quoted(location.origin + url)}`;
}

export function CopyCurl({ url }: { url: string }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(curlOf(url));
      notify("Copied. TIDEMQ_TOKEN has to hold an API token.");
    } catch {
      notify(curlOf(url)); // Without a clipboard, as on plain http from afar.
    }
  };
  return html`<button type="button" class="quiet" onClick=${copy}>Copy as curl</button>`;
}
