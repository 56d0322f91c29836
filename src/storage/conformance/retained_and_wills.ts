import assert from "#assert";
import {
  assertMessages,
  AWKWARD_NAMES,
  collect,
  commit,
  FULL_PROPERTIES,
  message,
  NOW,
  type RegisterCase,
  sortedBy,
  will,
} from "./fixtures.ts";

export function retainedCases(test: RegisterCase): void {
  test("retained.get() returns the message of exactly that topic", async (store) => {
    const messages = AWKWARD_NAMES.map((topic, index) => message(index + 1, { topic }));
    await commit(store, (batch) => messages.forEach((one) => batch.putRetained(one)));
    for (const one of messages) {
      const found = await store.retained.get(one.topic);
      assertMessages(found ? [found] : [], [one]);
    }
    assert.equal(await store.retained.get("b"), undefined);
    const listed = sortedBy(await collect(store.retained.list()), ({ topic }) => topic);
    assertMessages(listed, sortedBy(messages, ({ topic }) => topic));
    assert.equal(await store.retained.count(), messages.length);
  });

  test("putRetained() replaces the message of its topic", async (store) => {
    const first = message(1, { topic: "t", retain: true });
    const second = message(2, {
      topic: "t",
      retain: true,
      qos: 2,
      payload: Uint8Array.of(0, 1, 255),
      properties: FULL_PROPERTIES,
      expiresAt: NOW + 5,
    });
    await commit(store, (batch) => batch.putRetained(first));
    await commit(store, (batch) => batch.putRetained(second));
    assertMessages(await collect(store.retained.list()), [second]);
    assert.equal(await store.retained.count(), 1);
  });

  test("deleteRetained() removes one topic", async (store) => {
    const kept = message(1, { topic: "a/b" });
    await commit(store, (batch) => {
      batch.putRetained(kept);
      batch.putRetained(message(2, { topic: "a" }));
    });
    await commit(store, (batch) => batch.deleteRetained("a"));
    await commit(store, (batch) => batch.deleteRetained("nothing"));
    assertMessages(await collect(store.retained.list()), [kept]);
    assert.equal(await store.retained.count(), 1);
    assert.equal(await store.retained.get("a"), undefined);
  });
}

export function willCases(test: RegisterCase): void {
  test("wills.get() returns every field of the will", async (store) => {
    const full = will("full", {
      username: "user",
      dueAt: NOW + 1.5,
      will: {
        topic: "a/ä",
        payload: Uint8Array.of(0, 255),
        qos: 2,
        retain: true,
        properties: {
          ...FULL_PROPERTIES,
          willDelayInterval: 0xffff_ffff,
          messageExpiryInterval: 0,
        },
      },
    });
    const sparse = will("sparse", {
      will: { topic: "t", payload: new Uint8Array(0), qos: 0, retain: false, properties: {} },
    });
    await commit(store, (batch) => {
      batch.putWill(full);
      batch.putWill(sparse);
    });
    assert.deepEqual(await store.wills.get("full"), full);
    assert.deepEqual(await store.wills.get("sparse"), sparse);
    assert.equal(await store.wills.get("nobody"), undefined);
  });

  test("putWill() replaces, deleteWill() removes, wills.list() shows each once", async (store) => {
    for (const name of AWKWARD_NAMES) await commit(store, (batch) => batch.putWill(will(name)));
    await commit(store, (batch) => batch.putWill(will("a", { dueAt: NOW })));
    await commit(store, (batch) => batch.deleteWill("a/b"));
    await commit(store, (batch) => batch.deleteWill("nobody"));
    const listed = await collect(store.wills.list());
    assert.deepEqual(
      sortedBy(listed, ({ clientId }) => clientId),
      sortedBy(
        AWKWARD_NAMES.filter((name) => name !== "a/b")
          .map((name) => will(name, name === "a" ? { dueAt: NOW } : {})),
        ({ clientId }) => clientId,
      ),
    );
  });
}
