import assert from "#assert";
import { parseBenchmarks } from "./benchmark_json.ts";
import { compareWithBaseline, formatComparison } from "./comparison.ts";

const bench = (name: string, result: unknown) => ({
  origin: "file:///somewhere/bench/codec_bench.ts",
  name,
  results: [result],
});

Deno.test("parseBenchmarks() takes the times of each benchmark", () => {
  const text = JSON.stringify({ benches: [bench("decode", { ok: { min: 5, avg: 7, max: 9 } })] });
  assert.deepEqual(parseBenchmarks(text), [
    { key: "codec_bench.ts: decode", minNs: 5, averageNs: 7 },
  ]);
});

Deno.test("parseBenchmarks() throws on a failed benchmark and on none", () => {
  const failed = JSON.stringify({ benches: [bench("decode", { failed: {} })] });
  assert.throws(() => parseBenchmarks(failed), /decode has failed/);
  assert.throws(() => parseBenchmarks('{"benches":[]}'), /no benchmark ran/);
});

Deno.test("compareWithBaseline() says how many times as fast a benchmark is", () => {
  const of = (key: string, minNs: number) => ({ key, minNs, averageNs: minNs });
  const compared = compareWithBaseline(
    [of("a", 50), of("b", 100), of("c", 200), of("d", 1)],
    [of("a", 100), of("b", 99), of("c", 100), of("e", 1)],
  );
  assert.deepEqual(compared.map(({ verdict }) => verdict), ["faster", "same", "slower", "new"]);
  assert.deepEqual(compared.map(({ ratio }) => ratio), [2, 0.99, 0.5, undefined]);
});

Deno.test("formatComparison() gives each benchmark a line with its time and ratio", () => {
  const lines = formatComparison([
    { key: "decode", minNs: 1_500, ratio: 0.5, verdict: "slower" },
    { key: "match", minNs: 20, ratio: undefined, verdict: "new" },
  ]).split("\n");
  assert.match(lines[0]!, /^decode +1\.5 µs +0\.50 × +slower$/);
  assert.match(lines[1]!, /^match +20\.0 ns +new$/);
});
