import * as z from "zod";
import type { Inspector } from "../../broker/inspector/inspector.ts";
import type { PageRequest } from "../../broker/inspector/page.ts";
import type {
  SharedGroupPosition,
  SharedGroupView,
} from "../../broker/inspector/shared_group_list.ts";
import type { SubscriptionPosition } from "../../broker/inspector/subscription_list.ts";
import { listQuery, pageOf, positionPage } from "../http/list.ts";
import { partOf, text } from "../http/query.ts";
import { type ApiRoute, noBody, noParams, route } from "../http/route.ts";
import { topicName } from "../http/topic.ts";
import { subscription, subscriptionItem } from "./subscription_item.ts";

export const group = z.strictObject({
  topic_filter: z.string().meta({ description: "`$share/<group>/<match_filter>`" }),
  group: z.string(),
  match_filter: z.string(),
  members: z.int(),
}).meta({ id: "SharedGroup" });

const tag = "Subscriptions";
const role = "viewer";

/** Subscriptions of all sessions, and the groups that share one. */
export function subscriptionRoutes(inspector: Inspector): ApiRoute[] {
  return [listSubscriptions(inspector), listGroups(inspector)];
}

function listSubscriptions(inspector: Inspector): ApiRoute {
  return route({
    method: "get",
    path: "/subscriptions",
    role,
    tag,
    summary: "List subscriptions",
    description: "A page of a rare `q` or `group` may have few items, or none, and a next page.",
    params: noParams,
    query: z.strictObject({
      ...listQuery,
      filter: text.optional().meta({ description: "The very filter, as the client wrote it." }),
      match_topic: topicName.optional().meta({ description: "A topic that they match." }),
      client_id: text.optional(),
      group: text.optional().meta({ description: "The share name." }),
      q: partOf("the topic filter"),
    }),
    body: noBody,
    success: {
      status: 200,
      description: "By client id, then by topic filter.",
      schema: pageOf(subscription),
    },
    problems: ["cursor_invalid"],
    example: { query: { match_topic: "sensors/7/temperature", count: "true" } },
    handle(request) {
      const { filter, match_topic, client_id, group, q } = request.query;
      const selected = {
        topicFilter: filter,
        matchTopic: match_topic,
        clientId: client_id,
        shareName: group,
        q,
      };
      return positionPage(request, {
        name: "subscriptions",
        item: subscription,
        page: (page: PageRequest<SubscriptionPosition>) =>
          inspector.subscriptions.page(selected, page),
        view: subscriptionItem,
      });
    },
  });
}

function listGroups(inspector: Inspector): ApiRoute {
  return route({
    method: "get",
    path: "/shared-groups",
    role,
    tag,
    summary: "List groups that share a subscription",
    params: noParams,
    query: z.strictObject({
      ...listQuery,
      group: text.optional().meta({ description: "The share name." }),
      q: partOf("the topic filter"),
    }),
    body: noBody,
    success: { status: 200, description: "By topic filter.", schema: pageOf(group) },
    problems: ["cursor_invalid"],
    example: { query: { group: "workers" } },
    handle: (request) =>
      positionPage(request, {
        name: "shared groups",
        item: group,
        page: (page: PageRequest<SharedGroupPosition>) =>
          inspector.sharedGroups.page({ shareName: request.query.group, q: request.query.q }, page),
        view: groupItem,
      }),
  });
}

function groupItem(view: SharedGroupView): z.input<typeof group> {
  const { topicFilter, shareName, matchFilter, members } = view;
  return { topic_filter: topicFilter, group: shareName, match_filter: matchFilter, members };
}
