import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";

/** A configuration file is a page or two; a larger one is some other file. */
export const FILE_LENGTH_MAX = 1_000_000;

/** The configuration nests three deep; deeper input is refused before it costs anything. */
const DEPTH_MAX = 16;

/** A file that is no YAML at all has an error on every line; the first few say it. */
const SYNTAX_PROBLEMS_MAX = 10;

/** From 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface YamlProblem extends Partial<Position> {
  readonly path: string;
  readonly message: string;
}

/** A YAML text, with the place of everything in it. */
export interface YamlSource {
  /** The mapping at the root: without prototypes; empty when the text could not be read. */
  readonly tree: Readonly<Record<string, unknown>>;
  /** Where the value of a path (`server.tcp_addr`, `broker.protocol_versions.0`) begins. */
  readonly values: ReadonlyMap<string, Position>;
  /** Where the key of a path begins. */
  readonly keys: ReadonlyMap<string, Position>;
  readonly problems: readonly YamlProblem[];
  /** False when the text is no YAML, or not of a shape that could hold keys. */
  readonly readable: boolean;
}

/** Reads one YAML document. Never throws: what is wrong is in `problems`. */
export function readYaml(text: string): YamlSource {
  const reader = new YamlReader();
  return reader.read(text);
}

class YamlReader {
  readonly #lines = new LineCounter();
  readonly #values = new Map<string, Position>();
  readonly #keys = new Map<string, Position>();
  readonly #problems: YamlProblem[] = [];

  read(text: string): YamlSource {
    const tree = this.#readTree(text);
    return {
      tree: tree ?? {},
      readable: tree !== undefined,
      values: this.#values,
      keys: this.#keys,
      problems: this.#problems,
    };
  }

  #readTree(text: string): Record<string, unknown> | undefined {
    if (text.length > FILE_LENGTH_MAX) {
      this.#problems.push({ path: "", message: `is longer than ${FILE_LENGTH_MAX} characters` });
      return undefined;
    }
    const document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    const broken = document.errors.some(({ code }) => code !== "DUPLICATE_KEY");
    for (const error of [...document.errors, ...document.warnings].slice(0, SYNTAX_PROBLEMS_MAX)) {
      const message = explainSyntax(error.code, error.message, text.slice(error.pos[0]));
      this.#problem("", error.pos[0], message);
    }
    // A tree from broken text is a guess, and its problems would be guesses too.
    if (broken) return undefined;
    if (document.contents === null) return {};
    const root = this.#value(document.contents, "", 0);
    if (root === null || isRecord(root)) return root ?? {};
    const message = "the file must be a mapping of sections, as `server:`, to keys";
    this.#problem("", document.contents.range?.[0] ?? 0, message);
    return undefined;
  }

  #value(node: unknown, path: string, depth: number): unknown {
    const offset = (node as Node | null)?.range?.[0] ?? 0;
    if (path !== "") this.#values.set(path, this.#position(offset));
    if (depth > DEPTH_MAX) {
      this.#problem(path, offset, "is nested too deeply");
    } else if (isAlias(node)) {
      this.#problem(path, offset, "YAML aliases are not supported here: write the value out");
    } else if (isMap(node)) {
      return this.#mapping(node.items, path, depth);
    } else if (isSeq(node)) {
      return node.items.map((item, index) => this.#value(item, join(path, index), depth + 1));
    } else if (isScalar(node)) {
      return node.value;
    }
    return null;
  }

  #mapping(
    items: readonly { key: unknown; value: unknown }[],
    path: string,
    depth: number,
  ): Record<string, unknown> {
    const record: Record<string, unknown> = Object.create(null);
    for (const { key, value } of items) {
      const offset = (key as Node | null)?.range?.[0] ?? 0;
      if (!isScalar(key) || typeof key.value !== "string") {
        this.#problem(path, offset, "a key must be a plain name");
        continue;
      }
      const keyPath = join(path, key.value);
      this.#keys.set(keyPath, this.#position(offset));
      record[key.value] = this.#value(value, keyPath, depth + 1);
      // `key:` without a value has no node of its own.
      if (value === null) this.#values.set(keyPath, this.#position(offset));
    }
    return record;
  }

  #problem(path: string, offset: number, message: string): void {
    this.#problems.push({ path, ...this.#position(offset), message });
  }

  #position(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}

/** The path of an entry of `parent`. */
function join(parent: string, key: string | number): string {
  return parent === "" ? String(key) : `${parent}.${key}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Says in the words of a configuration what the parser says in the words of YAML's grammar. */
function explainSyntax(code: string, message: string, rest: string): string {
  switch (code) {
    case "DUPLICATE_KEY":
      return `${/^["']?([\w.-]*)/.exec(rest)![1]} is set twice`;
    case "MULTIPLE_DOCS":
      return "the file must be one YAML document: remove the line ---";
    case "RESOURCE_EXHAUSTION":
      return "is nested too deeply";
    case "UNEXPECTED_TOKEN":
      return `${message} (a value that begins with [ needs quotes, as in "[::1]:1883")`;
    default:
      return message;
  }
}
