/** What the OpenAPI document says, against the whole server: each example is sent over HTTP. */
import assert from "#assert";
import * as z from "zod";
import { AccessControl } from "../../src/admin/access/access_control.ts";
import { CHEAP_SCRYPT } from "../../src/admin/access/access_fixture.ts";
import { type TokenRecord, TOKENS } from "../../src/admin/access/records.ts";
import { adminFixture, ask, bodyOf } from "../../src/admin/admin_fixture.ts";
import { silentLogger } from "../../src/base/log.ts";
import { SystemRandom } from "../../src/base/random.ts";
import { SystemClock } from "../../src/base/system_clock.ts";
import { MemoryStore } from "../../src/storage/memory.ts";
import { LocalServer } from "../support/local_server.ts";
import { RawClient } from "../support/raw_client.ts";

interface Operation {
  readonly requestBody?: { readonly content: Record<string, { readonly example?: unknown }> };
  readonly responses: Record<string, { readonly content?: Record<string, { schema: object }> }>;
  readonly "x-example": {
    readonly params: Record<string, string>;
    readonly query: Record<string, string>;
  };
}

interface Document {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, object> };
}

/** A server over a store that holds what the examples name, and a client that they name. */
class ExampleServer implements AsyncDisposable {
  private constructor(readonly server: LocalServer, readonly client: RawClient) {}

  static async start(): Promise<ExampleServer> {
    const store = new MemoryStore();
    const [clock, random] = [new SystemClock(), new SystemRandom()];
    const options = { store: store.admin, clock, random, log: silentLogger };
    const { users } = new AccessControl({ ...options, scryptCost: CHEAP_SCRYPT });
    await users.create("admin", "admin", "correct horse battery");
    await users.create("carol", "viewer", "another password");
    const token: TokenRecord = {
      name: "backup",
      role: "operator",
      hash: "",
      createdAt: clock.now(),
      createdBy: "admin",
    };
    await store.admin.put(TOKENS, "0a1b2c3d4e5f", token);
    const server = await LocalServer.start({ admin: { enabled: true } }, { store });
    assert.equal(server.firstCredentials, undefined);
    const client = await RawClient.connectTcp(server.address);
    await client.connect({ clientId: "sensors/7" });
    await client.publish("sensors/7/state", "open", { qos: 1, retain: true });
    await client.publish("sensors/7/temperature", "21", { qos: 1 });
    const mallory = { kind: "username", value: "mallory", reason: "", by: "admin" } as const;
    await server.bans.add({ ...mallory, createdAt: clock.now() });
    return new ExampleServer(server, client);
  }

  get base(): string {
    return `http://${this.server.addressOf("http")}`;
  }

  /** Signs in with the example of the route for it; the headers of what follows. */
  async signIn({ paths }: Document): Promise<Record<string, string>> {
    const { body, headers } = exampleBody(paths["/api/v1/login"]!["post"]!);
    const response = await fetch(`${this.base}/api/v1/login`, { method: "POST", body, headers });
    const { csrf_token } = await response.json();
    const cookie = response.headers.get("set-cookie")!.split(";")[0]!;
    return { cookie, "x-csrf-token": csrf_token };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }
}

function exampleBody(
  { requestBody }: Operation,
): { body: string; headers: Record<string, string> } {
  const [[type, { example }]] = Object.entries(requestBody!.content) as [
    [string, { example: unknown }],
  ];
  return { body: JSON.stringify(example), headers: { "content-type": type } };
}

function exampleUrl(path: string, { "x-example": { params, query } }: Operation): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(params[name]!));
  const search = new URLSearchParams(query).toString();
  return search === "" ? filled : `${filled}?${search}`;
}

/** A schema of the document, with the components that it refers to, as something that checks. */
function validator(schema: object, { components }: Document): z.ZodType {
  const whole = JSON.stringify({ ...schema, $defs: components.schemas });
  return z.fromJSONSchema(JSON.parse(whole.replaceAll("#/components/schemas/", "#/$defs/")));
}

async function documentOf(base: string): Promise<Document> {
  return await (await fetch(`${base}/api/v1/openapi.json`)).json();
}

/** Asked of the API alone: a list of tests must not need a socket. */
async function operations(): Promise<[path: string, method: string, operation: Operation][]> {
  const { paths }: Document = await (await ask((await adminFixture()).api, "/api/v1/openapi.json"))
    .json();
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) =>
      [path, method, operation] as [string, string, Operation]
    )
  );
}

for (const [path, method, operation] of await operations()) {
  Deno.test(`${method.toUpperCase()} ${path}: the example works, and the answer fits the document`, async () => {
    await using example = await ExampleServer.start();
    const document = await documentOf(example.base);
    const { headers, body } = operation.requestBody === undefined
      ? { headers: {} }
      : exampleBody(operation);
    const response = await fetch(`${example.base}${exampleUrl(path, operation)}`, {
      method: method.toUpperCase(),
      headers: { ...await example.signIn(document), ...headers },
      body: body ?? null,
    });
    const type = response.headers.get("content-type") ?? "";
    const found = type === "" ? undefined : await bodyOf(response);
    assert.ok(response.ok, `${response.status} ${JSON.stringify(found)}`);
    const answer = operation.responses[response.status];
    assert.ok(answer !== undefined, `${response.status} is not in the document`);
    if (answer!.content === undefined) return assert.equal(found, undefined);
    validator(answer!.content[type]!.schema, document).parse(found);
  });
}

Deno.test("a problem fits the document", async () => {
  await using example = await ExampleServer.start();
  const document = await documentOf(example.base);
  const response = await fetch(`${example.base}/api/v1/me`);
  const type = response.headers.get("content-type")!;
  const { content } = document.paths["/api/v1/me"]!["get"]!.responses[response.status]!;
  const problem = validator(content![type]!.schema, document);
  problem.parse(await response.json());
  assert.equal(problem.safeParse({ type: "x" }).success, false);
});

Deno.test("DELETE /sessions/{client_id}: the client is told with 0x98, and the session is gone", async () => {
  await using example = await ExampleServer.start();
  const document = await documentOf(example.base);
  const headers = await example.signIn(document);
  const url = `${example.base}/api/v1/sessions/sensors%2F7`;
  const ended = await fetch(url, { method: "DELETE", headers });
  assert.equal(ended.status, 204);
  await example.client.expect("disconnect", { reasonCode: 0x98 });
  const missing = await fetch(url, { headers });
  assert.equal((await missing.json()).code, "session_not_found");
});
