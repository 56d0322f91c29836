/** Who may use the console and the API, and who may not connect. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import type * as z from "zod";
import type { Role } from "../../src/admin/access/role.ts";
import type { ban as banSchema } from "../../src/admin/routes/bans.ts";
import type { token as tokenSchema } from "../../src/admin/routes/tokens.ts";
import type { user as userSchema } from "../../src/admin/routes/users.ts";
import { account, may } from "../api/account.ts";
import { send } from "../api/client.ts";
import { type Column, ListTable } from "../components/list_table.ts";
import { Badge, Time } from "../components/values.ts";
import { askForBan, askForRole, askForToken, askForUser, askToRemove } from "./access_questions.ts";

type User = z.output<typeof userSchema>;
type Token = z.output<typeof tokenSchema>;
export type Ban = z.output<typeof banSchema>;

/** A column of buttons, for who may press them. */
function actions<Item>(cell: Column<Item>["cell"]): Column<Item> {
  return { key: "actions", title: "Actions", cell };
}

function roleBadge({ role }: { role: Role }) {
  return html`<${Badge} tone=${role === "admin" ? "warn" : "plain"}>${role}<//>`;
}

/** A list and a number that changes with it, for `ListTable`. */
function useChanges(): readonly [version: number, changed: () => void] {
  const [version, setVersion] = useState(0);
  return [version, () => setVersion((before) => before + 1)];
}

export function UsersPage() {
  const [version, changed] = useChanges();
  const { value } = account;
  const own = typeof value === "object" ? value.name : "";
  const columns: readonly Column<User>[] = [
    { key: "name", title: "Name", cell: ({ name }) => html`<span class="id">${name}</span>` },
    { key: "role", title: "Role", cell: roleBadge },
    {
      key: "created_at",
      title: "Created",
      minor: true,
      cell: ({ created_at: at }) => html`<${Time} at=${at} />`,
    },
    {
      key: "password_changed_at",
      title: "Password changed",
      minor: true,
      cell: ({ password_changed_at: at }) => html`<${Time} at=${at} />`,
    },
    actions(({ name, role }) =>
      name === own ? html`<span class="faint">you</span>` : html`
        <button type="button" class="quiet" onClick=${() => askForRole(name, role, changed)}>
          Change role</button>
        <button type="button" class="quiet" onClick=${() =>
          askToRemove({
            title: "Delete this user?",
            what: name,
            why: "All sessions of the user end. Tokens that the user made stay.",
            action: "Delete",
            remove: () => send("DELETE", `/users/${encodeURIComponent(name)}`),
          }, changed)}>Delete</button>
      `
    ),
  ];
  return html`
    <div class="head"><h1>Users</h1>
          <button type="button" onClick=${() => askForUser(changed)}>Add a user</button></div>
    <${ListTable} label="Users" path="/users" columns=${columns} version=${version}
      keyOf=${({ name }: User) => name}
      empty=${{ title: "There are no users.", hint: "Add the first one." }} />
  `;
}

export function TokensPage() {
  const [version, changed] = useChanges();
  const columns: readonly Column<Token>[] = [
    { key: "name", title: "Name", cell: ({ name }) => name },
    {
      key: "id",
      title: "Id",
      minor: true,
      cell: ({ id }) => html`<span class="id">${id}</span>`,
    },
    { key: "role", title: "Role", cell: roleBadge },
    {
      key: "created_by",
      title: "Created by",
      minor: true,
      cell: ({ created_by: by }) => by,
    },
    {
      key: "expires_at",
      title: "Expires",
      minor: true,
      cell: ({ expires_at: at }) => at === null ? "never" : new Date(at).toLocaleDateString("sv"),
    },
    {
      key: "last_used_at",
      title: "Last used",
      cell: ({ last_used_at: at }) => html`<${Time} at=${at} />`,
    },
    actions(({ id, name }) =>
      html`<button type="button" class="quiet" onClick=${() =>
        askToRemove({
          title: "Revoke this token?",
          what: name,
          why: "Whoever uses it is refused at once.",
          action: "Revoke",
          remove: () => send("DELETE", `/tokens/${id}`),
        }, changed)}>Revoke</button>`
    ),
  ];
  return html`
    <div class="head"><h1>API tokens</h1>
          <button type="button" onClick=${() => askForToken(changed)}>Make a token</button></div>
    <${ListTable} label="API tokens" path="/tokens" columns=${columns} version=${version}
      keyOf=${({ id }: Token) => id}
      empty=${{ title: "There are no tokens.", hint: "A script needs one to use the API." }} />
  `;
}

export function BansPage() {
  const [version, changed] = useChanges();
  const columns: readonly Column<Ban>[] = [
    { key: "kind", title: "Kind", cell: ({ kind }) => kind.replaceAll("_", " ") },
    { key: "value", title: "Value", cell: ({ value }) => html`<span class="id">${value}</span>` },
    { key: "reason", title: "Reason", minor: true, cell: ({ reason }) => reason },
    { key: "by", title: "By", minor: true, cell: ({ by }) => by },
    {
      key: "expires_at",
      title: "Expires",
      cell: ({ expires_at: at }) => at === null ? "never" : new Date(at).toLocaleString("sv"),
    },
    ...may("operator") ? [lifting(changed)] : [],
  ];
  return html`
    <div class="head"><h1>Bans</h1>${may("operator") &&
      html`<button type="button" onClick=${() => askForBan(changed)}>Ban somebody</button>`}</div>
    <${ListTable} label="Bans" path="/bans" columns=${columns} version=${version}
      keyOf=${({ kind, value }: Ban) => `${kind} ${value}`} empty=${{
        title: "Nobody is banned.",
        hint: "A ban keeps a client id, a username or an address from connecting.",
      }} />
  `;
}

function lifting(changed: () => void): Column<Ban> {
  return actions(({ kind, value }) =>
    html`<button type="button" class="quiet" onClick=${() =>
      askToRemove({
        title: "Lift this ban?",
        what: value,
        why: "Whoever it is about may connect again.",
        action: "Lift",
        remove: () => send("DELETE", "/bans", { query: { kind, value } }),
      }, changed)}>Lift</button>`
  );
}
