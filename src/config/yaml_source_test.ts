import assert from "#assert";
import { FILE_LENGTH_MAX, readYaml } from "./yaml_source.ts";

/** `line:column message` of every problem. */
function problemsOf(text: string): string[] {
  return readYaml(text).problems.map(({ line, column, path, message }) =>
    `${line}:${column} ${path === "" ? "" : `${path} `}${message}`
  );
}

for (
  const [what, text, problem] of [
    ["a key that is set twice", "a: 1\nb: 2\na: 3", /^3:1 a is set twice$/],
    ["a nested key that is set twice", "s:\n  k: 1\n  k: 1", /^3:3 k is set twice$/],
    ["a tab as indentation", "server:\n\ttcp_addr: x", /^2:1 Tabs are not allowed as indentation$/],
    ["a list at the root", "- a", /^1:1 the file must be a mapping of sections/],
    ["a word at the root", "hello", /^1:1 the file must be a mapping of sections/],
    ["two documents", "a: 1\n---\nb: 1", /^2:1 the file must be one YAML document/],
    ["an alias", "a: &x 1\nb: *x", /^2:4 b YAML aliases are not supported/],
    ["a merge of an alias", "a: &x {}\nb:\n  <<: *x", /^3:7 b.<< YAML aliases are not supported/],
    ["an alias to nothing", "a: *x", /aliases are not supported/],
    ["a recursive alias", "a: &x { b: *x }", /aliases are not supported/],
    ["a key that is a number", "1: x", /^1:1 a key must be a plain name$/],
    ["a key that is a list", "? [a]\n: 1", /a key must be a plain name$/],
    ["a tag", "a: !secret x", /^1:4 Unresolved tag: !secret$/],
    ["an open quote", "a: 'x", /^1:6 Missing closing 'quote$/],
    ["an IPv6 address without quotes", "a: [::1]:1883", /needs quotes, as in "\[::1\]:1883"/],
    ["uneven indentation", "a:\n  b: 1\n c: 2", /^3:1 All mapping items must start at the same/],
    ["a block that is nested too deeply", nestedBlocks(40), /is nested too deeply$/],
    ["a list that is nested too deeply", "a: " + "[".repeat(100_000), /nested too deeply$/],
    [
      "a file that is too long",
      "#".repeat(FILE_LENGTH_MAX + 1),
      /is longer than 1000000 characters/,
    ],
  ] as const
) {
  Deno.test(`readYaml: ${what} is a problem with its place`, () => {
    const problems = problemsOf(text);
    assert.ok(problems.length >= 1 && problems.length <= 10, problems.join("\n"));
    assert.match(problems[0]!, problem);
  });
}

function nestedBlocks(depth: number): string {
  return Array.from({ length: depth }, (_, i) => `${" ".repeat(i)}a:`).join("\n");
}

Deno.test("readYaml: aliases cannot be used to blow a small file up", () => {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
  for (let i = 1; i < 30; i++) {
    lines.push(`a${i}: &a${i} [${Array(10).fill(`*a${i - 1}`).join(", ")}]`);
  }
  const source = readYaml(lines.join("\n"));
  assert.ok(source.problems.length > 0);
  assert.ok(JSON.stringify(source.tree).length < 10_000);
});

Deno.test("readYaml: knows the line and column of every key and value", () => {
  const { keys, values } = readYaml(
    "# c\nserver:\n  tcp_addr:   x\n  list: [1,\n    2]\n  none:\n",
  );
  assert.deepEqual(keys.get("server"), { line: 2, column: 1 });
  assert.deepEqual(keys.get("server.tcp_addr"), { line: 3, column: 3 });
  assert.deepEqual(values.get("server.tcp_addr"), { line: 3, column: 15 });
  assert.deepEqual(values.get("server.list.1"), { line: 5, column: 5 });
  assert.equal(values.get("server.none")!.line, 6);
});

Deno.test("readYaml: a key called __proto__ is a key like any other", () => {
  const { tree } = readYaml("__proto__: { a: 1 }\ns: { __proto__: 1 }");
  assert.deepEqual(Object.keys(tree), ["__proto__", "s"]);
  assert.deepEqual(Object.keys(tree.s as object), ["__proto__"]);
  assert.equal(tree.a, undefined);
});

Deno.test("readYaml: counts columns from 1, also after a byte order mark and with CRLF", () => {
  const { keys } = readYaml("\ufeffa: 1\r\nb: 2\r\n");
  assert.deepEqual(keys.get("b"), { line: 2, column: 1 });
});

Deno.test("readYaml: a broken text yields no tree, so no guesses about its keys", () => {
  assert.deepEqual(Object.keys(readYaml("a: 1\nb: 'x").tree), []);
});

Deno.test("readYaml: a repeated key still yields the rest of the tree", () => {
  assert.deepEqual({ ...readYaml("a: 1\na: 2\nb: 3").tree }, { a: 2, b: 3 });
});
