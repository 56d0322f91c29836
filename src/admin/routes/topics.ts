/** Topics as they are used: what is published on them, and who would get it. */
import * as z from "zod";
import type { Inspector } from "../../broker/inspector/inspector.ts";
import type { PageRequest } from "../../broker/inspector/page.ts";
import type {
  GroupReceiverView,
  ReceiverPosition,
  Receivers,
} from "../../broker/inspector/topic_receivers.ts";
import type {
  TopicFigures,
  TopicPosition,
  TopicStatistics,
  TopicView,
} from "../../telemetry/topic_statistics.ts";
import { listQuery, pageOf, positionPage } from "../http/list.ts";
import { Problem } from "../http/problem.ts";
import { partOf, text } from "../http/query.ts";
import { type ApiRoute, noBody, noParams, route } from "../http/route.ts";
import { time, timeOf } from "../http/time.ts";
import { topicName, topicOf, topicParams, topicQuery } from "../http/topic.ts";
import { shownPayload } from "./message_item.ts";

const figures = z.strictObject({
  messages: z.int(),
  bytes: z.int(),
  messages_per_second: z.number(),
  bytes_per_second: z.number(),
});

const topicShape = {
  topic: z.string(),
  children: z.int().meta({ description: "Levels that are known right below it." }),
  own: figures.meta({ description: "Of this very topic; rates over the last ten seconds." }),
  total: figures.meta({ description: "With all that lies below it." }),
  others: z.strictObject({ messages: z.int(), bytes: z.int() }).meta({
    description: "Below it, on topics that there is no room for; estimated.",
  }),
  last_at: time.nullable().meta({ description: "Of the last message on this very topic." }),
  last_publisher: z.string().nullable(),
  preview: z.string().nullable().meta({ description: "The first bytes of a recent payload." }),
  preview_encoding: z.enum(["text", "base64"]).nullable(),
};
export const topic = z.strictObject(topicShape).meta({ id: "Topic" });

export const stats = z.strictObject({
  ...topicShape,
  subscriptions: z.int().meta({ description: "That match it, besides those of groups." }),
  groups: z.int().meta({ description: "Shared subscriptions that match it." }),
  retained: z.boolean(),
}).meta({ id: "TopicStats" });

export const receiver = z.strictObject({
  client_id: z.string(),
  connected: z.boolean(),
  qos: z.int().meta({ description: "That it would be delivered with." }),
  subscriptions: z.int(),
  topic_filters: z.array(z.string()).meta({ description: "The first twenty." }),
}).meta({ id: "Receiver" });

export const receivers = z.strictObject({
  ...pageOf(receiver).shape,
  groups: z.array(z.strictObject({
    topic_filter: z.string(),
    members: z.int(),
    next: z.string().nullable().meta({ description: "The client whose turn it is." }),
  })).meta({ description: "Groups that share a subscription; the first hundred." }),
  group_count: z.int(),
});

const qos = z.enum(["0", "1", "2"]).default("0");

const tag = "Topics";
const role = "viewer";
const example = { params: { topic: "sensors/7/temperature" } };

/** `topics` undefined: nothing is counted by topic. */
export function topicRoutes(
  inspector: Inspector,
  topics: TopicStatistics | undefined,
): ApiRoute[] {
  return [listTopics(topics), statsOf(inspector, topics), receiversOf(inspector)];
}

function listTopics(topics: TopicStatistics | undefined): ApiRoute {
  return route({
    method: "get",
    path: "/topics",
    role,
    tag,
    summary: "List topics that are published on",
    description:
      "One level of the tree: what lies right below `parent`, or the first levels. With `q`, all " +
      "topics that have it in their name.",
    params: noParams,
    query: z.strictObject({
      ...listQuery,
      parent: text.optional().meta({ description: "A topic, without a slash at its end." }),
      q: partOf("the topic"),
    }),
    body: noBody,
    success: { status: 200, description: "By topic.", schema: pageOf(topic) },
    problems: ["cursor_invalid"],
    example: { query: { parent: "sensors" } },
    handle: (request) =>
      positionPage(request, {
        name: "topics",
        item: topic,
        page: async (page: PageRequest<TopicPosition>) => {
          const { parent, q } = request.query;
          if (topics === undefined) return { items: [], next: undefined };
          if (q === undefined || q === "") return await topics.children(parent, page);
          return await topics.search(q, page, parent);
        },
        view: topicItem,
      }),
  });
}

function statsOf(inspector: Inspector, topics: TopicStatistics | undefined): ApiRoute {
  return route({
    method: "get",
    path: "/topics/{topic}/stats",
    role,
    tag,
    summary: "Show how a topic is used",
    params: topicParams,
    query: z.strictObject(topicQuery),
    body: noBody,
    success: { status: 200, description: "Figures of the topic.", schema: stats },
    problems: ["topic_not_found"],
    example,
    async handle(request) {
      const topic = topicOf(request);
      const found = topics?.topic(topic);
      if (found === undefined) throw new Problem("topic_not_found");
      const question = { topic, qos: 0 as const };
      const { ordinary, groupCount } = await inspector.receivers.of(question, {
        limit: 1,
        count: true,
      });
      return {
        ...topicItem(found),
        subscriptions: ordinary.total!.value,
        groups: groupCount,
        retained: inspector.retained.has(topic),
      };
    },
  });
}

function receiversOf(inspector: Inspector): ApiRoute {
  return route({
    method: "get",
    path: "/topics/{topic}/subscribers",
    role,
    tag,
    summary: "Say who would get a message on a topic",
    description: "Nothing is sent, and no turn of a shared group passes.",
    params: topicParams,
    query: z.strictObject({
      ...listQuery,
      ...topicQuery,
      qos: qos.meta({ description: "Of the message." }),
      publisher: text.optional().meta({
        description: "The client id that publishes: it gets nothing through No Local.",
      }),
    }),
    body: noBody,
    success: { status: 200, description: "By client id, groups beside it.", schema: receivers },
    problems: ["cursor_invalid", "validation_failed"],
    example: { ...example, query: { qos: "1", count: "true" } },
    async handle(request) {
      const topic = topicOf(request);
      if (!topicName.safeParse(topic).success) throw noTopicName();
      const { qos, publisher } = request.query;
      const question = { topic, qos: Number(qos) as 0 | 1 | 2, publisher };
      let found: Receivers | undefined;
      const page = await positionPage(request, {
        name: `receivers of ${topic}`,
        item: receiver,
        page: async (page: PageRequest<ReceiverPosition>) => {
          found = await inspector.receivers.of(question, page);
          return found.ordinary;
        },
        view: ({ clientId, connected, qos, subscriptions, topicFilters }) => ({
          client_id: clientId,
          connected,
          qos,
          subscriptions,
          topic_filters: [...topicFilters],
        }),
      });
      return { ...page, groups: found!.groups.map(groupItem), group_count: found!.groupCount };
    },
  });
}

/** The topic of the path or the query has wildcards, or is empty. */
export function noTopicName(): Problem {
  const detail = "a topic is not empty and has neither + nor #";
  return new Problem("validation_failed", undefined, {
    errors: [{ pointer: "/path/topic", detail }],
  });
}

function groupItem({ topicFilter, members, next }: GroupReceiverView) {
  return { topic_filter: topicFilter, members, next: next ?? null };
}

function topicItem(view: TopicView): z.input<typeof topic> {
  const preview = view.preview && shownPayload(view.preview, true);
  return {
    topic: view.topic,
    children: view.children,
    own: figuresItem(view.own),
    total: figuresItem(view.total),
    others: view.others,
    last_at: view.lastAt === undefined ? null : timeOf(view.lastAt),
    last_publisher: view.lastPublisher ?? null,
    preview: preview?.shown ?? null,
    preview_encoding: preview?.encoding ?? null,
  };
}

function figuresItem(figures: TopicFigures) {
  const { messages, bytes, messagesPerSecond, bytesPerSecond } = figures;
  return {
    messages,
    bytes,
    messages_per_second: messagesPerSecond,
    bytes_per_second: bytesPerSecond,
  };
}
