import assert from "#assert";
import { SESSION_EXPIRY_NEVER, type Store } from "../store.ts";
import {
  AWKWARD_NAMES,
  collect,
  commit,
  delivery,
  message,
  NOW,
  type RegisterCase,
  session,
  sortedBy,
  subscription,
  will,
} from "./fixtures.ts";

export function sessionCases(test: RegisterCase): void {
  test("sessions.get() returns undefined for a session that does not exist", async (store) => {
    assert.equal(await store.sessions.get("nobody"), undefined);
    assert.equal(await store.sessions.count(), 0);
    assert.deepEqual(await collect(store.sessions.list()), []);
  });

  test("sessions.get() returns every field of the record", async (store) => {
    const full = session("full", {
      epoch: 7_000_000_000,
      protocolVersion: 4,
      username: "naïve/user",
      cleanStart: true,
      expiryInterval: SESSION_EXPIRY_NEVER,
      connected: false,
      connectedAt: NOW + 0.125,
      disconnectedAt: NOW + 60_000.5,
      receiveMaximum: 1,
      maximumPacketSize: 268_435_460,
      topicAliasMaximum: 65_535,
      requestResponseInformation: true,
      requestProblemInformation: false,
    });
    const sparse = session("sparse");
    await commit(store, (batch) => {
      batch.putSession(full);
      batch.putSession(sparse);
    });
    assert.deepEqual(await store.sessions.get("full"), full);
    assert.deepEqual(await store.sessions.get("sparse"), sparse);
  });

  test("putSession() replaces the record and keeps what the session owns", async (store) => {
    await commit(store, (batch) => {
      batch.putSession(session("c"));
      batch.putSubscription("c", subscription("a"));
      batch.enqueue("c", 1, delivery(message(1)));
    });
    await commit(store, (batch) => batch.putSession(session("c", { connected: false })));
    assert.equal((await store.sessions.get("c"))?.connected, false);
    assert.equal(await store.sessions.count(), 1);
    assert.equal((await store.subscriptions.list("c")).length, 1);
    assert.equal((await store.queue.summary("c")).count, 1);
  });

  test("sessions.list() yields each session once", async (store) => {
    for (const name of AWKWARD_NAMES) {
      await commit(store, (batch) => batch.putSession(session(name)));
      await commit(store, (batch) => batch.putSession(session(name, { epoch: 2 })));
    }
    const listed = await collect(store.sessions.list());
    assert.deepEqual(
      sortedBy(listed, ({ clientId }) => clientId),
      sortedBy(AWKWARD_NAMES.map((name) => session(name, { epoch: 2 })), (s) => s.clientId),
    );
    assert.equal(await store.sessions.count(), AWKWARD_NAMES.length);
  });
}

async function expiredAt(store: Store, now: number): Promise<string[]> {
  return (await collect(store.sessions.expired(now))).map(({ clientId }) => clientId).sort();
}

export function sessionExpiryCases(test: RegisterCase): void {
  test("sessions.expired() yields a session from its due time on, not before", async (store) => {
    const gone = { connected: false, disconnectedAt: NOW, expiryInterval: 10 };
    await commit(store, (batch) => batch.putSession(session("c", gone)));
    assert.deepEqual(await expiredAt(store, NOW), []);
    assert.deepEqual(await expiredAt(store, NOW + 9_999), []);
    assert.deepEqual(await expiredAt(store, NOW + 10_000), ["c"]);
    assert.deepEqual(await expiredAt(store, NOW + 1e12), ["c"]);
  });

  test("sessions.expired() leaves out who is connected and who never expires", async (store) => {
    const gone = { connected: false, disconnectedAt: NOW };
    const longest = SESSION_EXPIRY_NEVER - 1;
    await commit(store, (batch) => {
      batch.putSession(session("connected", { expiryInterval: 0, disconnectedAt: NOW - 1 }));
      batch.putSession(session("never", { ...gone, expiryInterval: SESSION_EXPIRY_NEVER }));
      batch.putSession(session("longest", { ...gone, expiryInterval: longest }));
      batch.putSession(session("at once", { ...gone, expiryInterval: 0 }));
    });
    assert.deepEqual(await expiredAt(store, NOW), ["at once"]);
    assert.deepEqual(await expiredAt(store, NOW + longest * 1000 - 1), ["at once"]);
    assert.deepEqual(await expiredAt(store, NOW + longest * 1000), ["at once", "longest"]);
    assert.deepEqual(await expiredAt(store, NOW * 1000), ["at once", "longest"]);
  });

  test("sessions.expired() follows a session that comes back, goes and ends", async (store) => {
    const gone = { connected: false, disconnectedAt: NOW, expiryInterval: 10 };
    await commit(store, (batch) => batch.putSession(session("c", gone)));
    await commit(store, (batch) => batch.putSession(session("c")));
    assert.deepEqual(await expiredAt(store, NOW + 10_000), []);
    await commit(store, (batch) => {
      batch.putSession(session("c", { ...gone, disconnectedAt: NOW + 5_000 }));
    });
    assert.deepEqual(await expiredAt(store, NOW + 10_000), []);
    assert.deepEqual(await expiredAt(store, NOW + 15_000), ["c"]);
    await commit(store, (batch) => batch.deleteSession("c"));
    assert.deepEqual(await expiredAt(store, NOW + 15_000), []);
  });
}

/** One of everything that a session can own. */
async function fill(store: Store, clientId: string, id: number): Promise<void> {
  await commit(store, (batch) => {
    batch.putSession(session(clientId));
    batch.putSubscription(clientId, subscription("a"));
    batch.enqueue(clientId, 1, delivery(message(id)));
    batch.putInflight(clientId, 1, 2, delivery(message(id + 1)));
    batch.putReceived(clientId, 1);
    batch.putWill(will(clientId));
  });
}

/** How much of what {@linkcode fill} has put is there. */
async function content(store: Store, clientId: string) {
  const { count, bytes, lastSeq } = await store.queue.summary(clientId);
  return {
    session: await store.sessions.get(clientId) !== undefined,
    subscriptions: (await store.subscriptions.list(clientId)).length,
    queue: [count, bytes > 0, lastSeq, (await store.queue.page(clientId, 0, 10)).length],
    inflight: (await store.inflight.list(clientId)).length,
    received: (await store.inflight.received(clientId)).length,
    will: await store.wills.get(clientId) !== undefined,
  };
}

const FULL = {
  session: true,
  subscriptions: 1,
  queue: [1, true, 2, 1],
  inflight: 1,
  received: 1,
  will: true,
};
const EMPTY = {
  session: false,
  subscriptions: 0,
  queue: [0, false, 0, 0],
  inflight: 0,
  received: 0,
  will: false,
};

export function sessionDeletionCases(test: RegisterCase): void {
  test("deleteSession() removes all that belongs to the session, and only that", async (store) => {
    let id = 0;
    for (const name of AWKWARD_NAMES) await fill(store, name, id += 2);
    for (const [index, name] of AWKWARD_NAMES.entries()) {
      await commit(store, (batch) => batch.deleteSession(name));
      for (const [otherIndex, other] of AWKWARD_NAMES.entries()) {
        const expected = otherIndex > index ? FULL : EMPTY;
        assert.deepEqual(await content(store, other), expected, `${name}: ${other}`);
      }
    }
    assert.equal(await store.sessions.count(), 0);
    assert.equal(await store.subscriptions.count(), 0);
    assert.deepEqual(await collect(store.wills.list()), []);
  });

  test("deleteSession() leaves retained messages of the client alone", async (store) => {
    const retained = message(1, { publisher: "c", retain: true });
    await commit(store, (batch) => {
      batch.putSession(session("c"));
      batch.putRetained(retained);
      batch.enqueue("c", 1, delivery(retained));
    });
    await commit(store, (batch) => batch.deleteSession("c"));
    assert.equal((await store.retained.get("topic/1"))?.payload.length, 9);
  });

  test("deleteSession() of a session that does not exist changes nothing", async (store) => {
    await fill(store, "c", 1);
    await commit(store, (batch) => batch.deleteSession("b"));
    assert.deepEqual(await content(store, "c"), FULL);
    assert.equal(await store.sessions.count(), 1);
  });

  test("deleteSession() and what follows in the same batch make a new session", async (store) => {
    await fill(store, "c", 1);
    await commit(store, (batch) => {
      batch.deleteSession("c");
      batch.putSession(session("c", { epoch: 2 }));
      batch.putSubscription("c", subscription("new"));
      batch.enqueue("c", 1, delivery(message(9)));
    });
    assert.equal((await store.sessions.get("c"))?.epoch, 2);
    assert.deepEqual((await store.subscriptions.list("c")).map((s) => s.topicFilter), ["new"]);
    assert.deepEqual((await store.queue.page("c", 0, 9)).map((r) => r.delivery.message.id), [9]);
    assert.deepEqual(await store.inflight.list("c"), []);
    assert.deepEqual(await store.inflight.received("c"), []);
    assert.equal(await store.wills.get("c"), undefined);
    assert.equal(await store.subscriptions.count(), 1);
  });
}
