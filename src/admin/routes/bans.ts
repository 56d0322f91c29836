/** Who is not let in. */
import * as z from "zod";
import { type Ban, BanError, type BanList } from "../../auth/auth.ts";
import { IpRange } from "../../base/ip_range.ts";
import { principalName } from "../access/access_control.ts";
import { listPage, listQuery, pageOf } from "../http/list.ts";
import { Problem } from "../http/problem.ts";
import {
  type ApiRoute,
  noBody,
  noContent,
  noParams,
  noQuery,
  principalOf,
  route,
} from "../http/route.ts";
import { time, timeOf } from "../http/time.ts";

const kind = z.enum(["client_id", "username", "address"]);
const value = z.string().min(1).max(65_535);

export const ban = z.strictObject({
  kind,
  value: value.meta({ description: "For `address` an IP address or a range: `10.0.0.0/8`." }),
  reason: z.string(),
  by: z.string().meta({ description: "Who has set it." }),
  created_at: time,
  expires_at: time.nullable().meta({ description: "`null`: never." }),
}).meta({ id: "Ban" });

const body = z.strictObject({
  kind,
  value,
  reason: z.string().max(1_000).default(""),
  expires_in_seconds: z.int().min(1).max(10_000_000_000).optional().meta({
    description: "Without it the ban stays until it is lifted.",
  }),
}).refine(({ kind, value }) => kind !== "address" || IpRange.parse(value) !== undefined, {
  path: ["value"],
  message: "not an IP address or a range of them",
});

const tag = "Bans";

/** `now`: milliseconds since the epoch. */
export function banRoutes(bans: BanList, now: () => number): ApiRoute[] {
  return [listBans(bans), addBan(bans, now), liftBan(bans)];
}

function listBans(bans: BanList): ApiRoute {
  return route({
    method: "get",
    path: "/bans",
    role: "viewer",
    tag,
    summary: "List bans",
    params: noParams,
    query: z.strictObject(listQuery),
    body: noBody,
    success: { status: 200, description: "By kind and value.", schema: pageOf(ban) },
    problems: ["cursor_invalid"],
    example: { query: { count: "true" } },
    handle: (request) =>
      listPage(request, {
        name: "bans",
        item: ban,
        page: (after, limit) =>
          bans.list(after === undefined ? undefined : JSON.parse(after), limit).map(banItem),
        key: ({ kind, value }) => JSON.stringify({ kind, value }),
        total: () => ({ value: bans.size, relation: "eq" }),
      }),
  });
}

function addBan(bans: BanList, now: () => number): ApiRoute {
  return route({
    method: "post",
    path: "/bans",
    role: "operator",
    tag,
    summary: "Ban somebody",
    description: "Replaces the ban of the same kind and value. Who is connected is disconnected.",
    params: noParams,
    query: noQuery,
    body,
    success: { status: 201, description: "Banned, durably.", schema: ban },
    problems: ["limit_reached", "storage_failed"],
    example: { body: { kind: "address", value: "192.0.2.0/24", expires_in_seconds: 3600 } },
    async handle(request) {
      const { kind, value, reason, expires_in_seconds: seconds } = request.body;
      const createdAt = now();
      const by = principalName(principalOf(request));
      const expiresAt = seconds === undefined ? undefined : createdAt + seconds * 1000;
      const made = { kind, value, reason, by, createdAt, expiresAt };
      try {
        await bans.add(made);
      } catch (error) {
        if (error instanceof BanError) throw new Problem("limit_reached", error.message);
        throw error;
      }
      return banItem(made);
    },
  });
}

function liftBan(bans: BanList): ApiRoute {
  return route({
    method: "delete",
    path: "/bans",
    role: "operator",
    tag,
    summary: "Lift a ban",
    params: noParams,
    query: z.strictObject({ kind, value }),
    body: noBody,
    success: { status: 204, description: "Lifted, durably.", schema: noContent },
    problems: ["ban_not_found", "storage_failed"],
    example: { query: { kind: "username", value: "mallory" } },
    async handle({ query: { kind, value } }) {
      if (!await bans.remove(kind, value)) throw new Problem("ban_not_found");
    },
  });
}

function banItem({ kind, value, reason, by, createdAt, expiresAt }: Ban): z.input<typeof ban> {
  return {
    kind,
    value,
    reason,
    by,
    created_at: timeOf(createdAt),
    expires_at: expiresAt === undefined ? null : timeOf(expiresAt),
  };
}
