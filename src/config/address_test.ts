import assert from "#assert";
import { overlap, readAddress } from "./address.ts";

for (
  const [text, hostname, port] of [
    ["127.0.0.1:1883", "127.0.0.1", 1883],
    ["localhost:1883", "localhost", 1883],
    ["broker-1.example.org:8883", "broker-1.example.org", 8883],
    [":1883", "", 1883],
    ["0.0.0.0:0", "0.0.0.0", 0],
    ["[::1]:1883", "::1", 1883],
    ["[::]:65535", "::", 65_535],
    ["[::ffff:127.0.0.1]:1883", "::ffff:127.0.0.1", 1883],
  ] as const
) {
  Deno.test(`readAddress: ${text} is host "${hostname}" and port ${port}`, () => {
    assert.deepEqual(readAddress(text), { hostname, port });
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
    "1.2..3:1883",
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
  Deno.test(`readAddress: refuses ${JSON.stringify(text)}`, () => {
    assert.equal(readAddress(text), undefined);
  });
}

for (
  const [a, b, expected] of [
    [":1883", "127.0.0.1:1883", true],
    ["0.0.0.0:1883", "127.0.0.1:1883", true],
    ["[::]:1883", "127.0.0.1:1883", true],
    ["127.0.0.1:1883", "127.0.0.1:1883", true],
    ["127.0.0.1:1883", "127.0.0.2:1883", false],
    ["127.0.0.1:1883", "127.0.0.1:1884", false],
    ["127.0.0.1:0", "127.0.0.1:0", false],
  ] as const
) {
  Deno.test(`overlap: ${a} and ${b} ${expected ? "collide" : "fit"}`, () => {
    assert.equal(overlap(readAddress(a)!, readAddress(b)!), expected);
    assert.equal(overlap(readAddress(b)!, readAddress(a)!), expected);
  });
}
