import assert from "#assert";
import { SeededRandom } from "./random.ts";
import { compareText, Selection } from "./selection.ts";

const byNumber = (a: number, b: number) => a - b;

Deno.test("Selection keeps the first rows in order, and says that there were more", () => {
  const selection = new Selection<number>(3, byNumber);
  for (const row of [5, 2, 9]) selection.offer(row);
  assert.deepEqual([selection.rows, selection.overflowed], [[2, 5, 9], false]);
  selection.offer(1);
  assert.deepEqual([selection.rows, selection.overflowed], [[1, 2, 5], true]);
  selection.offer(7);
  assert.deepEqual(selection.rows, [1, 2, 5]);
});

Deno.test("Selection agrees with sorting", () => {
  const random = new SeededRandom(3);
  const rows = [...new Set(Array.from({ length: 2_000 }, () => random.below(100_000)))];
  const selection = new Selection<number>(50, byNumber);
  for (const row of rows) selection.offer(row);
  assert.deepEqual(selection.rows, rows.sort(byNumber).slice(0, 50));
});

Deno.test("Selection merges rows that are equal, also when it is full", () => {
  type Row = { key: string; values: number[] };
  const selection = new Selection<Row>(
    2,
    (a, b) => compareText(a.key, b.key),
    (kept, row) => kept.values.push(...row.values),
  );
  const rows: [string, number][] = [["b", 1], ["a", 2], ["b", 3], ["c", 4], ["a", 5], ["b", 6]];
  for (const [key, value] of rows) selection.offer({ key, values: [value] });
  assert.deepEqual(selection.rows, [{ key: "a", values: [2, 5] }, { key: "b", values: [1, 3, 6] }]);
  assert.equal(selection.overflowed, true);
});
