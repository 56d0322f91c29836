import assert from "#assert";
import { FakeClock } from "../../base/fake_clock.ts";
import { nextTurn } from "../../../tests/support/test_broker.ts";
import { Accounting } from "../accounting.ts";
import type { BrokerContext } from "../context.ts";
import { Books, REPORT_AGE_MS_MAX } from "./books.ts";
import { RowGate, ROWS_PER_SLICE } from "./row_gate.ts";

/** The books of `count` sessions with one message each in their queues. */
function booksOf(count: number) {
  const accounting = new Accounting();
  accounting.matched = count;
  const session = { outbound: { size: 0 }, queue: { size: 1 } };
  const sessions = { all: () => Array.from({ length: count }, () => session).values() };
  const clock = new FakeClock();
  const context = { accounting, sessions, clock } as unknown as BrokerContext;
  return { accounting, clock, books: new Books(context, new Set(), new RowGate(clock)) };
}

const SLICES = 3;

Deno.test("Books: many sessions are looked at in slices, and add up while nothing moves", async () => {
  const { books, clock } = booksOf(SLICES * ROWS_PER_SLICE);
  let done = false;
  const report = books.report().finally(() => done = true);
  await Promise.resolve();
  assert.equal(done, false);
  assert.equal((await report).difference, 0);
  assert.equal((await report).queued, SLICES * ROWS_PER_SLICE);
  while (clock.pending > 0) await nextTurn();
});

Deno.test("Books: what moves meanwhile leaves the difference open", async () => {
  const { books, accounting, clock } = booksOf(SLICES * ROWS_PER_SLICE);
  const report = books.report();
  accounting.delivered++;
  assert.equal((await report).difference, undefined);
  while (clock.pending > 0) await nextTurn();
});

Deno.test("Books: a report of many sessions serves for a while, and one of few for once", async () => {
  for (const [count, isKept] of [[SLICES * ROWS_PER_SLICE, true], [2, false]] as const) {
    const { books, accounting, clock } = booksOf(count);
    const [first, together] = await Promise.all([books.report(), books.report()]);
    assert.equal(together, first);
    accounting.delivered++;
    assert.equal(await books.report() === first, isKept);
    while (clock.pending > 0) await nextTurn();
    await clock.advance(REPORT_AGE_MS_MAX);
    assert.notEqual(await books.report(), first);
    while (clock.pending > 0) await nextTurn();
  }
});

Deno.test("Books: of few sessions a wrong difference is known", async () => {
  const { books, accounting, clock } = booksOf(2);
  accounting.delivered = 1;
  assert.equal((await books.report()).difference, -1);
  while (clock.pending > 0) await nextTurn();
});
