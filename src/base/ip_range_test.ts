import assert from "#assert";
import { IpRange } from "./ip_range.ts";

const INSIDE: readonly [range: string, address: string, contained: boolean][] = [
  ["10.0.0.1", "10.0.0.1", true],
  ["10.0.0.1", "10.0.0.2", false],
  ["10.0.0.0/8", "10.255.3.4", true],
  ["10.0.0.0/8", "11.0.0.0", false],
  ["10.1.2.3/8", "10.9.9.9", true],
  ["0.0.0.0/0", "203.0.113.9", true],
  ["0.0.0.0/0", "::1", false],
  ["192.0.2.128/25", "192.0.2.127", false],
  ["192.0.2.128/25", "192.0.2.129", true],
  ["::1", "0:0:0:0:0:0:0:1", true],
  ["2001:db8::/32", "2001:DB8:ffff::7", true],
  ["2001:db8::/32", "2001:db9::", false],
  ["::/0", "fe80::1%eth0", true],
  ["10.0.0.0/8", "::ffff:10.2.3.4", true],
  ["::ffff:10.2.3.4", "10.2.3.4", true],
  ["10.0.0.0/8", "memory", false],
  ["10.0.0.0/8", "", false],
];

for (const [range, address, contained] of INSIDE) {
  Deno.test(`IpRange ${range} ${contained ? "contains" : "does not contain"} "${address}"`, () => {
    assert.equal(IpRange.parse(range)!.contains(address), contained);
  });
}

Deno.test("IpRange.parse() is undefined for what is no range", () => {
  const texts = [
    "",
    "10.0.0",
    "10.0.0.256",
    "10.0.0.01",
    "10.0.0.0/33",
    "10.0.0.0/",
    "10.0.0.0/-1",
    "10.0.0.0/8/8",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "12345::",
    "g::",
    "10.0.0.1::",
    "::/129",
    "host.example",
  ];
  for (const text of texts) assert.equal(IpRange.parse(text), undefined, text);
});
