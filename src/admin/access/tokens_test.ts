import assert from "#assert";
import { FakeClock } from "../../base/fake_clock.ts";
import { silentLogger } from "../../base/log.ts";
import { SeededRandom } from "../../base/random.ts";
import { MemoryStore } from "../../storage/memory.ts";
import { type AdminStore, StoreError } from "../../storage/store.ts";
import { accessFixture } from "./access_fixture.ts";
import { TOKENS } from "./records.ts";
import { ApiTokens, LAST_USE_MS, TOKEN_FORM, TOKENS_MAX } from "./tokens.ts";

const WANTED = { name: "dashboard", role: "viewer", createdBy: "alice" } as const;

Deno.test("ApiTokens: a token is recognised by its form, and kept as a hash only", async () => {
  const { access, store } = accessFixture();
  const { token, secret } = await access.tokens.create(WANTED);
  assert.match(secret, TOKEN_FORM);
  assert.ok(secret.startsWith(`tide_${token.id}_`));
  const kept = JSON.stringify(await store.admin.list(TOKENS));
  assert.ok(!kept.includes(secret.slice("tide_".length + token.id.length + 1)), kept);
  assert.equal((await access.tokens.authenticate(secret))?.name, "dashboard");
});

Deno.test("ApiTokens: anything else opens nothing", async () => {
  const { tokens } = accessFixture().access;
  const { secret } = await tokens.create(WANTED);
  const last = secret.at(-2) === "A" ? "B" : "A";
  for (
    const wrong of [
      "",
      "tide_",
      secret.slice(0, -1),
      `${secret}x`,
      secret.slice(0, -2) + last + secret.at(-1),
      secret.replace(/tide_\w{12}/, "tide_000000000000"),
    ]
  ) assert.equal(await tokens.authenticate(wrong), undefined, wrong);
});

Deno.test("ApiTokens: a token ends at its time, not before", async () => {
  const { access, clock } = accessFixture();
  const { secret } = await access.tokens.create({ ...WANTED, expiresAt: clock.now() + 1000 });
  await clock.advance(999);
  assert.ok(await access.tokens.authenticate(secret));
  await clock.advance(1);
  assert.equal(await access.tokens.authenticate(secret), undefined);
});

Deno.test("ApiTokens: a revoked token opens nothing and is not there", async () => {
  const { tokens } = accessFixture().access;
  const { token, secret } = await tokens.create(WANTED);
  await tokens.revoke(token.id);
  assert.equal(await tokens.authenticate(secret), undefined);
  assert.equal(await tokens.get(token.id), undefined);
  await assert.rejects(tokens.revoke(token.id), { refusal: "token_not_found" });
});

/** Counts writes; can hold them, or fail. */
class WatchedStore implements AdminStore {
  readonly #inner = new MemoryStore().admin;
  puts = 0;
  full = false;
  held: Promise<void> | undefined;
  get = (kind: string, key: string) => this.#inner.get(kind, key);
  delete = (kind: string, key: string) => this.#inner.delete(kind, key);
  list = (kind: string, options?: { after?: string; limit?: number }) =>
    this.#inner.list(kind, options);
  async put(kind: string, key: string, value: unknown): Promise<void> {
    this.puts++;
    await this.held;
    if (this.full) throw new StoreError("full", "no space left");
    await this.#inner.put(kind, key, value);
  }
}

function watched() {
  const store = new WatchedStore();
  const clock = new FakeClock();
  const tokens = new ApiTokens({ store, clock, random: new SeededRandom(1), log: silentLogger });
  return { store, clock, tokens };
}

Deno.test("ApiTokens: the last use is written once a minute at most", async () => {
  const { store, clock, tokens } = watched();
  const { token, secret } = await tokens.create(WANTED);
  assert.equal(token.lastUsedAt, undefined);
  const first = clock.now();
  await Promise.all([tokens.authenticate(secret), tokens.authenticate(secret)]);
  await clock.advance(LAST_USE_MS - 1);
  await tokens.authenticate(secret);
  assert.equal(store.puts, 2);
  assert.equal((await tokens.get(token.id))?.lastUsedAt, first);
  await clock.advance(1);
  await tokens.authenticate(secret);
  assert.equal(store.puts, 3);
});

Deno.test("ApiTokens: a use that is noted late does not bring a revoked token back", async () => {
  const { store, tokens } = watched();
  const { token, secret } = await tokens.create(WANTED);
  const other = await tokens.create(WANTED);
  const gate = Promise.withResolvers<void>();
  store.held = gate.promise;
  const holding = tokens.authenticate(other.secret);
  const revoking = tokens.revoke(token.id);
  const using = tokens.authenticate(secret);
  gate.resolve();
  await Promise.all([holding, revoking, using]);
  assert.equal(await tokens.get(token.id), undefined);
});

Deno.test("ApiTokens: a full disk does not lock scripts out", async () => {
  const { store, tokens } = watched();
  const { secret } = await tokens.create(WANTED);
  store.full = true;
  assert.ok(await tokens.authenticate(secret));
});

Deno.test("ApiTokens: there is a most, and revoking one makes room", async () => {
  const { tokens } = accessFixture().access;
  for (let i = 0; i < TOKENS_MAX; i++) await tokens.create(WANTED);
  assert.equal(await tokens.count(), TOKENS_MAX);
  await assert.rejects(tokens.create(WANTED), { refusal: "limit_reached" });
  await tokens.revoke((await tokens.list({ limit: 1 }))[0]!.id);
  await tokens.create(WANTED);
});
