import { type Address, isEveryInterface, parseAddress } from "../transport/address.ts";

/** `host:port`, `[ipv6]:port` or `:port`, with a host that could exist. */
export const ADDRESS_PATTERN = /^(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._-]*):\d{1,5}$/;

/** Where `text` says that a listener binds, or undefined when it is no such place. */
export function readAddress(text: string): Address | undefined {
  if (!ADDRESS_PATTERN.test(text)) return undefined;
  try {
    const address = parseAddress(text);
    return isBrokenIpv4(address.hostname) ? undefined : address;
  } catch {
    return undefined;
  }
}

/** Digits and dots that are no IPv4 address; as a name they would fail only when listening. */
function isBrokenIpv4(hostname: string): boolean {
  if (!/^[\d.]+$/.test(hostname)) return false;
  const parts = hostname.split(".");
  return parts.length !== 4 || parts.some((part) => part === "" || Number(part) > 255);
}

/** True when two listeners cannot both bind: the same port on the same or on all interfaces. */
export function overlap(a: Address, b: Address): boolean {
  if (a.port !== b.port || a.port === 0) return false;
  return a.hostname === b.hostname || isEveryInterface(a) || isEveryInterface(b);
}
