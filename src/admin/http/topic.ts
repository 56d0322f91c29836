import * as z from "zod";
import { isValidTopicName } from "../../mqtt/topic.ts";
import { parseTopicFilter } from "../../mqtt/topic_filter.ts";

/** UTF-8 bytes of a topic (section 1.5.4 of MQTT 5.0). */
const TOPIC_LENGTH_MAX = 65_535;

/** A topic that a message can be published on. */
export const topicName = z.string().max(TOPIC_LENGTH_MAX)
  .refine(isValidTopicName, "a topic is not empty and has neither + nor #");

/** A topic filter, also a shared one. */
export const topicFilter = z.string().max(TOPIC_LENGTH_MAX)
  .refine((filter) => parseTopicFilter(filter) !== undefined, "not a topic filter");

/** A topic filter that is no shared one. */
export const plainFilter = z.string().max(TOPIC_LENGTH_MAX).refine((filter) => {
  const parsed = parseTopicFilter(filter);
  return parsed !== undefined && parsed.shareName === undefined;
}, "not a topic filter, or a shared one");

/** Path parameters of a route below `/…/{topic}`. */
export const topicParams = z.strictObject({
  topic: z.string().max(TOPIC_LENGTH_MAX).meta({ description: "The topic, percent-encoded." }),
});

/** Query parameters of such a route, to be spread among its own. */
export const topicQuery = {
  topic: z.string().max(TOPIC_LENGTH_MAX).optional().meta({
    description:
      "The topic, in place of the one in the path, which then does not count (write `-`): a topic " +
      "that is `.` or `..` cannot stand in a path.",
  }),
};

/** The topic that a request is about: `?topic=` if it is there, else the path segment. */
export function topicOf(request: {
  readonly params: { readonly topic: string };
  readonly query: { readonly topic?: string | undefined };
}): string {
  return request.query.topic ?? request.params.topic;
}
