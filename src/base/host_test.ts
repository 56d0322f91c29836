import assert from "#assert";
import { hostOf } from "./host.ts";

Deno.test("hostOf() leaves the port out, and the brackets of IPv6", () => {
  const cases = [
    ["10.0.0.1:1883", "10.0.0.1"],
    ["10.0.0.1", "10.0.0.1"],
    ["[::1]:1883", "::1"],
    ["[fe80::1%eth0]:80", "fe80::1%eth0"],
    ["2001:db8::7", "2001:db8::7"],
    ["[broken", "[broken"],
    ["memory:3", "memory"],
    ["", ""],
  ] as const;
  for (const [address, host] of cases) assert.equal(hostOf(address), host, address);
});
