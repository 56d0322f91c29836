import assert from "#assert";
import type { Store } from "../store.ts";
import {
  assertQueue,
  AWKWARD_NAMES,
  commit,
  delivery,
  FULL_PROPERTIES,
  message,
  NOW,
  type RegisterCase,
} from "./fixtures.ts";

/** Where keys that are text, or numbers of a fixed width, get their order wrong. */
const SEQS = [1, 2, 9, 10, 99, 100, 255, 256, 65_535, 65_536, 2 ** 31, 2 ** 32, 2 ** 40];

async function pageSeqs(store: Store, afterSeq: number, limit: number): Promise<number[]> {
  return (await store.queue.page("c", afterSeq, limit)).map(({ seq }) => seq);
}

async function enqueue(store: Store, clientId: string, seqs: readonly number[]): Promise<void> {
  await commit(store, (batch) => {
    for (const seq of seqs) batch.enqueue(clientId, seq, delivery(message(seq)));
  });
}

export function queueCases(test: RegisterCase): void {
  test("queue of an unknown session is empty", async (store) => {
    assert.deepEqual(await store.queue.summary("nobody"), { count: 0, bytes: 0, lastSeq: 0 });
    assert.deepEqual(await store.queue.page("nobody", 0, 10), []);
  });

  test("queue.page() returns entries by ascending seq, whatever the numbers", async (store) => {
    await enqueue(store, "c", SEQS);
    assert.deepEqual(await pageSeqs(store, 0, 100), SEQS);
  });

  test("queue.page() ends at the limit and goes on after a seq", async (store) => {
    await enqueue(store, "c", SEQS);
    assert.deepEqual(await pageSeqs(store, 0, 3), [1, 2, 9]);
    assert.deepEqual(await pageSeqs(store, 9, 3), [10, 99, 100]);
    assert.deepEqual(await pageSeqs(store, 50, 1), [99]);
    assert.deepEqual(await pageSeqs(store, 0, SEQS.length), SEQS);
    assert.deepEqual(await pageSeqs(store, 2 ** 32, 10), [2 ** 40]);
    assert.deepEqual(await pageSeqs(store, 2 ** 40, 10), []);
    assert.deepEqual(await pageSeqs(store, 0, 0), []);
  });

  test("queue.page() pages through a long queue that shrinks in between", async (store) => {
    const seqs = Array.from({ length: 2_500 }, (_, index) => index + 1);
    await enqueue(store, "c", seqs);
    const seen: number[] = [];
    for (let after = 0;;) {
      const page = await pageSeqs(store, after, 99);
      if (page.length === 0) break;
      seen.push(...page);
      after = page.at(-1)!;
      await commit(store, (batch) => page.forEach((seq) => batch.dequeue("c", seq)));
    }
    assert.deepEqual(seen, seqs);
    assert.deepEqual(await store.queue.summary("c"), { count: 0, bytes: 0, lastSeq: 2_500 });
  });

  test("dequeue() removes one entry anywhere, and nothing when there is none", async (store) => {
    await enqueue(store, "c", [1, 2, 3, 4, 5]);
    for (const seq of [3, 1, 5, 3, 77]) {
      await commit(store, (batch) => batch.dequeue("c", seq));
    }
    await commit(store, (batch) => batch.dequeue("nobody", 1));
    assert.deepEqual(await pageSeqs(store, 0, 10), [2, 4]);
    assert.deepEqual(await pageSeqs(store, 2, 10), [4]);
    assert.equal((await store.queue.summary("c")).count, 2);
  });

  test("queue.summary() counts entries and their cost, and remembers the last seq", async (store) => {
    const small = message(1, { topic: "t", payload: new Uint8Array(0) });
    const large = message(2, { topic: "t/ä", payload: new Uint8Array(1000) });
    await commit(store, (batch) => {
      batch.enqueue("c", 4, delivery(small));
      batch.enqueue("c", 7, delivery(large));
    });
    const bytes = small.cost + large.cost;
    assert.deepEqual(await store.queue.summary("c"), { count: 2, bytes, lastSeq: 7 });
    await commit(store, (batch) => batch.dequeue("c", 7));
    assert.deepEqual(await store.queue.summary("c"), { count: 1, bytes: small.cost, lastSeq: 7 });
    await commit(store, (batch) => batch.dequeue("c", 4));
    assert.deepEqual(await store.queue.summary("c"), { count: 0, bytes: 0, lastSeq: 7 });
  });

  test("queues of sessions with similar ids do not mix", async (store) => {
    for (const [index, name] of AWKWARD_NAMES.entries()) await enqueue(store, name, [index + 1]);
    for (const [index, name] of AWKWARD_NAMES.entries()) {
      const page = await store.queue.page(name, 0, 100);
      assertQueue(page, [[index + 1, delivery(message(index + 1))]]);
    }
  });
}

export function queuedDeliveryCases(test: RegisterCase): void {
  test("enqueue() keeps every fact of the delivery", async (store) => {
    const deliveries = [
      delivery(message(1, { qos: 2 }), { qos: 2 }),
      delivery(message(2, { qos: 0, retain: true }), { qos: 0, retain: true }),
      delivery(message(3), { subscriptionIdentifiers: [268_435_455, 1, 1] }),
      delivery(message(4), { share: "$share/gröup/+/a" }),
    ];
    await commit(store, (batch) => {
      deliveries.forEach((one, index) => batch.enqueue("c", index + 1, one));
    });
    assertQueue(
      await store.queue.page("c", 0, 10),
      deliveries.map((one, index) => [index + 1, one]),
    );
  });

  test("enqueue() keeps every fact of the message", async (store) => {
    const messages = [
      message(1, { payload: new Uint8Array(0) }),
      message(2, { payload: Uint8Array.from({ length: 256 }, (_, byte) => byte) }),
      message(3, { properties: FULL_PROPERTIES, publisher: undefined }),
      message(4, { receivedAt: NOW + 0.625, expiresAt: NOW + 1000.625 }),
      message(5, { properties: { payloadFormatIndicator: 0, userProperties: [["k", "v"]] } }),
      message(2 ** 45, { publisher: "a/b\u0001" }),
      ...AWKWARD_NAMES.map((topic, index) => message(100 + index, { topic })),
    ];
    await commit(store, (batch) => {
      messages.forEach((one, index) => batch.enqueue("c", index + 1, delivery(one)));
    });
    assertQueue(
      await store.queue.page("c", 0, 100),
      messages.map((one, index) => [index + 1, delivery(one)]),
    );
  });

  test("enqueue() takes a payload of a mebibyte", async (store) => {
    const payload = Uint8Array.from({ length: 2 ** 20 }, (_, index) => (index * 31) & 0xff);
    await commit(store, (batch) => batch.enqueue("c", 1, delivery(message(1, { payload }))));
    const [record] = await store.queue.page("c", 0, 1);
    assert.deepEqual(record?.delivery.message.payload, payload);
  });
}

export function sharedBodyCases(test: RegisterCase): void {
  test("a body lives until its last reference goes, in any order", async (store) => {
    const body = message(5);
    const all = delivery(body);
    await commit(store, (batch) => {
      batch.enqueue("a", 1, all);
      batch.enqueue("b", 1, all);
      batch.enqueue("c", 1, all);
      batch.putInflight("d", 1, 1, all);
      batch.putInflight("e", 1, 1, all);
      batch.putRetained(body);
    });
    await commit(store, (batch) => batch.dequeue("a", 1));
    await commit(store, (batch) => batch.deleteSession("b"));
    await commit(store, (batch) => batch.releaseInflight("d", 1));
    await commit(store, (batch) => batch.deleteInflight("e", 1));
    assertQueue(await store.queue.page("c", 0, 9), [[1, all]]);
    await commit(store, (batch) => batch.deleteRetained(body.topic));
    assertQueue(await store.queue.page("c", 0, 9), [[1, all]]);
    await commit(store, (batch) => batch.putRetained(body));
    await commit(store, (batch) => batch.dequeue("c", 1));
    assert.equal((await store.retained.get(body.topic))?.payload.length, body.payload.length);
  });

  test("a session may refer to the same body twice", async (store) => {
    const plain = delivery(message(5));
    const shared = delivery(plain.message, { share: "$share/g/topic/5", qos: 0 });
    await commit(store, (batch) => {
      batch.enqueue("c", 1, plain);
      batch.enqueue("c", 2, shared);
    });
    await commit(store, (batch) => batch.dequeue("c", 1));
    assertQueue(await store.queue.page("c", 0, 9), [[2, shared]]);
    const { bytes } = await store.queue.summary("c");
    assert.equal(bytes, plain.message.cost);
  });
}
