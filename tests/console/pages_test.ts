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
  const { violations } = await page.evaluate("axe.run()") as AxeResults;
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ").slice(0, 300)}`);
}

Deno.test("console: every page is fit to use in both themes, wide and narrow", async (t) => {
  await Deno.mkdir(PICTURES, { recursive: true });
  await using console = await ConsoleBrowser.start();
  await using _population = await Population.on(console.server);
  for (const theme of ["light", "dark"] as const) {
    for (const viewport of [DESKTOP, PHONE]) {
      await t.step(`${theme}, ${viewport.width} pixels`, async () => {
        const page = await console.open({ viewport, colorScheme: theme });
        const found: string[] = [];
        const look = async (name: string) => {
          await console.settled(page);
          await page.screenshot({ path: `${PICTURES}/${name}-${viewport.width}-${theme}.png` });
          await page.evaluate(axe.source);
          for (const barrier of await barriers(page)) found.push(`${name}: ${barrier}`);
          const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
          if (Number(overflow) > 0) found.push(`${name}: ${overflow} pixels too wide`);
        };
        await page.goto(console.url);
        await page.getByLabel("User name").waitFor();
        await look("sign-in");
        await console.signIn(page, "admin", console.server.firstCredentials!.password!);
        for (const [name, place] of Object.entries(PLACES)) {
          await console.visit(page, place);
          await look(name);
        }
        await page.context().close();
        assert.deepEqual(found, []);
        assert.deepEqual(console.complaints, []);
      });
    }
  }
});
