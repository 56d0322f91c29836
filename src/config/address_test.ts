import assert from "#assert";
import { formatListenAddress, isLoopback, overlap, parseListenAddress } from "./address.ts";

for (
  const [text, host, port] of [
    ["127.0.0.1:1883", "127.0.0.1", 1883],
    ["localhost:1883", "localhost", 1883],
    ["broker-1.example.org:8883", "broker-1.example.org", 8883],
    [":1883", "0.0.0.0", 1883],
    ["0.0.0.0:0", "0.0.0.0", 0],
    ["[::1]:1883", "::1", 1883],
    ["[::]:65535", "::", 65_535],
    ["[::ffff:127.0.0.1]:1883", "::ffff:127.0.0.1", 1883],
  ] as const
) {
  Deno.test(`parseListenAddress: ${text} is host ${host} and port ${port}`, () => {
    assert.deepEqual(parseListenAddress(text), { host, port });
  });
}

for (
  const text of [
    "",
    "1883",
    "127.0.0.1",
    "127.0.0.1:",
    "127.0.0.1:65536",
    "127.0.0.1:-1",
    "256.0.0.1:1883",
    "1.2.3:1883",
    "::1:1883",
    "[::1]",
    "[:::1]:1883",
    "[127.0.0.1]:1883",
    "tcp://127.0.0.1:1883",
    "a b:1883",
    "*:1883",
    "host:1883\n",
  ]
) {
  Deno.test(`parseListenAddress: refuses ${JSON.stringify(text)}`, () => {
    assert.equal(parseListenAddress(text), undefined);
  });
}

Deno.test("formatListenAddress: puts IPv6 into brackets", () => {
  assert.equal(formatListenAddress({ host: "::1", port: 1883 }), "[::1]:1883");
  assert.equal(formatListenAddress({ host: "localhost", port: 1883 }), "localhost:1883");
});

for (
  const [host, loopback] of [
    ["127.0.0.1", true],
    ["127.8.9.10", true],
    ["localhost", true],
    ["LOCALHOST", true],
    ["::1", true],
    ["::ffff:127.0.0.1", true],
    ["0.0.0.0", false],
    ["::", false],
    ["192.168.1.10", false],
    ["::ffff:10.0.0.1", false],
    ["127.0.0.1.example.org", false],
    ["127.example.org", false],
    ["localhost.example.org", false],
    ["1.127.0.0", false],
  ] as const
) {
  Deno.test(`isLoopback: ${host} is ${loopback ? "" : "not "}loopback`, () => {
    assert.equal(isLoopback(host), loopback);
  });
}

for (
  const [a, b, expected] of [
    [":1883", "127.0.0.1:1883", true],
    ["[::]:1883", "127.0.0.1:1883", true],
    ["127.0.0.1:1883", "127.0.0.1:1883", true],
    ["127.0.0.1:1883", "127.0.0.2:1883", false],
    ["127.0.0.1:1883", "127.0.0.1:1884", false],
    ["127.0.0.1:0", "127.0.0.1:0", false],
  ] as const
) {
  Deno.test(`overlap: ${a} and ${b} ${expected ? "collide" : "fit"}`, () => {
    assert.equal(overlap(parseListenAddress(a)!, parseListenAddress(b)!), expected);
    assert.equal(overlap(parseListenAddress(b)!, parseListenAddress(a)!), expected);
  });
}
