import { html } from "htm/preact";
import { changeQuery } from "../place.ts";

interface Choosable {
  readonly key: string;
  readonly title: string;
}

/** Which columns a table has; the first one always stays. Nothing where there is nothing to choose. */
export function ColumnChoice(
  { columns, shown }: { columns: readonly (Choosable & { optional?: boolean })[]; shown: string[] },
) {
  if (!columns.some(({ optional }) => optional)) return null;
  const [first, ...others] = columns;
  const turn = (key: string, on: boolean) => {
    const keys = columns.map((column) => column.key)
      .filter((each) => each === first!.key || (each === key ? on : shown.includes(each)));
    const usual = columns.filter(({ optional }) => !optional).map((column) => column.key);
    changeQuery({ columns: keys.join() === usual.join() ? "" : keys.join() });
  };
  return html`
    <details class="menu">
      <summary>Columns</summary>
      <div class="menu-body">${others.map(({ key, title }) =>
        html`<label><input type="checkbox" checked=${shown.includes(key)}
        onChange=${(event: Event) => turn(key, (event.target as HTMLInputElement).checked)} />
        ${title}</label>`
      )}</div>
    </details>
  `;
}
