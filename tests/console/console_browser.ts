/** A whole server and a real Chromium that looks at its console. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import type { ConfigInput } from "../../src/config/schema.ts";
import { LocalServer } from "../support/local_server.ts";

/** Debian's. */
const CHROMIUM = "/usr/bin/chromium";
/** What a page waits for at most, in milliseconds: far less than the time budget of the suite. */
const PATIENCE_MS = 10_000;

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 360, height: 740 };

export type BrowserOptions = Parameters<Browser["newContext"]>[0];

/**
 * Playwright, loaded only when it is needed: what lists the tests has fewer permissions. When it
 * loads, it asks whether this is Linux under Windows, by a file in /proc that Deno shows only to what
 * may do everything; with this variable it does not ask.
 */
async function playwright() {
  Deno.env.set("__IS_WSL_TEST__", "1");
  return await import("playwright-core");
}

export class ConsoleBrowser implements AsyncDisposable {
  readonly #browser: Browser;
  readonly #contexts: BrowserContext[] = [];
  /** What pages threw, and what they wrote as errors; refused requests, which pages tell, aside. */
  readonly complaints: string[] = [];

  private constructor(readonly server: LocalServer, browser: Browser) {
    this.#browser = browser;
  }

  static async start(config: ConfigInput = {}): Promise<ConsoleBrowser> {
    const server = await LocalServer.start({ ...config, admin: { enabled: true } });
    try {
      const args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
      const { chromium } = await playwright();
      const browser = await chromium.launch({ executablePath: CHROMIUM, args });
      return new ConsoleBrowser(server, browser);
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  get url(): string {
    return `http://${this.server.addressOf("http")}`;
  }

  /** A page of a browser that nobody has used before. */
  async open(options: BrowserOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({ viewport: DESKTOP, ...options });
    this.#contexts.push(context);
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => {
      const refused = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !refused) this.complaints.push(message.text());
    });
    return page;
  }

  /** As {@linkcode open}, with the admin of the first start signed in, at `place`. */
  async signedIn(place: string, options: BrowserOptions = {}): Promise<Page> {
    const page = await this.open(options);
    await this.signIn(page, "admin", this.server.firstCredentials!.password!);
    await this.visit(page, place);
    return page;
  }

  async signIn(page: Page, name: string, password: string): Promise<void> {
    await page.goto(this.url);
    await page.getByLabel("User name").fill(name);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "Sign out" }).waitFor();
  }

  /** Goes to `place`, such as `sessions?q=a`, and waits for what it has to show. */
  async visit(page: Page, place: string): Promise<void> {
    await page.goto(`${this.url}/#/${place}`);
    await page.locator("main h1").waitFor();
  }

  /** Nothing on the page is being loaded any more. */
  async settled(page: Page): Promise<void> {
    const spinners = page.locator(".spinner");
    while (await spinners.count() > 0) await spinners.first().waitFor({ state: "detached" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const context of this.#contexts) await context.close();
    await this.#browser.close();
    await this.server.deserted();
    await this.server[Symbol.asyncDispose]();
  }
}
