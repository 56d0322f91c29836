import assert from "#assert";
import { PacketError, ReasonCode } from "./reason_code.ts";
import { TopicCache, TopicTable } from "./topic_cache.ts";

const utf8 = new TextEncoder();

function read(cache: TopicCache, topic: string | Uint8Array): string {
  const inner = typeof topic === "string" ? utf8.encode(topic) : topic;
  const bytes = new Uint8Array(inner.length + 6).fill(0x2b);
  bytes.set(inner, 3);
  return cache.read(bytes, 3, inner.length);
}

/** How often `TextDecoder` is asked while `run` runs: for every name that is long and not known. */
function countDecoded(run: () => void): number {
  const decode = TextDecoder.prototype.decode;
  let decoded = 0;
  TextDecoder.prototype.decode = function (...args) {
    decoded++;
    return decode.apply(this, args);
  };
  try {
    run();
  } finally {
    TextDecoder.prototype.decode = decode;
  }
  return decoded;
}

Deno.test("TopicCache: gives each of many topics, remembered or not", () => {
  const cache = new TopicCache();
  const topics = Array.from({ length: 500 }, (_, i) => `sensors/${i}/temp`);
  topics.push("", "ä/ö", "x".repeat(128), "x".repeat(129), "ü".repeat(100), "\ufeffa");
  for (let round = 0; round < 3; round++) {
    for (const topic of topics) {
      assert.equal(read(cache, topic), topic);
      assert.equal(read(cache, topic), topic);
    }
  }
});

Deno.test("TopicCache: tells topics apart that differ in one byte, wherever it is", () => {
  const cache = new TopicCache();
  const topic = "abcdefghijklmnopqrstuvwxyz";
  for (let at = 0; at < topic.length; at++) {
    const other = topic.slice(0, at) + "!" + topic.slice(at + 1);
    assert.equal(read(cache, topic), topic);
    assert.equal(read(cache, other), other);
    assert.equal(read(cache, topic.slice(0, at)), topic.slice(0, at));
  }
});

Deno.test("TopicCache: text is never mistaken for bytes of the same numbers", () => {
  const cache = new TopicCache();
  assert.equal(read(cache, "é"), "é"); // U+00E9 in two bytes
  const illFormed = { name: PacketError.name, reasonCode: ReasonCode.MalformedPacket };
  assert.throws(() => read(cache, new Uint8Array([0xe9])), illFormed);
  assert.throws(() => read(cache, new Uint8Array([0xe9])), illFormed);
});

Deno.test("[MQTT-3.3.2-2] TopicCache: a topic with wildcards is refused every time", () => {
  const cache = new TopicCache();
  const refused = { name: PacketError.name, reasonCode: ReasonCode.TopicNameInvalid };
  for (const topic of ["#", "+", "a/#", "a/+/b", "ä+", "a+" + "x".repeat(200)]) {
    assert.throws(() => read(cache, topic), refused);
    assert.throws(() => read(cache, topic), refused);
  }
});

Deno.test("TopicCache: a topic that repeats is decoded once", () => {
  const cache = new TopicCache();
  const topics = ["a".repeat(100), "b".repeat(100)]; // long enough to be left to TextDecoder
  const decoded = countDecoded(() => {
    for (let i = 0; i < 10; i++) {
      for (const topic of topics) assert.equal(read(cache, topic), topic);
    }
  });
  assert.equal(decoded, topics.length);
});

Deno.test("TopicCache: peers that share a table get the same string", () => {
  const table = new TopicTable(4);
  const [one, other] = [new TopicCache(table), new TopicCache(table)];
  const topics = Array.from({ length: 50 }, (_, i) => `sensors/${i}/${"x".repeat(80)}`);
  const decoded = countDecoded(() => {
    for (const topic of topics) {
      assert.equal(read(one, topic), topic);
      assert.equal(read(other, topic), topic);
    }
  });
  assert.equal(decoded, topics.length);
});

Deno.test("TopicTable: keeps the four names whose places are the same", () => {
  const cache = new TopicCache(new TopicTable(4));
  const topics = ["a", "b", "c", "d"].map((name) => name.repeat(100));
  const decoded = countDecoded(() => {
    for (let i = 0; i < 10; i++) {
      for (const topic of topics) assert.equal(read(cache, topic), topic);
    }
  });
  assert.equal(decoded, topics.length);
});
