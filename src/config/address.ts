/** Where a listener binds. */
export interface ListenAddress {
  /** A host name or an IP address, IPv6 without brackets. Never empty. */
  readonly host: string;
  /** 0 … 65535; 0 lets the operating system choose. */
  readonly port: number;
}

/** `:1883` binds here. Every machine has IPv4 loopback; on some, IPv6 is switched off. */
const ALL_INTERFACES = "0.0.0.0";

/** `host:port`, `[ipv6]:port` or `:port`. */
export const ADDRESS_PATTERN = /^(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._-]*):\d{1,5}$/;

/** The address, or undefined when `text` is none. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  if (!ADDRESS_PATTERN.test(text)) return undefined;
  const colon = text.lastIndexOf(":");
  const port = Number(text.slice(colon + 1));
  if (port > 65_535) return undefined;
  const written = text.slice(0, colon);
  if (written.startsWith("[") && !isIpv6(written)) return undefined;
  if (/^[\d.]+$/.test(written) && !isIpv4(written)) return undefined;
  return { host: written.replace(/^\[|\]$/g, "") || ALL_INTERFACES, port };
}

/** As it is written in a configuration: the reverse of {@linkcode parseListenAddress}. */
export function formatListenAddress({ host, port }: ListenAddress): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** True when only programs on this machine reach `host`. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  if (name === "localhost" || name === "::1") return true;
  const ipv4 = name.replace(/^::ffff:/, "");
  return isIpv4(ipv4) && ipv4.startsWith("127.");
}

/** True when two listeners cannot both bind: the same port on the same or on all interfaces. */
export function overlap(a: ListenAddress, b: ListenAddress): boolean {
  if (a.port !== b.port || a.port === 0) return false;
  return a.host === b.host || isWildcard(a.host) || isWildcard(b.host);
}

function isWildcard(host: string): boolean {
  return host === ALL_INTERFACES || host === "::";
}

function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
}

function isIpv6(bracketed: string): boolean {
  return URL.canParse(`http://${bracketed}/`);
}
