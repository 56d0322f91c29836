import type { ComponentType } from "preact";
import type { Role } from "../../src/admin/access/role.ts";
import { BansPage, TokensPage, UsersPage } from "./access.ts";
import { ConfigPage } from "./config.ts";
import { DropsPage } from "./drops.ts";
import { InspectorPage } from "./inspector.ts";
import { OverviewPage } from "./overview.ts";
import { RetainedMessagePage } from "./retained_message.ts";
import { RetainedPage } from "./retained.ts";
import { SessionPage } from "./session.ts";
import { SessionsPage } from "./sessions.ts";
import { SharedGroupsPage, SubscriptionsPage } from "./subscriptions.ts";
import { TopicsPage } from "./topics.ts";

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
  { key: "overview", title: "Overview", role: "viewer", content: OverviewPage },
  { key: "sessions", title: "Sessions", role: "viewer", content: SessionsPage },
  { key: "session", title: "Session", role: "viewer", content: SessionPage, hidden: true },
  { key: "topics", title: "Topics", role: "viewer", content: TopicsPage },
  { key: "subscriptions", title: "Subscriptions", role: "viewer", content: SubscriptionsPage },
  { key: "shared-groups", title: "Shared groups", role: "viewer", content: SharedGroupsPage },
  { key: "retained", title: "Retained", role: "viewer", content: RetainedPage },
  {
    key: "retained-message",
    title: "Retained message",
    role: "viewer",
    content: RetainedMessagePage,
    hidden: true,
  },
  { key: "inspector", title: "Inspector", role: "viewer", content: InspectorPage },
  { key: "drops", title: "Drops", role: "viewer", content: DropsPage },
  { key: "bans", title: "Bans", role: "viewer", content: BansPage },
  { key: "users", title: "Users", role: "admin", content: UsersPage },
  { key: "tokens", title: "API tokens", role: "admin", content: TokensPage },
  { key: "config", title: "Configuration", role: "operator", content: ConfigPage },
];
