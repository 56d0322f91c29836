/** Every page in both themes, wide and narrow: it can be used by everybody, and pictures are kept. */
import assert from "#assert";
import axe from "axe-core";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { ROOT } from "../support/real_broker.ts";
import { ConsoleBrowser, DESKTOP, PHONE } from "./console_browser.ts";
import { PLACES, Population } from "./places.ts";

/** Where the pictures are kept, for people to look at. */
const PICTURES = `${ROOT}/.cache/console`;

/** What is wrong with the page for somebody who cannot see or point, in words. */
async function barriers(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate(
    "axe.run({ resultTypes: ['violations'] })",
  ) as AxeResults;
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ").slice(0, 300)}`);
}

/** Looks at every page and keeps pictures; what is wrong with them, in words. */
async function look(
  console: ConsoleBrowser,
  theme: "light" | "dark",
  viewport: typeof DESKTOP,
): Promise<string[]> {
  const page = await console.open({ viewport, colorScheme: theme });
  await page.addInitScript(axe.source);
  const found: string[] = [];
  const lookAt = async (name: string) => {
    const picture = `${name}-${viewport.width}-${theme}`;
    await console.settled(page);
    await page.screenshot({ path: `${PICTURES}/${picture}.png` });
    for (const barrier of await barriers(page)) found.push(`${picture}: ${barrier}`);
    const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
    if (Number(overflow) > 0) found.push(`${picture}: ${overflow} pixels too wide`);
  };
  await page.goto(console.url);
  await page.getByLabel("User name").waitFor();
  await lookAt("sign-in");
  await console.signIn(page, "admin", console.server.firstCredentials!.password!);
  for (const [name, place] of Object.entries(PLACES)) {
    await console.visit(page, place);
    await lookAt(name);
  }
  return found;
}

Deno.test("console: every page is fit to use in both themes, wide and narrow", async () => {
  await Deno.mkdir(PICTURES, { recursive: true });
  await using console = await ConsoleBrowser.start();
  await using _population = await Population.on(console.server);
  const found = await Promise.all([
    look(console, "light", DESKTOP),
    look(console, "light", PHONE),
    look(console, "dark", DESKTOP),
    look(console, "dark", PHONE),
  ]);
  assert.deepEqual(found.flat(), []);
  assert.deepEqual(console.complaints, []);
});
