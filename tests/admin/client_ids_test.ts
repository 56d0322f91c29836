/** Client ids that are hard to put into a URL, from a real client over HTTP and back. */
import assert from "#assert";
import { LocalServer } from "../support/local_server.ts";
import { RawClient } from "../support/raw_client.ts";

const CLIENT_IDS = ["a/b", "+", "#", "a b?c=d&e", "%2F", "%", "💧é", "x".repeat(500), ".", ".."];

Deno.test("/sessions/{client_id}: any client id goes there and back, dots as ?client_id=", async () => {
  await using server = await LocalServer.start({ admin: { enabled: true } });
  const headers = { authorization: `Bearer ${server.firstCredentials!.token}` };
  const sessions = `http://${server.addressOf("http")}/api/v1/sessions`;
  for (const clientId of CLIENT_IDS) {
    await using client = await RawClient.connectTcp(server.address);
    await client.connect({ clientId });
    const encoded = encodeURIComponent(clientId);
    const urls = [`${sessions}/-?client_id=${encoded}`];
    if (!clientId.startsWith(".")) urls.push(`${sessions}/${encoded}`);
    for (const url of urls) {
      const found = await (await fetch(url, { headers })).json();
      assert.equal(found.client_id, clientId, url);
      const [path, query] = url.split("?");
      for (const part of ["subscriptions", "queue", "inflight", "events"]) {
        const search = query === undefined ? "" : `?${query}`;
        const response = await fetch(`${path}/${part}${search}`, { headers });
        const { items, outbound } = await response.json();
        assert.equal(response.status, 200, `${url} ${part}`);
        if (part === "events") assert.equal(items.at(-1).type, "connected", url);
        else assert.equal((items ?? outbound).length, 0, url);
      }
    }
    const ended = await fetch(urls[0]!, { method: "DELETE", headers });
    assert.equal(ended.status, 204);
    await client.expect("disconnect", { reasonCode: 0x98 });
  }
});
