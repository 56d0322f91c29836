import assert from "#assert";
import {
  assertInflight,
  assertMessages,
  assertQueue,
  collect,
  commit,
  delivery,
  message,
  type RegisterCase,
  session,
  subscription,
  will,
} from "./fixtures.ts";

export function batchCases(test: RegisterCase): void {
  test("a batch shows nothing before commit() and everything after it", async (store) => {
    const batch = store.batch();
    batch.putSession(session("c"));
    batch.putSubscription("c", subscription("a"));
    batch.enqueue("c", 1, delivery(message(1)));
    batch.putInflight("c", 1, 2, delivery(message(2)));
    batch.putReceived("c", 1);
    batch.putRetained(message(3));
    batch.putWill(will("c"));
    const visible = async () => [
      await store.sessions.count(),
      await store.subscriptions.count(),
      (await store.queue.summary("c")).count,
      (await store.inflight.list("c")).length,
      (await store.inflight.received("c")).length,
      await store.retained.count(),
      (await collect(store.wills.list())).length,
    ];
    assert.deepEqual(await visible(), [0, 0, 0, 0, 0, 0, 0]);
    await batch.commit();
    assert.deepEqual(await visible(), [1, 1, 1, 1, 1, 1, 1]);
  });

  test("an empty batch is durable at once", (store) => {
    assert.equal(store.batch().commit(), undefined);
    return Promise.resolve();
  });

  test("batches gather independently of each other", async (store) => {
    const [left, right] = [store.batch(), store.batch()];
    left.putSession(session("left"));
    right.putSession(session("right"));
    await right.commit();
    assert.deepEqual((await collect(store.sessions.list())).map((s) => s.clientId), ["right"]);
    await left.commit();
    assert.equal(await store.sessions.count(), 2);
  });

  test("commits take effect in the order of the calls", async (store) => {
    const commits = [];
    for (let epoch = 1; epoch <= 50; epoch++) {
      const batch = store.batch();
      batch.putSession(session("c", { epoch }));
      batch.enqueue("c", epoch, delivery(message(epoch)));
      if (epoch > 1) batch.dequeue("c", epoch - 1);
      commits.push(batch.commit());
    }
    await Promise.all(commits);
    assert.equal((await store.sessions.get("c"))?.epoch, 50);
    assert.deepEqual((await store.queue.page("c", 0, 99)).map(({ seq }) => seq), [50]);
  });

  test("a read that is called after commit() sees it, durable or not yet", async (store) => {
    const batch = store.batch();
    batch.putSession(session("c"));
    batch.enqueue("c", 1, delivery(message(1)));
    const durable = batch.commit();
    assert.notEqual(await store.sessions.get("c"), undefined);
    assert.equal((await store.queue.page("c", 0, 9)).length, 1);
    await durable;
  });

  test("a batch may be large", async (store) => {
    const body = message(1);
    await commit(store, (batch) => {
      for (let index = 0; index < 5_000; index++) {
        batch.enqueue(`client ${index}`, 1, delivery(body));
      }
    });
    assertQueue(await store.queue.page("client 4999", 0, 2), [[1, delivery(body)]]);
    assertQueue(await store.queue.page("client 0", 0, 2), [[1, delivery(body)]]);
  });
}

export function lastWriteCases(test: RegisterCase): void {
  test("the later write of the same key in a batch wins: puts", async (store) => {
    await commit(store, (batch) => {
      batch.putSession(session("c", { epoch: 1 }));
      batch.putSession(session("c", { epoch: 2 }));
      batch.putSubscription("c", subscription("a", { qos: 1 }));
      batch.putSubscription("c", subscription("a", { qos: 2 }));
      batch.putRetained(message(1, { topic: "t" }));
      batch.putRetained(message(2, { topic: "t" }));
      batch.putWill(will("c", { dueAt: 1 }));
      batch.putWill(will("c", { dueAt: 2 }));
      batch.putInflight("c", 1, 1, delivery(message(3)));
      batch.putInflight("c", 1, 2, delivery(message(4)));
    });
    assert.equal((await store.sessions.get("c"))?.epoch, 2);
    assert.deepEqual((await store.subscriptions.list("c")).map(({ qos }) => qos), [2]);
    assert.equal(await store.subscriptions.count(), 1);
    assertMessages(await collect(store.retained.list()), [message(2, { topic: "t" })]);
    assert.equal((await store.wills.get("c"))?.dueAt, 2);
    assertInflight(await store.inflight.list("c"), [[1, 2, delivery(message(4))]]);
  });

  test("the later write of the same key in a batch wins: put, then delete", async (store) => {
    await commit(store, (batch) => {
      batch.putSession(session("c"));
      batch.putSubscription("c", subscription("a"));
      batch.deleteSubscription("c", "a");
      batch.enqueue("c", 1, delivery(message(1)));
      batch.dequeue("c", 1);
      batch.putReceived("c", 1);
      batch.deleteReceived("c", 1);
      batch.putRetained(message(2));
      batch.deleteRetained("topic/2");
      batch.putWill(will("c"));
      batch.deleteWill("c");
      batch.putInflight("c", 1, 2, delivery(message(3)));
      batch.deleteInflight("c", 1);
    });
    assert.equal(await store.subscriptions.count(), 0);
    assert.deepEqual(await store.queue.summary("c"), { count: 0, bytes: 0, lastSeq: 2 });
    assert.deepEqual(await store.inflight.received("c"), []);
    assert.equal(await store.retained.count(), 0);
    assert.equal(await store.wills.get("c"), undefined);
    assert.deepEqual(await store.inflight.list("c"), []);
  });

  test("the later write of the same key in a batch wins: delete, then put", async (store) => {
    await commit(store, (batch) => {
      batch.putSubscription("c", subscription("a"));
      batch.putSubscription("c", subscription("b"));
      batch.putReceived("c", 1);
      batch.putRetained(message(1, { topic: "t" }));
    });
    await commit(store, (batch) => {
      batch.deleteSubscription("c", "a");
      batch.putSubscription("c", subscription("a"));
      batch.deleteReceived("c", 1);
      batch.putReceived("c", 1);
      batch.deleteRetained("t");
      batch.putRetained(message(2, { topic: "t" }));
    });
    const filters = (await store.subscriptions.list("c")).map((s) => s.topicFilter);
    assert.deepEqual(filters, ["b", "a"]);
    assert.deepEqual(await store.inflight.received("c"), [1]);
    assertMessages(await collect(store.retained.list()), [message(2, { topic: "t" })]);
  });

  test("a whole exchange may pass within one batch", async (store) => {
    const kept = delivery(message(2), { qos: 2 });
    await commit(store, (batch) => {
      batch.enqueue("c", 1, delivery(message(1), { qos: 2 }));
      batch.startInflight("c", 5, 1);
      batch.releaseInflight("c", 5);
      batch.deleteInflight("c", 5);
      batch.enqueue("c", 2, kept);
      batch.startInflight("c", 5, 2);
    });
    assertInflight(await store.inflight.list("c"), [[5, 2, kept]]);
    assert.deepEqual(await store.queue.summary("c"), { count: 0, bytes: 0, lastSeq: 2 });
  });

  test("deleteSession() at the end of a batch takes what came before it", async (store) => {
    await commit(store, (batch) => {
      batch.putSession(session("c"));
      batch.putSubscription("c", subscription("a"));
      batch.enqueue("c", 1, delivery(message(1)));
      batch.putWill(will("c"));
      batch.deleteSession("c");
    });
    assert.equal(await store.sessions.count(), 0);
    assert.equal(await store.subscriptions.count(), 0);
    assert.deepEqual(await store.queue.summary("c"), { count: 0, bytes: 0, lastSeq: 0 });
    assert.equal(await store.wills.get("c"), undefined);
  });
}

export function closeCases(test: RegisterCase): void {
  test("health() says that writes are taken, and nothing is damaged", (store) => {
    assert.equal(store.health().writable, true);
    assert.deepEqual(store.damageAtStart, []);
    return Promise.resolve();
  });

  test("close() waits for commits under way and may be called again", async (store) => {
    const batch = store.batch();
    batch.putSession(session("c"));
    const durable = batch.commit();
    await Promise.all([store.close(), store.close()]);
    await durable;
    await store.close();
    await store[Symbol.asyncDispose]();
  });
}
