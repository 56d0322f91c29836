import assert from "#assert";
import { RawClient } from "../support/raw_client.ts";
import { until } from "../support/until.ts";
import { ConsoleBrowser } from "./console_browser.ts";
import { HARD_NAME, Population, RETAINED } from "./places.ts";

Deno.test("console: topics open level by level, to who writes and who reads them", async () => {
  await using console = await ConsoleBrowser.start();
  await using _population = await Population.on(console.server);
  const page = await console.signedIn("topics");
  await page.getByRole("button", { name: "Open sensors" }).click();
  await page.getByRole("button", { name: "Open 7" }).click();
  await page.getByRole("button", { name: "temperature", exact: true }).click();
  assert.match(page.url(), /topic=sensors%2F7%2Ftemperature/);
  const details = page.getByRole("region", { name: "The selected topic" });
  await details.getByText("21.5").waitFor();
  await details.getByRole("link", { name: "publisher-1" }).waitFor();
  await details.getByText("sensors/+/temperature").waitFor();
  await page.getByLabel("Search").fill("HUMID");
  await page.getByRole("button", { name: "sensors/7/humidity" }).click();
  await details.getByText('"value": 40').waitFor();
  await details.getByRole("link", { name: "publisher-1" }).click();
  await page.getByRole("heading", { name: "publisher-1" }).waitFor();
  assert.deepEqual(console.complaints, []);
});

Deno.test("console: retained messages of any kind are shown as text, set and deleted", async () => {
  await using console = await ConsoleBrowser.start();
  await using _population = await Population.on(console.server);
  const page = await console.signedIn("retained");
  for (const topic of Object.keys(RETAINED)) {
    await page.getByRole("link", { name: topic, exact: true }).click();
    await page.getByRole("heading", { name: topic, exact: true }).waitFor();
    await page.locator("pre").waitFor();
    await page.goBack();
  }
  await page.getByRole("link", { name: "config/html" }).click();
  await page.locator("pre", { hasText: "<script>alert(1)</script><img" }).waitFor();

  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByRole("textbox", { name: "Payload" }).fill("changed");
  await page.getByRole("button", { name: "Publish" }).click();
  await page.locator("pre", { hasText: /^changed$/ }).waitFor();

  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByRole("link", { name: "config/json" }).waitFor();
  assert.equal(console.server.inspector.retained.has("config/html"), false);

  await page.getByLabel("Topic filter").fill("config/#");
  await until(() => page.url().includes("filter="), () => page.url());
  await page.getByRole("button", { name: "Delete all that match" }).click();
  await page.getByRole("dialog").getByText(`all ${Object.keys(RETAINED).length - 1} `).waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("No retained message is like this.").waitFor();
  assert.equal(console.server.inspector.retained.has("config/json"), false);
  assert.deepEqual(console.complaints, []);
});

Deno.test("console: an id of any characters opens, with its subscriptions", async () => {
  await using console = await ConsoleBrowser.start();
  const page = await console.signedIn("sessions");
  for (const clientId of [HARD_NAME, ".", "..", "x".repeat(500)]) {
    await using client = await RawClient.connectTcp(console.server.address);
    await client.connect({ clientId });
    await client.subscribe(`of/${clientId.replaceAll(/[+#]/g, "")}/+`);
    await console.visit(page, "sessions");
    await page.getByRole("button", { name: "Refresh" }).click();
    await page.getByRole("link", { name: clientId, exact: true }).click();
    await page.getByRole("heading", { name: clientId, exact: true }).waitFor();
    await page.getByText(`of/${clientId.replaceAll(/[+#]/g, "")}/+`, { exact: true }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: clientId, exact: true }).waitFor();
    await page.getByRole("button", { name: "Subscribe on behalf of the client" }).click();
    await page.getByLabel("Topic filter").fill("on/behalf/#");
    await page.getByRole("dialog").getByRole("button", { name: "Subscribe" }).click();
    await page.getByText("on/behalf/#").waitFor();
    assert.equal(console.server.inspector.session(clientId)?.subscriptions, 2);
  }
  assert.deepEqual(console.complaints, []);
});
