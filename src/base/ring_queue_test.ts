import assert from "#assert";
import fc from "fast-check";
import { RingQueue } from "./ring_queue.ts";

const operation = fc.oneof(
  { weight: 8, arbitrary: fc.record({ name: fc.constant("push"), value: fc.integer() }) },
  { weight: 3, arbitrary: fc.record({ name: fc.constant("unshift"), value: fc.integer() }) },
  { weight: 6, arbitrary: fc.record({ name: fc.constant("shift"), value: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ name: fc.constant("filter"), value: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ name: fc.constant("drain"), value: fc.constant(0) }) },
);

Deno.test("RingQueue agrees with an array through any operations", () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 400, size: "max" }), (operations) => {
      const queue = new RingQueue<number>();
      let naive: number[] = [];
      for (const { name, value } of operations) {
        if (name === "push") {
          queue.push(value);
          naive.push(value);
        } else if (name === "unshift") {
          queue.unshift(value);
          naive.unshift(value);
        } else if (name === "shift") {
          assert.equal(queue.shift(), naive.shift());
        } else if (name === "filter") {
          const keep = (entry: number) => Math.abs(entry) % 5 !== value;
          queue.filter(keep);
          naive = naive.filter(keep);
        } else {
          while (queue.size > 0) assert.equal(queue.shift(), naive.shift());
        }
        assert.equal(queue.size, naive.length);
        assert.equal(queue.peek(), naive[0]);
      }
      assert.deepEqual([...queue], naive);
    }),
  );
});

Deno.test("RingQueue keeps its order through growing and a long way round", () => {
  const queue = new RingQueue<number>();
  let next = 0;
  let expected = 0;
  for (let round = 0; round < 1_000; round++) {
    for (let count = 0; count < 1 + (round % 7); count++) queue.push(next++);
    for (let count = 0; count < 3 && queue.size > 0; count++) {
      assert.equal(queue.shift(), expected++);
    }
  }
  assert.equal(queue.size, next - expected);
});

Deno.test("RingQueue.clear() forgets everything", () => {
  const queue = new RingQueue<string>();
  for (const value of "abcdefgh") queue.push(value);
  queue.clear();
  assert.deepEqual([queue.size, queue.peek(), queue.shift(), [...queue]], [
    0,
    undefined,
    undefined,
    [],
  ]);
  queue.unshift("x");
  assert.deepEqual([...queue], ["x"]);
});
