/** Who uses the console, and what they may do. */
import { signal } from "@preact/signals";
import type { Role } from "../../src/admin/access/role.ts";

/** As `GET /api/v1/me` says it. */
export interface Account {
  readonly name: string;
  readonly role: Role;
  readonly csrf_token: string | null;
}

/** `unknown` until the server has been asked; undefined: nobody is signed in. */
export const account = signal<Account | undefined | "unknown">("unknown");

const RANK: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, admin: 2 };

/** Whether who is signed in has `role` or one above it. The server decides in the end. */
export function may(role: Role): boolean {
  const { value } = account;
  return typeof value === "object" && RANK[value.role] >= RANK[role];
}

/** The proof that a change was meant; empty when nobody is signed in. */
export function csrfToken(): string {
  const { value } = account;
  return typeof value === "object" ? value.csrf_token ?? "" : "";
}
