import { silentLogger } from "../base/log.ts";
import { AllowAll } from "../auth/allow_all.ts";
import type { Authorizer } from "../auth/auth.ts";
import { BridgeLogin, newBridgeSecret } from "../bridges/http/bridge_login.ts";
import { HttpBridge } from "../bridges/http/http_bridge.ts";
import { memoryTransportPair } from "../transport/memory.ts";
import { Bans } from "../auth/bans.ts";
import { StandaloneCluster } from "../cluster/standalone.ts";
import type { NodeInfo } from "./routes/overview.ts";
import { accessFixture } from "./access/access_fixture.ts";
import type { Role } from "./access/role.ts";
import { type AdminParts, adminRoutes, createAdminApi } from "./admin.ts";
import type { AdminApi } from "./http/api.ts";
import type { ApiRoute } from "./http/route.ts";
import { Telemetry } from "../telemetry/telemetry.ts";
import { TestBroker } from "../../tests/support/test_broker.ts";

export const PASSWORD = "a long password";

/** The client that examples name. */
export const CLIENT_ID = "sensors/7";

/** The parts of an admin API over a broker in memory, with a client that examples name. */
export async function adminFixture(authorizer: Authorizer = new AllowAll()) {
  const made = accessFixture();
  const { clock, store } = made;
  const log = silentLogger;
  const telemetry = new Telemetry({ clock, log, topicStatistics: true });
  const secret = newBridgeSecret(made.random);
  const test = await TestBroker.start({
    clock,
    store,
    observer: telemetry.observer,
    authenticator: new BridgeLogin(secret, new AllowAll()),
    authorizer,
  });
  const { broker } = test;
  const { inspector } = broker;
  const bridge = new HttpBridge({
    ...made,
    log,
    authorizer,
    secret,
    connect: (remoteAddress) => {
      const remoteAddresses = ["memory:0", remoteAddress] as const;
      const [client, server] = memoryTransportPair({ remoteAddresses });
      broker.accept(server);
      return client;
    },
    publish: (request) => inspector.actions.publish(request),
  });
  await telemetry.start(inspector, store.admin, []);
  const settings = [{ key: "server.tcp_addr", value: "127.0.0.1:1883", source: "default" }];
  const cluster = new StandaloneCluster("node-1");
  const node: NodeInfo = {
    id: "node-1",
    version: "1.2.3",
    startedAt: clock.now(),
    cluster: () => cluster.status(),
  };
  const bans = await Bans.open({ clock, log, storage: store.admin, onAdded: () => {} });
  const parts: AdminParts = {
    ...made,
    inspector,
    telemetry,
    node,
    bans,
    bridge,
    settings,
    log,
  };
  const api = createAdminApi(parts);
  return {
    ...made,
    parts,
    test,
    inspector,
    telemetry,
    bans,
    routes: adminRoutes(parts),
    api,
    async [Symbol.asyncDispose]() {
      api.close();
      await telemetry[Symbol.asyncDispose]();
      await test[Symbol.asyncDispose]();
    },
  };
}

export type AdminFixture = Awaited<ReturnType<typeof adminFixture>>;

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

/** The JSON of an answer; of a stream what comes first, and then it is given up. */
export async function bodyOf(response: Response) {
  if (response.status === 204) return undefined;
  if (!response.headers.get("content-type")?.startsWith("text/event-stream")) {
    return await response.json();
  }
  const reader = response.body!.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return new TextDecoder().decode(value);
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
