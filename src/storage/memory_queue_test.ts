import assert from "#assert";
import fc from "fast-check";
import { delivery, message } from "./conformance/fixtures.ts";
import { MemoryQueue } from "./memory_queue.ts";

/** Small numbers, so that steps meet: an append skips `value` seqs, a removal takes that seq. */
const step = fc.record({
  kind: fc.constantFrom("append", "append", "put", "remove", "shift", "page"),
  value: fc.integer({ min: 0, max: 150 }),
});

Deno.test("MemoryQueue agrees with a sorted map through any steps", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 600, size: "max" }), (steps) => {
      const queue = new MemoryQueue();
      const naive = new Map<number, number>();
      const sorted = () => [...naive.keys()].sort((a, b) => a - b);
      let last = 0;
      let id = 0;
      const put = (seq: number) => {
        queue.put(seq, delivery(message(++id)));
        naive.set(seq, id);
        last = Math.max(last, seq);
      };
      for (const { kind, value } of steps) {
        if (kind === "append") put(last + 1 + (value % 3));
        else if (kind === "put") put(value);
        else if (kind === "page") {
          const expected = sorted().filter((seq) => seq > value).slice(0, 5);
          assert.deepEqual(queue.page(value, 5).map(({ seq }) => seq), expected);
        } else {
          const seq = kind === "shift" ? sorted()[0] ?? 0 : value;
          assert.equal(queue.remove(seq)?.message.id, naive.get(seq));
          naive.delete(seq);
        }
        assert.equal(queue.count, naive.size);
      }
      const all = queue.page(-1, Infinity);
      assert.deepEqual(
        all.map(({ seq, delivery }) => [seq, delivery.message.id]),
        sorted().map((seq) => [seq, naive.get(seq)]),
      );
      assert.equal(queue.bytes, all.reduce((sum, { delivery }) => sum + delivery.message.cost, 0));
    }),
    { numRuns: 300 },
  );
});
