import {
  fitsTopicLimits,
  isDollarTopic,
  MULTI_LEVEL_WILDCARD,
  SINGLE_LEVEL_WILDCARD,
  topicLevels,
} from "./topic.ts";

/** A topic filter taken apart. */
export interface ParsedTopicFilter {
  /** As the client wrote it. */
  readonly topicFilter: string;
  /** What topics are matched against: `topicFilter` without a share prefix. */
  readonly matchFilter: string;
  /** Of a shared subscription (section 4.8.2); undefined for an ordinary one. */
  readonly shareName: string | undefined;
}

/** What makes a filter a shared subscription, in exactly this spelling [MQTT-4.8.2-1]. */
const SHARE = "$share";
const SHARE_PREFIX = "$share/";

const FORBIDDEN_ANYWHERE = /[\0\u{D800}-\u{DFFF}]/u;
const WILDCARD = /[+#]/;
/** `+` that shares its level with something, or `#` that does or is not at the end. */
const MISPLACED_WILDCARD = /[^/][+#]|\+[^/]|#./s;

/**
 * Takes a topic filter apart; undefined when it is not valid: empty, too long or too deep (see
 * {@linkcode fitsTopicLimits}), with U+0000, with a wildcard that does not stand where it may
 * [MQTT-4.7.1-1] [MQTT-4.7.1-2], or a `$share` form without a share name and a filter
 * [MQTT-4.8.2-1] [MQTT-4.8.2-2].
 */
export function parseTopicFilter(topicFilter: string): ParsedTopicFilter | undefined {
  if (FORBIDDEN_ANYWHERE.test(topicFilter) || !fitsTopicLimits(topicFilter)) return undefined;
  if (topicFilter === SHARE) return undefined;

  let matchFilter = topicFilter;
  let shareName: string | undefined;
  if (topicFilter.startsWith(SHARE_PREFIX)) {
    const nameEnd = topicFilter.indexOf("/", SHARE_PREFIX.length);
    if (nameEnd < 0) return undefined;
    shareName = topicFilter.slice(SHARE_PREFIX.length, nameEnd);
    if (shareName.length === 0 || WILDCARD.test(shareName)) return undefined;
    matchFilter = topicFilter.slice(nameEnd + 1);
  }
  if (matchFilter.length === 0 || MISPLACED_WILDCARD.test(matchFilter)) return undefined;
  return { topicFilter, matchFilter, shareName };
}

/** True when `matchFilter` has a wildcard, so that it may match more than one topic. */
export function hasWildcard(matchFilter: string): boolean {
  return WILDCARD.test(matchFilter);
}

/** The topic filter of a shared subscription, as a client writes it. */
export function sharedTopicFilter(shareName: string, matchFilter: string): string {
  return `${SHARE_PREFIX}${shareName}/${matchFilter}`;
}

/**
 * True when a valid filter without share prefix matches a valid topic name (section 4.7). One
 * filter against one topic; the router finds all the filters of a topic without this.
 */
export function topicMatches(matchFilter: string, topic: string): boolean {
  const filterLevels = topicLevels(matchFilter);
  const levels = topicLevels(topic);

  const leading = filterLevels[0];
  const startsWithWildcard = leading === SINGLE_LEVEL_WILDCARD || leading === MULTI_LEVEL_WILDCARD;
  if (startsWithWildcard && isDollarTopic(topic)) return false; // [MQTT-4.7.2-1]

  for (const [i, filterLevel] of filterLevels.entries()) {
    // Matches any number of further levels, none included: `a/#` matches `a`.
    if (filterLevel === MULTI_LEVEL_WILDCARD) return true;
    if (i === levels.length) return false;
    if (filterLevel !== SINGLE_LEVEL_WILDCARD && filterLevel !== levels[i]) return false;
  }
  return levels.length === filterLevels.length;
}
