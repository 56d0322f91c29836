import assert from "#assert";
import { accessFixture } from "./access_fixture.ts";
import { USERS } from "./records.ts";
import { USER_NAME } from "./user_name.ts";
import { USERS_MAX } from "./users.ts";

const PASSWORD = "a long password";

Deno.test("Users: a user is kept, and without its password", async () => {
  const { access, store, clock } = accessFixture();
  const made = await access.users.create("carol", "operator", PASSWORD);
  assert.deepEqual(await access.users.get("carol"), made);
  assert.equal(made.createdAt, clock.now());
  assert.doesNotMatch(JSON.stringify(await store.admin.list(USERS)), /long/);
  assert.deepEqual(await access.users.list(), [made]);
});

Deno.test("Users: verify() knows the password of each, and no unknown name", async () => {
  const { users } = accessFixture().access;
  await users.create("carol", "viewer", PASSWORD);
  assert.equal((await users.verify("carol", PASSWORD))?.name, "carol");
  assert.equal(await users.verify("carol", `${PASSWORD} `), undefined);
  assert.equal(await users.verify("dana", PASSWORD), undefined);
});

Deno.test("Users: a name that is taken is refused, also at the same moment", async () => {
  const { users } = accessFixture().access;
  const both = await Promise.allSettled([
    users.create("carol", "viewer", PASSWORD),
    users.create("carol", "admin", PASSWORD),
  ]);
  assert.deepEqual(both.map(({ status }) => status), ["fulfilled", "rejected"]);
  assert.equal((both[1] as PromiseRejectedResult).reason.refusal, "name_taken");
});

Deno.test("Users: the last admin can neither be deleted nor demoted", async () => {
  const { users } = accessFixture().access;
  await users.create("alice", "admin", PASSWORD);
  await users.create("carol", "operator", PASSWORD);
  await assert.rejects(users.delete("alice"), { refusal: "last_admin" });
  await assert.rejects(users.setRole("alice", "viewer"), { refusal: "last_admin" });
  assert.equal((await users.setRole("alice", "admin")).role, "admin");
  await users.setRole("carol", "admin");
  await users.delete("alice");
  assert.deepEqual((await users.list()).map(({ name }) => name), ["carol"]);
});

Deno.test("Users: two admins cannot remove each other at the same moment", async () => {
  const { users } = accessFixture().access;
  await users.create("alice", "admin", PASSWORD);
  await users.create("bob", "admin", PASSWORD);
  const both = await Promise.allSettled([users.delete("alice"), users.setRole("bob", "viewer")]);
  assert.deepEqual(both.map(({ status }) => status), ["fulfilled", "rejected"]);
});

Deno.test("Users: a new password has a new id, and the old one opens nothing", async () => {
  const { users } = accessFixture().access;
  const before = await users.create("carol", "viewer", PASSWORD);
  const after = await users.setPassword("carol", "another password");
  assert.notEqual(after.passwordId, before.passwordId);
  assert.equal(await users.verify("carol", PASSWORD), undefined);
  assert.equal((await users.verify("carol", "another password"))?.role, "viewer");
});

Deno.test("Users: what is not there cannot be changed", async () => {
  const { users } = accessFixture().access;
  const missing = { refusal: "user_not_found" };
  await assert.rejects(users.delete("x"), missing);
  await assert.rejects(users.setRole("x", "admin"), missing);
  await assert.rejects(users.setPassword("x", PASSWORD), missing);
});

Deno.test("Users: a record that cannot be read is an error that says which, not an open door", async () => {
  const { access, store } = accessFixture();
  await store.admin.put(USERS, "carol", { role: "emperor" });
  await assert.rejects(access.users.verify("carol", PASSWORD), /console user carol cannot be read/);
});

Deno.test("USER_NAME: takes names that are a path segment by themselves", () => {
  for (const name of ["carol", "c", "carol@example.org", "a.b-c_d", "x".repeat(64)]) {
    assert.match(name, USER_NAME);
  }
  for (const name of ["", ".", "..", "-x", "a/b", "a b", "é", "x".repeat(65), "a\n"]) {
    assert.doesNotMatch(name, USER_NAME);
  }
});

Deno.test("Users: there is a most", async () => {
  const { access, store } = accessFixture();
  const { users } = access;
  await users.create("alice", "admin", PASSWORD);
  const record = await store.admin.get(USERS, "alice");
  for (let i = 1; i < USERS_MAX; i++) await store.admin.put(USERS, `u${i}`, record);
  assert.equal(await users.count(), USERS_MAX);
  await assert.rejects(users.create("carol", "viewer", PASSWORD), { refusal: "limit_reached" });
});
