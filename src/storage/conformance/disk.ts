import assert from "#assert";
import { type Store, StoreError } from "../store.ts";
import {
  assertInflight,
  assertMessages,
  assertQueue,
  collect,
  commit,
  delivery,
  FULL_PROPERTIES,
  message,
  NOW,
  session,
  subscription,
  will,
} from "./fixtures.ts";

/** A store and what lies under it. */
export interface StoreUnderTest extends AsyncDisposable {
  /** The store that is open; the hooks of the harness replace it. */
  store: Store;
}

/** A case that a store cannot show, and why. */
export interface Skipped {
  readonly skipped: string;
}

/** What can happen to a store that outlives its process. */
export interface DiskHooks {
  /** Closes the store in good order and opens the same data again. */
  reopen(under: StoreUnderTest): Promise<void>;
  /** Loses power now: what was not durable is gone. Opens what is left. */
  crash(under: StoreUnderTest): Promise<void>;
  /** Loses power while the newest batch is being written: part of its bytes are on the disk. */
  tear(under: StoreUnderTest): Promise<void>;
  /** From now on the disk takes nothing more; the result gives it space again. */
  fillDisk(under: StoreUnderTest): Promise<() => Promise<void>>;
}

export type RegisterDiskCase = <H extends keyof DiskHooks>(
  hook: H,
  behaviour: string,
  run: (under: StoreUnderTest, hook: DiskHooks[H]) => Promise<void>,
) => void;

const QUEUED = delivery(message(1, { properties: FULL_PROPERTIES, expiresAt: NOW + 9.5 }), {
  qos: 2,
  subscriptionIdentifiers: [3, 1],
  share: "$share/g/#",
});
const STARTED = delivery(message(2));
const RETAINED = message(3, { retain: true });

async function writeEverything(store: Store): Promise<void> {
  await commit(store, (batch) => {
    batch.putSession(session("c"));
    for (const filter of ["b", "c", "a"]) batch.putSubscription("c", subscription(filter));
    batch.enqueue("c", 1, delivery(message(4)));
    batch.enqueue("c", 2, QUEUED);
    batch.putInflight("c", 9, 3, STARTED);
    batch.putInflight("c", 8, 4, delivery(message(5)));
    batch.putReceived("c", 7);
    batch.putRetained(RETAINED);
    batch.putWill(will("c", { dueAt: NOW }));
  });
  await commit(store, (batch) => {
    batch.dequeue("c", 1);
    batch.releaseInflight("c", 8);
    batch.deleteSubscription("c", "c");
  });
  await store.admin.put("kind", "key", { value: 1 });
}

async function assertEverything(store: Store): Promise<void> {
  assert.deepEqual(await store.sessions.get("c"), session("c"));
  assert.equal(await store.sessions.count(), 1);
  assert.deepEqual((await store.subscriptions.list("c")).map((s) => s.topicFilter), ["b", "a"]);
  assert.equal(await store.subscriptions.count(), 2);
  assertQueue(await store.queue.page("c", 0, 9), [[2, QUEUED]]);
  const bytes = QUEUED.message.cost;
  assert.deepEqual(await store.queue.summary("c"), { count: 1, bytes, lastSeq: 4 });
  assertInflight(await store.inflight.list("c"), [[9, 3, STARTED], [8, 4, undefined]]);
  assert.deepEqual(await store.inflight.received("c"), [7]);
  assertMessages(await collect(store.retained.list()), [RETAINED]);
  assert.equal(await store.retained.count(), 1);
  assert.deepEqual(await store.wills.get("c"), will("c", { dueAt: NOW }));
  assert.deepEqual(await store.admin.get("kind", "key"), { value: 1 });
}

export function diskCases(test: RegisterDiskCase): void {
  test("reopen", "keeps everything when it is closed and opened again", async (under, reopen) => {
    await writeEverything(under.store);
    await reopen(under);
    await assertEverything(under.store);
    await reopen(under);
    await assertEverything(under.store);
  });

  test("reopen", "remembers the last seq of a queue that is empty", async (under, reopen) => {
    await commit(under.store, (batch) => batch.enqueue("c", 41, delivery(message(1))));
    await commit(under.store, (batch) => batch.dequeue("c", 41));
    await reopen(under);
    assert.deepEqual(await under.store.queue.summary("c"), { count: 0, bytes: 0, lastSeq: 41 });
  });

  test("reopen", "forgets bodies without a reference", async (under, reopen) => {
    await commit(under.store, (batch) => batch.enqueue("c", 1, delivery(message(1))));
    await commit(under.store, (batch) => batch.deleteSession("c"));
    await reopen(under);
    const again = delivery(message(1, { topic: "another", payload: new Uint8Array(3) }));
    await commit(under.store, (batch) => batch.enqueue("c", 1, again));
    assertQueue(await under.store.queue.page("c", 0, 9), [[1, again]]);
  });

  test("crash", "keeps what was durable when the power goes", async (under, crash) => {
    await writeEverything(under.store);
    await crash(under);
    await assertEverything(under.store);
  });

  test("crash", "keeps a batch that was not durable whole or not at all", async (under, crash) => {
    await writeEverything(under.store);
    const batch = under.store.batch();
    batch.putSession(session("late"));
    batch.enqueue("late", 1, delivery(message(10)));
    batch.putRetained(message(11));
    const durable = batch.commit();
    durable?.catch(() => {}); // The crash may come first; nothing was promised then.
    await crash(under);
    await assertWholeOrNothing(under.store);
  });

  test("tear", "drops a batch that was written in part", async (under, tear) => {
    await writeEverything(under.store);
    await commit(under.store, (batch) => {
      batch.putSession(session("late"));
      batch.enqueue("late", 1, delivery(message(10)));
      batch.putRetained(message(11));
    });
    await tear(under);
    assert.deepEqual(await under.store.sessions.get("c"), session("c"));
    await assertWholeOrNothing(under.store);
  });

  test("fillDisk", "refuses a batch whole when the disk is full", async (under, fillDisk) => {
    await commit(under.store, (batch) => batch.putSession(session("c")));
    const makeSpace = await fillDisk(under);
    const { store } = under;
    const refused = commit(store, (batch) => {
      batch.putSession(session("late"));
      batch.enqueue("c", 1, delivery(message(1, { payload: new Uint8Array(2 ** 20) })));
    });
    await assert.rejects(
      refused,
      (error: unknown) => error instanceof StoreError && error.kind === "full",
    );
    assert.equal(await store.sessions.get("late"), undefined);
    assert.equal((await store.queue.summary("c")).count, 0);
    assert.equal(store.health().writable, false);
    assert.notEqual(store.health().detail, "");
    await makeSpace();
    await commit(store, (batch) => batch.putSession(session("later")));
    assert.equal(store.health().writable, true);
    assert.deepEqual(await store.sessions.get("c"), session("c"));
  });
}

async function assertWholeOrNothing(store: Store): Promise<void> {
  const parts = [
    await store.sessions.get("late") !== undefined,
    (await store.queue.page("late", 0, 9)).length > 0,
    await store.retained.get("topic/11") !== undefined,
  ];
  assert.equal(new Set(parts).size, 1, `part of a batch is there: ${parts}`);
}
