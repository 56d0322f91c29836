import assert from "#assert";
import type { Delivery } from "../../mqtt/delivery.ts";
import {
  assertInflight,
  assertQueue,
  AWKWARD_NAMES,
  commit,
  delivery,
  message,
  type RegisterCase,
} from "./fixtures.ts";

export function inflightCases(test: RegisterCase): void {
  test("inflight.list() is ordered by seq, not by packet id", async (store) => {
    const deliveries = [1, 2, 3, 4].map((id) => delivery(message(id), { qos: 2 }));
    const started = [[65_535, 1], [1, 2], [300, 10], [2, 9]] as const;
    await commit(store, (batch) => {
      started.forEach(([packetId, seq], index) => {
        batch.putInflight("c", packetId, seq, deliveries[index]!);
      });
    });
    assertInflight(await store.inflight.list("c"), [
      [65_535, 1, deliveries[0]],
      [1, 2, deliveries[1]],
      [2, 9, deliveries[3]],
      [300, 10, deliveries[2]],
    ]);
    assert.deepEqual(await store.inflight.list("nobody"), []);
  });

  test("putInflight() raises the last seq and puts nothing into the queue", async (store) => {
    await commit(store, (batch) => batch.putInflight("c", 1, 8, delivery(message(1))));
    assert.deepEqual(await store.queue.summary("c"), { count: 0, bytes: 0, lastSeq: 8 });
    await commit(store, (batch) => batch.deleteInflight("c", 1));
    assert.deepEqual(await store.queue.summary("c"), { count: 0, bytes: 0, lastSeq: 8 });
  });

  test("a write that is withdrawn before its commit is not made", async (store) => {
    const batch = store.batch();
    const pending = batch.putInflight("c", 1, 1, delivery(message(1)));
    const kept = batch.putInflight("d", 1, 1, delivery(message(2)));
    assert.equal(pending.withdraw(), true);
    assert.equal(pending.withdraw(), false, "once");
    await batch.commit();
    assert.equal(kept.withdraw(), false, "it was made");
    assert.deepEqual(await store.inflight.list("c"), []);
    assertInflight(await store.inflight.list("d"), [[1, 1, delivery(message(2))]]);
  });

  test("a batch of which everything was withdrawn is durable at once", async (store) => {
    const batch = store.batch();
    const writes = ["c", "d"].map((id) => batch.putInflight(id, 1, 1, delivery(message(1))));
    for (const write of writes) assert.equal(write.withdraw(), true);
    assert.equal(batch.commit(), undefined);
    assert.deepEqual(await store.inflight.list("c"), []);
  });

  test("a write that is withdrawn behind its commit ends the commit, or was begun", async (store) => {
    const earlier = store.batch();
    earlier.putInflight("c", 1, 1, delivery(message(1)));
    const first = earlier.commit();
    const batch = store.batch();
    const pending = batch.putInflight("c", 2, 2, delivery(message(2)));
    const second = batch.commit();
    const withdrawn = pending.withdraw();
    await first;
    await second;
    const expected = [[1, 1, delivery(message(1))]] as [number, number, Delivery | undefined][];
    if (!withdrawn) expected.push([2, 2, delivery(message(2))]);
    assertInflight(await store.inflight.list("c"), expected);
  });

  test("a body is shared by those whose write was not withdrawn", async (store) => {
    const shared = delivery(message(1));
    const batch = store.batch();
    const writes = ["a", "b", "c"].map((id) => batch.putInflight(id, 1, 1, shared));
    assert.equal(writes[0]!.withdraw(), true);
    await batch.commit();
    await commit(store, (other) => other.deleteInflight("b", 1));
    assertInflight(await store.inflight.list("c"), [[1, 1, shared]]);
    assert.deepEqual(await store.inflight.list("a"), []);
    await commit(store, (other) => other.deleteInflight("c", 1));
    assert.deepEqual(await store.inflight.list("c"), []);
  });

  test("startInflight() moves an entry out of the queue", async (store) => {
    const [first, second] = [delivery(message(1)), delivery(message(2))];
    await commit(store, (batch) => {
      batch.enqueue("c", 1, first);
      batch.enqueue("c", 2, second);
    });
    await commit(store, (batch) => batch.startInflight("c", 7, 1));
    assertQueue(await store.queue.page("c", 0, 9), [[2, second]]);
    assertInflight(await store.inflight.list("c"), [[7, 1, first]]);
    const bytes = second.message.cost;
    assert.deepEqual(await store.queue.summary("c"), { count: 1, bytes, lastSeq: 2 });
  });

  test("a QoS 2 delivery goes from the queue to its end step by step", async (store) => {
    const [first, second] = [1, 2].map((id) => delivery(message(id), { qos: 2 }));
    await commit(store, (batch) => batch.enqueue("c", 1, first!));
    await commit(store, (batch) => batch.startInflight("c", 7, 1));
    await commit(store, (batch) => batch.putInflight("c", 8, 2, second!));
    await commit(store, (batch) => batch.releaseInflight("c", 7));
    assertInflight(await store.inflight.list("c"), [[7, 1, undefined], [8, 2, second]]);
    await commit(store, (batch) => batch.deleteInflight("c", 7));
    assertInflight(await store.inflight.list("c"), [[8, 2, second]]);
  });

  test("a packet id can be used again once its record is gone", async (store) => {
    await commit(store, (batch) => batch.putInflight("c", 1, 1, delivery(message(1))));
    await commit(store, (batch) => batch.releaseInflight("c", 1));
    await commit(store, (batch) => batch.deleteInflight("c", 1));
    const again = delivery(message(2));
    await commit(store, (batch) => batch.putInflight("c", 1, 2, again));
    assertInflight(await store.inflight.list("c"), [[1, 2, again]]);
  });

  test("in-flight writes about nothing change nothing", async (store) => {
    await commit(store, (batch) => {
      batch.releaseInflight("nobody", 1);
      batch.deleteInflight("nobody", 1);
      batch.deleteReceived("nobody", 1);
    });
    assert.deepEqual(await store.inflight.list("nobody"), []);
    assert.deepEqual(await store.inflight.received("nobody"), []);
  });
}

export function receivedCases(test: RegisterCase): void {
  test("inflight.received() returns the packet ids that wait for PUBREL", async (store) => {
    for (const packetId of [65_535, 1, 256, 1]) {
      await commit(store, (batch) => batch.putReceived("c", packetId));
    }
    const received = await store.inflight.received("c");
    assert.deepEqual([...received].sort((a, b) => a - b), [1, 256, 65_535]);
    await commit(store, (batch) => batch.deleteReceived("c", 256));
    assert.deepEqual((await store.inflight.received("c")).length, 2);
    assert.deepEqual(await store.inflight.received("other"), []);
  });

  test("incoming and outgoing packet ids are independent", async (store) => {
    await commit(store, (batch) => {
      batch.putReceived("c", 1);
      batch.putInflight("c", 1, 1, delivery(message(1)));
    });
    await commit(store, (batch) => batch.deleteInflight("c", 1));
    assert.deepEqual(await store.inflight.received("c"), [1]);
    await commit(store, (batch) => batch.putInflight("c", 1, 2, delivery(message(2))));
    await commit(store, (batch) => batch.deleteReceived("c", 1));
    assert.equal((await store.inflight.list("c")).length, 1);
  });

  test("in-flight records of sessions with similar ids do not mix", async (store) => {
    for (const [index, name] of AWKWARD_NAMES.entries()) {
      await commit(store, (batch) => {
        batch.putInflight(name, index + 1, 1, delivery(message(index + 1)));
        batch.putReceived(name, index + 1);
      });
    }
    for (const [index, name] of AWKWARD_NAMES.entries()) {
      const own = delivery(message(index + 1));
      assertInflight(await store.inflight.list(name), [[index + 1, 1, own]]);
      assert.deepEqual(await store.inflight.received(name), [index + 1]);
    }
  });
}
