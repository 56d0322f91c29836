import assert from "#assert";
import { formatAddress, isEveryInterface, isLoopback, parseAddress } from "./address.ts";

Deno.test("parseAddress: reads host:port, :port and [ipv6]:port", () => {
  for (
    const [text, hostname, port] of [
      ["127.0.0.1:1883", "127.0.0.1", 1883],
      ["localhost:0", "localhost", 0],
      ["broker-1.example:65535", "broker-1.example", 65535],
      [":8083", "", 8083],
      ["[::1]:1883", "::1", 1883],
      ["[2001:db8::5]:1883", "2001:db8::5", 1883],
    ] as const
  ) {
    assert.deepEqual(parseAddress(text), { hostname, port });
    assert.equal(formatAddress({ hostname, port }), text);
  }
});

Deno.test("parseAddress: refuses what is no address, and says what it expects", () => {
  for (
    const text of [
      "",
      "1883",
      "localhost",
      "localhost:",
      "localhost:mqtt",
      "localhost:-1",
      "localhost:65536",
      "localhost:123456",
      "::1:1883",
      "[::1]",
      "[::1]1883",
      "[localhost]:1883",
      "[]:1883",
      "a b:1883",
      "mqtt://localhost:1883",
    ]
  ) {
    assert.throws(() => parseAddress(text), SyntaxError, text);
  }
  assert.throws(() => parseAddress("localhost"), /host:port, :port or \[ipv6\]:port/);
});

Deno.test("formatAddress: shows an IPv4 peer of an IPv6 socket as IPv4", () => {
  assert.equal(formatAddress({ hostname: "::ffff:192.0.2.7", port: 5 }), "192.0.2.7:5");
  assert.equal(formatAddress({ hostname: "fe80::1", port: 5 }), "[fe80::1]:5");
});

Deno.test("isLoopback: only what no other machine can reach", () => {
  for (const hostname of ["localhost", "LocalHost", "127.0.0.1", "127.8.9.1", "::1"]) {
    assert.equal(isLoopback({ hostname }), true, hostname);
  }
  assert.equal(isLoopback({ hostname: "::ffff:127.0.0.1" }), true);
  for (
    const hostname of [
      "",
      "0.0.0.0",
      "::",
      "192.0.2.1",
      "128.0.0.1",
      "127.0.0.1.example",
      "localhost.example",
      "::ffff:192.0.2.1",
    ]
  ) {
    assert.equal(isLoopback({ hostname }), false, hostname);
  }
});

Deno.test("isEveryInterface: the empty host and the unspecified addresses", () => {
  for (const hostname of ["", "0.0.0.0", "::"]) assert.equal(isEveryInterface({ hostname }), true);
  for (const hostname of ["127.0.0.1", "::1"]) assert.equal(isEveryInterface({ hostname }), false);
});
