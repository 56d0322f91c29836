import assert from "#assert";
import { report } from "./report_fixture.ts";
import { type Run, summarize } from "./summary.ts";
import { verdictOf } from "./targets.ts";

const BROKERS = ["tidemq", "mosquitto"];

/** Of scenario a: messages per second by round. */
function rates(broker: string, perSecond: readonly number[]): Run[] {
  return perSecond.map((deliveredPerSecond, round) => ({
    round,
    scenario: "a",
    broker,
    report: report("a", { deliveredPerSecond }),
    failure: undefined,
    retried: [],
  }));
}

Deno.test("summarize() takes ratios within a round, then their median", () => {
  // The machine gets faster: a ratio of medians would be 20 / 2 as well as a round's, but not here.
  const runs = [...rates("tidemq", [10, 40, 90]), ...rates("mosquitto", [1, 8, 3])];
  const [row] = summarize(runs, BROKERS);
  assert.equal(row!.figures.get("tidemq")!.median, 40);
  assert.equal(row!.figures.get("mosquitto")!.median, 3);
  assert.equal(row!.ratios.get("mosquitto"), 10);
});

Deno.test("summarize() turns the ratio round where less is better", () => {
  const seconds = (broker: string, retainedSeconds: number): Run => ({
    round: 0,
    scenario: "i",
    broker,
    report: report("i", { retainedSeconds }),
    failure: undefined,
    retried: [],
  });
  const [row] = summarize([seconds("tidemq", 0.5), seconds("mosquitto", 2)], BROKERS);
  assert.equal(row!.ratios.get("mosquitto"), 4);
});

Deno.test("summarize() gives no figure to a broker that failed in one round", () => {
  const [first, second] = rates("mosquitto", [1, 2]);
  const failed = { ...second!, failure: "1 of 2 deliveries lost" };
  const [row] = summarize([...rates("tidemq", [10, 10]), first!, failed], BROKERS);
  const figure = row!.figures.get("mosquitto")!;
  assert.equal(figure.median, undefined);
  assert.equal(figure.failure, "1 of 2 deliveries lost");
  assert.deepEqual(figure.rounds, [1, undefined]);
  assert.equal(row!.ratios.has("mosquitto"), false);
});

Deno.test("summarize() makes three rows of a fixed rate", () => {
  const latencyUs = { p50: 50, p90: 0, p99: 900, p999: 0, max: 0 };
  const run = {
    round: 0,
    scenario: "f",
    broker: "tidemq",
    report: report("f", { latencyUs, brokerCpu: 0.25 }),
    failure: undefined,
    retried: [],
  };
  const rows = summarize([run], BROKERS);
  assert.deepEqual(rows.map(({ metric }) => metric.key), ["f p50", "f p99", "f CPU"]);
  assert.deepEqual(rows.map(({ figures }) => figures.get("tidemq")!.median), [50, 900, 25]);
});

Deno.test("summarize() says when the generator was the limit in most rounds", () => {
  const limited = rates("tidemq", [1, 2, 3]).map((run, round) => ({
    ...run,
    report: report("a", { deliveredPerSecond: 1, loadWasLimit: round < 2 }),
  }));
  assert.equal(summarize(limited, BROKERS)[0]!.figures.get("tidemq")!.loadWasLimit, true);
  const once = limited.map((run, round) => ({
    ...run,
    report: report("a", { loadWasLimit: round < 1 }),
  }));
  assert.equal(summarize(once, BROKERS)[0]!.figures.get("tidemq")!.loadWasLimit, false);
});

Deno.test("verdictOf() compares with mosquitto, with a bound, and with another row", () => {
  const ofA = (factor: number) => {
    const rows = summarize([...rates("tidemq", [factor]), ...rates("mosquitto", [1])], BROKERS);
    return verdictOf(rows[0]!, rows)!.reached;
  };
  assert.equal(ofA(30), true);
  assert.equal(ofA(29), false);

  const bytes = (bytesPerConnection: number) => {
    const run = { round: 0, scenario: "g", broker: "tidemq", failure: undefined, retried: [] };
    const rows = summarize([{ ...run, report: report("g", { bytesPerConnection }) }], BROKERS);
    return verdictOf(rows[0]!, rows)!.reached;
  };
  assert.equal(bytes(12_287), true);
  assert.equal(bytes(12_288), false);

  const ofWebSocket = (perSecond: number) => {
    const webSocket = rates("tidemq", [perSecond]).map((run) => ({ ...run, scenario: "a-ws" }));
    const rows = summarize([...rates("tidemq", [100]), ...webSocket], BROKERS);
    return verdictOf(rows[1]!, rows)!.reached;
  };
  assert.equal(ofWebSocket(25), true);
  assert.equal(ofWebSocket(24), false);
});

Deno.test("verdictOf() knows nothing without mosquitto", () => {
  const rows = summarize(rates("tidemq", [1]), ["tidemq"]);
  assert.equal(verdictOf(rows[0]!, rows)!.reached, undefined);
});
