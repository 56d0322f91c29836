import assert from "#assert";
import type { Page } from "playwright-core";
import { RawClient } from "../support/raw_client.ts";
import { ConsoleBrowser } from "./console_browser.ts";

/** Presses the button of the dialog that is open. */
async function confirm(page: Page, name: string): Promise<void> {
  await page.getByRole("dialog").getByRole("button", { name, exact: true }).click();
}

Deno.test("console: an admin gives access to others and takes it back", async () => {
  await using console = await ConsoleBrowser.start();
  const page = await console.signedIn("users");
  await page.getByRole("button", { name: "Add a user" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("oscar");
  await page.getByRole("dialog").getByLabel("First password").fill("short");
  await confirm(page, "Add");
  await page.getByRole("dialog").getByRole("alert").waitFor();
  await page.getByRole("dialog").getByLabel("First password").fill("a long enough one");
  await page.getByRole("dialog").getByLabel("Role").selectOption("operator");
  await confirm(page, "Add");
  const row = page.getByRole("row", { name: "oscar" });
  await row.getByText("operator").waitFor();
  const other = await console.open();
  await console.signIn(other, "oscar", "a long enough one");
  await row.getByRole("button", { name: "Change role" }).click();
  await page.getByRole("dialog").getByLabel("Role").selectOption("viewer");
  await confirm(page, "Change");
  await row.getByText("viewer").waitFor();
  await row.getByRole("button", { name: "Delete" }).click();
  await confirm(page, "Delete");
  await row.waitFor({ state: "detached" });
  await console.visit(other, "sessions").catch(() => {});
  await other.getByLabel("Password").waitFor();
});

Deno.test("console: a token is shown once, works, and is revoked", async () => {
  await using console = await ConsoleBrowser.start();
  const page = await console.signedIn("tokens");
  await page.getByRole("button", { name: "Make a token" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("dashboard");
  await confirm(page, "Make");
  const token = await page.getByRole("dialog").locator("pre").innerText();
  await confirm(page, "I have kept it");
  const status = async () => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${console.url}/api/v1/me`, { headers });
    await response.body?.cancel();
    return response.status;
  };
  assert.equal(await status(), 200);
  const row = page.getByRole("row", { name: "dashboard" });
  await row.getByRole("button", { name: "Revoke" }).click();
  await confirm(page, "Revoke");
  await row.waitFor({ state: "detached" });
  assert.equal(await status(), 401);
});

Deno.test("console: who is banned is disconnected, until the ban is lifted", async () => {
  await using console = await ConsoleBrowser.start();
  await using client = await RawClient.connectTcp(console.server.address);
  await client.connect({ clientId: "mallory" });
  const page = await console.signedIn("bans");
  await page.getByRole("button", { name: "Ban somebody" }).click();
  await page.getByLabel("Value").fill("mallory");
  await page.getByLabel("Reason").fill("too loud");
  await confirm(page, "Ban");
  await client.expect("disconnect", { reasonCode: 0x98 });
  const row = page.getByRole("row", { name: "mallory" });
  await row.getByText("too loud").waitFor();
  await row.getByRole("button", { name: "Lift" }).click();
  await confirm(page, "Lift");
  await page.getByText("Nobody is banned.").waitFor();
  await using again = await RawClient.connectTcp(console.server.address);
  const { reasonCode } = await again.connect({ clientId: "mallory" });
  assert.equal(reasonCode, 0);
});

Deno.test("console: the overview follows the broker, and its books balance", async () => {
  await using console = await ConsoleBrowser.start();
  const page = await console.signedIn("overview");
  await page.getByRole("link", { name: "Connections 0" }).waitFor();
  await page.getByText("Live", { exact: true }).waitFor();
  await using client = await RawClient.connectTcp(console.server.address);
  await client.connect({ clientId: "door-1" });
  await client.subscribe("door/#");
  await page.getByRole("link", { name: "Connections 1" }).waitFor({ timeout: 4_000 });
  await page.getByRole("link", { name: "Subscriptions 1" }).waitFor();
  await client.publish("door/1", "open");
  await client.expect("publish");
  const books = page.getByRole("region", { name: "Accounting equation" });
  await books.locator(".sum", { hasText: /^Came in\s*1$/ }).waitFor();
  await books.getByText("balanced").waitFor();
  await page.getByRole("img", { name: /^Clients: connected 1/ }).waitFor({ timeout: 25_000 });
  assert.deepEqual(console.complaints, []);
});
