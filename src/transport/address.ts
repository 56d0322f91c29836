/** Where to listen or connect: a host without brackets (empty: every interface) and a port. */
export interface Address {
  readonly hostname: string;
  readonly port: number;
}

/** The largest port number. */
export const PORT_MAX = 65_535;

/**
 * Parses `host:port`, `:port` (every interface) or `[ipv6]:port`. Port 0 asks the system for a free
 * one. Throws `SyntaxError` with a text for the user.
 */
export function parseAddress(text: string): Address {
  const match = /^(?:\[([^[\]]+)\]|([^:[\]\s]*)):([0-9]{1,5})$/.exec(text);
  if (match === null) {
    throw new SyntaxError(
      `"${text}" is not an address: expected host:port, :port or [ipv6]:port`,
    );
  }
  const [, bracketed, plain, digits] = match;
  const port = Number(digits);
  if (port > PORT_MAX) throw new SyntaxError(`"${text}": the port is above ${PORT_MAX}`);
  if (bracketed !== undefined && !isIpv6(bracketed)) {
    throw new SyntaxError(`"${text}": "${bracketed}" is not an IPv6 address`);
  }
  return { hostname: bracketed ?? plain ?? "", port };
}

/**
 * `host:port`, an IPv6 host in brackets. An IPv4 peer of an IPv6 socket (`::ffff:192.0.2.1`) is
 * shown as what it is, IPv4. An empty host stays empty: `:1883`.
 */
export function formatAddress(address: Address): string {
  const hostname = withoutIpv4Mapping(address.hostname);
  return hostname.includes(":") ? `[${hostname}]:${address.port}` : `${hostname}:${address.port}`;
}

/**
 * True when only this machine can reach `hostname`: `localhost`, 127.0.0.0/8, `::1`. The empty
 * host and the unspecified addresses mean every interface, so they are not.
 */
export function isLoopback({ hostname }: Pick<Address, "hostname">): boolean {
  const host = withoutIpv4Mapping(hostname).toLowerCase();
  return host === "localhost" || host === "::1" || /^127(?:\.[0-9]{1,3}){3}$/.test(host);
}

/** True when `hostname` means every interface: empty, `0.0.0.0` or `::`. */
export function isEveryInterface({ hostname }: Pick<Address, "hostname">): boolean {
  return hostname === "" || hostname === "0.0.0.0" || hostname === "::";
}

function withoutIpv4Mapping(hostname: string): string {
  const match = /^::ffff:([0-9]{1,3}(?:\.[0-9]{1,3}){3})$/i.exec(hostname);
  return match?.[1] ?? hostname;
}

function isIpv6(host: string): boolean {
  return host.includes(":") && URL.canParse(`http://[${host}]/`);
}
