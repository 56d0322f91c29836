import assert from "#assert";
import { FakeClock } from "../base/fake_clock.ts";
import { FLUSHES_PER_TURN, GATHERING_TURNS_MAX, Outbox } from "./outbox.ts";

function outboxWith() {
  const outbox = new Outbox(new FakeClock());
  let flushed = 0;
  const add = () => outbox.add({ flush: () => void flushed++ });
  return { outbox, add, flushed: () => flushed };
}

const microtasks = () => Promise.resolve();
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("Outbox: flushes once the synchronous part of the turn has run", async () => {
  const { add, flushed } = outboxWith();
  add();
  add();
  assert.equal(flushed(), 0);
  await microtasks();
  assert.equal(flushed(), 2);
});

Deno.test("Outbox: gathers while more input is at hand, and flushes when that was read", async () => {
  const { outbox, add, flushed } = outboxWith();
  outbox.gather();
  add();
  await microtasks();
  outbox.gather();
  add();
  await microtasks();
  assert.equal(flushed(), 0);
  outbox.endGathering();
  await microtasks();
  assert.equal(flushed(), 2);
  await turn();
  assert.equal(flushed(), 2, "each once");
});

Deno.test("Outbox: does not wait for input that does not come in the next turn", async () => {
  const { outbox, add, flushed } = outboxWith();
  outbox.gather();
  add();
  while (flushed() === 0) await turn();
  add();
  await microtasks();
  assert.equal(flushed(), 2);
});

Deno.test("Outbox: gathers for some turns while input comes in each, then flushes", async () => {
  const { outbox, add, flushed } = outboxWith();
  const flushedAfter: number[] = [];
  for (let each = 1; each <= 2 * GATHERING_TURNS_MAX; each++) {
    outbox.gather();
    add();
    await turn();
    flushedAfter.push(flushed());
  }
  const { length } = flushedAfter;
  assert.deepEqual(flushedAfter.slice(0, length / 2), [0, 0, 0, GATHERING_TURNS_MAX]);
  assert.deepEqual(flushedAfter.slice(length / 2), [4, 4, 4, 2 * GATHERING_TURNS_MAX]);
});

Deno.test("Outbox: what was waiting when more input was seen is flushed with it or before", async () => {
  const { outbox, add, flushed } = outboxWith();
  add();
  outbox.gather();
  await microtasks();
  assert.equal(flushed(), 1);
  await turn();
  await turn();
});

Deno.test("Outbox: writes to many connections in several turns, each once", async () => {
  const { add, flushed } = outboxWith();
  const count = 2 * FLUSHES_PER_TURN + 1;
  for (let each = 0; each < count; each++) add();
  const perTurn: number[] = [];
  for (let before = 0; before < count; before = flushed()) {
    while (flushed() === before) await turn();
    perTurn.push(flushed() - before);
  }
  assert.deepEqual(perTurn, [FLUSHES_PER_TURN, FLUSHES_PER_TURN, 1]);
});

Deno.test("Outbox: what few have to say goes before what is left of many", async () => {
  const { add, flushed, outbox } = outboxWith();
  for (let each = 0; each < 3 * FLUSHES_PER_TURN; each++) add();
  await microtasks();
  const before = flushed();
  let answered = false;
  outbox.add({ flush: () => answered = true });
  await microtasks();
  assert.equal(answered, true);
  assert.equal(flushed(), before);
  while (flushed() < 3 * FLUSHES_PER_TURN) await turn();
});
