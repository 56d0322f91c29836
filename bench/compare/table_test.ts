import assert from "#assert";
import { report } from "./report_fixture.ts";
import { summarize } from "./summary.ts";
import { markdownTable } from "./table.ts";

const BROKERS = ["tidemq", "mosquitto"];

Deno.test("markdownTable() has a row for each figure, ratios, and what is wanted", () => {
  const run = { round: 0, scenario: "a", failure: undefined, retried: [] };
  const runs = [
    { ...run, broker: "tidemq", report: report("a", { deliveredPerSecond: 1_234_567 }) },
    { ...run, broker: "mosquitto", report: report("a", { deliveredPerSecond: 100_000 }) },
  ];
  const [head, rule, row] = markdownTable(summarize(runs, BROKERS), BROKERS).split("\n");
  const cells = (line: string) => line.split("|").slice(1, -1).map((cell) => cell.trim());
  assert.deepEqual(cells(head!), [
    "scenario",
    "unit",
    "tidemq",
    "mosquitto",
    "× mosquitto",
    "wanted",
  ]);
  assert.match(rule!, /^[|\- ]+$/);
  assert.deepEqual(cells(row!).slice(1), [
    "messages/s",
    "1,234,567",
    "100,000",
    "12",
    "≥ 30 × mosquitto (missed)",
  ]);
  assert.equal(head!.length, row!.length);
});

Deno.test("markdownTable() says what the runtime could do where the broker has missed its target", () => {
  const figures = { tidemq: 400_000, mosquitto: 100_000, bare: 570_000 };
  const brokers = Object.keys(figures);
  const runs = Object.entries(figures).map(([broker, deliveredPerSecond]) => ({
    round: 0,
    scenario: "d2",
    broker,
    report: report("d2", { deliveredPerSecond }),
    failure: undefined,
    retried: [],
  }));
  const text = markdownTable(summarize(runs, brokers), brokers);
  assert.match(text, /\| ≥ 8 × mosquitto \(missed; bare: 5.70\) \|/);
});

Deno.test("markdownTable() marks a limited figure and explains a failure", () => {
  const runs = [
    {
      round: 0,
      scenario: "a",
      broker: "tidemq",
      report: report("a", { deliveredPerSecond: 5, loadWasLimit: true, brokerWaited: 0.5 }),
      failure: undefined,
      retried: [],
    },
    {
      round: 0,
      scenario: "a",
      broker: "mosquitto",
      report: undefined,
      failure: "it ended",
      retried: ["it lost one"],
    },
  ];
  const text = markdownTable(summarize(runs, BROKERS), BROKERS);
  assert.match(text, /\| 5 † ‡ +\| failed +\|/);
  assert.match(text, /^† The load generator/m);
  assert.match(text, /^‡ The broker or the generator waited/m);
  assert.match(text, /^Failed:\n\n- a, mosquitto: it ended$/m);
  assert.match(text, /^Failed, and measured again:\n\n- a, mosquitto: it lost one$/m);
});
