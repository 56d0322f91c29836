import { silentLogger } from "../base/log.ts";
import { accessFixture } from "./access/access_fixture.ts";
import type { Role } from "./access/role.ts";
import { type AdminParts, adminRoutes, createAdminApi } from "./admin.ts";
import type { AdminApi } from "./http/api.ts";
import type { ApiRoute } from "./http/route.ts";
import type { SessionAdministration, SessionSummary } from "./routes/sessions.ts";

export const PASSWORD = "a long password";

/** Sessions that are there because a test says so. */
export class FakeSessions implements SessionAdministration {
  readonly ids = new Set<string>();

  session(clientId: string): SessionSummary | undefined {
    if (!this.ids.has(clientId)) return undefined;
    const counts = { queued: 2, queuedBytes: 30, inFlight: 1, received: 0, dropped: 4 };
    const durable = { durable: true, expiryInterval: 0xffff_ffff };
    return { clientId, connected: true, subscriptions: 3, ...durable, ...counts };
  }

  discard(clientId: string): Promise<boolean> {
    return Promise.resolve(this.ids.delete(clientId));
  }
}

/** The parts of an admin API without a broker. */
export function adminFixture() {
  const made = accessFixture();
  const sessions = new FakeSessions();
  const settings = [{ key: "server.tcp_addr", value: "127.0.0.1:1883", source: "default" }];
  const parts: AdminParts = { ...made, sessions, settings, log: silentLogger, version: "1.2.3" };
  return { ...made, parts, sessions, routes: adminRoutes(parts), api: createAdminApi(parts) };
}

export type AdminFixture = ReturnType<typeof adminFixture>;

/** What `init` asks of `api`, from an address on the same machine. */
export async function ask(
  api: AdminApi,
  path: string,
  init: RequestInit & { secure?: boolean } = {},
): Promise<Response> {
  const { secure = false, ...rest } = init;
  return await api.fetch(new Request(`http://broker${path}`, rest), {
    address: "127.0.0.1",
    secure,
  });
}

/** A JSON body with its header. */
export function json(body: unknown): { body: string; headers: Record<string, string> } {
  return { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
}

/** Headers of a new token with `role`. */
export async function bearer(
  { access, clock }: AdminFixture,
  role: Role,
  lifeMs?: number,
): Promise<Record<string, string>> {
  const expiresAt = lifeMs === undefined ? undefined : clock.now() + lifeMs;
  const wanted = { name: `a ${role}`, role, createdBy: "test", expiresAt };
  const { secret } = await access.tokens.create(wanted);
  return { authorization: `Bearer ${secret}` };
}

/** Headers of a browser in which a new user with `role` is signed in, and those without the proof. */
export async function browser({ access }: AdminFixture, role: Role) {
  const name = `${role}${(await access.users.list()).length}`;
  await access.users.create(name, role, PASSWORD);
  const { id, session } = await access.signIn(name, PASSWORD, "127.0.0.1");
  const cookie = { cookie: `other=1; tidemq_session=${id}` };
  return { name, id, cookie, headers: { ...cookie, "x-csrf-token": session.csrfToken } };
}

/** The URL and the request of the example of `route`. */
export function exampleOf(route: ApiRoute): { path: string; init: RequestInit } {
  const { params = {}, query = {}, body } = route.example ?? {};
  const path = route.path.replaceAll(
    /\{(\w+)\}/g,
    (_, name) => encodeURIComponent(params[name] ?? "x"),
  );
  const search = new URLSearchParams(query).toString();
  const init = { method: route.method.toUpperCase(), ...(body === undefined ? {} : json(body)) };
  return { path: `/api/v1${path}${search === "" ? "" : `?${search}`}`, init };
}
