/** The forms behind the buttons of users, tokens and bans. */
import { html } from "htm/preact";
import type * as z from "zod";
import type { Role } from "../../src/admin/access/role.ts";
import type { newToken } from "../../src/admin/routes/tokens.ts";
import { send } from "../api/client.ts";
import { ask } from "../components/dialog.ts";
import { notify } from "../components/notices.ts";

const ROLES = [
  ["viewer", "viewer: looks"],
  ["operator", "operator: steers clients and messages"],
  ["admin", "admin: also gives access to others"],
] as const;

function roleField(current: Role) {
  return html`<label class="field">Role<select name="role">${
    ROLES.map(([role, text]) =>
      html`<option value=${role} selected=${role === current}>${text}</option>`
    )
  }</select></label>`;
}

interface Removal {
  readonly title: string;
  readonly what: string;
  readonly why: string;
  readonly action: string;
  remove(): Promise<void>;
}

export function askToRemove(removal: Removal, changed: () => void): void {
  const { title, what, why, action, remove } = removal;
  ask({
    title,
    body: html`
      <p class="id">${what}</p>
      <p>${why}</p>
    `,
    action,
    dangerous: true,
    async run() {
      await remove();
      notify("Done.");
      changed();
    },
  });
}

export function askForUser(changed: () => void): void {
  ask({
    title: "Add a user",
    body: html`<label class="field">Name<input name="name" required autocomplete="off"
        autocapitalize="none" spellcheck=${false} /></label>
      <label class="field">First password<input name="password" type="password" required
        autocomplete="new-password" /></label>${roleField("viewer")}`,
    action: "Add",
    async run(fields) {
      await send("POST", "/users", { body: Object.fromEntries(fields) });
      notify("Added.");
      changed();
    },
  });
}

export function askForRole(name: string, role: Role, changed: () => void): void {
  ask({
    title: "Change the role",
    body: html`<p class="id">${name}</p>${roleField(role)}`,
    action: "Change",
    async run(fields) {
      const body = { role: fields.get("role") };
      await send("PATCH", `/users/${encodeURIComponent(name)}`, { body });
      notify("Changed.");
      changed();
    },
  });
}

export function askForToken(changed: () => void): void {
  ask({
    title: "Make a token",
    body: html`<label class="field">Name<input name="name" required maxlength="100"
        autocomplete="off" /></label>${roleField("viewer")}
      <label class="field">Expires after (days)<input name="days" type="number" min="1"
        max="3650" placeholder="never" /></label>`,
    action: "Make",
    async run(fields) {
      const days = String(fields.get("days"));
      const { token } = await send<z.output<typeof newToken>>("POST", "/tokens", {
        body: {
          name: fields.get("name"),
          role: fields.get("role"),
          ...days === "" ? {} : { expires_in_days: Number(days) },
        },
      });
      changed();
      setTimeout(() => showToken(token)); // When this question has gone.
    },
  });
}

function showToken(token: string): void {
  ask({
    title: "The new token",
    body: html`
      <p>It is shown this once.</p>
      <pre class="block" tabindex="0">${token}</pre>
    `,
    action: "I have kept it",
    run: () => Promise.resolve(),
  });
}

export function askForBan(changed: () => void): void {
  ask({
    title: "Ban somebody",
    body: html`
      <label class="field">Kind<select name="kind">
              <option value="client_id">client id</option><option value="username">username</option>
              <option value="address">address or range</option></select></label>
      <label class="field">Value<input name="value" required autocomplete="off"
              spellcheck=${false} /></label>
      <label class="field">Reason<input name="reason" maxlength="1000" /></label>
      <label class="field">For so many hours<input name="hours" type="number" min="1"
              placeholder="until it is lifted" /></label>
      <p class="hint">Who is connected is disconnected.</p>
    `,
    action: "Ban",
    dangerous: true,
    async run(fields) {
      const hours = String(fields.get("hours"));
      await send("POST", "/bans", {
        body: {
          kind: fields.get("kind"),
          value: fields.get("value"),
          reason: fields.get("reason"),
          ...hours === "" ? {} : { expires_in_seconds: Number(hours) * 3_600 },
        },
      });
      notify("Banned.");
      changed();
    },
  });
}
