import assert from "#assert";
import fc from "fast-check";
import { EdgeTable } from "./edge_table.ts";

Deno.test("EdgeTable: is like a map over any calls", () => {
  const step = fc.record({
    kind: fc.constantFrom("set", "set", "delete"),
    parent: fc.integer({ min: 1, max: 12 }),
    level: fc.nat(12),
    child: fc.oneof(fc.integer({ min: 1 }), fc.integer({ max: -1 })),
  });
  fc.assert(
    fc.property(fc.integer(), fc.array(step, { maxLength: 300, size: "max" }), (seed, steps) => {
      const table = new EdgeTable(seed);
      const model = new Map<string, number>();
      for (const { kind, parent, level, child } of steps) {
        const key = `${parent},${level}`;
        if (kind === "set") {
          table.set(parent, level, child);
          model.set(key, child);
        } else if (model.delete(key)) {
          table.delete(parent, level);
        }
      }
      for (let parent = 1; parent <= 12; parent++) {
        for (let level = 0; level <= 12; level++) {
          assert.equal(table.get(parent, level), model.get(`${parent},${level}`) ?? 0);
        }
      }
    }),
  );
});

Deno.test("EdgeTable: holds as many edges as are put in", () => {
  const table = new EdgeTable(1);
  for (let i = 1; i <= 10_000; i++) table.set(i % 100 + 1, i, i);
  for (let i = 1; i <= 10_000; i += 2) table.delete(i % 100 + 1, i);
  for (let i = 1; i <= 10_000; i++) assert.equal(table.get(i % 100 + 1, i), i % 2 === 0 ? i : 0);
});
