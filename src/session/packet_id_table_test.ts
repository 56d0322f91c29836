import assert from "#assert";
import fc from "fast-check";
import { PacketIdTable } from "./packet_id_table.ts";

interface Entry {
  readonly packetId: number;
  readonly value: number;
}

Deno.test("PacketIdTable: does what a Map does, whatever ids come and go", () => {
  // Few home slots, so that entries get into each other's way.
  const id = fc.oneof(
    fc.integer({ min: 1, max: 20 }),
    fc.constantFrom(1, 9, 17, 257, 4097, 32_769, 65_535),
    fc.integer({ min: 1, max: 65_535 }),
  );
  const step = fc.tuple(fc.constantFrom("set", "set", "delete"), id);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const table = new PacketIdTable<Entry>();
      const model = new Map<number, Entry>();
      for (const [value, [what, packetId]] of steps.entries()) {
        if (what === "set") {
          table.set({ packetId, value });
          model.set(packetId, { packetId, value });
        } else assert.equal(table.delete(packetId), model.delete(packetId));
        assert.equal(table.size, model.size);
        for (const [key, entry] of model) assert.deepEqual(table.get(key), entry);
        assert.equal(table.has(packetId), model.has(packetId));
      }
      const byId = (a: Entry, b: Entry) => a.packetId - b.packetId;
      assert.deepEqual([...table.values()].sort(byId), [...model.values()].sort(byId));
    }),
    { numRuns: 300 },
  );
});

Deno.test("PacketIdTable: holds every packet id there is", () => {
  const table = new PacketIdTable<Entry>();
  for (let packetId = 65_535; packetId > 0; packetId--) table.set({ packetId, value: -packetId });
  assert.equal(table.size, 65_535);
  for (let packetId = 1; packetId <= 65_535; packetId++) {
    assert.equal(table.get(packetId)?.value, -packetId);
    assert.equal(table.delete(packetId), true);
    assert.equal(table.get(packetId), undefined);
  }
  assert.equal(table.size, 0);
  assert.equal(table.delete(1), false);
});

Deno.test("PacketIdTable: is empty after clear()", () => {
  const table = new PacketIdTable<Entry>();
  table.set({ packetId: 7, value: 1 });
  table.clear();
  assert.equal(table.size, 0);
  assert.equal(table.get(7), undefined);
  assert.deepEqual([...table.values()], []);
  table.set({ packetId: 7, value: 2 });
  assert.equal(table.get(7)?.value, 2);
});
