import type { BanList } from "../auth/auth.ts";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { Random } from "../base/random.ts";
import type { HttpBridge } from "../bridges/http/http_bridge.ts";
import type { Inspector } from "../broker/inspector/inspector.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { AccessControl } from "./access/access_control.ts";
import { type AdminApi, adminApi } from "./http/api.ts";
import type { ApiRoute } from "./http/route.ts";
import { banRoutes } from "./routes/bans.ts";
import { bridgeRoutes } from "./routes/bridge.ts";
import { configRoutes, type Setting } from "./routes/config.ts";
import { dropRoutes } from "./routes/drops.ts";
import { eventRoutes } from "./routes/events.ts";
import { identityRoutes } from "./routes/identity.ts";
import { metricRoutes } from "./routes/metrics.ts";
import { type NodeInfo, overviewRoutes } from "./routes/overview.ts";
import { retainedRoutes } from "./routes/retained.ts";
import { sessionActionRoutes } from "./routes/session_actions.ts";
import { sessionContentRoutes } from "./routes/session_contents.ts";
import { sessionRoutes } from "./routes/sessions.ts";
import { subscriptionRoutes } from "./routes/subscriptions.ts";
import { topicRoutes } from "./routes/topics.ts";
import { tokenRoutes } from "./routes/tokens.ts";
import { userRoutes } from "./routes/users.ts";

/** What administration works on. */
export interface AdminParts {
  readonly access: AccessControl;
  readonly inspector: Inspector;
  readonly telemetry: Telemetry;
  readonly node: NodeInfo;
  readonly bans: BanList;
  readonly bridge: HttpBridge;
  readonly settings: readonly Setting[];
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** Every route of the API. */
export function adminRoutes(parts: AdminParts): ApiRoute[] {
  const { access, inspector, telemetry, node, bans, bridge, settings, clock } = parts;
  const now = () => clock.now();
  return [
    ...identityRoutes(access),
    ...overviewRoutes({ inspector, telemetry, node, now }),
    ...sessionRoutes(inspector, node.id),
    ...sessionActionRoutes(inspector, clock),
    ...sessionContentRoutes(inspector, telemetry.timeline),
    ...topicRoutes(inspector, telemetry.topics),
    ...subscriptionRoutes(inspector),
    ...retainedRoutes(inspector, now),
    ...dropRoutes(inspector, telemetry.drops),
    ...metricRoutes(telemetry, now),
    ...eventRoutes(telemetry.events),
    ...banRoutes(bans, now),
    ...bridgeRoutes(bridge),
    ...userRoutes(access),
    ...tokenRoutes(access, now),
    ...configRoutes(settings),
  ];
}

/** The admin API with all its routes. */
export function createAdminApi(parts: AdminParts): AdminApi {
  return adminApi({ ...parts, version: parts.node.version, routes: adminRoutes(parts) });
}
