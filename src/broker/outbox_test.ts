import assert from "#assert";
import { FakeClock } from "../base/fake_clock.ts";
import { Outbox } from "./outbox.ts";

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

Deno.test("Outbox: does not wait for input beyond the next turn", async () => {
  const { outbox, add, flushed } = outboxWith();
  outbox.gather();
  add();
  while (flushed() === 0) await turn();
  add();
  await microtasks();
  assert.equal(flushed(), 2);
});

Deno.test("Outbox: what was waiting when more input was seen is flushed with it or before", async () => {
  const { outbox, add, flushed } = outboxWith();
  add();
  outbox.gather();
  await microtasks();
  assert.equal(flushed(), 1);
  await turn();
});
