/** Reads the repository and holds it to the rules that neither the formatter nor the linter knows. */
import assert from "#assert";
import { isTestSupport } from "./lint/rank_table.ts";
import { repositoryFiles } from "./runner/files.ts";

const ROOT = `${import.meta.dirname}/..`;
const FUNCTION_LINES_MAX = 70;
const FILE_LINES_MAX = 500;
const TEXT_FILE = /(\.(ts|md|json|yaml|yml|toml|html|css|sh|proto)|\/run|^\.[a-z]+)$/;

const files = await repositoryFiles(ROOT);
const read = (file: string) => Deno.readTextFile(`${ROOT}/${file}`);
const sources = files.filter((file) => file.startsWith("src/") && file.endsWith(".ts"));

/**
 * Functions of `source` that are too long. A suite of tests is a function that lists its cases: in
 * what is for tests the cases are measured, the list is not.
 */
function longFunctions(file: string, source: string): string[] {
  const found: string[] = [];
  const measure = (node: { type: string; range: [number, number] }) => {
    const lines = source.slice(...node.range).split("\n").length;
    if (lines <= FUNCTION_LINES_MAX) return;
    const line = source.slice(0, node.range[0]).split("\n").length;
    found.push(`${file}:${line}: a function of ${lines} lines`);
  };
  const visitor: Deno.lint.LintVisitor = {
    FunctionExpression: measure,
    ArrowFunctionExpression: measure,
  };
  if (!isTestSupport(file)) visitor.FunctionDeclaration = measure;
  Deno.lint.runPlugin({ name: "tidy", rules: { long: { create: () => visitor } } }, file, source);
  return found;
}

Deno.test("longFunctions() finds a function of any form that is too long", () => {
  const body = "\n".repeat(FUNCTION_LINES_MAX);
  for (
    const source of [
      `function f() {${body}}`,
      `const f = () => {${body}};`,
      `class A { f() {${body}} }`,
      `class A { get f() {${body}} }`,
      `const o = { f() {${body}} };`,
    ]
  ) assert.equal(longFunctions("a.ts", source).length, 1, source);
  assert.deepEqual(longFunctions("a.ts", `function f() {${body.slice(1)}}`), []);
});

Deno.test(`functions of src have at most ${FUNCTION_LINES_MAX} lines`, async () => {
  const found: string[] = [];
  for (const file of sources) found.push(...longFunctions(file, await read(file)));
  assert.deepEqual(found, []);
});

Deno.test(`files of src have at most ${FILE_LINES_MAX} lines`, async () => {
  const found: string[] = [];
  for (const file of sources) {
    const lines = (await read(file)).split("\n").length - 1;
    if (lines > FILE_LINES_MAX) found.push(`${file}: ${lines} lines`);
  }
  assert.deepEqual(found, []);
});

/** What must not be found, in text files other than this one. */
const FORBIDDEN: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  { what: "unfinished work", pattern: /\b(TODO|FIXME|XXX|HACK)\b/ },
  { what: "a path of one machine", pattern: /(^|[^\w.~-])\/(work|root|farm|home\/\w+)\//m },
  {
    what: "a package registry's host",
    pattern: /\b(npm|registry)\.[\w-]+\.(org|com|net|io|pkg)\b/,
  },
  { what: "the number of an issue", pattern: /\bissue #?\d/i },
  { what: "a test that runs alone", pattern: /\bDeno\.test\.only\b|\bonly: true/ },
  { what: "a test that does not run", pattern: /\bDeno\.test\.ignore\b|\bignore: true/ },
];

Deno.test("text files hold nothing that is forbidden", async () => {
  const found: string[] = [];
  for (const file of files) {
    if (!TEXT_FILE.test(file) || file === "tests/tidy_test.ts") continue;
    const text = await read(file);
    for (const { what, pattern } of FORBIDDEN) {
      const match = pattern.exec(text);
      if (match === null) continue;
      const line = text.slice(0, match.index).split("\n").length;
      found.push(`${file}:${line}: ${what}: ${match[0].trim()}`);
    }
  }
  assert.deepEqual(found, []);
});

Deno.test("nothing asks for all permissions", async () => {
  for (const file of ["deno.json", ".ci/run", "README.md", "CONTRIBUTING.md"]) {
    assert.doesNotMatch(await read(file), /(^|\s)(-A|--allow-all)(\s|"|$)/m, file);
  }
});

Deno.test("links between documents lead to files that exist", async () => {
  const all = new Set(files);
  const dead: string[] = [];
  for (const file of files.filter((file) => file.endsWith(".md"))) {
    for (const [, link] of (await read(file)).matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)) {
      const target = decodeURI(new URL(link!, `file:///${file}`).pathname.slice(1));
      if (!all.has(target)) dead.push(`${file}: ${link}`);
    }
  }
  assert.deepEqual(dead, []);
});

/** Modules that are started, not imported: by a task, or by whoever embeds the broker. */
function isRoot(file: string, tasks: string): boolean {
  return file === "src/mod.ts" || tasks.includes(file);
}

/** Doubles that tests put in place of the real thing, and the in-process pair of transports. */
function isForTests(file: string): boolean {
  return isTestSupport(file) || /\/(fake|faulty)_\w+\.ts$/.test(file) ||
    file === "src/transport/memory.ts";
}

/** The modules that `file` imports, relative to the repository. */
function importsOf(file: string, source: string): string[] {
  const specifiers = source.matchAll(/(?:from|import)\s*\(?\s*["`](\.{1,2}\/[^"`]+)["`]/g);
  return [...specifiers].map(([, specifier]) => {
    return new URL(specifier!, `file:///${file}`).pathname.slice(1);
  });
}

Deno.test("importsOf() finds imports of every form", () => {
  const source = `import a from "./a.ts"; import "./b.ts"; export * from "../c.ts";
    await import("./d.ts"); type E = import("./e.ts").E; import { x } from "zod";`;
  assert.deepEqual(importsOf("src/x/file.ts", source), [
    "src/x/a.ts",
    "src/x/b.ts",
    "src/c.ts",
    "src/x/d.ts",
    "src/x/e.ts",
  ]);
});

Deno.test("every module of src is used by another than its own test", async () => {
  const used = new Set<string>();
  const usedByTests = new Set<string>();
  for (const file of files.filter((file) => file.endsWith(".ts"))) {
    const program = (file.startsWith("src/") || file === "main.ts") && !isForTests(file);
    for (const target of importsOf(file, await read(file))) {
      (program ? used : usedByTests).add(target);
    }
  }
  const tasks = JSON.stringify(JSON.parse(await read("deno.json")).tasks);
  const dead = sources.filter((file) => {
    if (file.endsWith("_test.ts") || isRoot(file, tasks)) return false;
    return isForTests(file) ? !usedByTests.has(file) : !used.has(file);
  });
  assert.deepEqual(dead, []);
});
