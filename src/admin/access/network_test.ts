import assert from "#assert";
import { networkOf } from "./network.ts";

for (
  const [address, network] of [
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["::1", "0:0:0:0::/64"],
    ["2001:DB8::7", "2001:db8:0:0::/64"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::9", "2001:db8:1:2::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["", ""],
  ] as const
) {
  Deno.test(`networkOf: ${address || "nothing"} belongs to ${network || "nothing"}`, () => {
    assert.equal(networkOf(address), network);
  });
}
