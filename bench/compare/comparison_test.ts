import assert from "#assert";
import { scenarioOf } from "../load/scenarios.ts";
import type { ComparedBroker, StartedBroker, StartOptions } from "./brokers/broker.ts";
import { compare, type Load } from "./comparison.ts";
import { report } from "./report_fixture.ts";

/** A broker without a process; it remembers what became of it. */
class FakeBroker implements ComparedBroker {
  readonly started: StartOptions[] = [];
  running = 0;

  constructor(readonly name: string, readonly mayFail: boolean, readonly webSocket = false) {}

  prepare(): Promise<string> {
    return Promise.resolve("1");
  }

  start(options: StartOptions): Promise<StartedBroker> {
    this.started.push(options);
    this.running++;
    return Promise.resolve({
      pid: 1,
      port: this.started.length,
      webSocket: this.webSocket ? { port: 1, path: "/" } : undefined,
      [Symbol.asyncDispose]: () => {
        this.running--;
        return Promise.resolve();
      },
    });
  }
}

const good: Load = (scenario) => Promise.resolve(report(scenario.name));

function options(names: readonly string[], rounds: number, load: Load) {
  return { scenarios: names.map(scenarioOf), rounds, load, onRun: () => {} };
}

Deno.test("compare() goes from broker to broker in each scenario, round by round", async () => {
  const [ours, theirs] = [new FakeBroker("tidemq", false), new FakeBroker("other", true)];
  const runs = await compare([ours, theirs], options(["a", "c"], 2, good));
  assert.deepEqual(runs.map(({ round, scenario, broker }) => `${round} ${scenario} ${broker}`), [
    "0 a tidemq",
    "0 a other",
    "0 c tidemq",
    "0 c other",
    "1 a tidemq",
    "1 a other",
    "1 c tidemq",
    "1 c other",
  ]);
  assert.equal(ours.started.length, 2);
  assert.equal(ours.running + theirs.running, 0);
});

Deno.test("compare() leaves a broker out of the scenarios that it does not play", async () => {
  const choosy = Object.assign(new FakeBroker("choosy", true), {
    plays: ({ name }: { readonly name: string }) => name !== "a",
  });
  const runs = await compare(
    [new FakeBroker("tidemq", false), choosy],
    options(["a", "c"], 1, good),
  );
  assert.deepEqual(runs.map(({ scenario, broker }) => `${scenario} ${broker}`), [
    "a tidemq",
    "c tidemq",
    "c choosy",
  ]);
});

Deno.test("compare() starts a broker anew for what leaves something behind", async () => {
  const broker = new FakeBroker("tidemq", false);
  await compare([broker], options(["a", "g", "i", "d2p", "c"], 1, good));
  assert.deepEqual(broker.started.map(({ durable }) => durable), [false, false, false, true]);
  assert.equal(broker.running, 0);
});

Deno.test("compare() asks only those for WebSocket that have it", async () => {
  const brokers = [new FakeBroker("tidemq", false, true), new FakeBroker("other", true)];
  const runs = await compare(brokers, options(["a-ws"], 1, good));
  assert.deepEqual(runs.map(({ broker }) => broker), ["tidemq"]);
});

Deno.test("compare() measures another broker again when it failed, and never ours", async () => {
  const [ours, theirs] = [new FakeBroker("tidemq", false), new FakeBroker("other", true)];
  let attempts = 0;
  const load: Load = (scenario) => {
    attempts++;
    return Promise.resolve(report(scenario.name, { failure: "lost" }));
  };
  const [own, other] = await compare([ours, theirs], options(["a"], 1, load));
  assert.equal(attempts, 1 + 3);
  assert.equal(own!.failure, "lost");
  assert.deepEqual(own!.retried, []);
  assert.deepEqual(other!.retried, ["lost", "lost"]);
  assert.equal(theirs.started.length, 3);
});

Deno.test("compare() gives the next scenario a new broker when nothing could be measured", async () => {
  const broker = new FakeBroker("tidemq", false);
  const load: Load = (scenario) =>
    scenario.name === "a" ? Promise.reject(new Error("it hangs")) : good(scenario, {} as never);
  const runs = await compare([broker], options(["a", "c"], 1, load));
  assert.deepEqual(runs.map(({ failure }) => failure), ["it hangs", undefined]);
  assert.equal(broker.started.length, 2);
  assert.equal(broker.running, 0);
});
