import { Buffer } from "node:buffer";
import assert from "#assert";
import { RawClient } from "../support/raw_client.ts";
import { until } from "../support/until.ts";
import { ConsoleBrowser } from "./console_browser.ts";

async function connect(console: ConsoleBrowser, clientIds: readonly string[]) {
  const clients = new AsyncDisposableStack();
  for (const clientId of clientIds) {
    const client = clients.use(await RawClient.connectTcp(console.server.address));
    await client.connect({ clientId });
  }
  return clients;
}

Deno.test("console: sign in, find a session, disconnect it, sign out", async () => {
  await using console = await ConsoleBrowser.start();
  const page = await console.signedIn("sessions");
  await page.getByText("No session is like this.").waitFor();
  await page.getByText("Live", { exact: true }).waitFor();

  await using client = await RawClient.connectTcp(console.server.address);
  await client.connect({ clientId: "sensors/7" });
  // Sooner than the list would look again by itself.
  await page.getByRole("link", { name: "sensors/7" }).waitFor({ timeout: 5_000 });

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

Deno.test("console: a table keeps its page, order and columns in the URL", async () => {
  await using console = await ConsoleBrowser.start();
  const ids = Array.from({ length: 60 }, (_, index) => `c${String(index).padStart(2, "0")}`);
  await using _clients = await connect(console, ids);
  const page = await console.signedIn("sessions");
  const rows = page.locator("tbody tr");
  await page.getByText("50 of 60").waitFor();
  await page.getByRole("button", { name: "Next page" }).click();
  await page.getByText("10 of 60").waitFor();
  assert.match(page.url(), /cursor=/);
  await page.reload();
  await page.getByText("10 of 60").waitFor();
  await page.getByRole("button", { name: "Previous page" }).click();
  await page.getByText("50 of 60").waitFor();

  await page.getByRole("button", { name: "Client id" }).click();
  await rows.first().getByRole("link", { name: "c59" }).waitFor();
  assert.match(page.url(), /sort=-client_id/);
  await page.getByText("Columns").click();
  await page.getByLabel("Memory").check();
  await page.getByRole("columnheader", { name: "Memory" }).waitFor();
  await page.reload();
  await page.getByRole("columnheader", { name: "Memory" }).waitFor();
  await rows.first().getByRole("link", { name: "c59" }).waitFor();
  assert.deepEqual(console.complaints, []);
});

Deno.test("console: several sessions are ended at once, by keyboard", async () => {
  await using console = await ConsoleBrowser.start();
  await using _clients = await connect(console, ["a", "b", "c"]);
  const page = await console.signedIn("sessions");
  await page.getByLabel("Select a", { exact: true }).focus();
  await page.keyboard.press("Space");
  await page.getByLabel("Select c", { exact: true }).focus();
  await page.keyboard.press("Space");
  await page.getByText("2 selected").waitFor();
  await page.getByRole("button", { name: "Discard" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.equal(console.server.inspector.counts().sessions, 3);

  await page.getByRole("button", { name: "Discard" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByRole("button", { name: "Discard" }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("2 of 2 sessions ended.").waitFor();
  await page.getByText("1 of 1").waitFor();
  await page.getByRole("link", { name: "b", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "b", exact: true }).waitFor();
  await until(() => console.server.inspector.session("a") === undefined, () => "a is still there");
});

Deno.test("console: what is copied as curl asks for what the table shows", async () => {
  await using console = await ConsoleBrowser.start();
  await using _clients = await connect(console, ["it's $me", "other"]);
  const page = await console.signedIn(`sessions?q=${encodeURIComponent("it's $me")}`, {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await page.getByText("1 of 1").waitFor();
  await page.getByRole("button", { name: "Copy as curl" }).click();
  await page.getByText("Copied.").waitFor();
  const command = await page.evaluate("navigator.clipboard.readText()") as string;
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", command],
    env: { TIDEMQ_TOKEN: console.server.firstCredentials!.token },
    stderr: "null",
  }).output();
  const { items } = JSON.parse(new TextDecoder().decode(stdout));
  assert.deepEqual(items.map((item: { client_id: string }) => item.client_id), ["it's $me"]);
});

Deno.test("console: the theme is what was chosen, and follows the system until then", async () => {
  await using console = await ConsoleBrowser.start();
  const page = await console.signedIn("sessions", { colorScheme: "dark" });
  const back = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
  const dark = await back();
  await page.getByRole("button", { name: "Theme: system" }).click();
  const light = await back();
  assert.notEqual(light, dark);
  await page.reload();
  await page.getByRole("button", { name: "Theme: light" }).click();
  assert.equal(await back(), dark);
  await page.getByRole("button", { name: "Theme: dark" }).click();
  assert.equal(await back(), dark);
});

Deno.test("console: a list is saved as a file, with its filter and order", async () => {
  await using console = await ConsoleBrowser.start();
  await using _clients = await connect(console, ["a1", "a2", "b"]);
  const page = await console.signedIn("sessions?q=a&sort=-client_id");
  await page.getByText("2 of 2").waitFor();
  const begun = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV", exact: true }).click();
  const download = await begun;
  assert.equal(download.suggestedFilename(), "sessions.csv");
  const chunks = await Array.fromAsync(await download.createReadStream());
  const lines = new TextDecoder().decode(Buffer.concat(chunks)).split("\r\n");
  assert.deepEqual(lines.map((line) => line.split(",")[0]), ["client_id", "a2", "a1", ""]);
  assert.deepEqual(console.complaints, []);
});
