import assert from "#assert";
import { AWKWARD_NAMES, commit, type RegisterCase, subscription } from "./fixtures.ts";

export function subscriptionCases(test: RegisterCase): void {
  test("subscriptions.list() returns every field, in the order first made", async (store) => {
    const made = [
      subscription("z/#", { qos: 0 }),
      subscription("$share/group/a/+", {
        matchFilter: "a/+",
        shareName: "group",
        subscriptionIdentifier: 268_435_455,
      }),
      subscription("a/+", {
        qos: 2,
        noLocal: true,
        retainAsPublished: true,
        retainHandling: 2,
        subscriptionIdentifier: 1,
      }),
    ];
    for (const one of made) await commit(store, (batch) => batch.putSubscription("c", one));
    assert.deepEqual(await store.subscriptions.list("c"), made);
    assert.deepEqual(await store.subscriptions.list("other"), []);
    assert.equal(await store.subscriptions.count(), 3);
  });

  test("putSubscription() replaces in place", async (store) => {
    await commit(store, (batch) => {
      batch.putSubscription("c", subscription("b"));
      batch.putSubscription("c", subscription("a"));
    });
    await commit(store, (batch) => batch.putSubscription("c", subscription("b", { qos: 2 })));
    assert.deepEqual(
      (await store.subscriptions.list("c")).map(({ topicFilter, qos }) => [topicFilter, qos]),
      [["b", 2], ["a", 1]],
    );
    assert.equal(await store.subscriptions.count(), 2);
  });

  test("deleteSubscription() removes one; made again it comes last", async (store) => {
    await commit(store, (batch) => {
      for (const filter of ["a", "b", "c"]) batch.putSubscription("c", subscription(filter));
      batch.putSubscription("d", subscription("a"));
    });
    await commit(store, (batch) => batch.deleteSubscription("c", "a"));
    await commit(store, (batch) => batch.deleteSubscription("c", "nothing"));
    await commit(store, (batch) => batch.deleteSubscription("nobody", "a"));
    assert.equal(await store.subscriptions.count(), 3);
    await commit(store, (batch) => batch.putSubscription("c", subscription("a")));
    const filters = (await store.subscriptions.list("c")).map((s) => s.topicFilter);
    assert.deepEqual(filters, ["b", "c", "a"]);
    assert.equal((await store.subscriptions.list("d")).length, 1);
  });

  test("subscriptions with any topic filter are told apart", async (store) => {
    await commit(store, (batch) => {
      for (const filter of AWKWARD_NAMES) batch.putSubscription("c", subscription(filter));
      batch.putSubscription("c/a", subscription("b"));
    });
    await commit(store, (batch) => batch.deleteSubscription("c", "a/b"));
    const left = (await store.subscriptions.list("c")).map((s) => s.topicFilter);
    assert.deepEqual(left, AWKWARD_NAMES.filter((name) => name !== "a/b"));
    assert.equal((await store.subscriptions.list("c/a")).length, 1);
  });

  test("subscriptions of one session may be many, in order", async (store) => {
    const filters = Array.from({ length: 300 }, (_, index) => `filter/${(index * 7919) % 300}`);
    await commit(store, (batch) => {
      for (const filter of filters) batch.putSubscription("c", subscription(filter));
    });
    assert.deepEqual((await store.subscriptions.list("c")).map((s) => s.topicFilter), filters);
  });
}
