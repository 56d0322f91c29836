import assert from "#assert";
import fc from "fast-check";
import { testDelivery } from "./delivery_fixture.ts";
import { type Queued, type QueueLimits, RESIDENT_WINDOW, SessionQueue } from "./queue.ts";

const ROOMY: QueueLimits = { messagesMax: 10_000, bytesMax: 1_000_000_000 };

/** A queue with the entries `first` to `last`. */
function filled(last: number, durable: boolean, limits = ROOMY): SessionQueue {
  const queue = new SessionQueue(limits, durable);
  for (let seq = 1; seq <= last; seq++) queue.push(seq, testDelivery(`${seq}`));
  return queue;
}

/** What a store would give: entries behind `afterSeq` up to `last`. */
function page(afterSeq: number, last: number): Queued[] {
  const entries: Queued[] = [];
  for (let seq = afterSeq + 1; seq <= last && entries.length < RESIDENT_WINDOW; seq++) {
    entries.push({ seq, delivery: testDelivery(`${seq}`) });
  }
  return entries;
}

function shiftAll(queue: SessionQueue): number[] {
  const seqs: number[] = [];
  for (let head = queue.shift(); head !== undefined; head = queue.shift()) seqs.push(head.seq);
  return seqs;
}

const COST = testDelivery("x").message.cost;

Deno.test("SessionQueue gives back in order and counts messages and bytes", () => {
  const queue = filled(3, false);
  assert.deepEqual([queue.size, queue.bytes], [3, 3 * COST]);
  assert.equal(queue.peek()?.seq, 1);
  assert.deepEqual(shiftAll(queue), [1, 2, 3]);
  assert.deepEqual([queue.size, queue.bytes, queue.peek(), queue.shift()], [
    0,
    0,
    undefined,
    undefined,
  ]);
});

Deno.test("SessionQueue.fits up to the number of messages", () => {
  const queue = filled(2, false, { messagesMax: 3, bytesMax: 1_000_000 });
  assert.deepEqual([queue.fits(testDelivery("3")), queue.full], [true, false]);
  queue.push(3, testDelivery("3"));
  assert.deepEqual([queue.fits(testDelivery("4")), queue.full], [false, true]);
  queue.shift();
  assert.equal(queue.fits(testDelivery("4")), true);
});

Deno.test("SessionQueue.fits up to the number of bytes, exactly", () => {
  const queue = filled(1, false, { messagesMax: 100, bytesMax: 2 * COST });
  assert.equal(queue.fits(testDelivery("x")), true);
  assert.equal(queue.fits(testDelivery("xy")), false);
  queue.push(2, testDelivery("x"));
  assert.equal(queue.full, true);
});

Deno.test("SessionQueue: an empty one takes any single message, unless it may hold none", () => {
  const queue = new SessionQueue({ messagesMax: 1, bytesMax: 10 }, false);
  assert.equal(queue.fits(testDelivery("x".repeat(1000))), true);
  const none = new SessionQueue({ messagesMax: 0, bytesMax: 1_000_000 }, false);
  assert.deepEqual([none.fits(testDelivery("")), none.full], [false, true]);
});

Deno.test("SessionQueue without a store keeps everything resident", () => {
  const queue = filled(3 * RESIDENT_WINDOW, false);
  assert.equal(queue.needsPage, false);
  assert.equal([...queue.resident()].length, 3 * RESIDENT_WINDOW);
  assert.equal(shiftAll(queue).length, 3 * RESIDENT_WINDOW);
});

Deno.test("SessionQueue of a durable session keeps its head resident and pages the rest", () => {
  const last = 2 * RESIDENT_WINDOW + 10;
  const queue = filled(last, true);
  assert.deepEqual([queue.size, [...queue.resident()].length], [last, RESIDENT_WINDOW]);
  assert.equal(queue.pageAfter, RESIDENT_WINDOW);
  const seqs = shiftAll(queue);
  assert.equal(queue.needsPage, true);
  while (queue.needsPage) {
    queue.loaded(page(queue.pageAfter, last), queue.lastSeq);
    seqs.push(...shiftAll(queue));
  }
  assert.deepEqual(seqs, Array.from({ length: last }, (_, index) => index + 1));
  assert.deepEqual([queue.size, queue.bytes], [0, 0]);
});

Deno.test("SessionQueue: what is pushed while others are stored only goes behind them", () => {
  const queue = filled(RESIDENT_WINDOW + 1, true);
  queue.shift();
  queue.push(RESIDENT_WINDOW + 2, testDelivery("late"));
  assert.equal([...queue.resident()].at(-1)?.seq, RESIDENT_WINDOW);
  assert.equal(queue.size, RESIDENT_WINDOW + 1);
  shiftAll(queue);
  queue.loaded(page(queue.pageAfter, RESIDENT_WINDOW + 2), queue.lastSeq);
  assert.deepEqual(shiftAll(queue), [RESIDENT_WINDOW + 1, RESIDENT_WINDOW + 2]);
  queue.push(RESIDENT_WINDOW + 3, testDelivery("last"));
  assert.equal(
    queue.peek()?.seq,
    RESIDENT_WINDOW + 3,
    "resident again once nothing is stored only",
  );
});

Deno.test("SessionQueue.restore: a stored queue is counted but not resident", () => {
  const queue = new SessionQueue(ROOMY, true);
  queue.restore(2, 2 * COST);
  assert.deepEqual([queue.size, queue.bytes, queue.needsPage, queue.pageAfter], [
    2,
    2 * COST,
    true,
    0,
  ]);
  queue.loaded(page(0, 2), queue.lastSeq);
  assert.deepEqual(shiftAll(queue), [1, 2]);
  assert.equal(queue.bytes, 0);
});

Deno.test("SessionQueue.loaded: an empty page says nothing about what was pushed after it was asked for", () => {
  const queue = filled(RESIDENT_WINDOW + 1, true);
  shiftAll(queue);
  const asked = queue.lastSeq;
  queue.push(RESIDENT_WINDOW + 2, testDelivery("pushed"));
  queue.loaded([], asked);
  assert.deepEqual([queue.size, queue.needsPage], [2, true]);
  queue.loaded([], queue.lastSeq);
  assert.deepEqual([queue.size, queue.bytes, queue.needsPage], [0, 0, false]);
});

Deno.test("SessionQueue.remove takes an entry out, resident or stored only, once", () => {
  const queue = filled(RESIDENT_WINDOW + 2, true);
  const { bytes } = queue;
  const resident = testDelivery("5");
  assert.equal(queue.remove(5, resident), true);
  assert.equal(queue.remove(5, resident), false);
  assert.deepEqual([queue.size, queue.bytes], [RESIDENT_WINDOW + 1, bytes - resident.message.cost]);
  const stored = testDelivery(`${RESIDENT_WINDOW + 2}`);
  assert.equal(queue.remove(RESIDENT_WINDOW + 2, stored), true);
  assert.equal(queue.size, RESIDENT_WINDOW);
  assert.equal(queue.remove(1, testDelivery("1")), true);
  assert.equal(queue.peek()?.seq, 2);
});

Deno.test("SessionQueue.remove leaves an entry that has left from the head alone", () => {
  const queue = filled(RESIDENT_WINDOW + 1, true);
  const { delivery } = queue.shift()!;
  assert.equal(queue.remove(1, delivery), false);
  assert.equal(queue.size, RESIDENT_WINDOW);
});

Deno.test("SessionQueue.forgetStored: an entry that is in the store only has been swept", () => {
  const queue = filled(RESIDENT_WINDOW + 1, true);
  const { bytes } = queue;
  const swept = testDelivery(`${RESIDENT_WINDOW + 1}`);
  queue.forgetStored(swept);
  assert.deepEqual([queue.size, queue.bytes], [RESIDENT_WINDOW, bytes - swept.message.cost]);
  queue.forgetStored(swept);
  assert.equal(queue.size, RESIDENT_WINDOW, "there is none any more");
});

Deno.test("SessionQueue.prune takes out what is chosen among the resident, in order", () => {
  const queue = filled(6, true);
  const pruned = queue.prune(({ seq }) => seq % 2 === 0);
  assert.deepEqual(pruned.map(({ seq }) => seq), [2, 4, 6]);
  assert.deepEqual([queue.size, queue.bytes], [3, 3 * COST]);
  assert.deepEqual(queue.prune(() => false), []);
  assert.deepEqual(shiftAll(queue), [1, 3, 5]);
});

Deno.test("SessionQueue.clear forgets everything", () => {
  const queue = filled(2 * RESIDENT_WINDOW, true);
  queue.clear();
  assert.deepEqual([queue.size, queue.bytes, queue.needsPage, queue.peek()], [
    0,
    0,
    false,
    undefined,
  ]);
});

Deno.test("SessionQueue with its pages is one queue, through any operations", () => {
  const operation = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("push"), count: fc.nat(90) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("shift"), count: fc.nat(90) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("prune"), count: fc.nat(4) }) },
  );
  fc.assert(fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
    const queue = new SessionQueue(ROOMY, true);
    let store: Queued[] = [];
    let lastSeq = 0;
    for (const { kind, count } of operations) {
      if (kind === "push") {
        for (let each = 0; each < count; each++) {
          const entry = { seq: ++lastSeq, delivery: testDelivery(`${lastSeq}`) };
          queue.push(entry.seq, entry.delivery);
          store.push(entry);
        }
      } else if (kind === "shift") {
        for (let each = 0; each < count && store.length > 0; each++) {
          if (queue.needsPage) {
            const behind = store.filter(({ seq }) => seq > queue.pageAfter);
            queue.loaded(behind.slice(0, RESIDENT_WINDOW), queue.lastSeq);
          }
          assert.equal(queue.shift()?.seq, store.shift()!.seq);
        }
      } else {
        const pruned = new Set(queue.prune(({ seq }) => seq % 5 === count).map(({ seq }) => seq));
        store = store.filter(({ seq }) => !pruned.has(seq));
      }
      assert.equal(queue.size, store.length);
      const bytes = store.reduce((sum, { delivery }) => sum + delivery.message.cost, 0);
      assert.equal(queue.bytes, bytes);
    }
  }));
});
