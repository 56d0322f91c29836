import assert from "#assert";
import { evidenceFrom, missingFrom, slips, testsOf } from "./coverage.ts";
import { conformanceDocument } from "./document.ts";
import { type Statement, STATEMENTS } from "./statements.ts";

const BOTH: Statement = { id: "MQTT-1.1.1-1", binds: "both", twin: true };
const NEW: Statement = { id: "MQTT-1.1.1-2", binds: "server", twin: false };
const CLIENT: Statement = { id: "MQTT-1.2.1-1", binds: "client", twin: true };
const ALL = [BOTH, NEW, CLIENT];

const evidence = (...names: string[]) =>
  evidenceFrom(names.map((name) => ({ file: "src/a_test.ts", name })));

Deno.test("STATEMENTS holds the 251 statements once each, in order", () => {
  assert.equal(STATEMENTS.length, 251);
  assert.equal(new Set(STATEMENTS.map(({ id }) => id)).size, 251);
  const numbers = (id: string) => id.match(/\d+/g)!.map(Number);
  const sorted = STATEMENTS.map(({ id }) => id).toSorted((a, b) => {
    const [left, right] = [numbers(a), numbers(b)];
    const index = left.findIndex((number, position) => number !== right[position]);
    return left[index]! - right[index]!;
  });
  assert.deepEqual(STATEMENTS.map(({ id }) => id), sorted);
  assert.ok(STATEMENTS.every(({ id }) => /^MQTT-\d\.\d+\.\d+-\d+$/.test(id)));
});

Deno.test("evidenceFrom() takes ids and versions from names", () => {
  const [several, one, all, list] = evidence(
    "[MQTT-1.1.1-1] [MQTT-1.1.1-2] decode() refuses it (5.0)",
    "[MQTT-1.1.1-1] decode() refuses it (3.1.1)",
    "[MQTT-1.1.1-1] decode() refuses it (of any kind)",
    "[MQTT-1.1.1-1] decode() refuses it (3.1, 3.1.1)",
  );
  assert.deepEqual(several?.ids, ["MQTT-1.1.1-1", "MQTT-1.1.1-2"]);
  assert.deepEqual(several?.versions, ["5.0"]);
  assert.deepEqual(one?.versions, ["3.1.1"]);
  assert.equal(all?.versions, undefined);
  assert.deepEqual(list?.versions, ["3.1", "3.1.1"]);
  assert.deepEqual(evidence("decode() shows nothing normative (5.0)"), []);
});

Deno.test("testsOf() counts a test for its versions, or for all when it names none", () => {
  const tests = evidence("[MQTT-1.1.1-1] a (5.0)", "[MQTT-1.1.1-1] b (3.1)", "[MQTT-1.1.1-1] c");
  assert.equal(testsOf(BOTH, "5.0", tests).length, 2);
  assert.equal(testsOf(BOTH, "3.1.1", tests).length, 1);
  assert.equal(testsOf(NEW, "5.0", tests).length, 0);
});

Deno.test("missingFrom() wants 3.1.1 only where the behaviour exists, and nothing of clients", () => {
  assert.deepEqual(missingFrom(ALL, []), {
    "5.0": ["MQTT-1.1.1-1", "MQTT-1.1.1-2"],
    "3.1.1": ["MQTT-1.1.1-1"],
  });
  assert.deepEqual(missingFrom(ALL, evidence("[MQTT-1.1.1-1] [MQTT-1.1.1-2] a (5.0)")), {
    "5.0": [],
    "3.1.1": ["MQTT-1.1.1-1"],
  });
  assert.deepEqual(missingFrom(ALL, evidence("[MQTT-1.1.1-1] [MQTT-1.1.1-2] a")), {
    "5.0": [],
    "3.1.1": [],
  });
});

Deno.test("slips() finds ids and versions that do not exist", () => {
  assert.deepEqual(slips(ALL, evidence("[MQTT-1.1.1-1] a (5.0)", "[MQTT-1.1.1-1] b")), []);
  assert.equal(slips(ALL, evidence("[MQTT-1.1.1-9] a (5.0)")).length, 1);
  assert.equal(slips(ALL, evidence("[MQTT-1.1.1-1] a (5)")).length, 1);
});

Deno.test("conformanceDocument() shows tests, gaps, client statements and what is new", () => {
  const text = conformanceDocument(ALL, evidence("[MQTT-1.1.1-1] a (5.0)"));
  assert.match(
    text,
    /\| MQTT-1\.1\.1-1 \| both \| \[a\]\(\.\.\/src\/a_test\.ts\) 1 \| \*\*none\*\* \|/,
  );
  assert.match(text, /\| MQTT-1\.1\.1-2 \| server \| \*\*none\*\* \| – \|/);
  assert.match(text, /\| MQTT-1\.2\.1-1 \| client \| {2}\| {2}\|/);
  assert.match(text, /\| 5\.0 \| 2 \| 1 \| 1 \|/);
  assert.match(text, /## Section 1\.2/);
});
