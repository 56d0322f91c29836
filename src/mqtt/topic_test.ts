import assert from "#assert";
import {
  fitsTopicLimits,
  isDollarTopic,
  isValidTopicName,
  levelCount,
  TOPIC_BYTES_MAX,
  TOPIC_LEVELS_MAX,
  topicLevels,
} from "./topic.ts";

const valid = ["a", "/", "//", "a/b", "a/", "/a", "$SYS/broker", " ", "a b", "ü/日本/🌊", "\uFEFF"];
for (const topic of valid) {
  Deno.test(`isValidTopicName: accepts ${JSON.stringify(topic)}`, () => {
    assert.equal(isValidTopicName(topic), true);
  });
}

const invalid: [string, string][] = [
  ["[MQTT-4.7.3-1] isValidTopicName: refuses the empty topic", ""],
  ["[MQTT-4.7.0-1] isValidTopicName: refuses +", "a/+"],
  ["[MQTT-4.7.0-1] isValidTopicName: refuses + inside a level", "a+b"],
  ["[MQTT-4.7.0-1] isValidTopicName: refuses #", "a/#"],
  ["[MQTT-4.7.3-2] isValidTopicName: refuses U+0000", "a/\0/b"],
  ["[MQTT-1.5.4-1] isValidTopicName: refuses a high surrogate on its own", "a\uD800b"],
  ["[MQTT-1.5.4-1] isValidTopicName: refuses a low surrogate on its own", "\uDC00"],
];
for (const [name, topic] of invalid) {
  Deno.test(name, () => assert.equal(isValidTopicName(topic), false));
}

/** Texts that encode to exactly the most bytes, by the bytes of their characters. */
const longest: [string, string][] = [
  ["one byte", "a".repeat(TOPIC_BYTES_MAX)],
  ["two bytes", "ü".repeat(32_767) + "a"],
  ["three bytes", "日".repeat(21_845)],
  ["four bytes", "🌊".repeat(16_383) + "日"],
];
for (const [name, topic] of longest) {
  Deno.test(`[MQTT-4.7.3-3] isValidTopicName: counts characters of ${name} as UTF-8`, () => {
    assert.equal(new TextEncoder().encode(topic).length, TOPIC_BYTES_MAX);
    assert.equal(isValidTopicName(topic), true);
    assert.equal(isValidTopicName(topic + "a"), false);
  });
}

Deno.test("isValidTopicName: refuses more levels than the limit", () => {
  assert.equal(isValidTopicName("/".repeat(TOPIC_LEVELS_MAX - 1)), true);
  assert.equal(isValidTopicName("/".repeat(TOPIC_LEVELS_MAX)), false);
});

Deno.test("fitsTopicLimits: holds for filters too", () => {
  assert.equal(fitsTopicLimits("+/".repeat(TOPIC_LEVELS_MAX - 1) + "#"), true);
  assert.equal(fitsTopicLimits("+/".repeat(TOPIC_LEVELS_MAX) + "#"), false);
});

Deno.test("levelCount: counts empty levels", () => {
  const counts = ["a", "a/b", "/", "/a/", "//"].map(levelCount);
  assert.deepEqual(counts, [1, 2, 2, 3, 3]);
});

Deno.test("topicLevels: keeps empty levels", () => {
  assert.deepEqual(topicLevels("/a//"), ["", "a", "", ""]);
});

Deno.test("isDollarTopic: looks at the first character only", () => {
  const answers = ["$SYS/a", "$", "a/$SYS", "/$SYS", ""].map(isDollarTopic);
  assert.deepEqual(answers, [true, true, false, false, false]);
});
