/** Controls whose values are in the URL. A change begins at the first page again. */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { changeQuery, queryValue } from "../place.ts";

const TYPING_PAUSE_MS = 250;

interface TextProps {
  readonly name: string;
  readonly label: string;
  readonly type?: "search" | "number";
  readonly placeholder?: string;
}

/** Counts when typing has paused. */
export function TextFilter({ name, label, type = "search", placeholder = "" }: TextProps) {
  const value = queryValue(name);
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => changeQuery({ [name]: typed, cursor: "" }), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return html`<label class="field">${label}<input type=${type} min="0" value=${typed}
    placeholder=${placeholder} autocomplete="off" spellcheck=${false}
    onInput=${(event: Event) => setTyped((event.target as HTMLInputElement).value)} /></label>`;
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  /** Value and text; the first one is what counts when nothing was chosen. */
  readonly options: readonly (readonly [value: string, text: string])[];
}

export function ChoiceFilter({ name, label, options }: ChoiceProps) {
  const choose = (event: Event) =>
    changeQuery({ [name]: (event.target as HTMLSelectElement).value, cursor: "" });
  return html`
    <label
      class="field">${label}<select value=${queryValue(name)} onChange=${choose}>${options.map((
        [value, text],
      ) => html`<option value=${value}>${text}</option>`)}</select></label>
  `;
}
