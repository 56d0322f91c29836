import assert from "#assert";
import * as z from "zod";
import type { Logger } from "../../base/log.ts";
import { silentLogger } from "../../base/log.ts";
import { SeededRandom } from "../../base/random.ts";
import { StoreError } from "../../storage/store.ts";
import { accessFixture } from "../access/access_fixture.ts";
import { AccessError } from "../access/access_error.ts";
import { adminFixture, ask, json } from "../admin_fixture.ts";
import { adminApi } from "./api.ts";
import { PROBLEM_CODES, PROBLEMS } from "./problem.ts";
import { type ApiRoute, BODY_BYTES_MAX, noBody, noParams, noQuery, route } from "./route.ts";

/** An API with one public route at `/things/{id}`. */
function apiWith(handle: () => object, log: Logger = silentLogger) {
  const things = route({
    method: "put",
    path: "/things/{id}",
    role: "public",
    tag: "Things",
    summary: "Put a thing",
    params: z.strictObject({ id: z.string().max(3) }),
    query: z.strictObject({ "size[gte]": z.coerce.number().int().optional() }),
    body: z.strictObject({ list: z.array(z.strictObject({ "a/b": z.int() })) }),
    success: { status: 200, description: "Put.", schema: z.looseObject({}) },
    handle: () => handle() as Record<string, unknown>,
  });
  return over([things], log);
}

function over(routes: ApiRoute[], log: Logger = silentLogger) {
  const { access, clock } = accessFixture();
  return adminApi({ access, routes, clock, random: new SeededRandom(1), log, version: "1" });
}

const PUT = { method: "PUT", ...json({ list: [] }) };
const things = "/api/v1/things/x";

Deno.test("adminApi: every answer forbids to be kept, framed, sniffed or read by another site", async () => {
  const api = apiWith(() => ({}));
  const none = ["/api/v1/none", "/problems/none", "/api"];
  for (const path of [things, ...none, "/api/v1/docs", "/problems", "/api/v1/openapi.json"]) {
    const { headers } = await ask(api, path, { headers: { origin: "https://example.org" } });
    assert.equal(headers.get("cache-control"), "no-store", path);
    assert.match(
      headers.get("content-security-policy")!,
      /^default-src 'none';.*frame-ancestors 'none'$/,
    );
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("cross-origin-resource-policy"), "same-origin");
    const cors = [...headers.keys()].filter((name) => name.startsWith("access-control-"));
    assert.deepEqual(cors, []);
  }
});

Deno.test("adminApi: a request that is not valid names each wrong place", async () => {
  const response = await ask(apiWith(() => ({})), `${things}?size%5Bgte%5D=big`, PUT);
  assert.equal(response.status, 400);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  const { trace_id, errors, ...rest } = await response.json();
  assert.match(trace_id, /^[0-9a-f]{32}$/);
  assert.equal(errors[0].pointer, "/query/size[gte]");
  assert.deepEqual(rest, {
    type: "/problems/validation_failed",
    title: PROBLEMS.validation_failed.title,
    status: 400,
    detail: PROBLEMS.validation_failed.title,
    instance: "/api/v1/things/x",
    code: "validation_failed",
  });
  const pointers = async (path: string, init: RequestInit) => {
    const { errors } = await (await ask(apiWith(() => ({})), path, init)).json();
    return errors.map(({ pointer }: { pointer: string }) => pointer);
  };
  const body = json({ list: [{ "a/b": 1 }, { "a/b": "x", "c~d": 1 }], more: 1 });
  assert.deepEqual(await pointers(things, { method: "PUT", ...body }), [
    "/body/list/1/a~1b",
    "/body/list/1/c~0d",
    "/body/more",
  ]);
  assert.deepEqual(await pointers("/api/v1/things/four", PUT), ["/path/id"]);
  const many = json(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`f${i}`, 1])));
  assert.equal((await pointers(things, { method: "PUT", ...many })).length, 50);
});

for (
  const [what, path, init, status, code] of [
    ["broken JSON", things, { ...PUT, body: "{" }, 400, "malformed_json"],
    ["no body", things, { ...PUT, body: "" }, 400, "malformed_json"],
    [
      "a form",
      things,
      { ...PUT, headers: { "content-type": "text/plain" } },
      415,
      "media_type_unsupported",
    ],
    [
      "a body of no type",
      things,
      { method: "PUT", body: new Uint8Array(2) },
      415,
      "media_type_unsupported",
    ],
    [
      "a body that is too large",
      things,
      { ...PUT, body: `[${" ".repeat(BODY_BYTES_MAX)}]` },
      413,
      "body_too_large",
    ],
    ["another method", things, { method: "PATCH" }, 405, "method_not_allowed"],
    ["OPTIONS", things, { method: "OPTIONS" }, 405, "method_not_allowed"],
    ["a method on a document", "/problems", { method: "POST" }, 405, "method_not_allowed"],
    ["an unknown path", "/api/v1/thing", {}, 404, "route_not_found"],
    ["an unknown problem", "/problems/none", {}, 404, "route_not_found"],
  ] as const
) {
  Deno.test(`adminApi: ${what} is ${status}, and the handler is not asked`, async () => {
    const api = apiWith(() => assert.fail("asked"));
    const response = await ask(api, path, init);
    assert.equal(response.status, status);
    assert.equal((await response.json()).code, code);
    const allow = path === things ? "PUT" : "GET, HEAD";
    assert.equal(response.headers.get("allow"), status === 405 ? allow : null);
  });
}

Deno.test("adminApi: a body without a length is too large once it is", async () => {
  const chunk = new TextEncoder().encode(" ".repeat(1000));
  let chunks = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (chunks++ < 1000) controller.enqueue(chunk);
      else controller.close();
    },
  });
  const response = await ask(apiWith(() => ({})), things, { ...PUT, body });
  assert.equal((await response.json()).code, "body_too_large");
  assert.ok(chunks < 100, `${chunks} chunks read`);
});

for (
  const [thrown, status, code, retryAfter] of [
    [new AccessError("busy", "too many", 5), 503, "busy", "5"],
    [new AccessError("name_taken", "there is one"), 409, "name_taken", null],
    [new StoreError("full", "no space left"), 503, "storage_failed", null],
    [new Error("a secret"), 500, "internal_error", null],
  ] as const
) {
  Deno.test(`adminApi: ${thrown.name} of a handler becomes ${code}`, async () => {
    const logged: unknown[] = [];
    const log = { ...silentLogger, error: (...entry: unknown[]) => void logged.push(entry) };
    const api = apiWith(() => {
      throw thrown;
    }, log);
    const response = await ask(api, things, PUT);
    assert.equal(response.status, status);
    assert.equal(response.headers.get("retry-after"), retryAfter);
    const text = await response.text();
    assert.equal(JSON.parse(text).code, code);
    assert.equal(logged.length, code === "internal_error" ? 1 : 0);
    if (code !== "internal_error") return;
    assert.doesNotMatch(text, /secret/);
    assert.ok(JSON.stringify(logged).includes(JSON.parse(text).trace_id));
  });
}

Deno.test("adminApi: HEAD is GET without a body", async () => {
  await using fixture = await adminFixture();
  const { api } = fixture;
  const response = await ask(api, "/api/v1/docs", { method: "HEAD" });
  assert.deepEqual([response.status, await response.text()], [200, ""]);
});

Deno.test("adminApi: every problem has a page, and the catalogue leads to each", async () => {
  await using fixture = await adminFixture();
  const { api } = fixture;
  const catalogue = await (await ask(api, "/problems")).text();
  for (const code of PROBLEM_CODES) {
    const response = await ask(api, `/problems/${code}`);
    assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
    const text = await response.text();
    assert.ok(text.includes(`<code>${code}</code>, status ${PROBLEMS[code].status}`), code);
    assert.ok(catalogue.includes(`href="/problems/${code}"`), code);
  }
});

Deno.test("adminApi: pages load nothing but their style sheet, from here", async () => {
  await using fixture = await adminFixture();
  const { api } = fixture;
  for (const path of ["/api/v1/docs", "/problems", "/problems/busy"]) {
    const text = await (await ask(api, path)).text();
    assert.doesNotMatch(text, /<script|<img|<iframe|<[^>]*\s(style|on\w+)=|https?:\/\//i, path);
    const links = [...text.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, link]) => link!);
    assert.ok(links.includes("/api/v1/docs/style.css"));
    for (const link of links) {
      assert.match(link, /^\//);
      assert.equal((await ask(api, link)).status, 200, link);
    }
  }
});

Deno.test("adminApi: the reference shows each route and its text as text", async () => {
  const wild = route({
    method: "get",
    path: "/wild",
    role: "public",
    tag: "<b>",
    summary: "<script>alert(1)</script> & more",
    params: noParams,
    query: noQuery,
    body: noBody,
    success: { status: 200, description: "`ok`", schema: z.strictObject({}) },
    handle: () => ({}),
  });
  const text = await (await ask(over([wild]), "/api/v1/docs")).text();
  assert.match(text, /GET \/api\/v1\/wild/);
  assert.match(text, /&lt;script&gt;alert\(1\)&lt;\/script&gt; &amp; more/);
  assert.match(text, /<code>ok<\/code>/);
  assert.doesNotMatch(text, /<script|<b>/);
});

Deno.test("adminApi: the OpenAPI document has each route, its role and what it can refuse", async () => {
  await using fixture = await adminFixture();
  const { api, routes } = fixture;
  const document = await (await ask(api, "/api/v1/openapi.json")).json();
  assert.equal(document.openapi, "3.1.0");
  assert.equal(document.info.version, "1.2.3");
  const operations = new Map<string, Record<string, unknown>>();
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods as object)) {
      operations.set(`${method} ${path}`, operation);
    }
  }
  assert.equal(operations.size, routes.length);
  const ids = new Set<unknown>();
  for (const { method, path, role, success, problems = [] } of routes) {
    const operation = operations.get(`${method} /api/v1${path}`)!;
    assert.equal(operation["x-role"], role);
    assert.deepEqual(
      operation["security"],
      role === "public" ? [] : [{ token: [] }, { browser: [] }],
    );
    ids.add(operation["operationId"]);
    const responses = operation["responses"] as Record<string, { description: string }>;
    assert.ok(responses[success.status]);
    for (const code of problems) {
      assert.match(responses[PROBLEMS[code].status]!.description, new RegExp(`\`${code}\``));
    }
  }
  assert.equal(ids.size, routes.length);
});
