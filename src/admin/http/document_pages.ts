import { escapeHtml, page, STYLE, STYLE_PATH } from "./html.ts";
import { API_PREFIX } from "./openapi.ts";
import { PROBLEM_CODES, problemPath, PROBLEMS } from "./problem.ts";
import { type ReferenceDocument, referencePage } from "./reference_page.ts";

/** A text that never changes while the program runs. */
export interface DocumentPage {
  /** Media type. */
  readonly type: string;
  readonly text: string;
}

const HTML = "text/html; charset=utf-8";

/** By path: the OpenAPI document, its reference page, the catalogue of problems, the style sheet. */
export function documentPages(document: object): Map<string, DocumentPage> {
  const reference = referencePage(document as ReferenceDocument);
  const pages = new Map<string, DocumentPage>([
    [`${API_PREFIX}/openapi.json`, { type: "application/json", text: JSON.stringify(document) }],
    [`${API_PREFIX}/docs`, { type: HTML, text: reference }],
    [STYLE_PATH, { type: "text/css; charset=utf-8", text: STYLE }],
    ["/problems", { type: HTML, text: cataloguePage() }],
  ]);
  for (const code of PROBLEM_CODES) {
    const { status, title, about } = PROBLEMS[code];
    const text = `<h1>${escapeHtml(title)}</h1>\n<p><code>${code}</code>, status ${status}</p>\n` +
      `<p>${escapeHtml(about)}</p>\n<p><a href="/problems">All problems</a></p>`;
    pages.set(problemPath(code), { type: HTML, text: page(title, text) });
  }
  return pages;
}

function cataloguePage(): string {
  const rows = PROBLEM_CODES.map((code) => {
    const { status, title } = PROBLEMS[code];
    return `<tr><td>${status}</td><td><a href="${
      problemPath(code)
    }"><code>${code}</code></a></td>` +
      `<td>${escapeHtml(title)}</td></tr>`;
  });
  const head = "<tr><th>Status</th><th>Code</th><th>Title</th></tr>";
  return page("Problems", `<h1>Problems</h1>\n<table>\n${[head, ...rows].join("\n")}\n</table>`);
}
