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

Deno.test("console: the inspector keeps setups, without their passwords", async () => {
  await using console = await ConsoleBrowser.start();
  const page = await console.signedIn("inspector");
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  await page.getByLabel("Client id").fill("bench");
  await page.getByLabel("Username").fill("alice");
  await page.getByLabel("MQTT password").fill("secret");
  await page.getByLabel("Keep alive").fill("30");
  await page.getByLabel("Clean start").uncheck();
  await button("Connect").click();
  await page.getByText("connected as bench").waitFor();
  await page.getByLabel("Topic filter").fill("from/#");
  await button("Subscribe").click();
  await button("Unsubscribe").waitFor();
  await button("Save").click();
  await page.getByRole("dialog").getByLabel("Name").fill("at home");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  assert.ok(
    !(await page.evaluate("JSON.stringify({...localStorage})") as string).includes("secret"),
  );

  await page.reload();
  assert.equal(await page.getByLabel("Client id").inputValue(), "");
  await button("at home").click();
  const values = ["Client id", "Username", "MQTT password", "Keep alive"].map((label) =>
    page.getByLabel(label).inputValue()
  );
  assert.deepEqual(await Promise.all(values), ["bench", "alice", "", "30"]);
  assert.equal(await page.getByLabel("Clean start").isChecked(), false);
  await button("Connect").click();
  await page.getByText("connected as bench").waitFor();
  await button("Subscribe to the 1 saved filters").click();
  await button("Unsubscribe").waitFor();
  await button("Disconnect").click();
  await button("Forget at home").click();
  await button("at home").waitFor({ state: "detached" });
  await page.reload();
  await button("Connect").waitFor();
  assert.equal(await button("at home").count(), 0);
  assert.deepEqual(console.complaints, []);
});
