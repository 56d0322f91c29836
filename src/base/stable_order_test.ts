import assert from "#assert";
import fc from "fast-check";
import { stableOrder } from "./stable_order.ts";

const atOnce = () => undefined;

Deno.test("stableOrder sorts as a stable sort does, both ways", async () => {
  const values = fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ noNaN: true })));
  await fc.assert(
    fc.asyncProperty(values, fc.boolean(), async (given, descending) => {
      const sign = descending ? -1 : 1;
      const compare = (a: number, b: number) => a < b ? -sign : a > b ? sign : 0;
      const expected = [...given.keys()].sort((a, b) => compare(given[a]!, given[b]!) || a - b);
      const order = await stableOrder(Float64Array.from(given), descending, atOnce);
      assert.deepEqual([...order], expected);
    }),
  );
});

Deno.test("stableOrder gives way between steps, and goes on where it was", async () => {
  const values = Float64Array.from({ length: 5_000 }, (_, index) => index * 7_919 % 5_000);
  let waits = 0;
  const order = await stableOrder(values, false, () => {
    waits++;
    return Promise.resolve();
  });
  assert.deepEqual([...order].map((index) => values[index]), [...values].sort((a, b) => a - b));
  assert.ok(waits >= 30, `${waits} waits`);
});
