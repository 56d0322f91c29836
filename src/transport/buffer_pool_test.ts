import assert from "#assert";
import { BufferPool } from "./buffer_pool.ts";

Deno.test("BufferPool: lends no more than its limit, and lends again what came back", () => {
  const pool = new BufferPool(2, 16);
  const [first, second] = [pool.take()!, pool.take()!];
  assert.equal(first.length, 16);
  assert.notEqual(first, second);
  assert.equal(pool.take(), undefined);
  pool.give(first);
  assert.equal(pool.lent, 1);
  assert.equal(pool.take(), first);
  assert.equal(pool.take(), undefined);
});

Deno.test("BufferPool: a forfeited buffer makes room but is never lent again", () => {
  const pool = new BufferPool(1, 16);
  const lost = pool.take();
  pool.forfeit();
  assert.equal(pool.lent, 0);
  assert.notEqual(pool.take(), lost);
});
