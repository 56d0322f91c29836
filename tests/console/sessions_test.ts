import assert from "#assert";
import { RawClient } from "../support/raw_client.ts";
import { ConsoleBrowser } from "./console_browser.ts";

Deno.test("console: sign in, find a session, disconnect it, sign out", async () => {
  await using console = await ConsoleBrowser.start();
  const page = await console.signedIn("sessions");
  await page.getByText("No session is like this.").waitFor();

  await using client = await RawClient.connectTcp(console.server.address);
  await client.connect({ clientId: "sensors/7" });
  await page.getByRole("link", { name: "sensors/7" }).waitFor();

  await page.getByLabel("Search").fill("nothing like it");
  await page.getByText("No session is like this.").waitFor();
  assert.match(page.url(), /q=nothing\+like\+it/);
  await page.getByLabel("Search").fill("SENSORS");
  await page.getByRole("link", { name: "sensors/7" }).click();

  await page.getByRole("heading", { name: "sensors/7" }).waitFor();
  await page.getByRole("button", { name: "Disconnect" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
  await client.expect("disconnect", { reasonCode: 0x98 });

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Password").waitFor();
  assert.deepEqual(console.complaints, []);
});
