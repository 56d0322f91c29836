/**
 * Bytes of strangers, as text nodes only. JSON is laid out, what is no text is shown in hex; a long
 * one is cut, and says so.
 */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { bytes } from "../format.ts";

export interface Payload {
  readonly text: string;
  readonly encoding: "text" | "base64" | "json";
  /** Bytes of the whole payload. */
  readonly size: number;
  readonly truncated: boolean;
}

type Form = "text" | "json" | "hex";

/** Characters that are shown; more would make the page slow. */
const SHOWN_MAX = 20_000;
const HEX_BYTES_MAX = 4_096;
const HEX_ROW = 16;

export function PayloadView({ payload }: { payload: Payload }) {
  const [chosen, setChosen] = useState<Form>();
  if (payload.size === 0) return html`<p class="faint">No bytes.</p>`;
  const json = payload.encoding === "base64" ? undefined : laidOut(payload.text);
  const forms: Form[] = payload.encoding === "base64"
    ? ["hex"]
    : json === undefined
    ? ["text", "hex"]
    : ["json", "text", "hex"];
  const form = chosen !== undefined && forms.includes(chosen) ? chosen : forms[0]!;
  const text = form === "json" ? json! : form === "hex" ? hexOf(payload) : payload.text;
  const cut = text.length > SHOWN_MAX || payload.truncated;
  return html`
    <div class="payload">
      <div class="tabs" role="group"
        aria-label="Form of the payload">${forms.map((each) =>
          html`
            <button type="button" class="quiet" aria-pressed=${each === form}
              onClick=${() => setChosen(each)}>${each}</button>
          `
        )}<span class="faint">${bytes(payload.size)}${cut ? ", the beginning" : ""}</span></div>
      <pre tabindex="0">${text.slice(0, SHOWN_MAX)}</pre>
    </div>
  `;
}

function laidOut(text: string): string | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return undefined;
  }
}

function hexOf(payload: Payload): string {
  const all = payloadBytes(payload);
  const rows: string[] = [];
  for (let start = 0; start < Math.min(all.length, HEX_BYTES_MAX); start += HEX_ROW) {
    const row = [...all.subarray(start, start + HEX_ROW)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const seen = row.map((byte) => byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".");
    rows.push(
      `${start.toString(16).padStart(6, "0")}  ${hex.padEnd(HEX_ROW * 3)} ${seen.join("")}`,
    );
  }
  return rows.join("\n");
}

export function payloadBytes({ text, encoding }: Payload): Uint8Array<ArrayBuffer> {
  if (encoding !== "base64") return new TextEncoder().encode(text);
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** A payload in one line of a table. */
export function preview({ text, encoding, size }: Payload): string {
  if (size === 0) return "(no bytes)";
  if (encoding === "base64") return `(binary, ${bytes(size)})`;
  const line = text.slice(0, 120).replace(/\s+/g, " ");
  return line.length < text.length ? `${line}…` : line;
}
