import { escapeHtml, page, STYLE, STYLE_PATH } from "./html.ts";
import { API_PREFIX } from "./openapi.ts";
import { PROBLEM_CODES, type ProblemCode, problemPath, PROBLEMS } from "./problem.ts";
import { type ReferenceDocument, referencePage } from "./reference_page.ts";

/** A text that never changes while the program runs; made when it is asked for. */
export interface DocumentPage {
  /** Media type. */
  readonly type: string;
  readonly text: () => string;
}

const HTML = "text/html; charset=utf-8";

/**
 * By path: the OpenAPI document, its reference page, the catalogue of problems, the style sheet.
 * `makeDocument` is called once: it takes some ten milliseconds, which a start does not need.
 */
export function documentPages(makeDocument: () => object): Map<string, DocumentPage> {
  let made: object | undefined;
  const document = () => made ??= makeDocument();
  const pages = new Map<string, DocumentPage>([
    [`${API_PREFIX}/openapi.json`, {
      type: "application/json",
      text: () => JSON.stringify(document()),
    }],
    [`${API_PREFIX}/docs`, {
      type: HTML,
      text: () => referencePage(document() as ReferenceDocument),
    }],
    [STYLE_PATH, { type: "text/css; charset=utf-8", text: () => STYLE }],
    ["/problems", { type: HTML, text: cataloguePage }],
  ]);
  for (const code of PROBLEM_CODES) {
    pages.set(problemPath(code), { type: HTML, text: () => problemPage(code) });
  }
  return pages;
}

function problemPage(code: ProblemCode): string {
  const { status, title, about } = PROBLEMS[code];
  return page(
    title,
    `<h1>${escapeHtml(title)}</h1>\n<p><code>${code}</code>, status ${status}</p>\n` +
      `<p>${escapeHtml(about)}</p>\n<p><a href="/problems">All problems</a></p>`,
  );
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
