/** The frame around every page: sign-in, navigation, what is asked and told. */
import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { account, may } from "./api/account.ts";
import { liveState } from "./api/live.ts";
import { findAccount, signOut } from "./api/sign_in.ts";
import { Dialog } from "./components/dialog.ts";
import { attempt, Notices } from "./components/notices.ts";
import { Empty, Failure, Loading } from "./components/states.ts";
import { type Page, PAGES } from "./pages/pages.ts";
import { SignIn } from "./pages/sign_in.ts";
import { linkTo, place } from "./place.ts";
import { nextTheme, theme } from "./theme.ts";

export function Console() {
  const [error, setError] = useState<Error>();
  const find = () => {
    setError(undefined);
    findAccount().catch(setError);
  };
  useEffect(find, []);
  if (error !== undefined) {
    return html`
      <main>
        <${Failure} error=${error} retry=${find} />
      </main>
    `;
  }
  if (account.value === "unknown") {
    return html`
      <main>
        <${Loading} />
      </main>
    `;
  }
  if (account.value === undefined) return html`<${SignIn} />`;
  return html`<${Frame} />`;
}

function Frame() {
  const { page: key } = place.value;
  const page = PAGES.find((each) => each.key === key);
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = page === undefined ? "TideMQ" : `${page.title} · TideMQ`;
    scrollTo(0, 0);
  }, [key]);
  const skip = () => main.current?.focus();
  return html`
    <div class="frame">
      <button type="button" class="skip" onClick=${skip}>Skip to the content</button>
      <${Header} />
      <${Navigation} current=${key} />
      <main ref=${main} tabindex="-1" key=${key}>
        <${Content} page=${page} />
      </main>
      <${Dialog} />
      <${Notices} />
    </div>
  `;
}

function Content({ page }: { page: Page | undefined }) {
  if (page === undefined) {
    return html`<${Empty} title="There is no such page." hint="Choose one from the menu." />`;
  }
  if (!may(page.role)) {
    return html`
      <${Empty} title="Your role may not see this."
        hint=${`This page needs the role ${page.role}.`} />
    `;
  }
  return html`<${page.content} />`;
}

function Header() {
  const { value } = account;
  if (typeof value !== "object") return null;
  const leave = () => attempt(signOut, "Signed out.");
  return html`
    <header class="top">
      <a class="brand" href=${linkTo("overview")}>TideMQ</a>
      <span class=${liveState.value === "live"
        ? "live on"
        : "live"} role="status">${LIVE_TEXT[liveState.value]}</span>
      <button type="button" class="quiet" onClick=${nextTheme}>Theme: ${theme.value}</button>
      <span class="account">${value.name} <span class="role">${value.role}</span></span>
      <button type="button" class="quiet" onClick=${leave}>Sign out</button>
    </header>
  `;
}

const LIVE_TEXT = { off: "", connecting: "Connecting", live: "Live" } as const;

function Navigation({ current }: { current: string }) {
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(false), [current]);
  const shown = PAGES.filter(({ role, hidden }) => !hidden && may(role));
  return html`
    <nav class=${open ? "side open" : "side"} aria-label="Pages of the console">
      <button type="button" class="menu-button" aria-expanded=${open}
        onClick=${() => setOpen(!open)}>Menu</button>
      <ul>${shown.map(({ key, title }) =>
        html`<li><a href=${linkTo(key)} aria-current=${
          current === key ? "page" : null
        }>${title}</a></li>`
      )}<li><a href="/api/v1/docs" target="_blank" rel="noopener">API reference</a></li></ul>
    </nav>
  `;
}
