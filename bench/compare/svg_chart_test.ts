import assert from "#assert";
import { barChart, decades } from "./svg_chart.ts";

function bar(value: number, series = 0) {
  return { series, value, text: `${value}` };
}

function widths(svg: string): number[] {
  return [...svg.matchAll(/<rect x="380" y="\d+" width="([\d.]+)" height="10"/g)].map(
    ([, width]) => Number(width),
  );
}

Deno.test("barChart() draws equal steps for equal factors", () => {
  const bars = [bar(10), bar(20), bar(200), bar(2_000)];
  const [start, small, middle, large] = widths(barChart(["x"], [{
    title: "t",
    rows: [{ label: "l", bars }],
  }])) as [number, number, number, number];
  assert.ok(Math.abs(middle - small - (large - middle)) < 1);
  assert.ok(small > start);
  assert.equal(start, 1); // the axis begins here: a sliver shows that it is there
});

Deno.test("barChart() gives the same series the same colour as in the legend", () => {
  const svg = barChart(["first", "second"], [{
    title: "t",
    rows: [{ label: "l", bars: [bar(5, 1)] }],
  }]);
  const fills = [...svg.matchAll(/<rect [^>]*fill="(#\w+)"/g)].map(([, fill]) => fill);
  const [, first, second, drawn] = fills;
  assert.notEqual(first, second);
  assert.equal(drawn, second);
});

Deno.test("barChart() is well-formed: tags are closed and text is escaped", () => {
  const svg = barChart(["a<b"], [
    { title: "R&D", rows: [{ label: "1 → 1 <x>", bars: [bar(3)] }] },
    { title: "nothing", rows: [{ label: "l", bars: [] }] },
  ]);
  assert.match(svg, /^<svg [^>]+>\n[^]*\n<\/svg>\n$/);
  assert.match(svg, />a&lt;b</);
  assert.match(svg, />R&amp;D</);
  assert.match(svg, />1 → 1 &lt;x&gt;</);
  assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
  const open = svg.match(/<text /g)!.length;
  assert.equal(svg.match(/<\/text>/g)!.length, open);
});

Deno.test("decades() hold the values, and are at least one", () => {
  assert.deepEqual(decades([7, 12_345]), { from: 0, to: 5 });
  assert.deepEqual(decades([0.4, 2]), { from: -1, to: 1 });
  assert.deepEqual(decades([100]), { from: 2, to: 3 });
});
