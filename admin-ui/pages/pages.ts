import type { ComponentType } from "preact";
import type { Role } from "../../src/admin/access/role.ts";
import { ConfigPage } from "./config.ts";
import { SessionsPage } from "./sessions.ts";
import { SessionPage } from "./session.ts";

export interface Page {
  /** In the URL. */
  readonly key: string;
  readonly title: string;
  /** Who may see it. */
  readonly role: Role;
  readonly content: ComponentType;
  /** Not in the navigation: reached from another page. */
  readonly hidden?: boolean;
}

export const PAGES: readonly Page[] = [
  { key: "sessions", title: "Sessions", role: "viewer", content: SessionsPage },
  { key: "session", title: "Session", role: "viewer", content: SessionPage, hidden: true },
  { key: "config", title: "Configuration", role: "operator", content: ConfigPage },
];
