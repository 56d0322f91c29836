/**
 * What is generated from the schema: `docs/configuration.md`, the JSON Schema for editors and the
 * commented example.
 */
import * as z from "zod";
import { envVariable } from "./assignments.ts";
import { comingKeys } from "./refused_keys.ts";
import { configSchema, type Section, sections } from "./schema.ts";
import { type KeyInfo, keyInfo } from "./values/key.ts";

/** As the formatter wraps. */
const LINE_LENGTH = 100;

/** A file of the repository that follows from the schema. */
export interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

export function generatedFiles(): GeneratedFile[] {
  return [
    { path: "docs/configuration.md", text: configurationMarkdown() },
    { path: "docs/config.schema.json", text: jsonSchema() },
    { path: "config/tidemq.yaml", text: exampleYaml() },
  ];
}

const INTRODUCTION = `# Configuration

<!-- Generated from the schema in src/config by src/config/generate.ts: edit that. -->

TideMQ runs without a configuration. To change something, write only that into a YAML file:

\`\`\`yaml
server:
  tcp_addr: 0.0.0.0:1883
auth:
  allow_anonymous: true
\`\`\`

\`\`\`sh
tidemq start --config my.yaml
tidemq check-config my.yaml
\`\`\`

\`check-config\` prints every problem at once, each with its line and column, or what the file
changes. [\`config/tidemq.yaml\`](../config/tidemq.yaml) has all keys with their defaults, and
[\`config.schema.json\`](config.schema.json) completes and checks the file in an editor.

## Where a value comes from

1. \`--set KEY=VALUE\` on the command line, as \`--set log.level=debug\`;
2. the environment: \`TIDEMQ_\` and the path of the key with double underscores, as
   \`TIDEMQ_LOG__LEVEL=debug\`;
3. the file that \`--config\` names;
4. the default.

A key, a section or a \`TIDEMQ_\` variable that is unknown is an error, and so is a file that is named
but missing. (The variables that Kubernetes sets for a Service named \`tidemq\`, as \`TIDEMQ_PORT\`, are
skipped.)

## How values are written

- **Duration**: a number with a unit (\`500ms\`, \`60s\`, \`5m\`, \`12h\`, \`7d\`), several of them (\`1m30s\`),
  or a plain number of seconds.
- **Size**: a number with a unit (\`64KiB\`, \`1MiB\`, \`1GiB\`, or \`1KB\`, \`1MB\`, \`1GB\` in powers of ten),
  or a plain number of bytes.
- **Address**: \`127.0.0.1:1883\`, \`localhost:1883\`, \`"[::1]:1883"\` (YAML needs the quotes), or
  \`:1883\` for all interfaces. Port 0 takes any free port.

A listener that other machines can reach starts only when \`auth.allow_anonymous: true\` says that no
authentication is wanted.
`;

function configurationMarkdown(): string {
  return [INTRODUCTION, ...sections.map(sectionMarkdown), comingMarkdown()].join("\n");
}

function sectionMarkdown({ name, about, keys }: Section): string {
  return [
    `## \`${name}\``,
    "",
    about,
    "",
    ...Object.entries(keys).map(([key, schema]) => keyMarkdown(`${name}.${key}`, schema)),
  ].join("\n");
}

function keyMarkdown(path: string, schema: z.ZodType): string {
  const info = keyInfo.get(schema)!;
  return [
    `### \`${path}\``,
    "",
    ...wrap(info.about),
    "",
    ...wrap(`Takes: ${info.takes}`, "- ", "  "),
    ...wrap(`Default: ${defaultMarkdown(info)}`, "- ", "  "),
    ...wrap(`Environment: \`${envVariable(path)}\``, "- ", "  "),
    "",
  ].join("\n");
}

function defaultMarkdown(info: KeyInfo): string {
  return info.leftOut === undefined ? `\`${info.written}\`` : info.leftOut;
}

function comingMarkdown(): string {
  return [
    "## Not supported yet",
    "",
    ...wrap(
      "These keys belong to coming versions. This version refuses them, so that nobody relies on " +
        "something that does not happen.",
    ),
    "",
    ...comingKeys.flatMap(({ feature, keys }) =>
      wrap(`${feature}: ${keys.map((key) => `\`${key}\``).join(", ")}`, "- ", "  ")
    ),
    "",
  ].join("\n");
}

function jsonSchema(): string {
  const schema = z.toJSONSchema(configSchema, { io: "input", target: "draft-7" });
  for (const { name } of sections) {
    let section: z.core.JSONSchema.BaseSchema = schema;
    for (const step of name.split(".")) {
      section = section.properties![step] as z.core.JSONSchema.BaseSchema;
    }
    // To YAML, a section whose keys are all commented out is null.
    Object.assign(section, { type: ["object", "null"] });
  }
  return JSON.stringify({ title: "TideMQ configuration", ...schema }, undefined, 2) + "\n";
}

function exampleYaml(): string {
  return [
    "# yaml-language-server: $schema=../docs/config.schema.json",
    "#",
    "# Every key with its default. Copy only what you change; docs/configuration.md says more.",
    "",
    ...sections.map(sectionYaml),
  ].join("\n");
}

function sectionYaml({ name, about, keys }: Section): string {
  const infos = Object.entries(keys).map(([key, schema]) => [key, keyInfo.get(schema)!] as const);
  const path = name.split(".");
  const margin = "  ".repeat(path.length - 1);
  // Below a section without a value the formatter moves comments to the margin.
  const indent = infos.every(([, { leftOut }]) => leftOut !== undefined) ? margin : margin + "  ";
  const entries = infos.map(([key, info]) => keyYaml(key, info, indent));
  return [...comment(about, margin), `${margin}${path.at(-1)}:`, entries.join("\n")].join("\n");
}

function keyYaml(key: string, info: KeyInfo, indent: string): string {
  const lines = [...comment(info.about, indent), ...comment(`Takes ${info.takes}.`, indent)];
  if (info.leftOut === undefined) lines.push(`${indent}${key}: ${info.written}`);
  else {
    lines.push(...comment(`Left out: ${info.leftOut}.`, indent));
    // Removing `# ` leaves the key where it belongs.
    lines.push(`${indent}# ${indent === "" ? "  " : ""}${key}: ${info.written}`);
  }
  return lines.join("\n") + "\n";
}

/** `text` as YAML comment lines. */
function comment(text: string, indent: string): string[] {
  return wrap(text, `${indent}# `, `${indent}# `);
}

/** `text` in lines of at most {@linkcode LINE_LENGTH}; code between backticks is never split. */
function wrap(text: string, firstIndent = "", indent = ""): string[] {
  const lines: string[] = [];
  let line = firstIndent;
  for (const [word] of text.matchAll(/(`[^`]*`|[^\s`])+/g)) {
    const separator = line === firstIndent && lines.length === 0 || line === indent ? "" : " ";
    if (line.length + separator.length + word.length > LINE_LENGTH) {
      lines.push(line);
      line = indent + word;
    } else line += separator + word;
  }
  return [...lines, line];
}
