import assert from "#assert";
import {
  type AccessControl,
  FREE_FAILURES_BY_ADDRESS,
  FREE_FAILURES_BY_NAME,
} from "./access_control.ts";
import { accessFixture } from "./access_fixture.ts";
import { createFirstAdmin, FIRST_ADMIN } from "./first_admin.ts";
import { FIRST_LOCK_MS } from "./lockout.ts";
import { HASHES_WAITING_MAX } from "./password.ts";
import { roleIncludes, ROLES } from "./role.ts";

const PASSWORD = "a long password";
const HOME = "192.0.2.1";

async function withCarol() {
  const made = accessFixture();
  await made.access.users.create("carol", "operator", PASSWORD);
  return made;
}

/** The refusal of a sign-in; undefined: signed in. */
async function refusal(
  access: AccessControl,
  name: string,
  password: string,
  address = HOME,
): Promise<string | undefined> {
  try {
    await access.signIn(name, password, address);
    return undefined;
  } catch (error) {
    return (error as { refusal: string }).refusal;
  }
}

Deno.test("roleIncludes: each role includes those before it", () => {
  for (const [i, role] of ROLES.entries()) {
    for (const [j, needed] of ROLES.entries()) assert.equal(roleIncludes(role, needed), i >= j);
  }
});

Deno.test("AccessControl: who signs in is known by the session, with the role of the moment", async () => {
  const { access } = await withCarol();
  const { id } = await access.signIn("carol", PASSWORD, HOME);
  assert.equal((await access.sessionPrincipal(id))?.role, "operator");
  await access.users.setRole("carol", "admin");
  assert.equal((await access.sessionPrincipal(id))?.role, "admin");
});

Deno.test("AccessControl: a user who is deleted, or made anew, is signed out", async () => {
  const { access } = await withCarol();
  await access.users.create("alice", "admin", PASSWORD);
  const { id } = await access.signIn("carol", PASSWORD, HOME);
  const other = await access.signIn("carol", PASSWORD, HOME);
  await access.users.delete("carol");
  assert.equal(await access.sessionPrincipal(id), undefined);
  await access.users.create("carol", "admin", PASSWORD);
  assert.equal(await access.sessionPrincipal(other.id), undefined);
});

Deno.test("AccessControl: changing the password ends the other sessions, not this one", async () => {
  const { access } = await withCarol();
  const here = await access.signIn("carol", PASSWORD, HOME);
  const there = await access.signIn("carol", PASSWORD, HOME);
  const next = "another password";
  await access.changePassword(here.session, { current: PASSWORD, next }, HOME);
  assert.ok(await access.sessionPrincipal(here.id));
  assert.equal(await access.sessionPrincipal(there.id), undefined);
  assert.equal(await refusal(access, "carol", PASSWORD), "credentials_invalid");
  assert.equal(await refusal(access, "carol", next), undefined);
});

Deno.test("AccessControl: a sign-in that was under way while the password changed does not count", async () => {
  const { access } = await withCarol();
  const [signed] = await Promise.all([
    access.signIn("carol", PASSWORD, HOME),
    access.users.setPassword("carol", "another password"),
  ]);
  assert.equal(await access.sessionPrincipal(signed.id), undefined);
});

Deno.test("AccessControl: changing the password needs the old one, and guessing it locks", async () => {
  const { access } = await withCarol();
  const { session } = await access.signIn("carol", PASSWORD, HOME);
  const passwords = { current: "a wrong guess", next: "another password" };
  for (let i = 0; i < FREE_FAILURES_BY_NAME; i++) {
    await assert.rejects(access.changePassword(session, passwords, HOME), {
      refusal: "credentials_invalid",
    });
  }
  await assert.rejects(access.changePassword(session, passwords, HOME), {
    refusal: "too_many_attempts",
  });
  assert.equal((await access.users.get("carol"))?.passwordId, session.passwordId);
});

for (const name of ["carol", "nobody"]) {
  Deno.test(`AccessControl: guessing the password of ${name} locks the name, from everywhere`, async () => {
    const { access, clock } = await withCarol();
    for (let i = 0; i < FREE_FAILURES_BY_NAME; i++) {
      assert.equal(
        await refusal(access, name, "wrong guess", `192.0.2.${i}`),
        "credentials_invalid",
      );
    }
    await assert.rejects(access.signIn(name, PASSWORD, HOME), {
      refusal: "too_many_attempts",
      retryAfterSeconds: 1,
    });
    await clock.advance(FIRST_LOCK_MS);
    const expected = name === "carol" ? undefined : "credentials_invalid";
    assert.equal(await refusal(access, name, PASSWORD), expected);
  });
}

Deno.test("AccessControl: guessing many names locks the address, for its whole network", async () => {
  const { access } = await withCarol();
  for (let i = 0; i < FREE_FAILURES_BY_ADDRESS; i++) {
    const address = `2001:db8::${i + 1}`;
    assert.equal(await refusal(access, `n${i}`, "wrong guess", address), "credentials_invalid");
  }
  assert.equal(await refusal(access, "carol", PASSWORD, "2001:db8::ffff"), "too_many_attempts");
  assert.equal(await refusal(access, "carol", PASSWORD, "2001:db8:0:1::1"), undefined);
});

Deno.test("AccessControl: a success between guesses does not make the address innocent", async () => {
  const { access } = await withCarol();
  for (let i = 0; i < FREE_FAILURES_BY_ADDRESS; i++) {
    assert.equal(await refusal(access, `n${i}`, "wrong guess"), "credentials_invalid");
    if (i < FREE_FAILURES_BY_ADDRESS - 1) {
      assert.equal(await refusal(access, "carol", PASSWORD), undefined);
    }
  }
  assert.equal(await refusal(access, "carol", PASSWORD), "too_many_attempts");
});

Deno.test("AccessControl: guesses at the same moment are no more than one after the other", async () => {
  const { access } = await withCarol();
  const guesses = Array.from(
    { length: FREE_FAILURES_BY_NAME + 3 },
    () => refusal(access, "carol", "wrong guess"),
  );
  const counted = Map.groupBy(await Promise.all(guesses), (each) => each);
  assert.equal(counted.get("credentials_invalid")?.length, FREE_FAILURES_BY_NAME);
  assert.equal(counted.get("too_many_attempts")?.length, 3);
});

Deno.test("AccessControl: who was refused for being busy has not failed", async () => {
  const { access } = await withCarol();
  const attempts = FREE_FAILURES_BY_NAME - 1;
  for (let round = 0; round < 2; round++) {
    const others = Array.from(
      { length: HASHES_WAITING_MAX + 1 },
      (_, i) => refusal(access, `n${round}.${i}`, "wrong guess", `192.0.2.${i}`),
    );
    const mine = Array.from({ length: attempts }, () => refusal(access, "carol", PASSWORD));
    assert.deepEqual(await Promise.all(mine), Array(attempts).fill("busy"));
    await Promise.all(others);
  }
  assert.equal(await refusal(access, "carol", PASSWORD), undefined);
});

Deno.test("createFirstAdmin: makes a user and a token that count, once", async () => {
  const { access, random } = accessFixture();
  const made = await createFirstAdmin(access, random, () => Promise.resolve(undefined));
  assert.equal(made?.user, FIRST_ADMIN);
  const { id } = await access.signIn(FIRST_ADMIN, made!.password!, HOME);
  assert.equal((await access.sessionPrincipal(id))?.role, "admin");
  assert.equal((await access.tokenPrincipal(made!.token))?.role, "admin");
  const again = await createFirstAdmin(
    access,
    random,
    () => Promise.reject(new Error("not asked")),
  );
  assert.equal(again, undefined);
});

Deno.test("createFirstAdmin: takes a given password and does not repeat it", async () => {
  const { access, random } = accessFixture();
  const made = await createFirstAdmin(access, random, () => Promise.resolve(PASSWORD));
  assert.equal(made?.password, undefined);
  assert.equal(await refusal(access, FIRST_ADMIN, PASSWORD), undefined);
});

Deno.test("createFirstAdmin: refuses a given password that is too short, and makes nothing", async () => {
  const { access, random } = accessFixture();
  await assert.rejects(
    createFirstAdmin(access, random, () => Promise.resolve("short")),
    /the password of the first admin has 5 characters: it needs 10 to 200/,
  );
  assert.deepEqual(await access.tokens.list(), []);
});
