import type * as z from "zod";
import { type Assignment, envVariable, parseAssigned } from "./assignments.ts";
import { type Config, toConfig } from "./config.ts";
import { ConfigError, type ConfigProblem, type ConfigSource } from "./problem.ts";
import { explainUnknownKey } from "./refused_keys.ts";
import { rules } from "./rules.ts";
import { type ConfigInput, configSchema, keyPaths, sectionPaths } from "./schema.ts";
import { closest } from "./suggest.ts";
import { isTree, putAt, type Tree, valueAt } from "./tree.ts";
import { keyInfo } from "./values/key.ts";
import { readYaml, type YamlSource } from "./yaml_source.ts";

/** A configuration, and for each key (`server.tcp_addr`) where its value comes from. */
export interface LoadedConfig {
  readonly config: Config;
  readonly sources: ReadonlyMap<string, ConfigSource>;
  /** For each key its value as it was written; undefined where it was left out. */
  readonly written: ReadonlyMap<string, unknown>;
}

/**
 * Lays the sources of a configuration over each other, from the weakest to the strongest, and
 * collects everything that is wrong with them. Used once.
 */
export class Loader {
  readonly #tree: Tree = Object.create(null);
  readonly #sources = new Map<string, ConfigSource>();
  readonly #problems: ConfigProblem[] = [];
  #yaml: YamlSource | undefined;

  /** The YAML `text` of `file`. */
  addFile(file: string, text: string): void {
    this.#yaml = readYaml(text);
    const source: ConfigSource = { kind: "file", file };
    for (const problem of this.#yaml.problems) this.#problems.push({ ...problem, source });
    this.#addTree(this.#yaml.tree, "", source);
  }

  /** One value from the environment or the command line. */
  assign({ path, text, source }: Assignment): void {
    const schema = keyPaths.get(path);
    if (schema === undefined) {
      const named = source.kind === "env" ? "" : path;
      this.#problem(named, source, explainUnknownAssignment(path, source));
      return;
    }
    const value = parseAssigned(text, keyInfo.get(schema)!.plainText);
    if (value === undefined) this.#problem(path, source, "is no YAML value");
    else this.#put(path, value, source);
  }

  /** Values of an embedding program. */
  override(input: ConfigInput): void {
    this.#addTree(input, "", { kind: "override" });
  }

  /** The configuration that the sources make. Throws {@linkcode ConfigError}. */
  finish(): LoadedConfig {
    const result = configSchema.safeParse(this.#tree);
    if (result.error) this.#addIssues(result.error.issues);
    // The rules between keys are checked on what is left, so that one run reports everything.
    const tree = result.data ?? configSchema.parse(this.#withoutProblems());
    const config = toConfig(tree);
    this.#checkRules(config);
    if (this.#problems.length > 0) throw new ConfigError(this.#problems.sort(byPlace));
    return { config, ...this.#describe() };
  }

  /** Lays what stands below `prefix` in one source over what is there. */
  #addTree(tree: Tree, prefix: string, source: ConfigSource): void {
    for (const [name, value] of Object.entries(tree)) {
      if (value === undefined) continue;
      const path = prefix + name;
      if (!sectionPaths.has(path)) this.#put(path, value, source);
      else if (isTree(value)) {
        this.#put(path, valueAt(this.#tree, path) ?? Object.create(null), source);
        this.#addTree(value, `${path}.`, source);
      } // A section whose keys are all commented out is an empty one.
      else this.#put(path, value ?? Object.create(null), source);
    }
  }

  #put(path: string, value: unknown, source: ConfigSource): void {
    // A section that is no mapping is reported for itself.
    if (putAt(this.#tree, path, value)) this.#sources.set(path, source);
  }

  #addIssues(issues: readonly z.core.$ZodIssue[]): void {
    const seen = new Set<string>();
    for (const issue of issues) {
      const path = issue.path.join(".");
      if (issue.code === "unrecognized_keys") {
        for (const key of issue.keys) this.#unknownKey(path === "" ? key : `${path}.${key}`);
      } else if (!seen.has(path)) {
        // One thing can break several conditions of a key; the first says it.
        seen.add(path);
        this.#problem(path, this.#sourceOf(path), issue.message);
      }
    }
  }

  #unknownKey(path: string): void {
    const isSection = !path.includes(".");
    const known = [...isSection ? sectionPaths : [], ...keyPaths.keys()];
    this.#problem(path, this.#sourceOf(path), explainUnknownKey(path, known), "key");
  }

  #checkRules(config: Config): void {
    // What the file would have said about the other keys of a rule is not known.
    if (this.#yaml?.readable === false) return;
    const broken = new Set(this.#problems.map(({ path }) => path));
    for (const rule of rules) {
      if (rule.keys.some((key) => isBroken(key, broken))) continue;
      const message = rule.check(config);
      if (message === undefined) continue;
      const path = rule.keys.find((key) => this.#sources.has(key)) ?? rule.keys[0]!;
      this.#problem(path, this.#sourceOf(path), message);
    }
  }

  #withoutProblems(): Tree {
    const tree: Tree = Object.create(null);
    const broken = new Set(this.#problems.map(({ path }) => path));
    for (const path of keyPaths.keys()) {
      const value = valueAt(this.#tree, path);
      if (value !== undefined && !isBroken(path, broken)) putAt(tree, path, value);
    }
    return tree;
  }

  #describe(): Pick<LoadedConfig, "sources" | "written"> {
    const sources = new Map<string, ConfigSource>();
    const written = new Map<string, unknown>();
    for (const path of keyPaths.keys()) {
      sources.set(path, this.#withLine(path, this.#sourceOf(path)));
      written.set(path, valueAt(this.#tree, path));
    }
    return { sources, written };
  }

  #withLine(path: string, source: ConfigSource): ConfigSource {
    const line = source.kind === "file" ? this.#yaml?.keys.get(path)?.line : undefined;
    return line === undefined ? source : { ...source, line } as ConfigSource;
  }

  #sourceOf(path: string): ConfigSource {
    if (keyPaths.has(path)) return this.#sources.get(path) ?? { kind: "default" };
    for (let at = path; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf(".")))) {
      const source = this.#sources.get(at);
      if (source !== undefined) return source;
    }
    return { kind: "default" };
  }

  #problem(path: string, source: ConfigSource, message: string, at: "key" | "value" = "value") {
    const places = at === "key" ? this.#yaml?.keys : this.#yaml?.values;
    const position = source.kind === "file" ? places?.get(path) : undefined;
    this.#problems.push({ path, source, message, ...position });
  }
}

const SOURCE_ORDER: readonly ConfigSource["kind"][] = [
  "file",
  "env",
  "flag",
  "override",
  "default",
];

/** The file from top to bottom, then the other sources; else as found. */
function byPlace(a: ConfigProblem, b: ConfigProblem): number {
  return SOURCE_ORDER.indexOf(a.source.kind) - SOURCE_ORDER.indexOf(b.source.kind) ||
    (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

/** True when a problem was found at `path`, above it or below it. */
function isBroken(path: string, problems: ReadonlySet<string>): boolean {
  for (const problem of problems) {
    if (problem === path || problem.startsWith(`${path}.`) || path.startsWith(`${problem}.`)) {
      return true;
    }
  }
  return false;
}

function explainUnknownAssignment(path: string, source: ConfigSource): string {
  if (source.kind !== "env") return explainUnknownKey(path, keyPaths.keys());
  const explained = explainUnknownKey(path, []);
  if (explained !== "unknown key") return explained;
  const meant = closest(source.variable, [...keyPaths.keys()].map(envVariable));
  return meant === undefined ? "unknown variable" : `unknown variable: did you mean ${meant}?`;
}
