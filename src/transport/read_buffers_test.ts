import assert from "#assert";
import { BufferPool, BUSY_BUFFER_BYTES } from "./buffer_pool.ts";
import { BURST_BUFFER_BYTES, QUIET_BUFFER_BYTES, ReadBuffers } from "./read_buffers.ts";

/** The size of the next buffer after each of these reads. */
function sizesAfter(buffers: ReadBuffers, counts: readonly (number | "full")[]): number[] {
  return counts.map((count) => {
    buffers.adapt(count === "full" ? buffers.current.length : count);
    return buffers.current.length;
  });
}

Deno.test("ReadBuffers: the next buffer follows from the last read", () => {
  const pool = new BufferPool(1);
  const buffers = new ReadBuffers(pool);
  assert.equal(buffers.current.length, QUIET_BUFFER_BYTES);
  const counts = [1, "full", "full", QUIET_BUFFER_BYTES + 1, 1, "full", "full"] as const;
  assert.deepEqual(sizesAfter(buffers, counts), [
    QUIET_BUFFER_BYTES,
    BUSY_BUFFER_BYTES,
    BUSY_BUFFER_BYTES,
    BURST_BUFFER_BYTES,
    BURST_BUFFER_BYTES,
    BUSY_BUFFER_BYTES,
    BUSY_BUFFER_BYTES,
  ]);
  assert.equal(pool.lent, 1);
  buffers[Symbol.dispose]();
  assert.equal(pool.lent, 0);
});

Deno.test("ReadBuffers: a connection that has become quiet lets its burst buffer go", () => {
  const buffers = new ReadBuffers(new BufferPool(1));
  sizesAfter(buffers, ["full", QUIET_BUFFER_BYTES + 1]);
  assert.equal(buffers.current.length, BURST_BUFFER_BYTES);
  const sizes = sizesAfter(buffers, new Array(16).fill(QUIET_BUFFER_BYTES));
  assert.deepEqual(sizes.slice(0, 15), new Array(15).fill(BURST_BUFFER_BYTES));
  assert.equal(sizes[15], QUIET_BUFFER_BYTES);
});

Deno.test("ReadBuffers: a burst now and then keeps the burst buffer", () => {
  const buffers = new ReadBuffers(new BufferPool(1));
  const sizes = [];
  for (let i = 0; i < 10; i++) {
    sizes.push(...sizesAfter(buffers, [QUIET_BUFFER_BYTES + 1, ...new Array(15).fill(2)]));
  }
  assert.ok(sizes.every((size) => size === BURST_BUFFER_BYTES));
});

Deno.test("ReadBuffers: without a pooled buffer a burst buffer has to do", () => {
  const buffers = new ReadBuffers(new BufferPool(0));
  assert.deepEqual(sizesAfter(buffers, ["full", "full"]), [BURST_BUFFER_BYTES, BURST_BUFFER_BYTES]);
});

Deno.test("ReadBuffers: a buffer that somebody may still use is not lent again", () => {
  const pool = new BufferPool(2);
  const buffers = new ReadBuffers(pool);
  sizesAfter(buffers, ["full"]);
  const held = buffers.current;
  buffers.abandon();
  assert.equal(pool.lent, 0);
  assert.notEqual(pool.take(), held);
  assert.equal(buffers.current.length, QUIET_BUFFER_BYTES);
});
