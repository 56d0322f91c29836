/** Streams of events over HTTP, against the whole server. */
import assert from "#assert";
import { LocalServer } from "../support/local_server.ts";
import { RawClient } from "../support/raw_client.ts";
import { until } from "../support/until.ts";

/** Reads until `pattern` has come. */
async function readUntil(response: Response, pattern: RegExp): Promise<RegExpExecArray> {
  let text = "";
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const found = pattern.exec(text);
    if (found !== null) return found;
  }
  throw new Error(`the stream ended: ${text}`);
}

Deno.test("GET /subscribe: what is published over MQTT and over HTTP arrives, then the client goes", async () => {
  await using server = await LocalServer.start({ admin: { enabled: true } });
  const headers = { authorization: `Bearer ${server.firstCredentials!.token}` };
  const base = `http://${server.addressOf("http")}`;
  const stream = await fetch(`${base}/subscribe?filter=hello/%23&qos=1`, { headers });
  await using client = await RawClient.connectTcp(server.address);
  await client.connect({ clientId: "p" });
  await client.publish("hello/mqtt", "one", { qos: 1 });
  const published = await fetch(`${base}/publish`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({ topic: "hello/http", payload: "dHdv", qos: 2 }),
  });
  assert.deepEqual(await published.json(), { status: "ok", matched: 1, reason_code: 0 });
  await readUntil(stream, /"hello\/mqtt","payload":"one"[^]*"hello\/http","payload":"two"/);
  // Giving up the answer is all that a reader says.
  await until(() => server.inspector.counts().connections === 1, () => "the client is still there");
});

Deno.test("a server stops at once though somebody reads its streams", async () => {
  const server = await LocalServer.start({ admin: { enabled: true } });
  const headers = { authorization: `Bearer ${server.firstCredentials!.token}` };
  const base = `http://${server.addressOf("http")}`;
  const streams = await Promise.all(
    ["/subscribe?filter=t", "/api/v1/events"].map((path) => fetch(base + path, { headers })),
  );
  const started = performance.now();
  await server[Symbol.asyncDispose]();
  assert.ok(performance.now() - started < 3_000, "it waited for the readers");
  for (const stream of streams) await stream.text();
});

Deno.test("/cluster/status: the one node, without a token", async () => {
  const health = { health_enabled: true, health_addr: "127.0.0.2:0" };
  await using server = await LocalServer.start({ server: health });
  const response = await fetch(`http://${server.addressOf("health")}/cluster/status`);
  const { node_count, cluster_mode } = await response.json();
  assert.deepEqual([response.status, node_count, cluster_mode], [200, 1, "standalone"]);
});
