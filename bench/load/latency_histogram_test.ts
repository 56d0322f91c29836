import assert from "#assert";
import { LatencyHistogram } from "./latency_histogram.ts";

Deno.test("LatencyHistogram finds quantiles within a 32nd", () => {
  const histogram = new LatencyHistogram();
  for (let us = 1; us <= 10_000; us++) histogram.addMs(us / 1000);
  for (const part of [0, 0.1, 0.5, 0.9, 0.99, 1]) {
    const wanted = Math.max(1, part * 10_000);
    const found = histogram.quantileUs(part);
    assert.ok(found <= wanted + 1 && found >= wanted * (1 - 1 / 32) - 1, `${part}: ${found}`);
  }
  assert.equal(histogram.count, 10_000);
  assert.equal(histogram.maxUs, 10_000);
});

Deno.test("LatencyHistogram takes what is out of its range as its limit", () => {
  const histogram = new LatencyHistogram();
  histogram.addMs(-1);
  assert.equal(histogram.quantileUs(1), 0);
  histogram.addMs(1e9);
  assert.ok(histogram.quantileUs(1) > 200e6);
});

Deno.test("LatencyHistogram is empty at first, and again when it is cleared", () => {
  const histogram = new LatencyHistogram();
  assert.equal(histogram.quantileUs(0.5), 0);
  histogram.addMs(5);
  histogram.clear();
  assert.equal(histogram.count, 0);
  assert.equal(histogram.maxUs, 0);
  assert.equal(histogram.quantileUs(0.5), 0);
});
