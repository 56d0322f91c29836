import { escapeHtml, page } from "./html.ts";

/** The parts of an OpenAPI document that the page shows. */
export interface ReferenceDocument {
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> };
}

interface Operation {
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, Answer>>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: { readonly description?: string; readonly [keyword: string]: unknown };
}

interface Answer {
  readonly description: string;
  readonly content?: Content;
}

type Content = Readonly<Record<string, { readonly schema?: unknown; readonly example?: unknown }>>;

/** The document as one page to read: no script, no request to anywhere else. */
export function referencePage(document: ReferenceDocument): string {
  const { info, paths, components } = document;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation }))
  );
  const tags = Map.groupBy(operations, ({ operation }) => operation.tags?.[0] ?? "Other");
  const sections = [...tags].map(([tag, those]) => {
    const parts = those.map(({ path, method, operation }) => section(path, method, operation));
    return `<h2>${escapeHtml(tag)}</h2>\n${parts.join("\n")}`;
  });
  const schemas = Object.entries(components?.schemas ?? {}).map(([name, schema]) =>
    `<h3 id="schema-${escapeHtml(name)}">${escapeHtml(name)}</h3>\n${json(schema)}`
  );
  const intro = `<h1>${escapeHtml(info.title)} ${escapeHtml(info.version)}: admin API</h1>\n` +
    `<p>For programs: <a href="/api/v1/openapi.json">openapi.json</a>. ` +
    `What can go wrong: <a href="/problems">problems</a>.</p>`;
  const body = [intro, ...sections, "<h2>Schemas</h2>", ...schemas].join("\n");
  return page(`${info.title} admin API`, body);
}

function section(path: string, method: string, operation: Operation): string {
  const { summary = "", description = "", parameters = [], requestBody, responses } = operation;
  return [
    `<h3><code>${method.toUpperCase()} ${escapeHtml(path)}</code> ${escapeHtml(summary)}</h3>`,
    `<p>${prose(description)}</p>`,
    parameterTable(parameters),
    requestBody === undefined ? "" : `<p>Body:</p>\n${contents(requestBody.content)}`,
    ...Object.entries(responses).map(([status, answer]) =>
      // Problems all have the same schema, which is shown once.
      `<p><strong>${escapeHtml(status)}</strong> ${prose(answer.description)}</p>` +
      (status.startsWith("2") ? contents(answer.content ?? {}) : "")
    ),
  ].filter((part) => part !== "").join("\n");
}

function parameterTable(parameters: readonly Parameter[]): string {
  if (parameters.length === 0) return "";
  const rows = parameters.map((parameter) => {
    const { name, required, schema = {} } = parameter;
    const { description, ...rest } = schema;
    const about = parameter.description ?? description ?? "";
    return `<tr><td><code>${escapeHtml(name)}</code></td>` +
      `<td>${escapeHtml(parameter.in)}${required ? ", required" : ""}</td>` +
      `<td>${prose(about)} <code>${escapeHtml(JSON.stringify(rest))}</code></td></tr>`;
  });
  return `<table>\n${rows.join("\n")}\n</table>`;
}

function contents(content: Content): string {
  return Object.values(content).map(({ schema, example }) =>
    (example === undefined ? "" : json(example)) + json(schema)
  ).join("\n");
}

function json(value: unknown): string {
  return `<pre>${escapeHtml(JSON.stringify(value, null, 2))}</pre>`;
}

/** Text with `code` in backticks. */
function prose(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`/g, "<code>$1</code>");
}
