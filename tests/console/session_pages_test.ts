/** What waits for a client, what is under way to it, and what has happened to it. */
import assert from "#assert";
import { durable, publish } from "../support/exchange.ts";
import { RawClient } from "../support/raw_client.ts";
import { ConsoleBrowser } from "./console_browser.ts";

const UNSAFE = "<img src=x onerror=alert(1)>";

async function connect(
  console: ConsoleBrowser,
  ...options: Parameters<RawClient["connect"]>
): Promise<RawClient> {
  const client = await RawClient.connectTcp(console.server.address);
  await client.connect(...options);
  return client;
}

Deno.test("console: messages under way to a durable client, with their state and payload", async () => {
  await using console = await ConsoleBrowser.start();
  await using client = await connect(console, durable(5, "meter"));
  await client.subscribe("t/#", { qos: 2 });
  await using publisher = await connect(console, { clientId: "p" });
  await publish(publisher, "t/one", '{"value":21}', { qos: 1 });
  await publish(publisher, "t/two", UNSAFE, { qos: 2 });
  await publish(publisher, "t/three", "three", { qos: 2 });
  const ids = [];
  for (const topic of ["t/one", "t/two", "t/three"]) {
    ids.push((await client.expect("publish", { topic })).messageId!);
  }
  await client.send({ cmd: "pubrec", messageId: ids[2]! });
  await client.expect("pubrel");
  await client.send({ cmd: "publish", topic: "u", payload: "", qos: 2, messageId: 99 });
  await client.expect("pubrec");

  const page = await console.signedIn("session?client_id=meter&tab=inflight");
  await page.getByText("3 to the client, 1 from it", { exact: true }).waitFor();
  const rows = page.getByRole("region", { name: "In flight, rows" }).locator("tbody tr");
  const cells = await rows.evaluateAll((found) =>
    found.map((row) =>
      [...(row as unknown as { cells: Iterable<{ innerText: string }> }).cells]
        .slice(0, 4).map(({ innerText }) => innerText.trim())
    )
  );
  assert.deepEqual(cells, [
    [`${ids[0]}`, "t/one", "1", "published"],
    [`${ids[1]}`, "t/two", "2", "published"],
    [`${ids[2]}`, "", "2", "released"],
  ]);
  await rows.nth(0).locator("summary").click();
  await rows.nth(0).locator("pre", { hasText: '"value": 21' }).waitFor();
  await rows.nth(1).locator("summary").click();
  await rows.nth(1).locator("pre", { hasText: UNSAFE }).waitFor();
  await page.getByText("From the client, waiting for PUBREL: 99").waitFor();

  await client.send({ cmd: "puback", messageId: ids[0]! });
  await client.send({ cmd: "pubcomp", messageId: ids[2]! });
  await page.getByText("1 to the client, 1 from it", { exact: true }).waitFor();
  assert.deepEqual(console.complaints, []);
});

Deno.test("console: the queue of a client that is away, page by page", async () => {
  await using console = await ConsoleBrowser.start();
  {
    await using away = await connect(console, durable(5, "away"));
    await away.subscribe("t", { qos: 1 });
    await away.disconnect();
  }
  await using publisher = await connect(console, { clientId: "p" });
  for (let n = 0; n < 60; n++) await publish(publisher, "t", `message ${n}`, { qos: 1 });

  const page = await console.signedIn("session?client_id=away&tab=queue");
  await page.getByText("50 of 60").waitFor();
  const rows = page.locator("tbody tr");
  await rows.first().getByText("message 0", { exact: true }).first().waitFor();
  await rows.first().getByRole("link", { name: "p", exact: true }).waitFor();
  await page.getByRole("button", { name: "Next page" }).click();
  await page.getByText("10 of 60").waitFor();
  await rows.last().locator("summary", { hasText: "message 59" }).click();
  await rows.last().locator("pre", { hasText: "message 59" }).waitFor();
  await page.reload();
  await page.getByText("10 of 60").waitFor();
  assert.deepEqual(console.complaints, []);
});

Deno.test("console: the will of a client", async () => {
  await using console = await ConsoleBrowser.start();
  const will = {
    topic: "gone",
    payload: new TextEncoder().encode(UNSAFE),
    qos: 1,
    retain: true,
  } as const;
  await using client = await connect(console, { clientId: "meter", will });
  const page = await console.signedIn("session?client_id=meter");
  const card = page.getByRole("region", { name: "Will" });
  await card.getByRole("link", { name: "gone" }).waitFor();
  await card.locator("pre", { hasText: UNSAFE }).waitFor();
  await client.disconnect();
  await card.waitFor({ state: "detached" });
  assert.deepEqual(console.complaints, []);
});

Deno.test("console: the timeline of a client, the newest first, also when its session is gone", async () => {
  await using console = await ConsoleBrowser.start();
  await using client = await connect(console, { clientId: "meter", username: "alice" });
  await client.subscribe(UNSAFE);
  const page = await console.signedIn("session?client_id=meter&tab=timeline");
  const entries = page.locator(".timeline li");
  const types = () => entries.locator("strong").allInnerTexts();
  await page.getByText("The last 2").waitFor();
  assert.deepEqual(await types(), ["subscribed", "connected"]);
  await entries.nth(0).getByText(`topic filter: ${UNSAFE}`).waitFor();
  await entries.nth(1).getByText("username: alice").waitFor();
  await client.disconnect();
  await page.getByText("There is no such session.").waitFor();
  await page.getByText("The last 5").waitFor();
  assert.deepEqual(await types(), [
    "session ended",
    "unsubscribed",
    "disconnected",
    "subscribed",
    "connected",
  ]);
  assert.deepEqual(console.complaints, []);
});
