import assert from "#assert";
import { createConsole } from "./console.ts";

const pages = createConsole({ mqttPath: "/mqtt" });

function ask(path: string, init?: RequestInit): Response {
  return pages.fetch(new Request(`http://broker${path}`, init));
}

async function assetPaths(): Promise<string[]> {
  const html = await ask("/").text();
  return [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path!);
}

Deno.test("createConsole(): the page is asked for again, its assets never", async () => {
  assert.equal(ask("/").headers.get("cache-control"), "no-cache");
  const paths = await assetPaths();
  assert.deepEqual(paths.map((path) => path.replace(/-[0-9a-f]{16}\./, "-HASH.")).toSorted(), [
    "/assets/console-HASH.css",
    "/assets/console-HASH.js",
    "/assets/icon-HASH.svg",
  ]);
  for (const path of paths) {
    const { status, headers } = ask(path);
    assert.equal(status, 200, path);
    assert.equal(headers.get("cache-control"), "public, max-age=31536000, immutable", path);
  }
});

Deno.test("createConsole(): nothing inline, nothing from elsewhere, on no answer", async () => {
  for (const path of ["/", ...await assetPaths(), "/assets/other.js"]) {
    const { headers } = ask(path);
    const policy = headers.get("content-security-policy")!;
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/, path);
    assert.match(policy, /frame-ancestors 'none'.*require-trusted-types-for 'script'/, path);
    assert.doesNotMatch(policy, /unsafe|http|data:|\*/, path);
    assert.equal(headers.get("x-content-type-options"), "nosniff", path);
    assert.equal(headers.get("referrer-policy"), "no-referrer", path);
  }
  const html = await ask("/").text();
  assert.doesNotMatch(html, /<style|style=|<script(?![^>]* src=)|\son\w+=|https?:/);
});

Deno.test("createConsole(): compresses for who takes it, with the same content", async () => {
  for (const path of ["/", ...await assetPaths()]) {
    const small = ask(path, { headers: { "accept-encoding": "br, gzip" } });
    assert.equal(small.headers.get("content-encoding"), "gzip", path);
    assert.equal(small.headers.get("vary"), "accept-encoding", path);
    const whole = small.body!.pipeThrough(new DecompressionStream("gzip"));
    assert.equal(await new Response(whole).text(), await ask(path).text(), path);
  }
});

Deno.test("createConsole(): is read only, and leaves other paths to others", async () => {
  const head = ask("/", { method: "HEAD" });
  assert.equal(head.status, 200);
  assert.equal(await head.text(), "");
  const refused = ask("/", { method: "POST" });
  assert.equal(refused.status, 405);
  assert.equal(refused.headers.get("allow"), "GET, HEAD");
  for (const path of ["/health", "/index.html", "/assets/console.js"]) {
    assert.equal(ask(path).status, 404, path);
  }
});

Deno.test("createConsole(): says where MQTT is, and nothing where it is not", async () => {
  const mqttPath = async (path: string | undefined) => {
    const page = createConsole({ mqttPath: path }).fetch(new Request("http://broker/"));
    return /name="mqtt-path" content="([^"]*)"/.exec(await page.text())?.[1];
  };
  assert.equal(await mqttPath('/a"b'), "/a&quot;b");
  assert.equal(await mqttPath(undefined), "");
});

Deno.test("createConsole(): all that is loaded is less than 150 KB compressed", async () => {
  let bytes = 0;
  for (const path of ["/", ...await assetPaths()]) {
    const { body } = ask(path, { headers: { "accept-encoding": "gzip" } });
    bytes += (await new Response(body).arrayBuffer()).byteLength;
  }
  assert.ok(bytes < 150_000, `${bytes} bytes`);
});
