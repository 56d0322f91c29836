import assert from "#assert";
import { AWKWARD_NAMES, type RegisterCase } from "./fixtures.ts";

export function adminCases(test: RegisterCase): void {
  test("admin.get() returns any JSON value as it was put", async (store) => {
    const values = [null, false, 0, "", [1, [2]], { a: { b: ["ä", null] } }, -1.5];
    for (const [index, value] of values.entries()) {
      await store.admin.put("kind", `key ${index}`, value);
      assert.deepEqual(await store.admin.get("kind", `key ${index}`), value);
    }
    assert.equal(await store.admin.get("kind", "nothing"), undefined);
    assert.equal(await store.admin.get("nothing", "key 1"), undefined);
  });

  test("admin.put() replaces and admin.delete() removes", async (store) => {
    await store.admin.put("kind", "key", { version: 1 });
    await store.admin.put("kind", "key", { version: 2 });
    await store.admin.put("other", "key", "untouched");
    assert.deepEqual(await store.admin.get("kind", "key"), { version: 2 });
    await store.admin.delete("kind", "key");
    await store.admin.delete("kind", "key");
    await store.admin.delete("nothing", "key");
    assert.equal(await store.admin.get("kind", "key"), undefined);
    assert.deepEqual(await store.admin.list("kind"), []);
    assert.equal(await store.admin.get("other", "key"), "untouched");
  });

  test("admin.list() is ascending by key, after a key and up to a limit", async (store) => {
    for (const key of ["b", "a/b", "c", "a", "d"]) await store.admin.put("kind", key, key + key);
    await store.admin.put("kin", "a", 1);
    await store.admin.put("kind2", "a", 1);
    const keys = async (options?: { after?: string; limit?: number }) =>
      (await store.admin.list("kind", options)).map(({ key }) => key);
    assert.deepEqual(await keys(), ["a", "a/b", "b", "c", "d"]);
    assert.deepEqual(await keys({ after: "a/b" }), ["b", "c", "d"]);
    assert.deepEqual(await keys({ after: "bb" }), ["c", "d"]);
    assert.deepEqual(await keys({ limit: 2 }), ["a", "a/b"]);
    assert.deepEqual(await keys({ after: "a", limit: 2 }), ["a/b", "b"]);
    assert.deepEqual(await keys({ after: "d", limit: 2 }), []);
    assert.deepEqual(await store.admin.list("kind", { after: "c" }), [{ key: "d", value: "dd" }]);
  });

  test("admin keys may be any string", async (store) => {
    for (const [index, key] of ["", ...AWKWARD_NAMES].entries()) {
      await store.admin.put("kind", key, index);
    }
    for (const [index, key] of ["", ...AWKWARD_NAMES].entries()) {
      assert.equal(await store.admin.get("kind", key), index, key);
    }
    assert.equal((await store.admin.list("kind")).length, AWKWARD_NAMES.length + 1);
  });
}
