/**
 * Topic names (section 4.7): what a message is published to. A topic is a sequence of levels
 * separated by `/`; a level may be empty. Compared character by character, never normalised
 * [MQTT-4.7.3-4].
 */

/** The longest topic name or filter, in bytes of UTF-8 [MQTT-4.7.3-3]. */
export const TOPIC_BYTES_MAX = 65_535;

/**
 * The most levels that a topic name or filter may have here. The standard has no such limit, so a
 * deeper one is well-formed but not accepted (0x90 for a name, 0x8F for a filter). It bounds the
 * depth of every walk over topics, however long the topics of a hostile client are.
 */
export const TOPIC_LEVELS_MAX = 128;

export const LEVEL_SEPARATOR = "/";
export const SINGLE_LEVEL_WILDCARD = "+";
export const MULTI_LEVEL_WILDCARD = "#";

/** In Unicode mode a surrogate range matches only surrogates without their partner. */
const FORBIDDEN_IN_NAME = /[+#\0\u{D800}-\u{DFFF}]/u;

/**
 * True for a topic name that may be published to: at least one character, no wildcards, no U+0000,
 * nothing that UTF-8 cannot encode, at most {@linkcode TOPIC_BYTES_MAX} bytes and
 * {@linkcode TOPIC_LEVELS_MAX} levels.
 */
export function isValidTopicName(topic: string): boolean {
  return topic.length > 0 && !FORBIDDEN_IN_NAME.test(topic) && fitsTopicLimits(topic);
}

/** True when `topic`, a name or a filter, is within the limits of bytes and of levels. */
export function fitsTopicLimits(topic: string): boolean {
  // Both limits can only be broken by long strings, and nearly all topics are short.
  if (topic.length < TOPIC_LEVELS_MAX) return true;
  return levelCount(topic) <= TOPIC_LEVELS_MAX && fitsBytes(topic);
}

/** How many levels `topic`, a name or a filter, has: at least 1. */
export function levelCount(topic: string): number {
  let count = 1;
  for (let at = topic.indexOf(LEVEL_SEPARATOR); at >= 0; count++) {
    at = topic.indexOf(LEVEL_SEPARATOR, at + 1);
  }
  return count;
}

/** The levels of `topic`, a name or a filter. */
export function topicLevels(topic: string): string[] {
  return topic.split(LEVEL_SEPARATOR);
}

/** True for topics such as `$SYS/…`, which filters that begin with a wildcard do not match. */
export function isDollarTopic(topic: string): boolean {
  return topic.charCodeAt(0) === 0x24;
}

function fitsBytes(topic: string): boolean {
  if (topic.length > TOPIC_BYTES_MAX) return false;
  // A UTF-16 unit takes at most three bytes; a pair of units takes four.
  return topic.length * 3 <= TOPIC_BYTES_MAX || utf8Length(topic) <= TOPIC_BYTES_MAX;
}

function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    // Each half of a surrogate pair counts two of the four bytes.
    length += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return length;
}
