import assert from "#assert";
import { hasWildcard, parseTopicFilter, sharedTopicFilter, topicMatches } from "./topic_filter.ts";
import { TOPIC_BYTES_MAX, TOPIC_LEVELS_MAX } from "./topic.ts";

const ordinary = [
  "a",
  "a/b",
  "/",
  "+",
  "#",
  "/#",
  "+/+",
  "/+",
  "+/",
  "a/+/b",
  "a/+/#",
  "+/a/#",
  "$SYS/#",
  "$SHARE/g/a",
  "$Share/g/a",
  "$shared/g/a",
  "$shar",
  "a/$share/g",
  "ü/+/🌊",
  "a b",
];
for (const filter of ordinary) {
  Deno.test(`parseTopicFilter: takes ${filter} for an ordinary filter`, () => {
    assert.deepEqual(parseTopicFilter(filter), {
      topicFilter: filter,
      matchFilter: filter,
      shareName: undefined,
    });
  });
}

const shared: [string, string, string][] = [
  ["$share/g/a", "g", "a"],
  ["$share/g/#", "g", "#"],
  ["$share/g/+/b", "g", "+/b"],
  ["$share/g//", "g", "/"],
  ["$share/g//f", "g", "/f"],
  ["$share/a name/b/c", "a name", "b/c"],
  ["$share/$share/$share", "$share", "$share"],
  ["$share/g/$SYS/#", "g", "$SYS/#"],
];
for (const [filter, shareName, matchFilter] of shared) {
  Deno.test(`[MQTT-4.8.2-1] [MQTT-4.8.2-2] parseTopicFilter: takes ${filter} apart (5.0)`, () => {
    assert.deepEqual(parseTopicFilter(filter), { topicFilter: filter, matchFilter, shareName });
  });
}

const refused: [string, string][] = [
  ["[MQTT-4.7.3-1] parseTopicFilter: refuses the empty filter", ""],
  ["[MQTT-4.7.3-2] parseTopicFilter: refuses U+0000", "a\0"],
  ["[MQTT-1.5.4-1] parseTopicFilter: refuses half a surrogate pair", "a/\uDFFF"],
  ["[MQTT-4.7.1-1] parseTopicFilter: refuses # before the last level", "a/#/b"],
  ["[MQTT-4.7.1-1] parseTopicFilter: refuses # before an empty level", "#/"],
  ["[MQTT-4.7.1-1] parseTopicFilter: refuses # behind text in its level", "a#"],
  ["[MQTT-4.7.1-1] parseTopicFilter: refuses # before text in its level", "a/#b"],
  ["[MQTT-4.7.1-1] parseTopicFilter: refuses # before a line break", "#\n"],
  ["[MQTT-4.7.1-1] parseTopicFilter: refuses two # in a level", "##"],
  ["[MQTT-4.7.1-2] parseTopicFilter: refuses + behind text in its level", "a+"],
  ["[MQTT-4.7.1-2] parseTopicFilter: refuses + before text in its level", "+a/b"],
  ["[MQTT-4.7.1-2] parseTopicFilter: refuses + before a line break", "+\n"],
  ["[MQTT-4.7.1-2] parseTopicFilter: refuses two + in a level", "a/++"],
  ["[MQTT-4.7.1-2] parseTopicFilter: refuses + and # in a level", "a/+#"],
  ["[MQTT-4.8.2-2] parseTopicFilter: refuses $share alone (5.0)", "$share"],
  ["[MQTT-4.8.2-1] parseTopicFilter: refuses a share without name (5.0)", "$share/"],
  ["[MQTT-4.8.2-2] parseTopicFilter: refuses a share without filter (5.0)", "$share/g"],
  ["[MQTT-4.8.2-1] parseTopicFilter: refuses an empty share name (5.0)", "$share//f"],
  ["[MQTT-4.8.2-2] parseTopicFilter: refuses an empty filter of a share (5.0)", "$share/g/"],
  ["[MQTT-4.8.2-2] parseTopicFilter: refuses + in a share name (5.0)", "$share/a+b/f"],
  ["[MQTT-4.8.2-2] parseTopicFilter: refuses + as a share name (5.0)", "$share/+/f"],
  ["[MQTT-4.8.2-2] parseTopicFilter: refuses # in a share name (5.0)", "$share/g#/f"],
  ["[MQTT-4.8.2-2] parseTopicFilter: refuses # as a share name (5.0)", "$share/#"],
  ["[MQTT-4.7.1-1] parseTopicFilter: refuses misplaced wildcards of a share", "$share/g/#/a"],
  ["[MQTT-4.7.1-2] parseTopicFilter: refuses shared + beside text", "$share/g/a+"],
  ["[MQTT-4.7.3-3] parseTopicFilter: refuses too many bytes", "a".repeat(TOPIC_BYTES_MAX + 1)],
  ["parseTopicFilter: refuses too many levels", "+/".repeat(TOPIC_LEVELS_MAX) + "+"],
];
for (const [name, filter] of refused) {
  Deno.test(name, () => assert.equal(parseTopicFilter(filter), undefined));
}

Deno.test("[MQTT-4.7.3-3] parseTopicFilter: accepts as many bytes as a filter may have", () => {
  assert.notEqual(parseTopicFilter("a".repeat(TOPIC_BYTES_MAX)), undefined);
});

Deno.test("parseTopicFilter: accepts as many levels as a filter may have", () => {
  assert.notEqual(parseTopicFilter("+/".repeat(TOPIC_LEVELS_MAX - 1) + "#"), undefined);
});

Deno.test("sharedTopicFilter: is what parseTopicFilter takes apart", () => {
  const filter = sharedTopicFilter("g", "a/+");
  assert.deepEqual(parseTopicFilter(filter), {
    topicFilter: "$share/g/a/+",
    matchFilter: "a/+",
    shareName: "g",
  });
});

Deno.test("hasWildcard: knows both wildcards", () => {
  assert.deepEqual(["a/+", "#", "a/b", "$SYS"].map(hasWildcard), [true, true, false, false]);
});

/** Filter, the topics that it matches, and topics that it does not. */
const matching: [string, string[], string[]][] = [
  ["a/b", ["a/b"], ["a", "a/", "a/b/", "a/b/c", "A/b", "/a/b", "a/ b"]],
  ["a", ["a"], ["b", "a/", "/a"]],
  ["/", ["/"], ["a", "//", "a/", "/a"]],
  ["a/#", ["a", "a/", "a/b", "a/b/c", "a//", "a/$b"], ["ab", "b/a", "/a", "A"]],
  ["#", ["a", "/", "a/b", "//"], ["$SYS", "$SYS/a", "$"]],
  ["/#", ["/", "/a", "//", "/a/b"], ["a", "a/b"]],
  ["+", ["a", "ab"], ["/", "a/", "/a", "$SYS"]],
  ["/+", ["/", "/a", "/$a"], ["a", "//", "/a/b"]],
  ["+/+", ["/", "a/", "/a", "a/b"], ["a", "a/b/c", "$a/b"]],
  ["a/+/c", ["a/b/c", "a//c", "a/+c/c"], ["a/c", "a/b/b/c", "a/b/c/"]],
  ["a/+", ["a/", "a/b"], ["a", "a/b/c"]],
  ["+/b/#", ["a/b", "/b", "a/b/c/d"], ["b", "$a/b", "a/c"]],
  ["$SYS/#", ["$SYS", "$SYS/a/b"], ["$sys", "SYS/a", "$SYSa"]],
  ["$SYS/+/a", ["$SYS/x/a", "$SYS//a"], ["$SYS/a"]],
  ["ü/+", ["ü/a", "ü/🌊"], ["u\u0308/a", "U/a"]],
];
for (const [filter, yes, no] of matching) {
  Deno.test(
    `[MQTT-4.7.1-1] [MQTT-4.7.1-2] topicMatches: ${filter} matches its topics and no others`,
    () => {
      assert.deepEqual(yes.filter((topic) => !topicMatches(filter, topic)), []);
      assert.deepEqual(no.filter((topic) => topicMatches(filter, topic)), []);
    },
  );
}

for (const filter of ["#", "+", "+/#", "+/b"]) {
  Deno.test(`[MQTT-4.7.2-1] topicMatches: ${filter} does not match topics that begin with $`, () => {
    assert.deepEqual(["$SYS", "$SYS/b", "$", "$/b"].filter((t) => topicMatches(filter, t)), []);
  });
}

Deno.test("[MQTT-4.7.3-4] topicMatches: compares code points as they are", () => {
  assert.equal(topicMatches("e\u0301", "\u00e9"), false);
  assert.equal(topicMatches("\uFEFFa", "a"), false);
  assert.equal(topicMatches("A", "a"), false);
  assert.equal(topicMatches("a//b", "a/b"), false);
  assert.equal(topicMatches("a/../b", "b"), false);
});
