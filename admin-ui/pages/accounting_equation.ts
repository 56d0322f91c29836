import { html } from "htm/preact";
import type * as z from "zod";
import type { accounting as accountingSchema } from "../../src/admin/routes/overview.ts";
import { Badge } from "../components/values.ts";
import { count } from "../format.ts";

type Accounting = z.output<typeof accountingSchema>;
type Term = readonly [name: string, value: number];

/** Where every delivery came from and where it ended: both sides have to be equal. */
export function AccountingEquation({ accounting }: { accounting: Accounting }) {
  const { difference } = accounting;
  const from: readonly Term[] = [
    ["opening", accounting.opening],
    ["matched", accounting.matched],
    ["retained", accounting.retained],
    ["wills", accounting.wills],
  ];
  const to: readonly Term[] = [
    ["delivered", accounting.delivered],
    ["in flight", accounting.inflight],
    ["queued", accounting.queued],
    ["expired", accounting.expired],
    ["discarded", accounting.discarded],
    ["handed over", accounting.handed_over],
    ["dropped", accounting.dropped_total],
  ];
  return html`
    <section class="card" aria-label="Accounting equation">
      <div class="head"><h2>Accounting</h2>${difference === null
        ? html`<${Badge}>too busy to say<//>`
        : difference === 0
        ? html`<${Badge} tone="good">balanced<//>`
        : html`<${Badge} tone="bad">differs by ${count(difference)}<//>`}</div>
      <div class="equation">
        <${Side} title="Came in" terms=${from} />
        <${Side} title="Went out" terms=${to} />
      </div>
    </section>
  `;
}

function Side({ title, terms }: { title: string; terms: readonly Term[] }) {
  const sum = terms.reduce((all, [, value]) => all + value, 0);
  return html`<dl class="facts"><div class="sum"><dt>${title}</dt><dd>${count(sum)}</dd></div>${
    terms.map(([name, value]) =>
      html`
        <div key=${name} class=${value === 0 ? "faint" : ""}>
          <dt>${name}</dt>
          <dd>${count(value)}</dd>
        </div>
      `
    )
  }</dl>`;
}
