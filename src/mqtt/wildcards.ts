import { MULTI_LEVEL_WILDCARD, SINGLE_LEVEL_WILDCARD } from "./topic.ts";

/** True when `topic` contains a wildcard character, which no Topic Name may [MQTT-4.7.0-1]. */
export function hasWildcards(topic: string): boolean {
  return topic.includes(MULTI_LEVEL_WILDCARD) || topic.includes(SINGLE_LEVEL_WILDCARD);
}
