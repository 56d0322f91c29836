import assert from "#assert";
import { SeededRandom } from "../../base/random.ts";
import { CHEAP_SCRYPT } from "./access_fixture.ts";
import { HASHES_WAITING_MAX, PasswordHasher, readablePassword, SCRYPT_COST } from "./password.ts";

const hasher = new PasswordHasher(new SeededRandom(1), CHEAP_SCRYPT);

Deno.test("PasswordHasher: a hash is of its password only, and never the same twice", async () => {
  const [one, other] = [await hasher.hash("a password"), await hasher.hash("a password")];
  assert.notEqual(one, other);
  assert.match(one, /^scrypt\$2\$1\$1\$[\w-]{22}\$[\w-]{43}$/);
  assert.equal(await hasher.verify("a password", one), true);
  assert.equal(await hasher.verify("a password", other), true);
  assert.equal(await hasher.verify("a passwort", one), false);
});

Deno.test("PasswordHasher: a hash of another cost still counts", async () => {
  const dearer = new PasswordHasher(new SeededRandom(1), { N: 4, r: 2, p: 1 });
  assert.equal(await dearer.verify("a password", await hasher.hash("a password")), true);
});

Deno.test("PasswordHasher: composed and decomposed letters are the same password", async () => {
  assert.equal(await hasher.verify("cafe\u0301 society", await hasher.hash("café society")), true);
});

Deno.test("PasswordHasher: no hash, or one that is none, is false", async () => {
  for (const hash of [undefined, "", "scrypt$2$1$1$", "plain"]) {
    assert.equal(await hasher.verify("a password", hash), false);
  }
});

Deno.test("PasswordHasher: what waits has a bound, and is refused beyond it", async () => {
  const all = Array.from({ length: HASHES_WAITING_MAX + 2 }, () => hasher.hash("a password"));
  const results = await Promise.allSettled(all);
  const refused = results.filter((result) => result.status === "rejected");
  assert.equal(refused.length, 1);
  assert.equal((refused[0] as PromiseRejectedResult).reason.refusal, "busy");
  assert.match(await hasher.hash("a password"), /^scrypt/);
});

Deno.test("PasswordHasher: with the real cost the event loop goes on meanwhile", async () => {
  const real = new PasswordHasher(new SeededRandom(1));
  const hashed = real.hash("a password");
  let done = false;
  hashed.finally(() => done = true);
  let turns = 0;
  while (!done) {
    await new Promise((resolve) => setImmediate(resolve));
    turns++;
  }
  assert.ok(turns > 10, `${turns} turns`);
  assert.ok((await hashed).startsWith(`scrypt$${SCRYPT_COST.N}$`));
});

Deno.test("readablePassword: four groups of five letters that nobody mistakes", () => {
  const random = new SeededRandom(3);
  const made = new Set(Array.from({ length: 100 }, () => readablePassword(random)));
  assert.equal(made.size, 100);
  for (const password of made) assert.match(password, /^([a-km-np-z2-9]{5}-){3}[a-km-np-z2-9]{5}$/);
});
