import { parseIp } from "../../base/ip_range.ts";

/** Bits of an IPv6 address that one customer's network has in common. */
const NETWORK_BITS = 64n;
const GROUP_BITS = 16n;

/**
 * What is counted as one place: an IPv4 address, or the /64 of an IPv6 address, whose owner can
 * choose any of 2^64 others. What is no address is a place of its own.
 */
export function networkOf(address: string): string {
  const ip = parseIp(address);
  if (ip === undefined) return address;
  if (ip.bits === 32) return [24n, 16n, 8n, 0n].map((at) => ip.value >> at & 0xffn).join(".");
  const groups: string[] = [];
  for (let at = 128n - GROUP_BITS; at >= NETWORK_BITS; at -= GROUP_BITS) {
    groups.push((ip.value >> at & 0xffffn).toString(16));
  }
  return `${groups.join(":")}::/64`;
}
