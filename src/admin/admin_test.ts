/** Every route against everybody who might ask. */
import assert from "#assert";
import type { ZodType } from "zod";
import { type Role, roleIncludes, ROLES } from "./access/role.ts";
import {
  type AdminFixture,
  adminFixture,
  ask,
  bearer,
  bodyOf,
  browser,
  CLIENT_ID,
  exampleOf,
  json,
  PASSWORD,
} from "./admin_fixture.ts";
import { type ApiRoute, takesBody } from "./http/route.ts";

const { routes } = await adminFixture();

/** Somebody who asks: the headers, and what a route that needs `role` says to them. */
interface Asker {
  readonly who: string;
  headers(fixture: AdminFixture): Promise<Record<string, string>> | Record<string, string>;
  /** The code of the refusal; undefined: let in. */
  refusal(role: Role, method: string): string | undefined;
}

const withRole = (own: Role) => (needed: Role) =>
  roleIncludes(own, needed) ? undefined : "role_too_low";
const unknown = () => "not_authenticated";

const ASKERS: readonly Asker[] = [
  { who: "nobody", headers: () => ({}), refusal: unknown },
  ...ROLES.map((role) => ({
    who: `a token with the role ${role}`,
    headers: (fixture: AdminFixture) => bearer(fixture, role),
    refusal: withRole(role),
  })),
  ...ROLES.map((role) => ({
    who: `a browser with the role ${role}`,
    headers: async (fixture: AdminFixture) => (await browser(fixture, role)).headers,
    refusal: withRole(role),
  })),
  {
    who: "a browser without its CSRF token",
    headers: async (fixture) => (await browser(fixture, "admin")).cookie,
    refusal: (_, method) => method === "get" ? undefined : "csrf_token_invalid",
  },
  {
    who: "a browser with the CSRF token of another",
    headers: async (fixture) => {
      const [one, other] = [await browser(fixture, "admin"), await browser(fixture, "admin")];
      return { ...one.headers, ...other.cookie };
    },
    refusal: (_, method) => method === "get" ? undefined : "csrf_token_invalid",
  },
  {
    who: "an expired token",
    headers: async (fixture) => {
      const headers = await bearer(fixture, "admin", 1000);
      await fixture.clock.advance(1000);
      return headers;
    },
    refusal: unknown,
  },
  {
    who: "a revoked token",
    headers: async (fixture) => {
      const headers = await bearer(fixture, "admin");
      for (const { id } of await fixture.access.tokens.list()) {
        await fixture.access.tokens.revoke(id);
      }
      return headers;
    },
    refusal: unknown,
  },
  {
    who: "a revoked token beside the cookie of an admin",
    headers: async (fixture) => ({
      ...(await browser(fixture, "admin")).headers,
      authorization: `Bearer tide_000000000000_${"x".repeat(43)}`,
    }),
    refusal: unknown,
  },
  {
    who: "a browser that has signed out",
    headers: async (fixture) => {
      const { id, headers } = await browser(fixture, "admin");
      fixture.access.sessions.close(id);
      return headers;
    },
    refusal: unknown,
  },
  {
    who: "somebody with a password in the header",
    headers: () => ({ authorization: `Basic ${btoa(`admin:${PASSWORD}`)}` }),
    refusal: unknown,
  },
];

/** In a state in which every example works, but those about the token of another server. */
async function prepared(): Promise<AdminFixture> {
  const fixture = await adminFixture();
  await fixture.access.users.create("carol", "viewer", PASSWORD);
  const client = await fixture.test.connect({ clientId: CLIENT_ID });
  await client.publish("sensors/7/state", "open", { qos: 1, retain: true });
  await client.publish("sensors/7/temperature", "21", { qos: 1 });
  const by = { reason: "", by: "admin", createdAt: fixture.clock.now() };
  await fixture.bans.add({ kind: "username", value: "mallory", ...by });
  return fixture;
}

for (const route of routes) {
  const name = `${route.method.toUpperCase()} ${route.path}`;
  Deno.test(`${name}: everybody is answered as the role says`, async (test) => {
    await using unchanged = await prepared();
    for (const asker of ASKERS) {
      const refusal = route.role === "public" ? undefined : asker.refusal(route.role, route.method);
      await test.step(asker.who, async () => {
        if (refusal !== undefined || route.method === "get") {
          return await assertAnswer(route, asker, refusal, unchanged);
        }
        await using own = await prepared();
        await assertAnswer(route, asker, refusal, own);
      });
    }
  });
}

async function assertAnswer(
  route: ApiRoute,
  asker: Asker,
  refusal: string | undefined,
  fixture: AdminFixture,
): Promise<void> {
  const { path, init } = exampleOf(route);
  const headers = { ...init.headers as Record<string, string>, ...await asker.headers(fixture) };
  const response = await ask(fixture.api, path, { ...init, headers });
  const body = await bodyOf(response);
  if (refusal === undefined) {
    assert.ok(!["not_authenticated", "role_too_low", "csrf_token_invalid"].includes(body?.code));
    if (response.ok) assertFits(route, response.status, body);
    return;
  }
  assert.equal(body.code, refusal);
  assert.equal(response.status, refusal === "not_authenticated" ? 401 : 403);
  const challenge = response.headers.get("www-authenticate");
  assert.equal(challenge, response.status === 401 ? 'Bearer realm="TideMQ"' : null);
}

function assertFits({ success }: ApiRoute, status: number, body: unknown): void {
  assert.equal(status, success.status);
  if (status !== 204) (success.schema as ZodType).parse(body);
}

Deno.test("adminRoutes: each path and method is there once, says how to use it, and has an example", () => {
  const seen = new Set<string>();
  for (const route of routes) {
    const name = `${route.method} ${route.path}`;
    assert.ok(!seen.has(name), name);
    seen.add(name);
    assert.match(route.summary, /^[A-Z].*[^.]$/, name);
    assert.equal(
      takesBody(route),
      ["post", "put", "patch"].includes(route.method) && route.path !== "/logout",
      name,
    );
    if (takesBody(route)) assert.ok(route.example?.body !== undefined, name);
  }
});

Deno.test("adminRoutes: no parameter is taken that the route does not name", async () => {
  await using fixture = await prepared();
  const headers = await bearer(fixture, "admin");
  for (const route of routes) {
    const { path, init } = exampleOf(route);
    const response = await ask(fixture.api, `${path}${path.includes("?") ? "&" : "?"}lmit=5`, {
      ...init,
      headers: { ...init.headers as Record<string, string>, ...headers },
    });
    const { status, errors } = await response.json();
    assert.equal(status, 400, path);
    assert.deepEqual(errors, [{ pointer: "/query/lmit", detail: "there is no such parameter" }]);
  }
});

Deno.test("POST /login: sets a cookie that scripts of a page cannot read and other sites cannot send", async () => {
  await using fixture = await adminFixture();
  const { api, access } = fixture;
  await access.users.create("carol", "operator", PASSWORD);
  for (const secure of [false, true]) {
    const init = { method: "POST", secure, ...json({ name: "carol", password: PASSWORD }) };
    const response = await ask(api, "/api/v1/login", init);
    assert.equal(response.status, 200);
    const me = await response.json();
    const cookie = response.headers.get("set-cookie")!;
    const flags = secure ? "; Secure" : "";
    const value = new RegExp(
      `^tidemq_session=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict${flags}$`,
    );
    assert.match(cookie, value);
    const headers = { cookie: cookie.split(";")[0]! };
    assert.deepEqual(await (await ask(api, "/api/v1/me", { headers })).json(), me);
    assert.deepEqual([me.kind, me.name, me.role], ["user", "carol", "operator"]);
    const out = { method: "POST", secure, headers: { ...headers, "x-csrf-token": me.csrf_token } };
    const gone = await ask(api, "/api/v1/logout", out);
    assert.equal(gone.status, 204);
    assert.match(gone.headers.get("set-cookie")!, /^tidemq_session=; .*; Max-Age=0$/);
    assert.equal((await ask(api, "/api/v1/me", { headers })).status, 401);
  }
});

Deno.test("POST /login: a wrong password is 401, too many of them 429 with the time to wait", async () => {
  await using fixture = await adminFixture();
  const { api, access } = fixture;
  await access.users.create("carol", "viewer", PASSWORD);
  const attempt = () =>
    ask(api, "/api/v1/login", { method: "POST", ...json({ name: "carol", password: "wrong" }) });
  for (let i = 0; i < 5; i++) assert.equal((await attempt()).status, 401);
  const response = await attempt();
  assert.equal(response.status, 429);
  assert.equal(response.headers.get("retry-after"), "1");
  assert.equal(response.headers.get("set-cookie"), null);
});

Deno.test("PUT /me/password: ends the other sessions of the user", async () => {
  await using fixture = await adminFixture();
  const { api, access } = fixture;
  const { name, headers } = await browser(fixture, "viewer");
  const other = await access.signIn(name, PASSWORD, "127.0.0.1");
  const change = json({ current: PASSWORD, next: "another password" });
  const init = { method: "PUT", ...change, headers: { ...headers, ...change.headers } };
  assert.equal((await ask(api, "/api/v1/me/password", init)).status, 204);
  assert.equal((await ask(api, "/api/v1/me", { headers })).status, 200);
  assert.equal(await access.sessionPrincipal(other.id), undefined);
});

Deno.test("/logout, /me/password: a token belongs to no user", async () => {
  await using fixture = await adminFixture();
  const headers = await bearer(fixture, "admin");
  const change = json({ current: PASSWORD, next: "another password" });
  for (
    const [path, init] of [
      ["/api/v1/logout", { method: "POST", headers }],
      ["/api/v1/me/password", {
        method: "PUT",
        ...change,
        headers: { ...headers, ...change.headers },
      }],
    ] as const
  ) {
    const response = await ask(fixture.api, path, init);
    assert.equal((await response.json()).code, "needs_a_user");
  }
});

Deno.test("/users: the last admin stays, with 409", async () => {
  await using fixture = await adminFixture();
  const { name, headers } = await browser(fixture, "admin");
  const demotion = json({ role: "viewer" });
  for (
    const init of [
      { method: "DELETE", headers },
      { method: "PATCH", ...demotion, headers: { ...headers, ...demotion.headers } },
    ]
  ) {
    const response = await ask(fixture.api, `/api/v1/users/${name}`, init);
    assert.equal(response.status, 409);
    assert.equal((await response.json()).code, "last_admin");
  }
});

Deno.test("/users: no answer has a hash", async () => {
  await using fixture = await prepared();
  const headers = await bearer(fixture, "admin");
  const text = await (await ask(fixture.api, "/api/v1/users", { headers })).text();
  assert.match(text, /carol/);
  assert.doesNotMatch(text, /scrypt|hash|password_?id/i);
});

Deno.test("POST /tokens: the token counts, for as long as was asked, and is shown once", async () => {
  await using fixture = await adminFixture();
  const { api, clock } = fixture;
  const admin = await bearer(fixture, "admin");
  const wanted = json({ name: "dashboard", role: "viewer", expires_in_days: 1 });
  const made = await ask(api, "/api/v1/tokens", {
    method: "POST",
    ...wanted,
    headers: { ...admin, ...wanted.headers },
  });
  assert.equal(made.status, 201);
  const { token, ...shown } = await made.json();
  assert.equal(shown.created_by, "token a admin");
  const headers = { authorization: `bearer ${token}` };
  assert.equal((await ask(api, "/api/v1/me", { headers })).status, 200);
  const again = await (await ask(api, made.headers.get("location")!, { headers: admin })).json();
  assert.deepEqual(again, { ...shown, last_used_at: new Date(clock.now()).toISOString() });
  // A day of its samples would take a while.
  await fixture.telemetry[Symbol.asyncDispose]();
  await clock.advance(24 * 60 * 60_000);
  assert.equal((await ask(api, "/api/v1/me", { headers })).status, 401);
});

for (
  const clientId of [
    "sensors/7",
    "+",
    "#",
    "a b",
    "%2F",
    "%",
    "?x=1&y",
    "💧/é",
    "x".repeat(500),
    ".",
    "..",
  ]
) {
  Deno.test(`/sessions: the client id ${clientId.slice(0, 20)} goes there and back`, async () => {
    await using fixture = await adminFixture();
    const headers = await bearer(fixture, "operator");
    const query = `/api/v1/sessions/-?client_id=${encodeURIComponent(clientId)}`;
    const inPath = `/api/v1/sessions/${encodeURIComponent(clientId)}`;
    for (const path of /^\.+$/.test(clientId) ? [query] : [query, inPath]) {
      await fixture.test.connect({ clientId });
      const found = await ask(fixture.api, path, { headers });
      assert.equal((await found.json()).client_id, clientId);
      const ended = await ask(fixture.api, path, { method: "DELETE", headers });
      assert.equal(ended.status, 204);
      assert.equal(fixture.inspector.counts().sessions, 0);
      const missing = await ask(fixture.api, path, { headers });
      assert.equal((await missing.json()).code, "session_not_found");
    }
  });
}

Deno.test("/sessions: ?client_id= counts before the path", async () => {
  await using fixture = await adminFixture();
  await fixture.test.connect({ clientId: "a" });
  await fixture.test.connect({ clientId: "b" });
  const headers = await bearer(fixture, "viewer");
  const response = await ask(fixture.api, "/api/v1/sessions/a?client_id=b", { headers });
  assert.equal((await response.json()).client_id, "b");
});
