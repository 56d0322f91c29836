import assert from "#assert";
import fc from "fast-check";
import { EdgeTable, NO_SLOT } from "./edge_table.ts";

/** The children of all edges with this parent and key, in ascending order. */
function children(table: EdgeTable, parent: number, low: number, high: number): number[] {
  const found: number[] = [];
  let slot = table.first(parent, low, high);
  for (; slot !== NO_SLOT; slot = table.next(slot, parent, low, high)) {
    found.push(table.child(slot));
  }
  return found.sort((a, b) => a - b);
}

function slotOf(table: EdgeTable, edge: readonly number[], child: number): number {
  const [parent, low, high] = edge as [number, number, number];
  let slot = table.first(parent, low, high);
  while (slot !== NO_SLOT && table.child(slot) !== child) {
    slot = table.next(slot, parent, low, high);
  }
  return slot;
}

Deno.test("EdgeTable: keeps several edges with the same parent and key", () => {
  const table = new EdgeTable(1);
  for (const child of [3, -4, 5]) table.add(1, 2, 0, child);
  table.add(2, 1, 0, 6);
  table.add(1, 2, 1, 8);
  assert.deepEqual(children(table, 1, 2, 0), [-4, 3, 5]);
  table.setChild(slotOf(table, [1, 2, 0], -4), 7);
  table.remove(slotOf(table, [1, 2, 0], 3));
  assert.deepEqual(children(table, 1, 2, 0), [5, 7]);
  assert.deepEqual(children(table, 2, 1, 0), [6]);
  assert.deepEqual(children(table, 1, 2, 1), [8]);
  assert.deepEqual(children(table, 2, 2, 0), []);
});

Deno.test("EdgeTable: is like a list of edges over any calls", () => {
  const step = fc.record({
    kind: fc.constantFrom("add", "add", "remove"),
    edge: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.nat(5), fc.integer({ min: -1, max: 2 })),
  });
  fc.assert(
    fc.property(fc.integer(), fc.array(step, { maxLength: 300, size: "max" }), (seed, steps) => {
      const table = new EdgeTable(seed);
      const model = new Map<string, number[]>();
      for (const [i, { kind, edge }] of steps.entries()) {
        const expected = model.get(`${edge}`) ?? [];
        model.set(`${edge}`, expected);
        if (kind === "add") {
          table.add(...edge, i + 1);
          expected.push(i + 1);
        } else if (expected.length > 0) {
          const [child] = expected.splice(i % expected.length, 1);
          table.remove(slotOf(table, edge, child!));
        }
      }
      for (const { edge } of steps) {
        assert.deepEqual(children(table, ...edge), model.get(`${edge}`));
      }
    }),
  );
});

Deno.test("EdgeTable: holds as many edges as are put in", () => {
  const table = new EdgeTable(1);
  for (let i = 1; i <= 10_000; i++) table.add(i % 100 + 1, i, 0, i);
  for (let i = 1; i <= 10_000; i += 2) table.remove(table.first(i % 100 + 1, i, 0));
  for (let i = 1; i <= 10_000; i++) {
    assert.deepEqual(children(table, i % 100 + 1, i, 0), i % 2 === 0 ? [i] : []);
  }
});
