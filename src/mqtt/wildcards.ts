/** True when `topic` contains a wildcard character, which no Topic Name may [MQTT-4.7.0-1]. */
export function hasWildcards(topic: string): boolean {
  return topic.includes("#") || topic.includes("+");
}
