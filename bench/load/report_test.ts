import assert from "#assert";
import { Books } from "./books.ts";
import { reportOf, wasDisturbed } from "./report.ts";

const FROM = { at: 1_000, brokerCpu: 5, brokerWaited: 1, loadCpu: 2, loadWaited: 0 };

function measured(loadCpu: number, loadWaited: number) {
  return reportOf("a", new Books(), {
    from: FROM,
    to: { at: 3_000, brokerCpu: 6, brokerWaited: 1.1, loadCpu: 2 + loadCpu, loadWaited },
    delivered: 1_000,
    brokerResidentBytes: 0,
  });
}

Deno.test("reportOf() takes rates and shares from the measured part", () => {
  const { deliveredPerSecond, brokerCpu, brokerWaited, loadCpu } = measured(1.9, 0);
  assert.deepEqual({ deliveredPerSecond, brokerCpu, brokerWaited, loadCpu }, {
    deliveredPerSecond: 500,
    brokerCpu: 0.5,
    brokerWaited: 0.05,
    loadCpu: 0.95,
  });
});

Deno.test("reportOf() says when the generator was the limit", () => {
  assert.equal(measured(1.8, 0).loadWasLimit, true);
  assert.equal(measured(1.7, 0).loadWasLimit, false);
});

Deno.test("wasDisturbed() says when one of both waited for its core", () => {
  assert.equal(wasDisturbed(measured(1, 0.1)), false);
  assert.equal(wasDisturbed(measured(1, 0.2)), true);
});
