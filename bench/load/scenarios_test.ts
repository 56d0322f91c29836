import assert from "#assert";
import {
  fanOut,
  type Scenario,
  scenarioOf,
  SCENARIOS,
  topicFilter,
  topicsOfPublisher,
  topicsOfSubscriber,
} from "./scenarios.ts";

Deno.test("SCENARIOS have distinct names and payloads with room for a stamp", () => {
  assert.equal(new Set(SCENARIOS.map(({ name }) => name)).size, SCENARIOS.length);
  for (const { name, size } of SCENARIOS) assert.ok(size >= 16, name);
});

Deno.test("scenarioOf() names the scenarios that there are", () => {
  assert.equal(scenarioOf("d2").window, 20);
  assert.throws(() => scenarioOf("z"), /there are a, b, c,/);
});

Deno.test("fanOut() is what the subscribers' filters add up to", () => {
  for (const scenario of SCENARIOS.filter(({ measure }) => measure === "deliveredPerSecond")) {
    const { subscribers, topics } = scenario;
    const counts = new Uint32Array(topics);
    for (let subscriber = 0; subscriber < subscribers; subscriber++) {
      for (const topic of topicsOfSubscriber(scenario, subscriber)) counts[topic]!++;
    }
    for (const [topic, count] of counts.entries()) {
      assert.equal(fanOut(scenario, topic), count, `${scenario.name}, topic ${topic}`);
    }
  }
});

Deno.test("topicsOfPublisher() shares the topics out", () => {
  const shared = (publishers: number, topics: number) => {
    const scenario: Scenario = { ...scenarioOf("c"), publishers, topics };
    return Array.from({ length: publishers }, (_, index) => topicsOfPublisher(scenario, index));
  };
  assert.deepEqual(shared(2, 5), [[0, 2, 4], [1, 3]]);
  assert.deepEqual(shared(3, 2), [[0], [1], [0]]);
});

Deno.test("topicFilter() has the wildcard where the scenario wants it", () => {
  assert.equal(topicFilter(scenarioOf("a"), 7), "load/7/v");
  assert.equal(topicFilter(scenarioOf("h"), 7), "load/7/+");
  assert.equal(topicFilter(scenarioOf("h2"), 7), "+/7/v");
  assert.equal(topicFilter(scenarioOf("i"), 7), "ret/7/v");
});
