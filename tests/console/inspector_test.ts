import assert from "#assert";
import { mosquittoPublish, MosquittoSubscriber } from "../support/mosquitto.ts";
import { ConsoleBrowser } from "./console_browser.ts";

Deno.test("console: the inspector sends to and receives from other clients", async () => {
  await using console = await ConsoleBrowser.start();
  const page = await console.signedIn("inspector");
  await page.getByLabel("Client id").fill("inspector-1");
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await page.getByText("connected as inspector-1").waitFor();

  const at = { port: console.server.port };
  await using subscriber = await MosquittoSubscriber.start(at, { version: 5, topics: ["to/#"] });
  const form = page.locator("form", { has: page.getByRole("button", { name: "Publish" }) });
  await form.getByLabel("Topic", { exact: true }).fill("to/them 💧");
  await form.getByLabel("Payload", { exact: true }).fill("from the browser");
  await form.getByLabel("QoS").selectOption("2");
  await form.getByText("Properties", { exact: true }).click();
  await form.getByLabel("Content type").fill("text/plain");
  await form.getByLabel("User properties").fill("room=north=1\nempty");
  await form.getByRole("button", { name: "Publish" }).click();
  const message = await subscriber.next();
  assert.equal(message.topic, "to/them 💧");
  assert.equal(message.payload, "from the browser");
  assert.equal(message.qos, 2);
  assert.equal(message.properties?.["content-type"], "text/plain");
  const pairs = JSON.stringify(message.properties?.["user-properties"]);
  assert.match(pairs, /room.*north=1.*empty/);

  await page.getByLabel("Topic filter").fill("from/#");
  await page.locator("form", { has: page.getByLabel("Topic filter") }).getByLabel("QoS")
    .selectOption("2");
  await page.getByRole("button", { name: "Subscribe", exact: true }).click();
  const messages = page.getByRole("region", { name: "Messages" });
  await page.getByRole("button", { name: "Unsubscribe" }).waitFor();
  for (const qos of [0, 1, 2] as const) {
    const message = `<b>hello ${qos}</b>`;
    await mosquittoPublish(at, { version: 5, topic: "from/them", message, qos });
    await messages.getByText(message).waitFor();
  }
  assert.equal(await messages.locator("li").count(), 3);
  await page.getByRole("button", { name: "Disconnect" }).click();
  await page.getByText("not connected").waitFor();
  assert.deepEqual(console.complaints, []);
});
