import assert from "#assert";
import { connect, type Socket } from "node:net";
import { FakeClock } from "../base/fake_clock.ts";
import { type Logger, silentLogger } from "../base/log.ts";
import { SystemClock } from "../base/system_clock.ts";
import { parseAddress } from "./address.ts";
import { HttpServer, type HttpServerOptions } from "./http_server.ts";
import { turns } from "./transport_conformance.ts";

const clock = new SystemClock();
const anyPort = { hostname: "127.0.0.1", port: 0 };

function httpServer(options: Partial<HttpServerOptions> = {}): HttpServer {
  return new HttpServer({ clock, logger: silentLogger, ...options });
}

/** Keeps what is logged as an error. */
function errorLog(): { logger: Logger; errors: string[] } {
  const errors: string[] = [];
  const error = (text: string, fields = {}) =>
    void errors.push(`${text} ${JSON.stringify(fields)}`);
  return { logger: { ...silentLogger, error }, errors };
}

async function get(address: string, path = "/"): Promise<[number, string]> {
  const response = await fetch(`http://${address}${path}`);
  return [response.status, await response.text()];
}

/** A bare connection that keeps what it is sent. */
class RawClient {
  received = "";
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  #onData: (() => void) | undefined;

  constructor(address: string) {
    const { hostname, port } = parseAddress(address);
    this.#socket = connect({ host: hostname, port });
    this.#socket.on("error", () => {});
    this.#socket.on("data", (data) => {
      this.received += data.toString();
      this.#onData?.();
    });
    this.closed = new Promise((resolve) => this.#socket.once("close", () => resolve()));
  }

  send(text: string): void {
    this.#socket.write(text);
  }

  async has(text: string): Promise<void> {
    while (!this.received.includes(text)) {
      await new Promise<void>((resolve) => this.#onData = resolve);
    }
  }

  async end(): Promise<void> {
    this.#socket.destroy();
    await this.closed;
  }
}

Deno.test("HttpServer: serves a fetch handler with body and query", async () => {
  const listener = await httpServer().listen(anyPort, {
    fetch: async (request) => {
      const { pathname, search } = new URL(request.url);
      return new Response(`${request.method} ${pathname}${search} ${await request.text()}`);
    },
  });
  const response = await fetch(`http://${listener.address}/a/b?c=d`, {
    method: "POST",
    body: "x".repeat(100_000),
  });
  assert.equal(await response.text(), `POST /a/b?c=d ${"x".repeat(100_000)}`);
  await listener.close();
});

Deno.test("HttpServer: equal addresses share one listener", async () => {
  const http = httpServer();
  const first = await http.listen(anyPort, {
    fetch: (request) =>
      new URL(request.url).pathname === "/health"
        ? new Response("healthy")
        : new Response("", { status: 404 }),
  });
  const second = await http.listen(parseAddress(first.address), {
    fetch: () => new Response("other"),
  });
  assert.equal(second.address, first.address);
  assert.deepEqual(await get(first.address, "/health"), [200, "healthy"]);
  assert.deepEqual(await get(first.address, "/"), [200, "other"]);
  await first.close();
  assert.deepEqual(await get(second.address, "/health"), [200, "other"]);
  await second.close();
  await assert.rejects(get(second.address));
});

Deno.test("HttpServer: equal addresses that are opened at the same time share one listener", async () => {
  const http = httpServer();
  const probe = await http.listen(anyPort, {});
  const address = parseAddress(probe.address);
  await probe.close();
  const listeners = await Promise.all([
    http.listen(address, { fetch: () => new Response("both") }),
    http.listen(address, {}),
  ]);
  assert.deepEqual(await get(probe.address), [200, "both"]);
  for (const listener of listeners) await listener.close();
});

Deno.test("HttpServer: port 0 twice is two listeners", async () => {
  const http = httpServer();
  const listeners = [
    await http.listen(anyPort, { fetch: () => new Response("one") }),
    await http.listen(anyPort, { fetch: () => new Response("two") }),
  ];
  assert.deepEqual(await get(listeners[0]!.address), [200, "one"]);
  assert.deepEqual(await get(listeners[1]!.address), [200, "two"]);
  for (const listener of listeners) await listener.close();
});

Deno.test("HttpServer: a 404 with an unread body passes the request on, whole", async () => {
  const http = httpServer();
  const first = await http.listen(anyPort, { fetch: () => new Response("", { status: 404 }) });
  const second = await http.listen(parseAddress(first.address), {
    fetch: async (request) => new Response(await request.text()),
  });
  const response = await fetch(`http://${first.address}/`, { method: "POST", body: "whole" });
  assert.equal(await response.text(), "whole");
  await first.close();
  await second.close();
});

Deno.test("HttpServer: a path below a prefix is answered by its owner alone, also with 404", async () => {
  const http = httpServer();
  const missing = () => Promise.resolve(new Response("no such user", { status: 404 }));
  const first = await http.listen(anyPort, { fetch: () => new Response("", { status: 404 }) });
  const address = parseAddress(first.address);
  const second = await http.listen(address, { fetch: missing, prefixes: ["/api"] });
  const third = await http.listen(address, { fetch: () => new Response("other") });
  assert.deepEqual(await get(first.address, "/api"), [404, "no such user"]);
  assert.deepEqual(await get(first.address, "/api/users/x"), [404, "no such user"]);
  assert.deepEqual(await get(first.address, "/apiary"), [200, "other"]);
  for (const listener of [first, second, third]) await listener.close();
});

Deno.test("HttpServer: tells a handler the peer's address", async () => {
  const listener = await httpServer().listen(anyPort, {
    fetch: (_request, peer) => Response.json(peer),
  });
  const [, body] = await get(listener.address);
  assert.deepEqual(JSON.parse(body), { address: "127.0.0.1", secure: false });
  await listener.close();
});

Deno.test("HttpServer: without a handler for it a path is 404", async () => {
  const listener = await httpServer().listen(anyPort, {});
  const [status, body] = await get(listener.address, "/none");
  assert.equal(status, 404);
  assert.deepEqual(JSON.parse(body), { type: "about:blank", title: "Not Found", status: 404 });
  await listener.close();
});

Deno.test("HttpServer: an error in a handler is a 500 without its text, logged once", async () => {
  for (const fail of ["at once", "later"]) {
    const { logger, errors } = errorLog();
    const listener = await httpServer({ logger }).listen(anyPort, {
      fetch: () => {
        if (fail === "later") return Promise.reject(new Error("a secret"));
        throw new Error("a secret");
      },
    });
    const response = await fetch(`http://${listener.address}/path`);
    assert.equal(response.status, 500);
    assert.equal(response.headers.get("content-type"), "application/problem+json");
    assert.deepEqual(await response.json(), {
      type: "about:blank",
      title: "Internal Server Error",
      status: 500,
    });
    assert.equal(errors.length, 1);
    assert.match(errors[0]!, /"path":"\/path".*a secret/);
    await listener.close();
  }
});

Deno.test("HttpServer: a body that fails half-way is cut off without the error's text", async () => {
  const { logger, errors } = errorLog();
  let pulls = 0;
  const listener = await httpServer({ logger }).listen(anyPort, {
    fetch: () =>
      new Response(
        new ReadableStream({
          async pull(controller) {
            if (pulls++ === 0) return controller.enqueue(new TextEncoder().encode("half"));
            await turns(5);
            throw new Error("a secret");
          },
        }),
      ),
  });
  const client = new RawClient(listener.address);
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await client.closed;
  assert.match(client.received, /half/);
  assert.doesNotMatch(client.received, /secret/);
  assert.doesNotMatch(client.received, /\r\n0\r\n/, "not the end of a chunked body");
  assert.equal(errors.length, 1);
  await listener.close();
});

Deno.test("HttpServer: a stream is cancelled when its client goes, and nothing is logged", async () => {
  const { logger, errors } = errorLog();
  const cancelled = Promise.withResolvers<void>();
  const listener = await httpServer({ logger }).listen(anyPort, {
    fetch: () =>
      new Response(
        new ReadableStream({
          start: (controller) => controller.enqueue(new TextEncoder().encode("data: 1\n\n")),
          cancel: () => cancelled.resolve(),
        }),
      ),
  });
  const client = new RawClient(listener.address);
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await client.has("data: 1");
  await client.end();
  await cancelled.promise;
  assert.deepEqual(errors, []);
  await listener.close();
});

Deno.test("HttpServer: refuses headers that are too large, late or senseless", async () => {
  const listener = await httpServer({ headerBytesMax: 1_000, headersTimeoutMs: 50 })
    .listen(anyPort, { fetch: () => new Response("ok") });
  for (
    const [request, answer] of [
      [`GET / HTTP/1.1\r\nHost: x\r\nX: ${"a".repeat(2_000)}\r\n\r\n`, /^HTTP\/1.1 431 /],
      ["nonsense\r\n\r\n", /^HTTP\/1.1 400 /],
      ["GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n", /^HTTP\/1.1 400 /],
      ["GET / HTTP/1.1\r\nHost:", /^HTTP\/1.1 408 /],
    ] as const
  ) {
    const client = new RawClient(listener.address);
    client.send(request);
    await client.closed;
    assert.match(client.received, answer);
  }
  await listener.close();
});

Deno.test("HttpServer: ignores an upgrade to anything but a WebSocket", async () => {
  const listener = await httpServer().listen(anyPort, { fetch: () => new Response("answered") });
  const client = new RawClient(listener.address);
  client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
  await client.has("answered");
  await client.end();
  await listener.close();
});

Deno.test("HttpServer: closes connections beyond its limit at once", async () => {
  const listener = await httpServer({ connectionsMax: 1 }).listen(anyPort, {
    fetch: () => new Response("ok"),
  });
  const first = new RawClient(listener.address);
  first.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await first.has("ok");
  const second = new RawClient(listener.address);
  await second.closed;
  assert.equal(second.received, "");
  await first.end();
  await listener.close();
});

Deno.test("HttpServer: close ends idle connections at once and lets an answer finish", async () => {
  const fake = new FakeClock();
  const answer = Promise.withResolvers<Response>();
  const asked = Promise.withResolvers<void>();
  const listener = await httpServer({ clock: fake }).listen(anyPort, {
    fetch: (request) => {
      if (new URL(request.url).pathname === "/idle") return new Response("idle");
      asked.resolve();
      return answer.promise;
    },
  });
  const [idle, busy] = [new RawClient(listener.address), new RawClient(listener.address)];
  idle.send("GET /idle HTTP/1.1\r\nHost: x\r\n\r\n");
  await idle.has("idle");
  busy.send("GET /busy HTTP/1.1\r\nHost: x\r\n\r\n");
  await asked.promise;
  const closing = listener.close();
  await idle.closed;
  answer.resolve(new Response("finished"));
  await busy.closed;
  assert.match(busy.received, /finished/);
  await closing;
  assert.equal(fake.pending, 0);
});

Deno.test("HttpServer: close cuts answers off when its grace is over", async () => {
  const fake = new FakeClock();
  const asked = Promise.withResolvers<void>();
  const listener = await httpServer({ clock: fake, closeGraceMs: 3_000 }).listen(anyPort, {
    fetch: () => {
      asked.resolve();
      return new Promise(() => {});
    },
  });
  const client = new RawClient(listener.address);
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await asked.promise;
  let closed = false;
  const closing = listener.close().then(() => closed = true);
  await fake.advance(2_999);
  assert.equal(closed, false);
  await fake.advance(1);
  await client.closed;
  await closing;
});

Deno.test("HttpServer: an address in use is a ListenError of one line", async () => {
  const listener = await httpServer().listen(anyPort, {});
  await assert.rejects(httpServer().listen(parseAddress(listener.address), {}), {
    name: "ListenError",
    address: listener.address,
    message: `cannot listen on ${listener.address}: the address is in use by another process`,
  });
  await listener.close();
});

Deno.test("HttpServer: an address without permission is a ListenError", async () => {
  // 192.0.2.0/24 is nobody's, so where everything is allowed the system refuses it.
  await assert.rejects(httpServer().listen({ hostname: "192.0.2.1", port: 0 }, {}), {
    name: "ListenError",
    address: "192.0.2.1:0",
  });
});

Deno.test("HttpServer: serves a host by name", async () => {
  const listener = await httpServer().listen({ hostname: "localhost", port: 0 }, {
    fetch: () => new Response("ok"),
  });
  assert.match(listener.address, /^localhost:[1-9]\d*$/);
  assert.deepEqual(await get(listener.address), [200, "ok"]);
  await listener.close();
});

Deno.test("HttpServer: an address that failed can be tried again", async () => {
  const holder = await httpServer().listen(anyPort, {});
  const http = httpServer();
  const address = parseAddress(holder.address);
  await assert.rejects(http.listen(address, {}), { name: "ListenError" });
  await holder.close();
  await (await http.listen(address, {})).close();
});
