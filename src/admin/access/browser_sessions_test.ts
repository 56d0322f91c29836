import assert from "#assert";
import { FakeClock } from "../../base/fake_clock.ts";
import { SeededRandom } from "../../base/random.ts";
import { BROWSER_SESSIONS_MAX, BrowserSessions, IDLE_MS, LIFETIME_MS } from "./browser_sessions.ts";

const user = {
  name: "carol",
  role: "viewer",
  createdAt: 0,
  passwordChangedAt: 0,
  passwordId: "p",
} as const;

function fixture() {
  const clock = new FakeClock();
  return { clock, sessions: new BrowserSessions(clock, new SeededRandom(1)) };
}

Deno.test("BrowserSessions: open: is found by its id, and each has secrets of its own", () => {
  const { sessions } = fixture();
  const [one, other] = [sessions.open(user), sessions.open(user)];
  assert.equal(sessions.find(one.id), one.session);
  assert.equal(sessions.find(other.id), other.session);
  assert.equal(new Set([one.id, other.id, one.session.csrfToken, other.session.csrfToken]).size, 4);
  assert.equal(sessions.find("x"), undefined);
});

Deno.test("BrowserSessions: open to ended by sign-out", () => {
  const { sessions } = fixture();
  const { id } = sessions.open(user);
  sessions.close(id);
  sessions.close(id);
  assert.equal(sessions.find(id), undefined);
});

Deno.test("BrowserSessions: open to ended after the idle time, which a use begins anew", async () => {
  const { clock, sessions } = fixture();
  const { id } = sessions.open(user);
  await clock.advance(IDLE_MS - 1);
  assert.ok(sessions.find(id));
  await clock.advance(IDLE_MS - 1);
  assert.ok(sessions.find(id));
  await clock.advance(IDLE_MS);
  assert.equal(sessions.find(id), undefined);
  assert.equal(sessions.size, 0);
});

Deno.test("BrowserSessions: open to ended at the end of its lifetime, however much it is used", async () => {
  const { clock, sessions } = fixture();
  const { id } = sessions.open(user);
  const step = IDLE_MS / 2;
  for (let at = step; at < LIFETIME_MS; at += step) {
    await clock.advance(step);
    assert.ok(sessions.find(id));
  }
  await clock.advance(step);
  assert.equal(sessions.find(id), undefined);
});

Deno.test("BrowserSessions: open to ended when so many are newer, the least recently used first", () => {
  const { sessions } = fixture();
  const first = sessions.open(user);
  const second = sessions.open(user);
  for (let i = 2; i < BROWSER_SESSIONS_MAX; i++) sessions.open(user);
  sessions.find(first.id);
  sessions.open(user);
  assert.equal(sessions.size, BROWSER_SESSIONS_MAX);
  assert.ok(sessions.find(first.id));
  assert.equal(sessions.find(second.id), undefined);
});
