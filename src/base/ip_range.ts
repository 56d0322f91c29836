/**
 * IP addresses and CIDR ranges. An IPv4 address that is written as an IPv6 one (`::ffff:10.0.0.1`)
 * is the IPv4 address.
 */
export class IpRange {
  readonly #network: bigint;
  readonly #hostBits: bigint;
  readonly #bits: 32 | 128;

  private constructor(address: IpAddress, prefix: number) {
    this.#bits = address.bits;
    this.#hostBits = BigInt(address.bits - prefix);
    this.#network = address.value >> this.#hostBits;
  }

  /** `10.0.0.0/8`, `2001:db8::/32`, or one address; undefined when it is neither. */
  static parse(text: string): IpRange | undefined {
    const slash = text.indexOf("/");
    const address = parseIp(slash < 0 ? text : text.slice(0, slash));
    if (address === undefined) return undefined;
    if (slash < 0) return new IpRange(address, address.bits);
    const digits = text.slice(slash + 1);
    if (!/^\d{1,3}$/.test(digits) || Number(digits) > address.bits) return undefined;
    return new IpRange(address, Number(digits));
  }

  /** False for what is no IP address. */
  contains(text: string): boolean {
    const address = parseIp(text);
    return address !== undefined && address.bits === this.#bits &&
      address.value >> this.#hostBits === this.#network;
  }
}

export interface IpAddress {
  readonly value: bigint;
  readonly bits: 32 | 128;
}

const MAPPED = 0xffffn;

/** Undefined: it is no IP address. */
export function parseIp(text: string): IpAddress | undefined {
  if (!text.includes(":")) {
    const value = parseIpv4(text);
    return value === undefined ? undefined : { value, bits: 32 };
  }
  const value = parseIpv6(text);
  if (value === undefined) return undefined;
  return value >> 32n === MAPPED ? { value: value & 0xffff_ffffn, bits: 32 } : { value, bits: 128 };
}

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = value << 8n | BigInt(part);
  }
  return value;
}

const GROUPS = 8;

/** A zone (`%eth0`) is left out. */
function parseIpv6(text: string): bigint | undefined {
  const [address] = text.split("%", 1);
  const halves = address!.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, index) => groupsOf(half, index === halves.length - 1));
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const missing = GROUPS - head.length - (tail?.length ?? 0);
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...new Array<bigint>(missing).fill(0n), ...tail ?? []];
  return groups.reduce((value, group) => value << 16n | group, 0n);
}

/** `isEnd`: what the address ends with, which may be written as an IPv4 address. */
function groupsOf(text: string, isEnd: boolean): bigint[] | undefined {
  if (text === "") return [];
  const groups: bigint[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(BigInt(`0x${part}`));
    else {
      const ipv4 = isEnd && index === parts.length - 1 ? parseIpv4(part) : undefined;
      if (ipv4 === undefined) return undefined;
      groups.push(ipv4 >> 16n, ipv4 & 0xffffn);
    }
  }
  return groups;
}
