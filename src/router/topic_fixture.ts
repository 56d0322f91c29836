/** Generated topics and filters: few different levels, so that they often match and overlap. */
import fc from "fast-check";
import { isValidTopicName } from "../mqtt/topic.ts";
import { parseTopicFilter } from "../mqtt/topic_filter.ts";

/** Short and long, and some that differ in one character only. */
const literalLevel = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("", "a", "b", "$", "ü") },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "$a",
      "🌊",
      "abcdefgh",
      "xbcdefgh",
      "1abcdefgh",
      "2abcdefgh",
      "a long level",
      "a long level too",
    ),
  },
);

export const topicArbitrary: fc.Arbitrary<string> = levelsOf(literalLevel)
  .filter(isValidTopicName);

/** Without share prefix. */
export const matchFilterArbitrary: fc.Arbitrary<string> = levelsOf(
  fc.oneof({ weight: 3, arbitrary: literalLevel }, { weight: 2, arbitrary: fc.constant("+") }),
).chain((levels) => fc.constantFrom(levels, `${levels}/#`, "#"))
  .filter((filter) => parseTopicFilter(filter)?.shareName === undefined && filter.length > 0);

/** Ordinary and shared ones. */
export const topicFilterArbitrary: fc.Arbitrary<string> = fc.tuple(
  fc.constantFrom("", "", "$share/g/", "$share/h/"),
  matchFilterArbitrary,
).map(([prefix, filter]) => prefix + filter);

function levelsOf(level: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join("/"));
}
