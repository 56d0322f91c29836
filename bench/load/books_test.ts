import assert from "#assert";
import { Books } from "./books.ts";

function books(values: Partial<Books>): Books {
  return Object.assign(new Books(), values);
}

Deno.test("Books have no failure when everything was delivered once", () => {
  assert.equal(books({ sent: 5, expected: 10, delivered: 10 }).failure, undefined);
});

Deno.test("Books fail on a loss, a surplus, a repetition and a violation", () => {
  assert.match(books({ expected: 10, delivered: 9 }).failure!, /1 of 10 deliveries lost/);
  assert.match(books({ expected: 10, delivered: 11 }).failure!, /1 deliveries too many/);
  assert.match(books({ outOfOrder: 2 }).failure!, /2 deliveries repeated or out of order/);
  const violated = new Books();
  violated.violated("first");
  violated.violated("second");
  assert.equal(violated.failure, "first");
});

Deno.test("Books still count as lost what was written off", () => {
  const stalled = books({ expected: 10, delivered: 4, writtenOff: 6 });
  assert.equal(stalled.outstanding, 0);
  assert.equal(stalled.lost, 6);
});
